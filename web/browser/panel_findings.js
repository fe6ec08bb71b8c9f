// What is wrong with the draft: asked for after each time it is kept, as a list beside the canvas and marked on it. What
// only playing shows is asked for by a button, and stays until the diagram has changed and it is asked for again.
import { button, node } from './panel_parts.js';
import { mendButton } from './panel_mending.js';
import { phasesAround } from './pictures.js';

const PAUSE = 1200; // milliseconds after the draft was kept
const MARKS = { error: 'is-wrong', warning: 'is-doubtful' };

export function showFindings(panel, place) {
  const state = { findings: [], mends: [], at: '', played: undefined, busy: false, again: false, said: '' };
  const words = panel.words.findings;
  const draw = () => {
    place.replaceChildren(...listOf(panel, state, play));
    mark(panel, state.findings);
    panel.count('findings', state.findings.filter(({ level }) => level === 'error').length || '');
  };
  const look = async () => {
    if (state.busy) { state.again = true; return; }
    state.busy = true;
    const found = await load(panel, panel.addresses.findings);
    state.busy = false;
    if (found.findings) {
      Object.assign(state, { at: found.at, mends: found.mends, said: '' });
      if (state.played) state.played.isOld = true;
      state.findings = [...found.findings, ...leftOf(state.played, found.findings)];
    } else state.said = words.failed;
    draw();
    if (state.again) { state.again = false; look(); }
  };
  const play = async () => {
    if (state.busy) return;
    Object.assign(state, { busy: true, said: words.playing });
    draw();
    const found = await load(panel, `${panel.addresses.findings}?play=1`);
    Object.assign(state, { busy: false, said: found.findings ? '' : found.said ?? words.failed });
    if (found.findings) Object.assign(state, { findings: found.findings, mends: found.mends, at: found.at, played: { at: found.at, findings: found.findings, isOld: false } });
    draw();
    if (state.again) { state.again = false; look(); }
  };
  let timer;
  new MutationObserver(() => {
    if (panel.section.dataset.kept !== 'kept') return;
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  }).observe(panel.section, { attributeFilter: ['data-kept'] });
  panel.modeler.on('import.done', () => mark(panel, state.findings));
  look();
}

async function load(panel, url) {
  const answer = await panel.request(url, { cache: 'no-store' });
  return answer?.ok || answer?.status === 503 ? answer.json() : {};
}

// What playing showed before the last change and looking does not show: perhaps still so.
function leftOf(played, found) {
  const known = new Set(found.map(keyOf));
  return (played?.findings ?? []).filter((each) => each.played && !known.has(keyOf(each)))
    .map((each) => ({ ...each, isOld: true }));
}

const keyOf = ({ file, place, said }) => `${file}\n${place}\n${said}`;

function listOf(panel, state, play) {
  const words = panel.words.findings;
  const told = node('p', state.said || headOf(words, state), 'quiet');
  told.setAttribute('role', 'status');
  const acts = node('p');
  const go = button(words.play, play);
  go.disabled = state.busy;
  acts.append(go);
  const rows = node('ul', '', 'findings');
  rows.append(...state.findings.map((each) => line(panel, each)));
  if (state.mends.includes(panel.path) && !state.findings.some(({ file, mends }) => mends && file === panel.path)) {
    const row = node('li');
    row.append(mendButton(panel));
    rows.append(row); // where the answer lies at another element than the finding
  }
  if (!state.findings.length && state.at) rows.append(node('li', words.nothing, 'quiet'));
  return [told, acts, rows];
}

function headOf(words, { at, played }) {
  if (!at) return words.looking;
  if (!played) return words.looked.replace('{at}', at);
  return (played.isOld ? words['played before'] : words.played).replace('{at}', at).replace('{played}', played.at);
}

function line(panel, finding) {
  const words = panel.words.findings;
  const made = node('li', '', finding.isOld ? 'is-old' : '');
  const badge = node('span', words[finding.level], `diagram-badge is-${finding.level === 'error' ? 'late' : 'soon'}`);
  made.append(badge, ' ', whereOf(panel, finding), node('span', finding.said, 'finding-said'));
  if (finding.isOld) made.append(node('small', words['may be gone'], 'quiet'));
  if (finding.mends && finding.file === panel.path) made.append(mendButton(panel));
  return made;
}

// Here it is selected; what lies in another file leads there.
function whereOf(panel, { file, place, name, url }) {
  const shape = file === panel.path || !file ? panel.modeler.get('elementRegistry').get(place) : undefined;
  if (shape) return button(name, () => panel.select(place), 'plain finding-place');
  if (!url) return node('strong', name);
  const made = node('a', name);
  made.href = url;
  return made;
}

function mark(panel, findings) {
  const registry = panel.modeler.get('elementRegistry');
  const canvas = panel.modeler.get('canvas');
  for (const [id, marker] of panel.marked ?? []) if (registry.get(id)) canvas.removeMarker(id, marker);
  const here = findings.filter(({ file, place }) => (file === panel.path || !file) && registry.get(place));
  const worst = new Map();
  for (const { place, level } of here) {
    for (const id of [place, ...phasesAround(panel.modeler, place)]) if (worst.get(id) !== 'error') worst.set(id, level);
  }
  panel.marked = [...worst].map(([id, level]) => [id, MARKS[level]]);
  for (const [id, marker] of panel.marked) canvas.addMarker(id, marker);
}
