// The keys of the inbox; the sheet that "?" opens says which.
export const listenToKeys = ({ work, bulk, sheet, boxes, showChosen }) => {
  const rows = () => [...work.querySelectorAll('[data-task]')];
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
};
