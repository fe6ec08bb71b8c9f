// Details of one element, shown beside the drawing when it is selected there or in the list of steps.

import { openPhase, pictureOf } from './pictures.js';

export function showDetails(viewer, section, marks, words) {
  const panel = section.querySelector('[data-details]');
  viewer.on('selection.changed', ({ newSelection }) => tell(viewer, panel, newSelection[0], marks, words));
  for (const button of section.querySelectorAll('[data-element]')) {
    button.addEventListener('click', () => {
      if (goTo(viewer, button.dataset.element)) section.querySelector('[data-canvas]').scrollIntoView({ block: 'nearest' });
    });
  }
}

// Brings an element into view and selects it; false when it is not drawn here.
export function goTo(viewer, id) {
  const element = viewer.get('elementRegistry').get(id);
  if (!element) return false;
  viewer.get('canvas').scrollToElement(element); // which opens its picture, and that drops the selection
  viewer.get('selection').select(element);
  return true;
}

function tell(viewer, panel, chosen, marks, words) {
  const element = chosen?.labelTarget ?? chosen;
  panel.replaceChildren();
  panel.hidden = !element;
  if (!element) return;
  panel.append(node('strong', element.businessObject.name || words.unnamed));
  const lines = node('dl');
  for (const [term, said] of marks.details[element.id] ?? []) lines.append(node('dt', term), node('dd', said));
  if (lines.childElementCount) panel.append(lines);
  for (const { text, level } of marks.findings[element.id] ?? []) panel.append(node('p', text, `is-${level}`));
  const link = marks.links[element.id];
  if (link) panel.append(Object.assign(node('a', link.text), { href: link.href }));
  if (pictureOf(viewer, element.id)) panel.append(opening(viewer, element, words));
  panel.append(node('code', element.id));
}

function opening(viewer, element, words) {
  const button = node('button', words['Open {element}'].replace('{element}', element.businessObject.name || element.id));
  Object.assign(button, { type: 'button', className: 'secondary outline', onclick: () => openPhase(viewer, element.id) });
  button.dataset.open = element.id;
  return button;
}

function node(tag, text = '', style = '') {
  const made = document.createElement(tag);
  made.textContent = text;
  if (style) made.className = style;
  return made;
}
