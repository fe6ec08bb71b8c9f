// Several complaints ticked at once.
import { picking } from '../../shared/scripts/picking.js';

const picks = document.getElementById('pick');
if (picks) {
  const [all, words] = document.querySelectorAll('[data-pick-all]');
  const said = picks.querySelector('[data-picked]');
  const boxes = () => [...document.querySelectorAll('input[form="pick"]')];
  picking({ bar: picks, all, words, said, told: said.dataset.picked, boxes });
}
