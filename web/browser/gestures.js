// Wheel and fingers. The page must stay scrollable over a drawing, so a plain wheel and a finger moving up or down
// belong to the page; Ctrl and wheel, a finger moving sideways and two fingers belong to the drawing.
import { zoomBy } from './tools.js';

export function followWheelAndTouch(viewer, section) {
  const canvas = viewer.get('canvas');
  const container = section.querySelector('[data-canvas]');
  container.addEventListener('wheel', (wheel) => turn(canvas, container, wheel), { passive: false });
  const fingers = new Map();
  container.addEventListener('pointerdown', (touch) => {
    if (touch.pointerType === 'touch') fingers.set(touch.pointerId, point(container, touch));
  });
  container.addEventListener('pointermove', (touch) => {
    if (fingers.has(touch.pointerId)) slide(canvas, fingers, touch.pointerId, point(container, touch));
  });
  for (const end of ['pointerup', 'pointercancel', 'pointerleave']) {
    container.addEventListener(end, (touch) => fingers.delete(touch.pointerId));
  }
}

function turn(canvas, container, wheel) {
  const alone = document.fullscreenElement;
  if (!wheel.ctrlKey && !wheel.metaKey && !alone) return;
  wheel.preventDefault();
  zoomBy(canvas, wheel.deltaY < 0 ? 1.1 : 1 / 1.1, point(container, wheel));
}

function slide(canvas, fingers, moved, to) {
  const from = fingers.get(moved);
  const others = [...fingers].filter(([finger]) => finger !== moved).map(([, place]) => place);
  fingers.set(moved, to);
  if (!others.length) {
    canvas.scroll({ dx: to.x - from.x, dy: to.y - from.y });
    return;
  }
  const [still] = others;
  canvas.scroll({ dx: (to.x - from.x) / 2, dy: (to.y - from.y) / 2 });
  zoomBy(canvas, distance(still, to) / Math.max(1, distance(still, from)), { x: (still.x + to.x) / 2, y: (still.y + to.y) / 2 });
}

function point(container, at) {
  const box = container.getBoundingClientRect();
  return { x: at.clientX - box.left, y: at.clientY - box.top };
}

function distance(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
