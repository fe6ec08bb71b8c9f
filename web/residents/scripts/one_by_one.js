// One question a page: each field on its own, the building, entrance and room together; the last one sends. What was
// wrong is seen at once, and nothing else.
for (const form of document.querySelectorAll('form[data-one-by-one]')) {
  const together = (field) => (field.dataset.key.startsWith('at_') || field.dataset.key === 'place_text' ? 'place'
    : ['phone', 'no_phone'].includes(field.dataset.key) ? 'phone' : field.dataset.key);
  // Not by `hidden`: the form uses that for questions that depend on others.
  const put = (field, away) => {
    field.dataset.outOfSight = away ? 'yes' : 'no';
    if (field.nextElementSibling?.matches('.taken')) field.nextElementSibling.hidden = away;
  };
  const wrong = [...form.querySelectorAll('.fields > .field:has([aria-invalid=true], .field-error)')].map(together);
  if (wrong.length) {
    for (const field of form.querySelectorAll('.fields > .field')) put(field, !wrong.includes(together(field)));
    continue;
  }
  if (document.querySelector('main .notice-error')) continue;
  const send = form.querySelector('button.main-act');
  const groups = () => {
    const found = new Map();
    for (const field of form.querySelectorAll('.fields > .field')) {
      if (field.hidden) continue;
      const name = together(field);
      if (!found.has(name)) found.set(name, []);
      found.get(name).push(field);
    }
    return [...found.values()];
  };
  const make = (words, kind) => Object.assign(document.createElement('button'), { type: 'button', className: kind, textContent: words });
  const count = Object.assign(document.createElement('p'), { className: 'step-count' });
  const next = make(form.dataset.next, 'main-act');
  const back = make(form.dataset.back, 'secondary outline one-back');
  form.prepend(count);
  send.before(next);
  send.after(back);
  let step = 0;
  const show = (focus) => {
    const all = groups();
    step = Math.min(Math.max(step, 0), all.length - 1);
    for (const [number, fields] of all.entries()) {
      for (const field of fields) put(field, number !== step);
    }
    count.textContent = form.dataset.count.replace('##', all.length).replace('#', step + 1);
    next.hidden = step === all.length - 1;
    send.hidden = !next.hidden;
    for (const each of form.querySelectorAll('[data-last]')) each.hidden = send.hidden;
    back.hidden = step === 0;
    if (focus) {
      count.scrollIntoView({ block: 'nearest' });
      all[step][0].querySelector('input:not([type=file]), textarea, select')?.focus({ preventScroll: true });
    }
  };
  // A question that needs an answer is not passed: its mark says so, of a place the building or words, of a phone either.
  const filled = (field) => [...field.querySelectorAll('input, select, textarea')].some((each) => (['radio', 'checkbox'].includes(each.type) ? each.checked : each.value.trim()));
  const answered = (fields) => {
    const one = together(fields[0]);
    if (one === 'phone' || (one === 'place' && fields.length > 1)) return fields.some((field) => field.dataset.key !== 'at_room' && filled(field));
    return fields.every((field) => !field.querySelector('.required') || filled(field));
  };
  const needed = Object.assign(document.createElement('p'), { className: 'notice notice-error', textContent: form.dataset.needed, hidden: true });
  needed.setAttribute('role', 'alert');
  next.before(needed);
  const passes = () => {
    needed.hidden = answered(groups()[step] ?? []) || !form.dataset.needed;
    return needed.hidden;
  };
  form.addEventListener('input', () => { needed.hidden = true; });
  form.addEventListener('submit', (event) => {
    if (send.hidden || passes()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  next.addEventListener('click', () => {
    if (!passes()) return;
    step += 1;
    show(true);
  });
  back.addEventListener('click', () => { needed.hidden = true; step -= 1; show(true); });
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.target.matches('input') && !next.hidden) { event.preventDefault(); next.click(); }
  });
  form.classList.add('one-by-one');
  window.addEventListener('load', () => show(false));
}
