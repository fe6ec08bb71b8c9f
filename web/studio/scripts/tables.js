// The studio: a decision table as a sheet. What is done goes to the server act by act; it answers with what to draw.
import { ask } from '../../shell/scripts/asking.js';
import { dialogs } from './table_dialogs.js';
import { grid } from './table_grid.js';
import { keeper, later } from './table_keeping.js';
import { keys } from './table_keys.js';

const editor = document.querySelector('[data-table-editor]');
if (editor) {
  const find = (selector) => editor.querySelector(selector);
  const words = JSON.parse(find('[data-words]').textContent);
  const sheet = grid(editor, words);
  const withPage = (url) => `${url}&from=${sheet.first()}`;

  const look = later(600, async () => {
    const answer = await ask(withPage(editor.dataset.findings)).catch(() => null);
    if (!answer?.ok) return;
    const { revision, marks, html } = await answer.json();
    if (revision !== keep.revision()) return;
    sheet.mark(marks);
    find('[data-looks]').innerHTML = html;
  });
  const tryOut = later(400, async () => {
    const form = find('[data-trial-form]');
    if (!find('[data-trial-box]').open) return;
    const answer = await keep.post(editor.dataset.trial, new URLSearchParams(new FormData(form))).catch(() => null);
    if (!answer?.ok) return;
    const { hits, html } = await answer.json();
    sheet.light(hits);
    find('[data-tried]').innerHTML = html;
  });
  const keep = keeper(editor, words, sheet, () => { look(); tryOut(); });

  const show = async (row, column) => {
    if (!sheet.has(row)) {
      const answer = await ask(`${editor.dataset.rows}&from=${row}`).catch(() => null);
      if (!answer?.ok) return;
      sheet.draw(await answer.text());
      look();
      tryOut();
    }
    sheet.go(row, column ?? sheet.at().column);
  };
  const act = (asked, to) => keep.act({ ...asked, from: sheet.first() }, to);
  const rows = {
    above: () => act({ do: 'insert', row: sheet.range().top }, { row: sheet.range().top }),
    below: () => act({ do: 'insert', row: sheet.range().bottom + 1 }, { row: sheet.range().bottom + 1 }),
    copy: () => act({ do: 'copy', row: sheet.range().top, count: sheet.range().rows }, { row: sheet.range().bottom + 1 }),
    remove: () => act({ do: 'remove', row: sheet.range().top, count: sheet.range().rows }, { row: sheet.range().top }),
    up: () => shift(-1),
    down: () => shift(1),
  };
  const shift = (by) => {
    const { top, rows: count } = sheet.range();
    if (top + by >= 0 && top + by + count <= sheet.total()) act({ do: 'move', row: top, count, to: top + by }, { row: top + by });
  };
  const { paste } = dialogs(editor, words, sheet, keep, act);
  keys(editor, sheet, { act, rows, paste, keep, show });

  editor.addEventListener('click', (event) => {
    const on = (selector) => event.target.closest(selector);
    const menu = find('[data-row-acts]');
    if (on('[data-row-menu]')) {
      const head = on('[data-row-menu]');
      sheet.go(Number(head.closest('tr').dataset.row), 0, { quiet: true });
      const { bottom, left } = head.getBoundingClientRect();
      menu.showPopover();
      menu.style.left = `${left}px`;
      menu.style.top = `${Math.min(bottom, innerHeight - menu.offsetHeight - 8)}px`;
      return;
    }
    if (on('[data-act]')) menu.hidePopover();
    if (on('[data-act]')) rows[on('[data-act]').dataset.act]();
    if (on('[data-add-row]')) act({ do: 'insert', row: sheet.total() }, { row: sheet.total(), show: true });
    if (on('[data-undo]')) keep.undo();
    if (on('[data-redo]')) keep.redo();
    if (on('[data-go]')) {
      event.preventDefault();
      const { go, at } = on('[data-go]').dataset;
      show(Number(go), at === undefined ? 0 : Number(at));
    }
  });
  editor.addEventListener('change', (event) => {
    if (event.target.matches('[data-policy]')) act({ do: 'policy', policy: event.target.value });
    if (event.target.matches('[data-jump]')) show(Number(event.target.value) - 1, 0);
  });
  find('[data-trial-box]').addEventListener('input', tryOut);
  find('[data-trial-box]').addEventListener('toggle', tryOut);
  find('[data-trial-form]').addEventListener('submit', (event) => event.preventDefault());
  look();
}
