// What a service or a call is given and gives back.
import { button, checkedField, grouped, labelled, link, node, section, select, selectField, textField } from './panel_parts.js';
import { groupEditor } from './panel_groups.js';

export function serviceSettings(panel, element) {
  const { words, choices } = panel;
  const box = node('div');
  const draw = () => {
    const topic = choices.topics.find(({ value }) => value === element.get('camunda:topic'));
    const chosen = selectField(words.service.topic, choices.topics, element.get('camunda:topic'), (name) => {
      element.set({ 'camunda:topic': name, 'camunda:type': name ? 'external' : '' });
      draw();
    }, { empty: words.choose });
    box.replaceChildren(section(words.service.title, chosen, ...inputsOf(panel, element, topic)), gives(panel, element, topic));
  };
  draw();
  return box;
}

function inputsOf(panel, element, topic) {
  const given = element.parameters('input');
  const known = (topic?.inputs ?? []).filter(({ name, needed }, at) => needed || at < 5 || given.some(([each]) => each === name));
  const write = (name) => (value) => {
    const rows = element.parameters('input');
    const at = rows.findIndex(([each]) => each === name);
    if (at < 0) rows.push([name, value]);
    else rows[at][1] = value;
    element.setParameters('input', rows.filter(([each, text]) => text || each !== name));
  };
  const more = given.filter(([name]) => !known.some((each) => each.name === name)).map(([name]) => ({ name, said: name, values: [] }));
  return [...known, ...more].map((input) => inputOf(panel, input, given.find(([name]) => name === input.name)?.[1] ?? '', write(input.name)));
}

function inputOf(panel, { name, said, values, needed, group }, value, write) {
  const label = needed ? `${said} *` : said;
  if (group) return grouped(label, groupEditor(panel, value, write));
  if (value.startsWith('=') || !values.length) {
    return checkedField(panel, label, 'formula', value, write, { rows: 1 });
  }
  const made = labelled(label, select(values, value, write, { empty: panel.words.choose }));
  made.dataset.input = name;
  return made;
}

function gives(panel, element, topic) {
  const rows = rowsEditor(panel, element.parameters('output'), topic?.gives ?? [], (after) => element.setParameters('output', after));
  return more(panel.words.service.gives, node('p', panel.words.service['gives help'], 'quiet'), rows);
}

export function callSettings(panel, element) {
  const { words, choices } = panel;
  const called = selectField(words.call.process, choices.processes, element.get('calledElement'), (value) => element.set({ calledElement: value }), { empty: words.choose });
  const rows = (kind) => rowsEditor(panel, element.passed(kind), [], (after) => element.setPassed(kind, after));
  return [
    section(words.call.title, called),
    more(words.call.given, node('p', words.call['given help'], 'quiet'), rows('In')),
    more(words.call.back, node('p', words.call['back help'], 'quiet'), rows('Out')),
  ];
}

export function tableSettings(panel, element) {
  const { words, choices } = panel;
  const shapes = ['singleResult', 'resultList', 'collectEntries', 'singleEntry'].map((value) => ({ value, said: words.table[value] }));
  return section(
    words.table.title,
    selectField(words.table.which, choices.tables, element.get('camunda:decisionRef'), (value) => element.set({ 'camunda:decisionRef': value }), { empty: words.choose }),
    choices['tables page'] ? link(words.table.open, choices['tables page']) : undefined,
    textField(words.table.variable, element.get('camunda:resultVariable'), (value) => element.set({ 'camunda:resultVariable': value }), { help: words.table['variable help'] }),
    selectField(words.table.shape, shapes, element.get('camunda:mapDecisionResult'), (value) => element.set({ 'camunda:mapDecisionResult': value }), { empty: words.table['shape usual'] }),
  );
}

export function more(title, ...parts) {
  const made = node('details');
  made.append(node('summary', title), ...parts);
  return made;
}

// Rows of a name and a text, added and removed.
function rowsEditor(panel, given, offered, write) {
  const box = node('div', '', 'rows');
  const rows = given.map((each) => [...each]);
  const keep = () => write(rows.filter(([name]) => name));
  const draw = () => {
    box.replaceChildren(...rows.map((row, at) => {
      const line = node('div', '', 'row');
      const name = textField(panel.words.rows.name, row[0], (value) => { row[0] = value; keep(); }, { offered: offered.map((value) => ({ value, said: value })) });
      const text = checkedField(panel, panel.words.rows.text, 'formula', row[1], (value) => { row[1] = value; keep(); }, { rows: 1 });
      const out = button('×', () => { rows.splice(at, 1); draw(); keep(); }, 'secondary outline small out');
      out.setAttribute('aria-label', panel.words.rows.remove);
      line.append(name, text, out);
      return line;
    }), button(panel.words.rows.add, () => { rows.push(['', '']); draw(); }));
  };
  draw();
  return box;
}
