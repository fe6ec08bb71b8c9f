// The cells of the sheet: which is current, which are chosen, and the one that is being changed in its field.
export function grid(editor, words) {
  const find = (selector) => editor.querySelector(selector);
  let row = 0;
  let column = 0;
  let anchor = null;
  let before = null; // the cell that is being changed, as it was
  // Stands in the current cell and has the focus, unseen until something is typed: so typing Chinese begins there too.
  const entry = document.createElement('input');
  Object.assign(entry, { className: 'entry', autocomplete: 'off', maxLength: 500 });

  const head = () => find('.sheet-head').dataset;
  const cell = (atRow = row, atColumn = column) => find(`tr[data-row="${atRow}"] td[data-column="${atColumn}"]`);
  const said = (td) => td?.querySelector('[data-said]')?.textContent ?? '';
  const last = () => Number(head().columns);

  const range = () => {
    const from = anchor ?? { row, column };
    const [top, bottom] = [Math.min(row, from.row), Math.max(row, from.row)];
    return { top, bottom, left: Math.min(column, from.column), right: Math.max(column, from.column), rows: bottom - top + 1 };
  };
  const paint = () => {
    const { top, bottom, left, right } = range();
    for (const td of editor.querySelectorAll('.is-chosen')) td.classList.remove('is-chosen');
    for (let at = top; anchor && at <= bottom; at++) for (let to = left; to <= right; to++) cell(at, to)?.classList.add('is-chosen');
    const current = cell();
    if (current && !before) {
      entry.setAttribute('aria-label', `${current.dataset.label} ${said(current)}`);
      if (entry.parentElement !== current) current.append(entry);
    }
    return current;
  };
  const go = (toRow, toColumn, { extend = false, quiet = false } = {}) => {
    const from = { row, column };
    anchor = extend ? anchor ?? from : null;
    row = Math.max(0, Math.min(toRow, Number(head().total) - 1));
    column = Math.max(0, Math.min(toColumn, last()));
    const current = paint();
    if (!quiet && !before) entry.focus();
    current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };

  const control = (td) => td.querySelector('input, select, textarea');
  const fieldFor = (td, asWords) => {
    const { field, value, unit, column: at } = td.dataset;
    if (asWords || field === 'words' || field === 'note') {
      const input = document.createElement('input');
      input.maxLength = field === 'note' ? 300 : 500;
      input.autocomplete = 'off';
      input.value = field === 'note' || field === 'words' ? value : value && said(td);
      input.setAttribute('aria-label', td.dataset.label);
      input.dataset.words = '';
      return [input];
    }
    const made = find(`template[data-editor="${at}"]`).content.cloneNode(true);
    const own = made.querySelector('input') ?? made.querySelector('select');
    own.value = field === 'choice' ? value || made.querySelector('option').value : value;
    const beside = made.querySelector('[name="c-o"], [name="c-u"]');
    if (beside) beside.value = unit || (beside.name === 'c-o' ? '-' : 'H');
    return [made];
  };
  // What the open field says, to tell whether it was changed.
  const state = (td) => td.querySelector('[data-words]')?.value ?? JSON.stringify(named(td));
  const named = (td) => Object.fromEntries([...td.querySelectorAll('[name]')].map((each) => [each.name, each.value]));
  const begin = (td) => {
    before = { td, nodes: [...td.childNodes].filter((each) => each !== entry), text: said(td) };
  };
  // What is typed into the current cell is its new text; the field that has the focus stays in its place.
  const type = () => {
    const td = cell();
    if (!td || before) return;
    begin(td);
    for (const each of before.nodes) each.remove();
    entry.dataset.words = '';
    td.classList.add('is-open');
    td.dataset.opened = td.dataset.value;
  };
  const open = (typed) => {
    const td = cell();
    if (!td || before) return;
    begin(td);
    show(td, false);
    const field = td.querySelector('input') && typed !== undefined ? td.querySelector('input') : control(td);
    if (typed !== undefined) {
      field.value = typed;
      const how = td.querySelector('[name="c-o"]');
      if (how?.value === '-') how.value = '=';
    }
    field.focus();
    if (typed === undefined && field.matches('input')) field.select();
  };
  const show = (td, asWords) => {
    const fields = fieldFor(td, asWords);
    td.replaceChildren(...fields);
    td.classList.add('is-open');
    td.dataset.opened = state(td);
    if (!asWords && !['words', 'note'].includes(td.dataset.field)) {
      const other = document.createElement('button');
      Object.assign(other, { type: 'button', className: 'plain as-words', textContent: 'ƒ', title: words.formula, tabIndex: -1 });
      other.setAttribute('aria-label', words.formula);
      other.addEventListener('click', () => { show(td, true); control(td).focus(); });
      td.append(other);
    }
  };
  // Closes the field. Returns what it asks for, nothing where it is as it was.
  const close = (keep) => {
    if (!before) return null;
    const { td, nodes, text } = before;
    const where = { row: Number(td.parentElement.dataset.row), column: Number(td.dataset.column) };
    const inWords = td.querySelector('[data-words]');
    const fields = named(td);
    const shown = inWords ? inWords.value : [...td.querySelectorAll('[name]')].map((each) => each.selectedOptions?.[0]?.text ?? each.value).join(' ');
    const same = td.dataset.opened === state(td);
    before = null;
    entry.value = '';
    delete entry.dataset.words;
    td.classList.remove('is-open');
    delete td.dataset.opened;
    td.replaceChildren(...nodes);
    if (!keep || same) return null;
    const span = td.querySelector('[data-said]');
    if (span) span.textContent = shown;
    td.classList.add('is-pending');
    if (td.dataset.field === 'note') return { do: 'note', ...where, text: shown, shown };
    return inWords ? { do: 'words', ...where, words: [[shown]], shown } : { do: 'cell', ...where, fields, shown, text };
  };

  const draw = (html) => {
    const focused = find('[data-sheet]').contains(document.activeElement);
    find('[data-sheet]').innerHTML = html;
    go(row, column, { quiet: !focused });
  };
  const drawRow = (html) => {
    const made = document.createElement('template');
    made.innerHTML = html.trim();
    const fresh = made.content.querySelector('tr');
    const old = find(`tr[data-row="${fresh.dataset.row}"]`);
    if (!old) return;
    for (const td of fresh.querySelectorAll('td')) {
      const there = old.querySelector(`td[data-column="${td.dataset.column}"]`);
      if (there.classList.contains('is-open')) continue;
      const focused = there.contains(document.activeElement);
      there.replaceWith(td);
      if (focused) go(row, column);
    }
    paint();
  };
  const mark = (marks) => {
    for (const each of editor.querySelectorAll('.is-wrong')) {
      each.classList.remove('is-wrong');
      each.removeAttribute('aria-invalid');
      each.querySelector('.field-error')?.remove();
    }
    for (const [atRow, atColumn, text] of marks) {
      const td = atColumn === null ? find(`tr[data-row="${atRow}"] th`) : cell(atRow, atColumn);
      if (!td || td.classList.contains('is-open')) continue;
      const small = document.createElement('small');
      Object.assign(small, { className: 'field-error', textContent: text });
      td.classList.add('is-wrong');
      if (td.matches('td')) td.setAttribute('aria-invalid', 'true');
      td.append(small);
    }
  };
  const light = (hits) => {
    for (const tr of editor.querySelectorAll('tbody tr')) tr.classList.toggle('is-hit', hits.includes(Number(tr.dataset.row)));
  };
  const copied = () => {
    const { top, bottom, left, right } = range();
    const lines = [];
    for (let at = top; at <= bottom; at++) {
      const line = [];
      for (let to = left; to <= right; to++) line.push(said(cell(at, to)).replace(/[\t\n]+/g, ' '));
      lines.push(line.join('\t'));
    }
    return lines.join('\n');
  };

  paint();
  return {
    at: () => ({ row, column }), range, go, open, type, entry, close, draw, drawRow, mark, light, copied, cell, last,
    isOpen: () => before !== null, first: () => Number(head().first), total: () => Number(head().total),
    has: (at) => Boolean(find(`tr[data-row="${at}"]`)),
  };
}
