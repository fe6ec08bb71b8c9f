// From anywhere: g, then a letter, goes to a page of the menu. Never while something is typed.
const PLACES = { i: '/inbox', d: '/desk', c: '/complaints', m: '/improvements', p: '/processes', s: '/settings' };
const goByKey = (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.('input:not([type="checkbox"]), textarea, select, [contenteditable]')) return;
  const waiting = document.body.dataset.going;
  delete document.body.dataset.going;
  if (waiting) {
    event.preventDefault();
    event.stopImmediatePropagation();
    document.querySelector(`.ways a[href="${PLACES[event.key]}"]`)?.click();
  } else if (event.key === 'g') {
    document.body.dataset.going = 'yes';
    setTimeout(() => delete document.body.dataset.going, 1500);
  }
};
if (document.querySelector('.ways')) document.addEventListener('keydown', goByKey);
