// Keys, pointer and clipboard on the sheet, as in a spreadsheet.

// Fields that keep their unit, or how they compare, when a number is typed over.
const MEASURED = ['number', 'length', 'share'];

export function keys(editor, sheet, { act, rows, paste, keep, show }) {
  const inSheet = (target) => target.closest?.('.sheet-grid') && target.closest('td[data-column]');
  const commit = () => {
    const asked = sheet.close(true);
    if (asked) act(asked);
  };
  const step = (down, right, extend) => {
    const { row, column } = sheet.at();
    const to = Math.max(0, Math.min(row + down, sheet.total() - 1));
    if (sheet.has(to)) sheet.go(to, column + right, { extend });
    else show(to, column + right);
  };
  const beside = (by) => {
    const { row, column } = sheet.at();
    const to = column + by;
    if (to > sheet.last() && row + 1 < sheet.total()) show(row + 1, 0);
    else if (to < 0 && row > 0) show(row - 1, sheet.last());
    else if (to < 0 || to > sheet.last()) return false;
    else sheet.go(row, to);
    return true;
  };
  const clear = () => {
    const { top, bottom, left, right } = sheet.range();
    const line = Array(right - left + 1).fill('');
    act({ do: 'words', row: top, column: left, words: Array.from({ length: bottom - top + 1 }, () => line) });
  };

  const whileOpen = (event) => {
    if (event.key === 'Escape') { sheet.close(false); step(0, 0); }
    else if (event.key === 'Enter') { commit(); step(event.shiftKey ? -1 : 1, 0); }
    else if (event.key === 'Tab') { commit(); if (!beside(event.shiftKey ? -1 : 1)) return; }
    else return;
    event.preventDefault();
  };
  const withControl = (event) => {
    const wished = {
      z: event.shiftKey ? keep.redo : keep.undo, y: keep.redo, d: rows.copy, Delete: rows.remove,
      Enter: event.shiftKey ? rows.above : rows.below,
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (wished) { event.preventDefault(); wished(); }
  };
  const whileClosed = (event) => {
    const { shiftKey: extend } = event;
    const moves = {
      ArrowUp: () => (event.altKey ? rows.up() : step(-1, 0, extend)), ArrowDown: () => (event.altKey ? rows.down() : step(1, 0, extend)),
      ArrowLeft: () => step(0, -1, extend), ArrowRight: () => step(0, 1, extend),
      Home: () => step(0, -999, extend), End: () => step(0, 999, extend),
      Enter: () => sheet.open(), F2: () => sheet.open(), Delete: clear, Backspace: clear,
      Tab: () => beside(extend ? -1 : 1), Escape: () => editor.querySelector('[data-policy]').focus(),
    };
    const move = moves[event.key];
    if (move) { if (move() !== false) event.preventDefault(); }
    else if (event.key.length === 1 && !event.altKey && MEASURED.includes(event.target.closest('td').dataset.field)) {
      event.preventDefault();
      sheet.open(event.key);
    }
  };
  editor.addEventListener('keydown', (event) => {
    if (event.isComposing || !inSheet(event.target)) return;
    if (sheet.isOpen()) whileOpen(event);
    else if (event.ctrlKey || event.metaKey) withControl(event);
    else whileClosed(event);
  });

  editor.addEventListener('pointerdown', (event) => {
    const td = inSheet(event.target);
    if (!td || td.classList.contains('is-open')) return;
    commit();
    const [row, column] = [Number(td.parentElement.dataset.row), Number(td.dataset.column)];
    const again = !event.shiftKey && td.contains(document.activeElement);
    event.preventDefault();
    sheet.go(row, column, { extend: event.shiftKey });
    if (again || event.pointerType === 'touch' || matchMedia('(max-width: 48rem)').matches) sheet.open();
  });
  sheet.entry.addEventListener('compositionstart', sheet.type);
  sheet.entry.addEventListener('input', sheet.type);
  editor.addEventListener('dblclick', (event) => { if (inSheet(event.target)) sheet.open(); });
  editor.addEventListener('focusout', (event) => {
    if (sheet.isOpen() && event.relatedTarget && !sheet.cell().contains(event.relatedTarget)) commit();
  });

  const onSheet = () => !sheet.isOpen() && inSheet(document.activeElement);
  const take = (event) => {
    if (!onSheet()) return false;
    event.clipboardData.setData('text/plain', sheet.copied());
    event.preventDefault();
    return true;
  };
  document.addEventListener('copy', take);
  document.addEventListener('cut', (event) => { if (take(event)) clear(); });
  document.addEventListener('paste', (event) => {
    if (!onSheet()) return;
    event.preventDefault();
    const text = event.clipboardData.getData('text/plain').replace(/\r?\n$/, '');
    if (/[\t\n]/.test(text)) paste(text);
    else act({ do: 'words', ...sheet.at(), words: [[text]], shown: text });
  });
}
