// What is typed into a form is kept in this tab until it is sent: <form data-draft="who is logged in">.
// A phone that throws the page away, or a log-in that ran out, then costs nobody their report.
for (const form of document.querySelectorAll('form[data-draft]')) {
  const place = `bihuan-draft ${form.dataset.draft} ${location.pathname}`;
  const fields = () => [...form.elements].filter((field) =>
    field.name && !field.disabled && !['hidden', 'file', 'password', 'submit', 'button'].includes(field.type));
  const isChoice = (field) => field.type === 'radio' || field.type === 'checkbox';

  const keep = () => {
    const typed = fields().map((field) => [field.name, field.value, isChoice(field) ? field.checked : null]);
    try { sessionStorage.setItem(place, JSON.stringify(typed)); } catch { /* no room, or a private window */ }
  };

  const read = () => { try { return JSON.parse(sessionStorage.getItem(place)) ?? []; } catch { return []; } };

  const restore = (typed) => {
    for (const [name, value, checked] of typed) {
      const field = [...form.elements].find((each) =>
        each.name === name && each.type !== 'hidden' && each.type !== 'file' && (checked === null || each.value === value));
      if (!field) continue;
      if (checked === null) field.value = value; else field.checked = checked;
    }
    fields()[0]?.dispatchEvent(new Event('input', { bubbles: true }));
    form.querySelector('[data-restored]').hidden = false;
  };

  // After a refusal the server gives back what was sent; that is newer than what was kept.
  const kept = read();
  if (kept.length && !document.querySelector('main .notice-error')) window.addEventListener('load', () => restore(kept));
  form.addEventListener('input', keep);
  form.addEventListener('change', keep);
}
