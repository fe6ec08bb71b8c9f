// What every page does in the browser. Pages work without it; it only makes them kinder.

// One press is one act: a form that is on its way cannot be sent again.
document.addEventListener('submit', (event) => {
  const form = event.target;
  const question = form.dataset.ask;
  if (question && !window.confirm(question)) { event.preventDefault(); return; }
  if (form.method !== 'post' || event.defaultPrevented) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = 'yes';
  form.dataset.typed = '';
  event.submitter?.setAttribute('aria-busy', 'true');
});

// Coming back with the browser's own "back" gives the form back too.
window.addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
  for (const button of document.querySelectorAll('button[aria-busy]')) button.removeAttribute('aria-busy');
});

// Leaving with something typed asks first: <form data-guard>.
document.addEventListener('input', (event) => {
  const form = event.target.closest?.('form[data-guard]');
  if (form) form.dataset.typed = 'yes';
});
window.addEventListener('beforeunload', (event) => {
  if (document.querySelector('form[data-typed="yes"]')) event.preventDefault();
});

// An open menu closes when something else is wanted.
document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll('details.menu[open]')) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const menu of document.querySelectorAll('details.menu[open]')) { menu.open = false; menu.querySelector('summary').focus(); }
});

for (const field of document.querySelectorAll('[data-select]')) { field.focus(); field.select(); }
document.querySelector('[data-focus]')?.focus();

// The bell: asks every half minute, while the page is looked at, how much work there is.
// The answer is {"open": all my open tasks, "newest": the largest id among them, "called": comments that call me}.
const bell = document.querySelector('[data-bell]');
if (bell) {
  const title = document.title;
  const kept = (name) => { try { return Number(localStorage.getItem(name)); } catch { return 0; } };
  const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* private window */ } };
  const show = (element, count) => { element.hidden = !count; element.textContent = count > 99 ? '99+' : count; };
  const look = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(`${bell.dataset.bell}?since=${kept('bihuan-seen')}`, { headers: { Accept: 'application/json' } });
      if (!answer.ok || answer.redirected) return;
      const { open, fresh = 0, newest = 0, called = 0 } = await answer.json();
      for (const element of document.querySelectorAll('[data-count]')) show(element, open);
      show(bell.querySelector('[data-new]'), fresh);
      document.title = fresh ? `(${fresh}) ${title}` : title;
      bell.setAttribute('aria-label', bell.dataset.words.replace('#', fresh));
      const calls = document.querySelector('[data-calls]');
      if (calls) {
        calls.hidden = !called;
        show(calls.querySelector('[data-called]'), called);
        calls.setAttribute('aria-label', calls.dataset.words.replace('#', called));
      }
      if (location.pathname === bell.pathname && newest) keep('bihuan-seen', newest);
    } catch { /* the next look will tell */ }
  };
  look();
  setInterval(look, 30000);
  document.addEventListener('visibilitychange', look);
}
