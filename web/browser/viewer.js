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
// What each drawing can be asked, once it is drawn.
const drawings = new WeakMap();
const onPaper = document.querySelector('[data-print]');
showSoon(document);

function showSoon(within) {
  for (const each of within.querySelectorAll('[data-diagram], [data-diagrams-at]')) {
    if (onPaper) show(each);
    else near.observe(each);
  }
}

function show(place) {
  if (place.dataset.diagramsAt) fetchInto(place);
  else drawnOnce(place);
}

function drawnOnce(place) {
  if (!drawings.has(place)) drawings.set(place, draw(place, { onPaper: Boolean(onPaper) }));
  return drawings.get(place);
}

// A change in a list is shown on both drawings beside it: <… data-versions> … <button data-go-to="element phase …">.
document.addEventListener('click', async ({ target }) => {
  const button = target.closest('[data-go-to]');
  const places = [...button?.closest('[data-versions]')?.querySelectorAll('[data-diagram]') ?? []];
  const [id, ...phases] = button?.dataset.goTo.split(' ') ?? [];
  await Promise.all(places.map(async (place) => (await drawnOnce(place))?.(id, phases)));
  places.at(-1)?.scrollIntoView({ block: 'nearest' });
});

// If it cannot be loaded, the link in its place stays.
async function fetchInto(place) {
  const answer = await ask(place.dataset.diagramsAt);
  if (!answer.ok) return;
  place.innerHTML = await answer.text();
  showSoon(place);
}
