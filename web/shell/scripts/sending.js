// One press is one act: a form that is on its way cannot be sent again.
document.addEventListener('submit', (event) => {
  const form = event.target;
  const question = event.submitter?.dataset.ask ?? form.dataset.ask;
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
