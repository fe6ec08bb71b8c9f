// When: a timer or a due date in plain words. The server writes it and reads it back; what it cannot read stays text.
import { checkedField, node, say, select } from './panel_parts.js';

const KINDS = ['after', 'working_days', 'share', 'rung', 'row', 'field', 'at', 'every', 'text'];
const NOT_DUE = ['every', 'rung'];
const OF_LIMITS = ['share', 'rung', 'row']; // only where the product keeps limits
const UNITS = ['minutes', 'hours', 'days', 'weeks', 'months'];
const FRESH = {
  after: { number: '2', unit: 'hours' }, working_days: { number: '3' }, share: { number: '80' }, rung: { number: '1' },
  row: { field: 'limits' }, every: { number: '1', unit: 'days' },
};

// `text`: as it is now; `write(text, tag)`: keeps it.
export function whenEditor(panel, what, text, write, empty) {
  const box = node('div', '', 'when');
  let now = text;
  const keep = (after, tag) => {
    now = after;
    write(after, tag);
  };
  const draw = (when, wrong) => {
    const kinds = KINDS.filter((kind) => kind === when.kind || ((what === 'timer' || !NOT_DUE.includes(kind)) && (panel.choices.limits.length || !OF_LIMITS.includes(kind))))
      .map((kind) => ({ value: kind, said: panel.words.when[kind] }));
    const chosen = select(kinds, when.kind, (kind) => {
      if (!kind) { keep('', ''); draw({ kind: '' }); return; }
      draw({ ...FRESH[kind], kind });
      if (kind !== 'text') fill(panel, what, box, kind, keep);
    }, { empty });
    chosen.setAttribute('aria-label', panel.words.when.label);
    box.replaceChildren(chosen);
    if (when.kind === 'text') box.append(checkedField(panel, panel.words.when.formula, what, now, (typed) => keep(typed, tagOf(typed))));
    else if (when.kind) box.append(line(panel, when, () => fill(panel, what, box, when.kind, keep)), node('small', wrong ?? '', 'field-error'));
  };
  draw({ kind: text ? 'text' : '' });
  if (text) panel.sentence({ what, text }).then((answer) => { if (answer?.sentence && now === text) draw(answer.sentence); });
  return box;
}

async function fill(panel, what, box, kind, keep) {
  const sentence = { kind };
  for (const each of box.querySelectorAll('[data-name]')) sentence[each.dataset.name] = each.value;
  const answer = await panel.sentence({ what, sentence });
  const wrong = box.querySelector(':scope > .field-error');
  if (!answer || !wrong) return;
  say(box.querySelector('[data-name]'), wrong, answer.wrong);
  if (answer.text && !answer.wrong) keep(answer.text, answer.tag);
}

function tagOf(text) {
  if (/^R\d*\//.test(text)) return 'timeCycle';
  return /^P/.test(text) ? 'timeDuration' : 'timeDate';
}

function line(panel, when, changed) {
  const { words, choices } = panel;
  const made = node('div', '', 'when-line');
  const input = (name, type, more = {}) => named(Object.assign(node('input'), { type, value: when[name] ?? '', ...more }), name, words.when[`${name} label`], changed);
  const choose = (name, options, empty) => named(select(options, when[name], () => {}, { empty }), name, words.when[`${name} label`], changed);
  const number = () => input('number', 'number', { min: 1, step: 1 });
  const units = UNITS.map((value) => ({ value, said: words.when[value] }));
  const fields = (...kinds) => choices.fields.filter(({ kind }) => kinds.includes(kind)).map(panel.fieldOption);
  const parts = {
    after: () => [number(), choose('unit', units)],
    working_days: () => [number(), choose('field', fields('number', ''), words.when['fixed days'])],
    share: () => [choose('limit', choices.limits, words.choose), number(), '%'],
    rung: () => [choose('limit', choices.limits, words.choose), number()],
    row: () => [choose('limit', rowsOf(choices), words.choose), hidden('field', when.field)],
    field: () => [choose('field', fields('date', 'moment', ''), words.choose), input('clock', 'time')],
    at: () => [input('at', 'datetime-local')],
    every: () => [number(), choose('unit', units), input('times', 'number', { min: 1, placeholder: words.when['no end'] }), input('at', 'datetime-local')],
  };
  made.append(...parts[when.kind]());
  return made;
}

// The rows of the table of limits that something can be as long as.
function rowsOf(choices) {
  return choices.fields.find(({ name, values }) => name.endsWith('row.kind') && values.length)?.values ?? choices.limits;
}

function hidden(name, value) {
  const made = Object.assign(node('input'), { type: 'hidden', value: value || 'limits' });
  made.dataset.name = name;
  return made;
}

function named(control, name, label, changed) {
  control.dataset.name = name;
  control.setAttribute('aria-label', label);
  control.title = label;
  control.addEventListener('change', changed);
  return control;
}
