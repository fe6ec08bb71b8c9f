// Draws the diagrams of the page. The macro in diagram.html writes what this reads.
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import './viewer.css';
import { ask } from '../shell/scripts/asking.js';
import { draw } from './drawing.js';

// On a phone dozens of tasks are opened a day and few drawings viewed, so each is loaded when it scrolls near.
const near = new IntersectionObserver(
  (seen) => {
    for (const { target } of seen.filter((entry) => entry.isIntersecting)) {
      near.unobserve(target);
      show(target);
    }
  },
  { rootMargin: '400px' },
);
const onPaper = document.querySelector('[data-print]');
showSoon(document);

function showSoon(within) {
  for (const each of within.querySelectorAll('[data-diagram], [data-diagrams-at]')) {
    if (onPaper) show(each);
    else near.observe(each);
  }
}

function show(place) {
  return place.dataset.diagramsAt ? fetchInto(place) : draw(place, { onPaper: Boolean(onPaper) });
}

// If it cannot be loaded, the link in its place stays.
async function fetchInto(place) {
  const answer = await ask(place.dataset.diagramsAt);
  if (!answer.ok) return;
  place.innerHTML = await answer.text();
  showSoon(place);
}
