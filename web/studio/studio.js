// The studio. The diagram editor is a bundle of its own (web/browser/modeler.js).
import './scripts/tables.js';
import './scripts/forms.js';
import './scripts/parts.js';
import '../shared/scripts/copying.js';
