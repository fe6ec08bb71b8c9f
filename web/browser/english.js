// English names: an element's property `name_en` replaces its Chinese name before it is drawn.

export function nameInEnglish(definitions) {
  const seen = new Set();
  const visit = (element) => {
    if (!element || typeof element !== 'object' || seen.has(element) || !element.$type?.startsWith('bpmn:')) return;
    seen.add(element);
    const english = property(element, 'name_en');
    if (english) element[element.$type === 'bpmn:TextAnnotation' ? 'text' : 'name'] = english;
    for (const part of PARTS) for (const child of element[part] ?? []) visit(child);
    visit(element.childLaneSet);
  };
  visit(definitions);
  for (const { plane } of definitions.diagrams ?? []) {
    for (const { label, bpmnElement } of plane?.planeElement ?? []) {
      if (label?.bounds && bpmnElement && property(bpmnElement, 'name_en')) widen(label.bounds);
    }
  }
}

// A label is as wide as its Chinese name: in that room an English word would be broken.
function widen(bounds) {
  const missing = Math.max(0, ROOM - bounds.width);
  bounds.x -= missing / 2;
  bounds.width += missing;
}

const ROOM = 90; // what bpmn-js gives a label whose width nobody set
const PARTS = ['rootElements', 'flowElements', 'artifacts', 'laneSets', 'lanes', 'participants', 'messageFlows'];

// The viewer does not know camunda's extensions: there they are plain elements with attributes and $children.
export function property(element, name) {
  for (const extension of element.extensionElements?.values ?? []) {
    if (!/:properties$/i.test(extension.$type)) continue;
    const found = (extension.values ?? extension.$children)?.find((child) => child.name === name);
    if (found) return found.value;
  }
  return undefined;
}
