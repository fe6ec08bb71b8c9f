// Several complaints ticked at once: what can be done with them stands at hand as soon as one is.
const picks = document.getElementById('pick');
if (picks) {
  const [all, words] = document.querySelectorAll('[data-pick-all]');
  const said = picks.querySelector('[data-picked]');
  const boxes = () => [...document.querySelectorAll('input[form="pick"]')];
  const show = () => {
    const every = boxes();
    const chosen = every.filter((box) => box.checked).length;
    picks.hidden = !chosen;
    said.textContent = said.dataset.picked.replace('#', chosen);
    all.checked = chosen > 0 && chosen === every.length;
    all.indeterminate = chosen > 0 && chosen < every.length;
  };
  all.hidden = words.hidden = false;
  all.addEventListener('change', () => { for (const box of boxes()) box.checked = all.checked; show(); });
  for (const box of boxes()) box.addEventListener('change', show);
  window.addEventListener('pageshow', show);
  show();
}
