// Draws every diagram of the page. The macro in templates/diagram.html writes what this reads.
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import './viewer.css';
import { draw } from './drawing.js';

for (const section of document.querySelectorAll('[data-diagram]')) draw(section);
