// Where a page says that one begins: <… data-focus>, or <input data-select> to write over what is there.
for (const field of document.querySelectorAll('[data-select]')) { field.focus(); field.select(); }
document.querySelector('[data-focus]')?.focus();

// A place on the page to which an act led, <… data-passing>, does not stay in the address: reloading begins at the top.
window.addEventListener('load', () => {
  if (document.querySelector('[data-passing]:target')) history.replaceState(history.state, '', location.pathname + location.search);
});
