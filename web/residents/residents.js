// The residents' pages.
import './scripts/links.js';
import './scripts/reading_aloud.js';
import './scripts/one_by_one.js';
import '../shared/scripts/drafts.js';
import '../shared/scripts/outbox.js';
