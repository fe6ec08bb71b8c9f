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

import { keepChanges } from './keeping.js';
import { readDraft } from './draft_file.js';

const COLOURS = {
  defaultFillColor: 'var(--diagram-fill)',
  defaultStrokeColor: 'var(--diagram-line)',
  defaultLabelColor: 'var(--diagram-text)',
};

for (const section of document.querySelectorAll('[data-modeler]')) edit(section);

async function edit(section) {
  const said = section.querySelector('[data-message]');
  const modeler = new Modeler({
    container: section.querySelector('[data-canvas]'),
    bpmnRenderer: COLOURS,
    textRenderer: { defaultStyle: { fontFamily: getComputedStyle(section).fontFamily }, externalStyle: { fontSize: 12 } },
    moddleExtensions: { camunda },
    additionalModules: [CreateAppendAnythingModule, NativeCopyPaste, ColorPicker, Minimap],
  });
  const file = await readDraft(section.dataset.file);
  try {
    await modeler.importXML(file.text);
  } catch (problem) {
    said.textContent = section.dataset.unreadable;
    console.warn(problem);
    return;
  }
  said.hidden = true;
  modeler.get('canvas').zoom('fit-viewport');
  keepChanges(modeler, section, file);
  section.dataset.state = 'drawn';
}
