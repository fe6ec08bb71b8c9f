// The inbox with a keyboard, with several tasks ticked at once, and kept up to date while it is looked at.
const work = document.getElementById('work');
const bulk = document.getElementById('bulk');
const sheet = document.querySelector('[data-sheet]');
const rows = () => [...work.querySelectorAll('[data-task]')];
const boxes = () => [...work.querySelectorAll('input[name="task"]')];

// --- ticking
const [all, words] = bulk.querySelectorAll('[data-all], [data-all-words]');
const said = bulk.querySelector('[data-chosen]');
const showChosen = picking({ bar: bulk, all, words, said, told: said.dataset.chosen, boxes });

// --- keeping up to date: what is ticked stays ticked, what has the focus keeps it
const REFRESH = 20000;
const told = document.querySelector('[data-told]');
let tag = '';
const place = () => {
  const at = document.activeElement;
  const row = at?.closest?.('[data-task]');
  if (!row || !work.contains(at)) return null;
  return { task: row.dataset.task, kind: at.matches('.card-link') ? '.card-link' : at.matches('input') ? 'input[name="task"]' : 'button' };
};
const swap = (text) => {
  const before = new Set(rows().map((row) => row.dataset.task));
  const ticked = new Set(boxes().filter((box) => box.checked).map((box) => box.value));
  const focus = place();
  const part = new DOMParser().parseFromString(text, 'text/html').body;
  work.replaceChildren(...part.childNodes);
  for (const box of boxes()) box.checked = ticked.has(box.value);
  if (focus) work.querySelector(`[data-task="${focus.task}"]`)?.querySelector(focus.kind)?.focus({ preventScroll: true });
  const fresh = rows().filter((row) => !before.has(row.dataset.task)).length;
  if (fresh) told.textContent = work.dataset.words.replace('#', fresh);
  showChosen();
};
const refresh = async () => {
  if (document.hidden || sheet.open || work.querySelector('button[aria-busy]')) return;
  try {
    const answer = await fetch(work.dataset.work + location.search, { headers: tag ? { 'If-None-Match': tag } : {}, cache: 'no-store' });
    if (answer.status !== 200 || answer.redirected) return;
    const first = !tag;
    tag = answer.headers.get('ETag') ?? '';
    const text = await answer.text();
    if (!first || text.replace(/\s+/g, '') !== work.innerHTML.replace(/\s+/g, '')) swap(text);
  } catch { /* the next look will tell */ }
};
setInterval(refresh, REFRESH);
document.addEventListener('visibilitychange', refresh);

// --- keys
const typing = (target) => target.closest?.('input:not([type="checkbox"]), textarea, select, [contenteditable]') || sheet.open;
const here = () => document.activeElement?.closest?.('[data-task]') ?? null;
const go = (step) => {
  const every = rows();
  if (!every.length) return;
  const at = every.indexOf(here());
  const next = every[at < 0 ? (step > 0 ? 0 : every.length - 1) : Math.min(Math.max(at + step, 0), every.length - 1)];
  const link = next.querySelector('.card-link');
  link.focus({ focusVisible: true });
  next.scrollIntoView({ block: 'nearest' });
};
const press = (act) => bulk.requestSubmit(bulk.querySelector(`button[value="${act}"]`));
const tick = (row, on) => { const box = row.querySelector('input[name="task"]'); box.checked = on ?? !box.checked; showChosen(); };
const chosen = () => boxes().some((box) => box.checked);
const keys = {
  j: () => go(1),
  k: () => go(-1),
  x: () => here() && tick(here()),
  c: () => (chosen() ? press('claim') : here()?.querySelector('form[data-claim]')?.requestSubmit()),
  a: () => { if (here() && !chosen()) tick(here(), true); if (chosen()) press('give'); },
  '/': () => document.querySelector('[data-search]').focus(),
  '?': () => sheet.showModal(),
};
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.body.dataset.going) return;
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
const opener = document.querySelector('[data-keys]');
opener.hidden = false;
opener.addEventListener('click', () => sheet.showModal());
sheet.querySelector('[data-close]').addEventListener('click', () => sheet.close());
