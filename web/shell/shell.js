// What every page does in the browser. Pages work without it; it only makes them kinder.
import './scripts/refreshing.js';
import './scripts/sending.js';
import './scripts/logged_out.js';
import './scripts/menus.js';
import './scripts/focus.js';
import './scripts/bell.js';
import './scripts/alarm.js';
import './scripts/keys.js';
import './scripts/forms.js';
import './scripts/photos.js';
import './scripts/counting.js';
import './scripts/print.js';
