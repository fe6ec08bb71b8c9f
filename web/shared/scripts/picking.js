// Several rows ticked at once: the bar of what can be done with them stands at hand as soon as one is.
// bar: what is shown then. all, words: the box that ticks all of them, and what it is called. said: where it is told how
// many there are; told: in which words, # for the number. boxes: gives those that are there now. Returns what to call
// after they were ticked by other means.
export function picking({ bar, all, words, said, told, boxes }) {
  const show = () => {
    const every = boxes();
    const chosen = every.filter((box) => box.checked).length;
    bar.hidden = !chosen;
    said.textContent = told.replace('#', chosen);
    all.checked = chosen > 0 && chosen === every.length;
    all.indeterminate = chosen > 0 && chosen < every.length;
  };
  all.hidden = words.hidden = false;
  document.addEventListener('change', ({ target }) => {
    if (target === all) for (const box of boxes()) box.checked = all.checked;
    if (target === all || boxes().includes(target)) show();
  });
  window.addEventListener('pageshow', show);
  show();
  return show;
}
