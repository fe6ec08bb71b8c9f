// Which settings an element has, in the words of the process owner.
import { button, checkField, checkedField, grouped, labelled, link, node, section, select, selectField, textField } from './panel_parts.js';
import { callSettings, more, serviceSettings, tableSettings } from './panel_mappings.js';
import { CODES } from './panel_element.js';
import { conditionEditor } from './panel_conditions.js';
import { groupEditor } from './panel_groups.js';
import { whenEditor } from './panel_moments.js';

const HUMAN = ['UserTask', 'ManualTask'];
const SERVICES = ['ServiceTask', 'SendTask'];
const CHOOSING = ['ExclusiveGateway', 'InclusiveGateway'];
const REPEATED = [...HUMAN, ...SERVICES, 'CallActivity', 'SubProcess', 'BusinessRuleTask'];

export function settingsOf(panel, element) {
  const { words } = panel;
  const found = [nameOf(panel, element)];
  if (element.is(...HUMAN)) found.push(workOf(panel, element), meaningOf(panel, element), residentOf(panel, element));
  if (element.is(...SERVICES) && !element.get('messageRef')) found.push(serviceSettings(panel, element));
  if (element.is('BusinessRuleTask')) found.push(tableSettings(panel, element));
  if (element.is('CallActivity')) found.push(...callSettings(panel, element));
  if (element.is('ScriptTask')) found.push(section(words.script.title, checkedField(panel, words.script.lines, 'script', element.get('script'), (text) => element.set({ script: text, scriptFormat: 'feel' }), { rows: 8, help: words.script.help })));
  if (element.is('SequenceFlow')) found.push(...flowOf(panel, element));
  if (element.is(...CHOOSING)) found.push(node('p', words.gateway, 'quiet'));
  if (element.is('StartEvent')) found.push(startOf(panel, element));
  if (element.event) found.push(eventOf(panel, element));
  if (element.is('ReceiveTask', 'SendTask') && !element.get('camunda:topic')) found.push(section(words.event.message, named(panel, element, element.object, 'message')));
  if (element.is('ReceiveTask') || ['message'].includes(element.event)) found.push(residentOf(panel, element), meaningOf(panel, element));
  else if (element.is('EndEvent') || element.event === 'timer') found.push(...endOf(panel, element));
  if (element.is(...REPEATED)) found.push(repeatedOf(panel, element));
  found.push(notesOf(panel, element));
  return found.filter(Boolean);
}

function property(element, name) {
  return (value) => element.setProperty(name, value);
}

function nameOf(panel, element) {
  const { words } = panel;
  const attribute = element.is('TextAnnotation') ? 'text' : 'name';
  return section(
    words.name.title,
    textField(words.name.zh, element.get(attribute), (value) => element.set({ [attribute]: value }), { longest: 200 }),
    textField(words.name.en, element.property('name_en'), property(element, 'name_en'), { longest: 200 }),
  );
}

// ---- a person's task

function workOf(panel, element) {
  const { words, choices } = panel;
  return section(
    words.work.title,
    grouped(words.who.label, groupEditor(panel, element.get('camunda:candidateGroups'), (text) => element.set({ 'camunda:candidateGroups': text }))),
    formOf(panel, element),
    grouped(words.work.due, whenEditor(panel, 'due', element.get('camunda:dueDate'), (text) => element.set({ 'camunda:dueDate': text }), choices.limits.length ? words.work['no due'] : words.none)),
    limitOf(panel, element),
    barredOf(panel, element),
    checkedField(panel, words.work.priority, 'formula', element.get('camunda:priority'), (text) => element.set({ 'camunda:priority': text }), { rows: 1, help: words.work['priority help'] }),
  );
}

function limitOf({ words, choices }, element) {
  const now = element.property('deadline');
  if (!now && !choices.limits.length) return undefined;
  return selectField(words.work.deadline, choices.limits, now, property(element, 'deadline'), { empty: words.work['no deadline'] });
}

function formOf(panel, element) {
  const { words, choices } = panel;
  const now = element.get('camunda:formKey');
  const chosen = selectField(words.work.form, choices.forms, now, (value) => {
    element.set({ 'camunda:formKey': value });
    panel.draw();
  }, { empty: words.work['no form'] });
  const url = choices.forms.find(({ value }) => value === now)?.url || choices['new form'];
  if (url) chosen.append(link(now ? words.work['open form'] : words.work['new form'], url));
  return chosen;
}

