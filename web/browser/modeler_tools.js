// The buttons above the diagram: undo, redo, zoom, whole diagram, find, full screen, and the help of keys.
import { property } from './english.js';
import { englishName } from './labels.js';
import { pictureOf } from './pictures.js';

const MARGIN = 32; // around the whole drawing, in pixels
const SMALLEST = 0.2;

export function connectEditorTools(modeler, section) {
  const canvas = modeler.get('canvas');
  const stack = modeler.get('commandStack');
  const step = (value) => () => modeler.get('zoomScroll').stepZoom(value);
  const acts = {
    undo: () => stack.undo(),
    redo: () => stack.redo(),
    nearer: step(1),
    farther: step(-1),
    all: () => fit(modeler, section),
    find: (click) => {
      click.stopPropagation(); // a click outside closes it
      modeler.get('searchPad').toggle();
    },
    screen: () => (document.fullscreenElement ? document.exitFullscreen() : section.requestFullscreen()),
    keys: () => section.querySelector('[data-keys]').showModal(),
  };
  for (const button of section.querySelectorAll('[data-act]')) {
    button.addEventListener('click', acts[button.dataset.act]);
    if (button.dataset.act === 'screen') button.hidden = !document.fullscreenEnabled;
  }
  const able = () => {
    section.querySelector('[data-act=undo]').disabled = !stack.canUndo();
    section.querySelector('[data-act=redo]').disabled = !stack.canRedo();
  };
  modeler.on('commandStack.changed', able);
  able();
  section.addEventListener('fullscreenchange', () => { canvas.resized(); fit(modeler, section); });
  modeler.on('root.set', () => { if (section.dataset.state) fit(modeler, section); });
  openPhasesByDoubleClick(modeler);
  if (section.dataset.language === 'en') namePathInEnglish(modeler);
}

// The whole picture beside the palette, as large as it fits.
export function fit(modeler, section) {
  const canvas = modeler.get('canvas');
  const { inner, outer } = canvas.viewbox();
  if (!inner.width || !inner.height) { canvas.zoom(1, 'auto'); return; }
  const palette = section.querySelector('.djs-palette')?.getBoundingClientRect();
  const beside = palette && palette.height > palette.width ? palette.width + 8 : 0;
  const [width, height] = [outer.width - beside - 2 * MARGIN, outer.height - 2 * MARGIN];
  const scale = Math.max(SMALLEST, Math.min(1, width / inner.width, height / inner.height));
  const room = { x: (beside + MARGIN) / scale, y: Math.max(MARGIN, (outer.height - inner.height * scale) / 2) / scale };
  canvas.viewbox({ x: inner.x - room.x, y: inner.y - room.y, width: outer.width / scale, height: outer.height / scale });
}

function openPhasesByDoubleClick(modeler) {
  modeler.on('element.dblclick', 2000, ({ element }) => {
    const picture = pictureOf(modeler, element.id);
    if (!picture || element.type === 'label') return undefined;
    modeler.get('canvas').setRootElement(picture);
    return false; // its name is changed inside, or with the key E
  });
}

// The path above an opened phase, and the buttons that open one, are named by the library in Chinese.
function namePathInEnglish(modeler) {
  const registry = modeler.get('elementRegistry');
  const named = (id) => {
    const found = registry.get(id)?.businessObject ?? modeler.getDefinitions().rootElements.find((each) => each.id === id);
    return found && property(found, 'name_en');
  };
  const name = () => {
    const crumbs = modeler.get('canvas').getContainer().querySelectorAll('.bjs-crumb');
    const here = modeler.get('canvas').getRootElement();
    for (const crumb of crumbs) {
      const text = crumb.hash ? named(decodeURIComponent(crumb.hash.slice(1))) : englishName(here);
      if (text) Object.assign(crumb, { textContent: text, title: text });
    }
    for (const { element, html } of modeler.get('overlays').get({ type: 'drilldown' })) {
      html.querySelector('button')?.setAttribute('title', `Open ${englishName(element) || element.id}`);
    }
  };
  modeler.on(['root.set', 'elements.changed', 'import.done'], 100, name);
  name();
}
