// The name of an element in the page's language: in English its property name_en, where it has one. build.mjs puts this
// in place of bpmn-js's util/LabelUtil, so that drawing, editing and searching use it; both names stay in the file.
import { getLabel as ownName, setLabel as setOwnName } from 'bpmn-js/lib/util/LabelUtil.js';

import { property } from './english.js';

export * from 'bpmn-js/lib/util/LabelUtil.js';

const NAME_EN = 'name_en';
const inEnglish = () => document.documentElement.lang === 'en';

export const englishName = (element) => property(element.businessObject, NAME_EN);

export function getLabel(element) {
  return (inEnglish() && englishName(element)) || ownName(element);
}

// In English the Chinese name is left alone; an element that has none yet takes the English one until somebody gives it.
// An English name that says the same as the Chinese one is none.
export function setLabel(element, text) {
  const before = englishName(element);
  if (!inEnglish()) return setOwnName(element, text);
  const own = ownName(element);
  if (!text || !own || own === before) setOwnName(element, text);
  setEnglishName(element.businessObject, own === text && own !== before ? '' : text);
  return element;
}

// Where the panel changes the Chinese name on a page in English, bpmn-js asks for a label of the same text: it stays.
export function keepEnglishNames(eventBus, directEditing) {
  eventBus.on('commandStack.element.updateLabel.preExecute', 2000, ({ context }) => {
    if (!inEnglish() || directEditing.isActive() || context.newLabel !== ownName(context.element)) return;
    context.newLabel = getLabel(context.element);
  });
}
keepEnglishNames.$inject = ['eventBus', 'directEditing'];

// The library draws what stands in an element; the English name stands in it for as long as that takes. A label beside a
// symbol is as wide as its Chinese name: the English one gets the room that it needs, to both sides.
export function drawEnglishNames(eventBus, bpmnRenderer, textRenderer) {
  const drawn = (draw) => (event, { gfx, element, attrs }) => {
    const english = inEnglish() && element.businessObject && englishName(element);
    if (!english || !bpmnRenderer.canRender(element)) return undefined;
    const object = element.businessObject;
    const field = object.$type === 'bpmn:TextAnnotation' ? 'text' : 'name';
    const own = object[field];
    const missing = element.labelTarget ? Math.max(0, textRenderer.getExternalLabelBounds(element, english).width - element.width) : 0;
    object[field] = english;
    element.width += missing;
    try {
      const made = bpmnRenderer[draw](gfx, element, attrs);
      if (missing) made.setAttribute('transform', `translate(${-missing / 2} 0)`);
      return made;
    } finally {
      object[field] = own;
      element.width -= missing;
    }
  };
  eventBus.on('render.shape', 1500, drawn('drawShape'));
  eventBus.on('render.connection', 1500, drawn('drawConnection'));
}
drawEnglishNames.$inject = ['eventBus', 'bpmnRenderer', 'textRenderer'];

export function setEnglishName(object, text) {
  const { $model: model } = object;
  const make = (type, parent, more) => Object.assign(model.create(type, more), { $parent: parent });
  if (!object.extensionElements && !text) return;
  object.extensionElements ??= make('bpmn:ExtensionElements', object, { values: [] });
  const { values } = object.extensionElements;
  let properties = values.find((each) => each.$type === 'camunda:Properties');
  if (!properties && !text) return;
  if (!properties) values.push((properties = make('camunda:Properties', object.extensionElements, { values: [] })));
  const there = properties.get('values').find((each) => each.name === NAME_EN);
  if (there && text) there.value = text;
  else if (there) properties.values.splice(properties.values.indexOf(there), 1);
  else if (text) properties.values.push(make('camunda:Property', properties, { name: NAME_EN, value: text }));
}
