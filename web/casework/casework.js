// Work: the inbox, a task, comments.
import '../shared/scripts/drafts.js';
import '../shared/scripts/outbox.js';
import '../shared/scripts/comments.js';
import './scripts/task.js';
import './scripts/inbox.js';
