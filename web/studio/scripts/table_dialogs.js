// The dialogs of the sheet: a column, the table's name, and a preview of what is pasted.
import { later } from './table_keeping.js';

export function dialogs(editor, words, sheet, keep, act) {
  const find = (selector) => editor.querySelector(selector);
  const fill = (form, values) => { for (const [name, value] of Object.entries(values)) if (form.elements[name]) form.elements[name].value = value; };
  const values = (form) => Object.fromEntries(new FormData(form));

  const column = find('[data-column-dialog]');
  const columnForm = column.querySelector('form');
  let asked = {};
  const openColumn = (title, data, more) => {
    asked = more;
    find('#column-title').textContent = title;
    column.querySelector('[data-said-wrong]').textContent = '';
    for (const each of column.querySelectorAll('[data-if]')) each.hidden = each.dataset.if !== (data.answer || '');
    column.querySelector('[data-if-there]').hidden = more.do === 'add column';
    fill(columnForm, { label: '', english: '', code: '', type: 'string', values: '', ...data, ...(data.name === undefined ? {} : { label: data.name }) });
    column.showModal();
  };
  columnForm.addEventListener('submit', (event) => {
    if (event.submitter?.value !== 'keep') return;
    const sent = { ...asked, ...values(columnForm) };
    act(sent, undefined, (text) => {
      column.querySelector('[data-said-wrong]').textContent = text;
      column.showModal();
    });
  });
  column.addEventListener('click', (event) => {
    const shift = event.target.closest('[data-shift]');
    if (shift) act({ do: 'shift column', column: asked.column, by: Number(shift.dataset.shift) });
    else if (!event.target.closest('[data-remove-column]') || !confirm(words.really)) return;
    else act({ do: 'remove column', column: asked.column });
    column.close();
  });

  const rename = find('[data-rename-dialog]');
  const renameForm = rename.querySelector('form');
  renameForm.addEventListener('submit', (event) => {
    if (event.submitter?.value === 'keep') act({ do: 'rename', ...values(renameForm) });
  });

  const pasting = find('[data-paste-dialog]');
  const text = find('#paste-text');
  let pasted = null;
  const preview = async () => {
    const confirmed = pasting.querySelector('[data-confirm]');
    confirmed.disabled = true;
    const { top: row, left } = sheet.range();
    const answer = await keep.post(editor.dataset.paste, JSON.stringify({ text: text.value, row, column: left })).catch(() => null);
    const said = answer && (answer.ok || answer.status === 422) ? await answer.json() : { said: words.offline };
    if (said.html) find('[data-preview]').innerHTML = said.html;
    else find('[data-preview]').textContent = said.said;
    pasted = said.fits ? { do: 'words', row, column: left, words: said.words } : null;
    confirmed.disabled = !pasted;
  };
  const paste = (typed) => {
    text.value = typed;
    find('[data-preview]').replaceChildren();
    pasting.showModal();
    if (typed) preview().then(() => pasting.querySelector('[data-confirm]').focus());
    else text.focus();
  };
  text.addEventListener('input', later(300, preview));
  pasting.querySelector('form').addEventListener('submit', (event) => {
    if (event.submitter?.value === 'keep' && pasted) act(pasted, { row: pasted.row, column: pasted.column });
  });

  editor.addEventListener('click', (event) => {
    const on = (selector) => event.target.closest(selector);
    if (on('[data-column-menu]')) {
      const data = { ...on('[data-column-menu]').dataset };
      openColumn(words.column, data, { do: 'column', column: Number(data.columnMenu) });
    }
    if (on('[data-add-column]')) {
      const answer = on('[data-add-column]').dataset.addColumn;
      openColumn(words['column new'], { answer }, { do: 'add column', answer: answer === '1' });
    }
    if (on('[data-rename]')) { fill(renameForm, on('[data-rename]').dataset); rename.showModal(); }
    if (on('[data-paste-open]')) paste('');
  });
  return { paste };
}
