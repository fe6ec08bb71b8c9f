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
import { decoded, readDraft } from './draft_file.js';
import { followWheelAndTouch } from './gestures.js';
import Keeping from './keeping.js';
import { drawEnglishNames, keepEnglishNames } from './labels.js';
import Menus from './menus.js';
import { connectEditorTools, fit } from './modeler_tools.js';
import { translation } from './modeler_words.js';
import { openDiagram } from './opening.js';
import { showPanel } from './panel.js';
import { tellWhoElse } from './presence.js';
import keepSelected from './selecting.js';

const COLOURS = {
  defaultFillColor: 'var(--diagram-fill)',
  defaultStrokeColor: 'var(--diagram-line)',
  defaultLabelColor: 'var(--diagram-text)',
};
const OURS = {
  __init__: ['blocks', 'menus', 'englishNames', 'englishDrawing', 'keepSelected'],
  blocks: ['type', Blocks],
  menus: ['type', Menus],
  englishNames: ['type', keepEnglishNames],
  englishDrawing: ['type', drawEnglishNames],
  keepSelected: ['type', keepSelected],
};

for (const section of document.querySelectorAll('[data-modeler]')) edit(section);

function open(section) {
  const { language, tables, supervised } = section.dataset;
  return new Modeler({
    container: section.querySelector('[data-canvas]'),
    bpmnRenderer: COLOURS,
    textRenderer: { defaultStyle: { fontFamily: getComputedStyle(section).fontFamily }, externalStyle: { fontSize: 12 } },
    moddleExtensions: { camunda },
    blocks: { tables: JSON.parse(tables), supervised: supervised !== undefined },
    additionalModules: [CreateAppendAnythingModule, NativeCopyPaste, ColorPicker, Minimap, OURS, translation(language)],
  });
}

async function edit(section) {
  const words = JSON.parse(section.querySelector('[data-words]').textContent);
  const modeler = open(section);
  section.modeler = modeler;
  modeler.reading = { decoded, open: (text) => openDiagram(modeler, text, words) }; // for the tests of files
  const file = await readDraft(section.dataset.file);
  let lost;
  try {
    lost = await openDiagram(modeler, file.text, words);
  } catch (problem) {
    section.dataset.state = 'undrawn';
    section.querySelector('[data-message]').textContent = problem.message;
    console.warn(problem.cause);
    return;
  }
  section.querySelector('[data-message]').hidden = true;
  connectEditorTools(modeler, section);
  modeler.on('native-copy-paste:error', () => modeler.get('nativeCopyPaste').toggle(false)); // not allowed: within the page
  fit(modeler, section);
  if (matchMedia('(pointer: coarse)').matches) followWheelAndTouch(modeler, section);
  const keeping = new Keeping(modeler, section, file, words);
  showPanel(modeler, section);
  section.dataset.state = 'drawn';
  keeping.warn(lost);
  await keeping.offerAside();
  tellWhoElse(section, file, keeping);
}
