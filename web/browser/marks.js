// What happened, drawn on the diagram: the path taken, the current step, who and how long, what is wrong.
import { append, attr, create } from 'tiny-svg';

import { phasesAround } from './pictures.js';

export function mark(viewer, told, words) {
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  const marks = withPhases(viewer, told, words.inside);
  const known = (ids) => ids.filter((id) => registry.get(id));
  for (const id of known(marks.taken)) walk(canvas, registry.get(id));
  for (const id of known(marks.active)) canvas.addMarker(id, 'stands-here');
  for (const id of known(Object.keys(marks.findings))) {
    canvas.addMarker(id, marks.findings[id].some((each) => each.level === 'error') ? 'is-wrong' : 'is-doubtful');
  }
  for (const id of known(Object.keys(marks.changed))) canvas.addMarker(id, `was-${marks.changed[id].how}`);
  showWalkedOf(viewer, canvas.getRootElement());
  viewer.on('root.set', ({ element }) => showWalkedOf(viewer, element));
  for (const id of known(labelled(marks))) addLabels(viewer.get('overlays'), registry.get(id), marks, words);
}

// A closed phase stands for what is inside: it holds the token, something in it is wrong, or changed.
function withPhases(viewer, marks, inside) {
  const active = [...new Set([...marks.active, ...marks.active.flatMap((id) => phasesAround(viewer, id))])];
  const findings = { ...marks.findings };
  for (const [id, found] of Object.entries(marks.findings)) {
    for (const phase of phasesAround(viewer, id)) findings[phase] = [...(findings[phase] ?? []), ...found];
  }
  return { ...marks, active, findings, changed: withChangesInside(viewer, marks.changed, inside) };
}

function withChangesInside(viewer, changed, inside) {
  const around = Object.keys(changed).flatMap((id) => phasesAround(viewer, id));
  return { ...Object.fromEntries(around.map((phase) => [phase, { text: inside, how: 'changed' }])), ...changed };
}

// The library shows and hides what it draws of a picture; the lines of the path taken are ours.
function showWalkedOf(viewer, root) {
  const canvas = viewer.get('canvas');
  for (const { id } of canvas.getRootElements()) {
    const name = `walked-${id}`;
    canvas.getLayer(name, -1);
    if (id === root.id) canvas.showLayer(name);
    else canvas.hideLayer(name);
  }
}

function walk(canvas, element) {
  canvas.addMarker(element, 'was-walked');
  if (!element.waypoints) return;
  // Below the diagram: a thicker connection would have a larger arrow head as well.
  const layer = canvas.getLayer(`walked-${canvas.findRoot(element)?.id}`, -1);
  const line = create('polyline');
  attr(line, { points: element.waypoints.map(({ x, y }) => `${x},${y}`).join(' '), class: 'walked-line' });
  append(layer, line);
}

function labelled({ active, badges, links, findings, changed }) {
  return [...new Set([...active, ...[badges, links, findings, changed].flatMap(Object.keys)])];
}

function addLabels(overlays, element, marks, words) {
  const changed = marks.changed[element.id];
  if (element.waypoints && !marks.findings[element.id] && !changed) return;
  const label = document.createElement('div');
  label.className = 'diagram-labels';
  if (marks.active.includes(element.id)) label.append(chip(words.here, 'here'));
  if (changed) label.append(chip(`${SIGNS[changed.how]} ${changed.text}`, changed.how));
  for (const { text, state } of marks.badges[element.id] ?? []) label.append(chip(text, state));
  const link = marks.links[element.id];
  if (link) label.append(anchor(link));
  const findings = marks.findings[element.id] ?? [];
  if (findings.some((each) => each.level === 'error')) label.append(chip(words.error, 'late'));
  else if (findings.length) label.append(chip(words.warning, 'soon'));
  const position = element.waypoints ? besideTheLine(element) : { top: element.height + 3, left: 0 };
  overlays.add(element, 'labels', { position, html: label, scale: { min: 0.7, max: 1.2 }, show: { minZoom: 0.35 } });
}

// A sign as well as a colour.
const SIGNS = { added: '＋', removed: '－', changed: '✎', moved: '⇄' };

// Overlays of a line are placed from its bounding box; the label stands at its middle.
function besideTheLine({ waypoints }) {
  const [left, top] = ['x', 'y'].map((axis) => Math.min(...waypoints.map((each) => each[axis])));
  const middle = waypoints[Math.floor((waypoints.length - 1) / 2)];
  const next = waypoints[Math.floor((waypoints.length - 1) / 2) + 1];
  return { top: (middle.y + next.y) / 2 - top - 10, left: (middle.x + next.x) / 2 - left - 12 };
}

function chip(text, state) {
  const badge = document.createElement('span');
  badge.className = `diagram-badge is-${state}`;
  badge.textContent = text;
  return badge;
}

function anchor({ href, text }) {
  const link = document.createElement('a');
  link.className = 'diagram-badge is-link';
  link.href = href;
  link.textContent = text;
  return link;
}
