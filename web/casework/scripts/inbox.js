// The inbox with several tasks ticked at once, with a keyboard, and with a word about what is new in it.
import { picking } from '../../shared/scripts/picking.js';
import { listenToKeys } from './inbox_keys.js';

const open = (work) => {
  const bulk = document.getElementById('bulk');
  const sheet = document.querySelector('[data-sheet]');
  const told = document.querySelector('[data-told]');
  const boxes = () => [...work.querySelectorAll('input[name="task"]')];
  const ids = () => [...work.querySelectorAll('[data-task]')].map((row) => row.dataset.task);

  const [all, words] = bulk.querySelectorAll('[data-all], [data-all-words]');
  const said = bulk.querySelector('[data-chosen]');
  const showChosen = picking({ bar: bulk, all, words, said, told: said.dataset.chosen, boxes });
  listenToKeys({ work, bulk, sheet, boxes, showChosen });

  // The list refreshes itself (shell/scripts/refreshing.js), but not beneath what is on its way.
  let before = new Set();
  work.addEventListener('htmx:beforeRequest', (event) => {
    if (sheet.open || work.querySelector('button[aria-busy]')) event.preventDefault();
  });
  work.addEventListener('htmx:beforeSwap', () => { before = new Set(ids()); });
  work.addEventListener('htmx:afterSwap', () => {
    const fresh = ids().filter((id) => !before.has(id)).length;
    if (fresh) told.textContent = work.dataset.words.replace('#', fresh);
    showChosen();
  });
};

const work = document.getElementById('work');
if (work) open(work);
