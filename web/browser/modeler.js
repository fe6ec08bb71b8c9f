// The studio's diagram editor. The macro in studio/diagram.html writes what this reads:
// <section data-modeler data-file="address of the draft's file">.
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn-codes.css';
import 'diagram-js-minimap/assets/diagram-js-minimap.css';
import 'bpmn-js-color-picker/colors/color-picker.css';
import './modeler.css';
import { CreateAppendAnythingModule } from 'bpmn-js-create-append-anything';
import Modeler from 'bpmn-js/lib/Modeler';
import NativeCopyPaste from 'bpmn-js-native-copy-paste';
import camunda from 'camunda-bpmn-moddle/resources/camunda.json';
import ColorPicker from 'bpmn-js-color-picker';
import Minimap from 'diagram-js-minimap';

import Blocks from './blocks.js';
import { readDraft } from './draft_file.js';
import { followWheelAndTouch } from './gestures.js';
import Keeping from './keeping.js';
import { drawEnglishNames, keepEnglishNames } from './labels.js';
import Menus from './menus.js';
import { connectEditorTools, fit } from './modeler_tools.js';
import { translation } from './modeler_words.js';
import { tellWhoElse } from './presence.js';

const COLOURS = {
  defaultFillColor: 'var(--diagram-fill)',
  defaultStrokeColor: 'var(--diagram-line)',
  defaultLabelColor: 'var(--diagram-text)',
};
const OURS = {
  __init__: ['blocks', 'menus', 'englishNames', 'englishDrawing'],
  blocks: ['type', Blocks],
  menus: ['type', Menus],
  englishNames: ['type', keepEnglishNames],
  englishDrawing: ['type', drawEnglishNames],
};

for (const section of document.querySelectorAll('[data-modeler]')) edit(section);

function open(section) {
  const { language, tables } = section.dataset;
  return new Modeler({
    container: section.querySelector('[data-canvas]'),
    bpmnRenderer: COLOURS,
    textRenderer: { defaultStyle: { fontFamily: getComputedStyle(section).fontFamily }, externalStyle: { fontSize: 12 } },
    moddleExtensions: { camunda },
    blocks: { tables: JSON.parse(tables) },
    additionalModules: [CreateAppendAnythingModule, NativeCopyPaste, ColorPicker, Minimap, OURS, translation(language)],
  });
}

async function edit(section) {
  const modeler = open(section);
  section.modeler = modeler;
  const file = await readDraft(section.dataset.file);
  if (!await show(modeler, section, file)) return;
  connectEditorTools(modeler, section);
  fit(modeler, section);
  if (matchMedia('(pointer: coarse)').matches) followWheelAndTouch(modeler, section);
  const keeping = new Keeping(modeler, section, file);
  section.dataset.state = 'drawn';
  await keeping.offerAside();
  tellWhoElse(section, file, keeping);
}

// Says in words why a file does not open; one that would lose something by being saved opens only when that is wanted.
async function show(modeler, section, file) {
  const said = section.querySelector('[data-message]');
  const words = JSON.parse(section.querySelector('[data-words]').textContent);
  let warnings;
  try {
    ({ warnings } = await modeler.importXML(file.text));
  } catch (problem) {
    section.dataset.state = 'undrawn';
    said.textContent = /no diagram to display|no process or collaboration/.test(problem.message) ? words.undrawn : words.unreadable;
    console.warn(problem);
    return false;
  }
  said.hidden = true;
  if (warnings.length) console.warn(...warnings);
  return true;
}
