// A button that prints the page, if the browser can.
for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => {
    for (const each of document.querySelectorAll('main details:is(.more, .filled)')) each.open = true;
    window.print();
  });
}
