// One diagram in its section: fetched, drawn, marked, panned and zoomed.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';

import { ask } from '../shell/scripts/asking.js';
import { goTo, showDetails } from './details.js';
import { nameInEnglish } from './english.js';
import { followWheelAndTouch } from './gestures.js';
import { mark } from './marks.js';
import { connectPhases } from './phases.js';
import { openPhase, walkedPhases } from './pictures.js';
import { connectTools, giveRoom, lookAt } from './tools.js';

// Colours are variables of viewer.css, so that the dark theme applies to the drawing too.
const COLOURS = {
  defaultFillColor: 'var(--diagram-fill)',
  defaultStrokeColor: 'var(--diagram-line)',
  defaultLabelColor: 'var(--diagram-text)',
};

const FRAMES = /^bpmn:(Participant|Lane|SubProcess|Transaction|AdHocSubProcess)$/;

// Returns how to go to an element, or to a phase where it would be; nothing when it could not be drawn.
export async function draw(section, { onPaper = false } = {}) {
  const words = JSON.parse(section.querySelector('[data-words]').textContent);
  try {
    const [xml, marks] = await Promise.all([fetchText(section.dataset.xml), readMarks(section)]);
    const viewer = new NavigatedViewer({
      container: section.querySelector('[data-canvas]'),
      bpmnRenderer: COLOURS,
      textRenderer: { defaultStyle: { fontFamily: getComputedStyle(section).fontFamily }, externalStyle: { fontSize: 12 } },
      zoomScroll: { enabled: false },
      additionalModules: [{ translate: ['value', (text, parts = {}) => fill(words[text] ?? text, parts)] }],
    });
    await open(viewer, xml, section.dataset.language, words);
    section.querySelector('[data-message]').hidden = true;
    section.querySelector('[data-tools]').hidden = false;
    seeThroughFrames(viewer);
    mark(viewer, marks, words);
    showDetails(viewer, section, marks, words);
    connectTools(viewer, section, marks);
    followWheelAndTouch(viewer, section);
    connectPhases(viewer, section, marks);
    giveRoom(viewer, section);
    lookAt(viewer, section, marks.active);
    if (onPaper) printPhases(viewer, section, marks);
    section.dataset.state = 'drawn';
    return (id, phases) => goTo(viewer, id) || phases.some((phase) => openPhase(viewer, phase));
  } catch (problem) {
    const expected = problem instanceof Unreadable;
    say(section, expected ? problem.message : words.failed);
    if (!expected) console.warn(problem);
    return undefined;
  }
}

// Nobody can open a phase on paper, so each that the case has been to is opened once and copied below, under its name.
function printPhases(viewer, section, marks) {
  const box = section.querySelector('[data-canvas]');
  const whole = viewer.get('canvas').getRootElement();
  const figures = walkedPhases(viewer, marks).map(({ id, name }) => {
    openPhase(viewer, id);
    const figure = document.createElement('figure');
    const copy = box.cloneNode(true);
    copy.removeAttribute('data-canvas');
    figure.append(Object.assign(document.createElement('figcaption'), { textContent: name || id }), copy);
    return figure;
  });
  viewer.get('canvas').setRootElement(whole);
  box.after(...figures);
}

class Unreadable extends Error {}

async function open(viewer, xml, language, words) {
  let definitions;
  try {
    ({ rootElement: definitions } = await viewer.get('moddle').fromXML(xml));
  } catch (problem) {
    throw new Unreadable(words.unreadable, { cause: problem });
  }
  if (!definitions.diagrams?.some((diagram) => diagram.plane?.planeElement?.length)) throw new Unreadable(words.undrawn);
  if (language === 'en') nameInEnglish(definitions);
  await viewer.importDefinitions(definitions);
}

// Pools, lanes and open sub-processes would hide the path taken, which is drawn below everything.
function seeThroughFrames(viewer) {
  const frames = viewer.get('elementRegistry').filter((each) => FRAMES.test(each.type) && !each.collapsed);
  for (const frame of frames) viewer.get('canvas').addMarker(frame, 'is-frame');
}

async function fetchText(url) {
  const answer = await ask(url);
  if (!answer.ok) throw new Error(`${answer.status} ${url}`);
  return answer.text();
}

async function readMarks(section) {
  const nothing = { taken: [], active: [], badges: {}, details: {}, links: {}, findings: {}, changed: {} };
  const inline = section.querySelector('[data-marks]');
  if (inline) return { ...nothing, ...JSON.parse(inline.textContent) };
  const url = section.dataset.marksUrl;
  return url ? { ...nothing, ...JSON.parse(await fetchText(url)) } : nothing;
}

function say(section, text) {
  const message = section.querySelector('[data-message]');
  message.textContent = text;
  message.hidden = false;
  section.querySelector('[data-canvas]').hidden = true;
  section.dataset.state = 'undrawn';
}

function fill(text, parts) {
  return text.replace(/{([^}]+)}/g, (all, key) => parts[key] ?? all);
}
