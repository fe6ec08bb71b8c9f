// Conditions as sentences: an answer, how it relates, a value; in groups of which all or one must hold. The server writes
// the formula and reads it back; a formula that is no sentences is shown as it is.
import { button, checkedField, node, say, select } from './panel_parts.js';

const RELATIONS = {
  text: ['=', '!=', 'empty', 'filled'],
  number: ['=', '!=', '<', '<=', '>', '>=', 'empty', 'filled'],
  date: ['=', '<', '<=', '>', '>=', 'empty', 'filled'],
  moment: ['empty', 'filled'],
  truth: ['= true', '= false', '!= true', 'empty', 'filled'],
  list: ['contains', 'empty', 'filled'],
  '': ['=', '!=', '<', '<=', '>', '>=', '= true', '= false', 'empty', 'filled'],
};
const ALONE = ['holds', 'fails', 'empty', 'filled'];
const KIND_OF_VALUE = { number: 'number', date: 'date', truth: 'truth' };

export function conditionEditor(panel, text, write) {
  const box = node('div', '', 'condition');
  const { words } = panel;
  let now = text;
  const keep = (after) => { now = after; write(after); };

  const asText = () => {
    box.replaceChildren(
      checkedField(panel, words.condition.formula, 'condition', now, (typed) => keep(typed && !typed.startsWith('=') ? `=${typed}` : typed)),
      button(words.condition['as sentences'], () => read(true)),
    );
  };
  const asSentences = (group) => {
    const wrong = node('small', '', 'field-error');
    const changed = async () => {
      const answer = await panel.sentence({ what: 'condition', sentence: group });
      if (!answer) return;
      say(box, wrong, answer.wrong);
      if (answer.text && !answer.wrong) keep(answer.text);
    };
    const redraw = () => { box.replaceChildren(drawn(panel, group, 0, redraw, changed), wrong, button(words.condition['as formula'], asText)); };
    redraw();
  };
  const read = async (asked) => {
    if (!now) { asSentences(fresh()); return; }
    const shown = now;
    const answer = await panel.sentence({ what: 'condition', text: now });
    if (now !== shown || !answer) return;
    if (answer.sentence) asSentences(answer.sentence);
    else if (asked) box.prepend(node('p', words.condition['no sentences'], 'quiet'));
  };
  if (now) asText();
  read(false);
  return box;
}

const fresh = () => ({ joined: 'and', parts: [{ field: '', relation: '=', value: '', kind: 'text' }] });

function drawn(panel, group, depth, redraw, changed) {
  const { condition: words } = panel.words;
  const made = node('div', '', 'sentences');
  if (group.parts.length > 1) {
    const joined = select(['and', 'or'].map((value) => ({ value, said: words[value] })), group.joined, (value) => { group.joined = value; changed(); });
    joined.setAttribute('aria-label', words.joined);
    made.append(joined);
  }
  group.parts.forEach((part, at) => {
    const row = part.parts ? drawn(panel, part, depth + 1, redraw, changed) : sentence(panel, part, redraw, changed);
    const out = button('×', () => { group.parts.splice(at, 1); redraw(); changed(); }, 'secondary outline small out');
    out.setAttribute('aria-label', words.remove);
    if (group.parts.length > 1) row.append(out);
    made.append(row);
  });
  const acts = node('p', '', 'sentence-acts');
  acts.append(button(words.add, () => { group.parts.push(fresh().parts[0]); redraw(); }));
  if (depth < 1) acts.append(button(words['add group'], () => { group.parts.push({ ...fresh(), joined: group.joined === 'and' ? 'or' : 'and' }); redraw(); }));
  made.append(acts);
  return made;
}

function sentence(panel, part, redraw, changed) {
  const { condition: words } = panel.words;
  const row = node('div', '', 'sentence');
  const known = panel.choices.fields.find(({ name }) => name === part.field);
  const kind = known?.kind ?? '';
  const field = select(panel.choices.fields.map(panel.fieldOption), part.field, (name) => {
    const chosen = panel.choices.fields.find((each) => each.name === name);
    const first = RELATIONS[chosen?.kind ?? ''][0].split(' ');
    Object.assign(part, { field: name, relation: first[0], value: first[1] ?? '', kind: KIND_OF_VALUE[chosen?.kind] ?? 'text' });
    redraw();
    changed();
  }, { empty: panel.words.choose });
  field.setAttribute('aria-label', words.field);
  const relations = RELATIONS[kind].map((value) => ({ value, said: words[value] }));
  const key = part.kind === 'truth' ? `${part.relation} ${part.value}` : part.relation;
  if (!relations.some(({ value }) => value === key)) relations.push({ value: key, said: words[key] ?? key });
  const relation = select(relations, key, (chosen) => {
    const [sign, truth] = chosen.split(' ');
    Object.assign(part, { relation: sign }, truth ? { value: truth, kind: 'truth' } : {});
    if (!truth && part.kind === 'truth') Object.assign(part, { value: '', kind: KIND_OF_VALUE[kind] === 'truth' ? 'text' : KIND_OF_VALUE[kind] ?? 'text' });
    redraw();
    changed();
  });
  relation.setAttribute('aria-label', words.relation);
  row.append(field, relation);
  if (!ALONE.includes(part.relation) && part.kind !== 'truth') row.append(...valueOf(panel, part, known, redraw, changed));
  return row;
}

function valueOf(panel, part, known, redraw, changed) {
  const { condition: words } = panel.words;
  const write = (value) => { part.value = value; changed(); };
  const kinds = [{ value: KIND_OF_VALUE[known?.kind] ?? 'text', said: known?.kind ? words['a value'] : words['a text'] }, { value: 'field', said: words['another field'] }];
  if (!known?.kind) kinds.splice(1, 0, { value: 'number', said: words['a number'] });
  const against = select(kinds, part.kind, (kind) => { Object.assign(part, { kind, value: '' }); redraw(); });
  against.setAttribute('aria-label', words.against);
  let control;
  if (part.kind === 'field') control = select(panel.choices.fields.map(panel.fieldOption), part.value, write, { empty: panel.words.choose });
  else if (known?.values.length && part.kind === 'text') control = select(known.values, part.value, write, { empty: panel.words.choose });
  else {
    control = Object.assign(node('input'), { type: { number: 'number', date: 'date' }[part.kind] ?? 'text', value: part.value });
    if (part.kind === 'number') control.step = 'any';
    control.addEventListener('change', () => write(control.value));
  }
  control.setAttribute('aria-label', words.value);
  return ['number', 'date', ''].includes(known?.kind ?? '') || part.kind === 'field' ? [against, control] : [control];
}
