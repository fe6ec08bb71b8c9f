// What the residents' pages do where there is a script: copy the link, print the page, read it aloud, one question at a
// time in the large version.
for (const button of document.querySelectorAll('[data-copy]')) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try { await navigator.clipboard.writeText(field.value); } catch { document.execCommand('copy'); }
    button.textContent = button.dataset.copied;
  });
}
for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
}

// What was sent need not be kept in this tab any more.
if (document.querySelector('[data-was-sent]')) {
  try {
    for (const name of Object.keys(sessionStorage)) if (name.startsWith('bihuan-draft resident')) sessionStorage.removeItem(name);
  } catch { /* private window */ }
}

// Reading aloud: what stands in the page, in its language, from the heading on; a second press ends it.
for (const button of document.querySelectorAll('[data-read-aloud]')) {
  if (!('speechSynthesis' in window) || !('SpeechSynthesisUtterance' in window)) break;
  const words = button.textContent;
  const unread = 'script, style, [hidden], [aria-hidden=true], .skip, input, textarea, option, .no-read, ol.way .chip';
  const text = () => {
    const page = document.querySelector('main').cloneNode(true);
    for (const each of page.querySelectorAll(unread)) each.remove();
    for (const each of page.querySelectorAll('h1, h2, h3, p, li, dt, dd, time, label, legend, a, summary, button, small')) each.append('。');
    return page.textContent.replace(/\s+/g, ' ').replace(/(?:[。.]\s*)+/g, '。').trim();
  };
  const stop = () => { speechSynthesis.cancel(); button.textContent = words; button.setAttribute('aria-pressed', 'false'); };
  button.hidden = false;
  button.setAttribute('aria-pressed', 'false');
  button.addEventListener('click', () => {
    if (speechSynthesis.speaking) { stop(); return; }
    const parts = text().match(/[^。！？]+[。！？]?/g) ?? [];
    button.textContent = button.dataset.stop;
    button.setAttribute('aria-pressed', 'true');
    for (const [number, part] of parts.entries()) { // long texts are cut off by some browsers
      const said = new SpeechSynthesisUtterance(part);
      said.lang = document.documentElement.lang;
      said.rate = 0.9;
      if (number === parts.length - 1) said.onend = stop;
      speechSynthesis.speak(said);
    }
  });
  window.addEventListener('pagehide', () => speechSynthesis.cancel());
}

// One question a page: each field on its own, the building, entrance and room together; the last one sends. What was
// wrong is seen at once, and nothing else.
for (const form of document.querySelectorAll('form[data-one-by-one]')) {
  const together = (field) => (field.dataset.key.startsWith('at_') || field.dataset.key === 'place_text' ? 'place'
    : ['phone', 'no_phone'].includes(field.dataset.key) ? 'phone' : field.dataset.key);
  // Not by `hidden`: that is the form's own, for questions that depend on others.
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
  next.addEventListener('click', () => { step += 1; show(true); });
  back.addEventListener('click', () => { step -= 1; show(true); });
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.target.matches('input') && !next.hidden) { event.preventDefault(); next.click(); }
  });
  form.classList.add('one-by-one');
  window.addEventListener('load', () => show(false));
}