function barredOf(panel, element) {
  const { words } = panel;
  const barred = element.property('not_by').split(',').map((each) => each.trim()).filter(Boolean);
  const tasks = panel.modeler.get('elementRegistry').filter(({ type, id }) => /UserTask|ManualTask/.test(type) && id !== element.id);
  const write = (id) => (checked) => {
    const others = element.property('not_by').split(',').map((each) => each.trim()).filter((each) => each && each !== id);
    element.setProperty('not_by', (checked ? [...others, id] : others).join(','));
  };
  const boxes = tasks.map(({ id, businessObject }) => checkField(businessObject.name || id, barred.includes(id), write(id)));
  return boxes.length ? more(barred.length ? `${words.work.barred} (${barred.length})` : words.work.barred, ...boxes) : undefined;
}

function meaningOf(panel, element) {
  const { words, choices } = panel;
  const status = choices.statuses.length ? selectField(words.meaning.status, choices.statuses, element.property('status'), property(element, 'status'), { empty: words.none }) : undefined;
  const counts = choices['counts as'].length ? selectField(words.meaning['counts as'], choices['counts as'], element.property('counts_as'), property(element, 'counts_as'), { empty: words.none }) : undefined;
  const goes = element.is(...HUMAN) ? checkField(words.meaning.goes, element.property('goes_there') === 'true', (checked) => element.setProperty('goes_there', checked ? 'true' : '')) : undefined;
  return status || counts || goes ? section(words.meaning.title, status, goes, counts) : undefined;
}

function residentOf(panel, element) {
  const { resident: words } = panel.words;
  const text = (name, label, help) => textField(label, element.property(name), property(element, name), { longest: 300, help });
  const parts = [text('resident', words.done), text('resident_en', words['in english']), text('resident_now', words.now), text('resident_now_en', words['in english'])];
  if (element.event === 'message') parts.push(text('offers_resident', words.offers), text('offers_resident_en', words['in english']));
  if (element.is(...HUMAN)) parts.push(tellsOf(panel, element));
  const made = more(words.title, ...parts);
  made.open = ['resident', 'resident_now', 'offers_resident', 'tells_resident'].some((name) => element.property(name));
  return made;
}

function tellsOf(panel, element) {
  const form = panel.choices.forms.find(({ value }) => value === element.get('camunda:formKey'));
  const questions = (form?.questions ?? []).map((each) => ({ ...each, said: `${each.said} (${each.value})` }));
  return selectField(panel.words.resident.tells, questions, element.property('tells_resident'), property(element, 'tells_resident'), { empty: panel.words.none });
}

// ---- flows and events

function flowOf(panel, element) {
  const { words, modeler } = panel;
  const source = element.object.sourceRef;
  if (!CHOOSING.some((each) => source?.$type === `bpmn:${each}`)) return [];
  const gateway = modeler.get('elementRegistry').get(source.id);
  const isDefault = source.default === element.object;
  const otherwise = checkField(words.flow.otherwise, isDefault, (checked) => {
    if (checked && element.object.conditionExpression) element.set({ conditionExpression: undefined });
    modeler.get('modeling').updateProperties(gateway, { default: checked ? element.object : undefined });
    panel.draw();
  });
  const text = element.object.conditionExpression?.body ?? '';
  const condition = conditionEditor(panel, text, (after) => element.set({ conditionExpression: element.formula(after) }));
  const said = (name, label) => textField(label, element.property(name), property(element, name), { longest: 300 });
  return [
    section(words.flow.title, otherwise, isDefault ? undefined : condition),
    more(words.resident.title, said('resident', words.flow.resident), said('resident_en', words.resident['in english'])),
  ];
}

function startOf(panel, element) {
  const { words } = panel;
  if (element.object.$parent?.$type !== 'bpmn:Process') return undefined;
  if (element.event === 'timer') {
    const places = ['community', 'company'].map((value) => ({ value, said: words.start[value] }));
    return section(words.start.title, selectField(words.start['for each'], places, element.property('for_each'), property(element, 'for_each'), { empty: words.start.usual }));
  }
  if (element.event) return undefined;
  return section(words.start.title, startersOf(panel, element), formOf(panel, element));
}

// Who may start it: chosen one after the other from what exists; a department with a role is typed.
function startersOf(panel, element) {
  const { start: words } = panel.words;
  const groups = groupsOf(panel);
  const box = node('div', '', 'who');
  const draw = (text) => {
    const named = text.split(',').map((each) => each.trim()).filter(Boolean);
    const keep = (after) => { property(element, 'started_by')(after); draw(after); };
    const chosen = node('ul', '', 'starters');
    chosen.append(...named.map((code) => starter(words, groups, code, () => keep(named.filter((each) => each !== code).join(', ')))));
    const left = groups.filter(({ value }) => !named.includes(value));
    const add = select(left, '', (value) => keep([...named, value].join(', ')), { empty: words.add });
    const typed = more(words.typed, textField(words.codes, text, keep, { help: words['codes help'] }));
    box.replaceChildren(labelled(words['started by'], add, named.length ? '' : words.help), chosen, typed);
  };
  draw(element.property('started_by') ?? '');
  return box;
}

