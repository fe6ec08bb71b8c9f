// Comments: one tap inserts a name after an @; comments that mention the reader are marked as read when seen.
import { ask } from '../../shell/scripts/asking.js';

for (const form of document.querySelectorAll('form[data-comment]')) {
  const field = form.querySelector('textarea');
  const mention = form.querySelector('details.mention');
  mention.hidden = false;
  form.addEventListener('click', (event) => {
    const button = event.target.closest('[data-mention]');
    if (!button) return;
    const before = field.value.slice(0, field.selectionStart);
    const typed = /[@＠]$/.test(before) ? '' : '@';
    field.setRangeText(`${typed}${button.dataset.mention} `, field.selectionStart, field.selectionEnd, 'end');
    field.dispatchEvent(new Event('input', { bubbles: true }));
    mention.open = false;
    field.focus();
  });
  field.addEventListener('input', (event) => { if (/[@＠]$/.test(event.data ?? '')) mention.open = true; });
}

// A comment that mentions the reader counts as read once it has been visible.
for (const section of document.querySelectorAll('[data-seen]')) {
  new IntersectionObserver((entries, watch) => {
    if (!entries.some((each) => each.isIntersecting)) return;
    watch.disconnect();
    const token = JSON.parse(document.body.getAttribute('hx-headers'))['X-CSRFToken'];
    ask(section.dataset.seen, { method: 'POST', headers: { 'X-CSRFToken': token } }).catch(() => {});
  }).observe(section.querySelector('.comment-list') ?? section);
}
