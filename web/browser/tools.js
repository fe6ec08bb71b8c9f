// The buttons above a drawing: zoom in, zoom out, whole diagram, current step, full screen.
import { phasesAround } from './pictures.js';

const LEGIBLE = 0.75; // below this zoom the names in the boxes are hard to read
const MARGIN = 40; // around the whole drawing, in its own units
const [SMALLEST, LARGEST] = [0.1, 3];
const WIDE = 640; // pixels; narrower drawings keep the height of the style sheet
const [LOWEST, HIGHEST] = [240, 1200];

export function connectTools(viewer, section, marks) {
  const canvas = viewer.get('canvas');
  const acts = {
    nearer: () => zoomBy(canvas, 1.25),
    farther: () => zoomBy(canvas, 0.8),
    all: () => fitAll(canvas),
    here: () => goTo(viewer, section, marks.active),
    screen: () => toggleScreen(section),
  };
  for (const button of section.querySelectorAll('[data-act]')) {
    button.addEventListener('click', acts[button.dataset.act]);
    if (button.dataset.act === 'here') button.hidden = !marks.active.some((id) => viewer.get('elementRegistry').get(id));
    if (button.dataset.act === 'screen') button.hidden = !document.fullscreenEnabled;
  }
  section.addEventListener('fullscreenchange', () => {
    giveRoom(viewer, section);
    lookAt(viewer, section, marks.active);
  });
  viewer.get('keyboard').addListener(({ keyEvent }) => moveByArrow(canvas, keyEvent));
}

// On a wide screen a drawing is as high as it needs, so that it can be read as a whole; in full screen, as the screen.
export function giveRoom(viewer, section) {
  const canvas = viewer.get('canvas');
  const box = section.querySelector('[data-canvas]');
  box.style.height = '';
  canvas.resized();
  const { inner, outer } = canvas.viewbox();
  if (document.fullscreenElement === section || outer.width < WIDE) return;
  const scale = Math.min(1, outer.width / (inner.width + 2 * MARGIN));
  box.style.height = `${Math.min(HIGHEST, Math.max(LOWEST, (inner.height + 2 * MARGIN) * scale))}px`;
  canvas.resized();
}

// The picture with the current step.
function goTo(viewer, section, active) {
  const canvas = viewer.get('canvas');
  const target = tasksFirst(viewer, active)[0];
  const root = target && canvas.findRoot(target);
  if (root && root !== canvas.getRootElement()) canvas.setRootElement(root);
  lookAt(viewer, section, active);
}

// The shapes of the current steps: those that somebody works on before events that merely wait.
function tasksFirst(viewer, active) {
  const places = active.map((id) => viewer.get('elementRegistry').get(id)).filter(Boolean);
  const works = ({ type }) => /Task$|CallActivity$/.test(type);
  return [...places.filter(works), ...places.filter((each) => !works(each))];
}

// The whole picture if that is readable; else the current step in it, or its start, at a readable size.
export function lookAt(viewer, section, active) {
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  fitAll(canvas);
  if (canvas.zoom() >= LEGIBLE) return;
  const root = canvas.getRootElement();
  const standing = tasksFirst(viewer, active).flatMap(({ id }) => [id, ...phasesAround(viewer, id)]);
  const places = standing.map((id) => registry.get(id)).filter((each) => canvas.findRoot(each) === root);
  if (!places.length && section.dataset.fit !== 'start') return;
  const target = places[0] ?? registry.find((each) => startsPicture(each) && canvas.findRoot(each) === root);
  if (!target) return;
  const { outer } = canvas.viewbox();
  const [width, height] = [outer.width / LEGIBLE, outer.height / LEGIBLE];
  const beside = places.length ? width / 2 : width / 8;
  const { x, y } = { x: middle(target).x - beside, y: middle(target).y - height / 2 };
  const { inner } = canvas.viewbox();
  canvas.viewbox({ x: inside(x, width, inner.x, inner.width), y: inside(y, height, inner.y, inner.height), width, height });
}

// Where a window of `size` starts so that it shows at most a margin beyond the drawing.
function inside(begin, size, from, length) {
  const last = from + length + MARGIN - size;
  return Math.max(from - MARGIN, Math.min(begin, last));
}

// The whole drawing centred, with room for the labels under its lowest elements; never above 100 %.
function fitAll(canvas) {
  const { inner, outer } = canvas.viewbox();
  const scale = Math.min(1, outer.width / (inner.width + 2 * MARGIN), outer.height / (inner.height + 2 * MARGIN));
  const [width, height] = [outer.width / scale, outer.height / scale];
  canvas.viewbox({ x: inner.x + (inner.width - width) / 2, y: inner.y + (inner.height - height) / 2, width, height });
}

export function zoomBy(canvas, factor, at) {
  canvas.zoom(Math.min(LARGEST, Math.max(SMALLEST, canvas.zoom() * factor)), at);
}

function startsPicture(element) {
  return element.type === 'bpmn:StartEvent' && !element.labelTarget;
}

function middle(element) {
  return { x: element.x + element.width / 2, y: element.y + element.height / 2 };
}

function toggleScreen(section) {
  if (document.fullscreenElement) document.exitFullscreen();
  else section.requestFullscreen();
}

const ARROWS = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };

function moveByArrow(canvas, key) {
  const by = ARROWS[key.key];
  if (!by || key.ctrlKey || key.metaKey || key.altKey) return undefined;
  canvas.scroll({ dx: by[0], dy: by[1] });
  return true;
}