function starter(words, groups, code, remove) {
  const said = groups.find(({ value }) => value === code)?.said ?? code;
  const made = node('li', said);
  const out = button('×', remove);
  out.setAttribute('aria-label', `${words.remove} ${said}`);
  made.append(out);
  return made;
}

function groupsOf({ choices, words }) {
  return [{ value: 'resident', said: words.who.resident }, ...choices.departments, ...choices.roles];
}

function eventOf(panel, element) {
  const { words } = panel;
  const { event, definition } = element;
  const parts = [];
  if (event === 'timer') parts.push(whenEditor(panel, 'timer', element.timer.text, (text, tag) => element.setTimer(text, tag || element.timer.tag)));
  if (event === 'conditional') {
    parts.push(conditionEditor(panel, definition.get('condition')?.body ?? '', (text) => element.setIn(definition, { condition: element.formula(text, definition) })));
  }
  if (event in CODES) parts.push(named(panel, element, definition, event));
  if (event === 'link') parts.push(textField(words.event.name, definition.get('name'), (value) => element.setIn(definition, { name: value || undefined })));
  if (element.is('BoundaryEvent') && event !== 'error') {
    parts.push(checkField(words.event.interrupts, element.object.get('cancelActivity') !== false, (checked) => element.set({ cancelActivity: checked })));
  }
  return parts.length ? section(words.event[event] ?? words.event.other, ...parts) : undefined;
}

function named(panel, element, part, kind) {
  const offered = kind === 'message' ? panel.choices.messages : [];
  const here = panel.modeler.getDefinitions().get('rootElements').filter(({ $type }) => $type.toLowerCase() === `bpmn:${kind}`);
  const names = [...new Set([...here.map((each) => each.get(CODES[kind]) ?? each.name), ...offered])].filter(Boolean);
  return textField(panel.words.event.name, element.referred(part, kind), (name) => element.refer(part, kind, name), {
    offered: names.map((value) => ({ value, said: value })), help: panel.words.event['name help'],
  });
}

function endOf(panel, element) {
  const { words, choices } = panel;
  const made = [];
  if (element.is('EndEvent')) {
    const text = (name, label) => textField(label, element.property(name), property(element, name), { longest: 300 });
    made.push(more(words.resident.title, text('resident', words.resident.ended), text('resident_en', words.resident['in english'])));
  }
  const deadline = element.event === 'timer' ? limitOf(panel, element) : undefined;
  const counts = choices['counts as'].length ? selectField(words.meaning['counts as'], choices['counts as'], element.property('counts_as'), property(element, 'counts_as'), { empty: words.none }) : undefined;
  if (deadline || counts) made.push(more(words.meaning.title, ...[deadline, counts].filter(Boolean)));
  return made;
}

// ---- all

function repeatedOf(panel, element) {
  const { repeated: words } = panel.words;
  const loop = element.object.loopCharacteristics;
  const several = loop?.$type === 'bpmn:MultiInstanceLoopCharacteristics';
  const whether = checkField(words.whether, several, (checked) => {
    element.set({ loopCharacteristics: checked ? element.make('bpmn:MultiInstanceLoopCharacteristics', { 'camunda:elementVariable': 'item' }) : undefined });
    panel.draw();
  });
  if (!several) return more(words.title, whether);
  const within = (name, after = (value) => value || undefined) => (value) => element.setIn(loop, { [name]: after(value) });
  const made = more(
    words.title, whether,
    checkedField(panel, words.over, 'formula', loop.get('camunda:collection') ?? '', within('camunda:collection'), { rows: 2, help: words['over help'] }),
    textField(words.each, loop.get('camunda:elementVariable') ?? '', within('camunda:elementVariable'), { help: words['each help'] }),
    checkField(words['one by one'], loop.get('isSequential') === true, within('isSequential')),
    checkedField(panel, words.until, 'condition', loop.get('completionCondition')?.body ?? '', within('completionCondition', (text) => element.formula(text, loop)), { rows: 1 }),
  );
  made.open = true;
  return made;
}

function notesOf(panel, element) {
  const { words } = panel;
  const text = element.object.get('documentation')?.[0]?.text ?? '';
  const write = (value) => element.set({ documentation: value ? [element.make('bpmn:Documentation', { text: value })] : undefined });
  return more(words.notes.title, textField(words.notes.text, text, write, { rows: 3 }), node('p', element.id, 'quiet element-id'));
}

