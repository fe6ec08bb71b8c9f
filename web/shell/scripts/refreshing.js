// Parts of a page that keep themselves up to date: <… hx-get="…" hx-trigger="every 20s">. With hx-ext="morph"
// hx-swap="morph:innerHTML" only what differs is changed, so that focus and scroll stay.
import htmx from 'htmx.org';
import { Idiomorph } from 'idiomorph/htmx';

// What the reader has ticked and opened is the reader's.
Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name) => name !== 'checked' && name !== 'open';

// htmx itself knows no answer "as it was" and would empty the part.
htmx.config.responseHandling.unshift({ code: '304', swap: false });
const tags = new WeakMap();
const refreshes = (element) => /\bevery\b/.test(element.getAttribute('hx-trigger'));

document.addEventListener('htmx:configRequest', ({ detail: { elt, headers } }) => {
  if (tags.get(elt)) headers['If-None-Match'] = tags.get(elt);
});
document.addEventListener('htmx:afterOnLoad', ({ detail: { elt, xhr } }) => {
  if (refreshes(elt) && xhr.status === 200) tags.set(elt, xhr.getResponseHeader('ETag'));
});
// Nothing is asked while nobody looks.
document.addEventListener('htmx:beforeRequest', (event) => {
  if (document.hidden && refreshes(event.detail.elt)) event.preventDefault();
});
