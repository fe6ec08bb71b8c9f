// Where a page says that one begins: <… data-focus>, or <input data-select> to write over what is there.
for (const field of document.querySelectorAll('[data-select]')) { field.focus(); field.select(); }
document.querySelector('[data-focus]')?.focus();
