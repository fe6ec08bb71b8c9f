// What the pages of one's account do in the browser.
import './scripts/push.js';
