// The buttons above a drawing: zoom in, zoom out, whole diagram, current step, full screen.

const LEGIBLE = 0.75; // below this zoom the names in the boxes are hard to read
const MARGIN = 40; // around the whole drawing, in its own units
const [SMALLEST, LARGEST] = [0.1, 3];

export function connectTools(viewer, section, marks) {
  const canvas = viewer.get('canvas');
  const acts = {
    nearer: () => zoomBy(canvas, 1.25),
    farther: () => zoomBy(canvas, 0.8),
    all: () => fitAll(canvas),
    here: () => lookAt(viewer, section, marks.active),
    screen: () => toggleScreen(section),
  };
  for (const button of section.querySelectorAll('[data-act]')) {
    button.addEventListener('click', acts[button.dataset.act]);
    if (button.dataset.act === 'here') button.hidden = !marks.active.some((id) => viewer.get('elementRegistry').get(id));
    if (button.dataset.act === 'screen') button.hidden = !document.fullscreenEnabled;
  }
  section.addEventListener('fullscreenchange', () => {
    canvas.resized();
    lookAt(viewer, section, marks.active);
  });
  viewer.get('keyboard').addListener(({ keyEvent }) => moveByArrow(canvas, keyEvent));
}

// The whole diagram if that is readable; else the current step, or the start, at a readable size.
export function lookAt(viewer, section, active) {
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  fitAll(canvas);
  if (canvas.zoom() >= LEGIBLE) return;
  const places = active.map((id) => registry.get(id)).filter(Boolean);
  if (!places.length && section.dataset.fit !== 'start') return;
  const target = places[0] ?? registry.find(startsProcess);
  if (!target) return;
  const root = canvas.findRoot(target);
  if (root && root !== canvas.getRootElement()) canvas.setRootElement(root);
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

function startsProcess(element) {
  return element.type === 'bpmn:StartEvent' && element.businessObject.$parent?.$type === 'bpmn:Process';
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
