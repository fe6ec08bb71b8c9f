// Draws the diagrams of the page. The macro in diagram.html writes what this reads.
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import './viewer.css';
import { draw } from './drawing.js';

// On a phone dozens of tasks are opened a day and few drawings looked at: each is fetched and drawn when it comes near.
const near = new IntersectionObserver(
  (seen) => {
    for (const each of seen.filter((entry) => entry.isIntersecting)) {
      near.unobserve(each.target);
      draw(each.target);
    }
  },
  { rootMargin: '400px' },
);
const onPaper = document.querySelector('[data-print]');

for (const section of document.querySelectorAll('[data-diagram]')) {
  if (onPaper) draw(section);
  else near.observe(section);
}
