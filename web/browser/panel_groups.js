// Who does it: a department, a role or both, at the community or above; the resident; whom an earlier step decided.
import { checkedField, labelled, node, select } from './panel_parts.js';

const LEVELS = ['', 'region', 'company'];
const RESIDENT = 'resident';

// `kept`: what else may stand there, such as the resident of a letter.
export function groupEditor(panel, text, write) {
  const box = node('div', '', 'who');
  const { words, choices } = panel;
  let now = text;
  const keep = (after) => { now = after; write(after); };
  const draw = (mode) => {
    const modes = ['', 'group', RESIDENT, 'field', 'text'].map((value) => ({ value, said: words.who[value || 'nobody'] }));
    const chosen = select(modes, mode, (next) => {
      draw(next);
      if (next === RESIDENT || next === '') keep(next);
    });
    chosen.setAttribute('aria-label', words.who.label);
    box.replaceChildren(chosen);
    if (mode === 'group') box.append(...parts(panel, now, keep));
    if (mode === 'field') {
      const fields = choices.fields.filter(({ kind }) => ['text', ''].includes(kind)).map(panel.fieldOption);
      box.append(labelled(words.who['which answer'], select(fields, now.replace(/^=/, ''), (name) => keep(name && `=${name}`), { empty: words.choose })));
    }
    if (mode === 'text') box.append(checkedField(panel, words.who.formula, 'formula', now, keep));
  };
  draw(modeOf(text));
  return box;
}

function modeOf(text) {
  if (!text) return '';
  if (text === RESIDENT) return RESIDENT;
  if (/^=[^\W\d]\w*$/u.test(text)) return 'field';
  return text.startsWith('=') || text.includes(',') ? 'text' : 'group';
}

function parts(panel, text, keep) {
  const { words, choices } = panel;
  const now = split(text, choices);
  const change = (name) => (value) => {
    now[name] = value;
    const group = [now.department, now.role].filter(Boolean).join('/');
    keep(group && (now.level ? `${now.level}:${group}` : group));
  };
  const levels = LEVELS.map((value) => ({ value, said: words.who[value || 'community'] }));
  return [
    labelled(words.who.level, select(levels, now.level, change('level'))),
    labelled(words.who.department, select(choices.departments, now.department, change('department'), { empty: words.who['any department'] })),
    labelled(words.who.role, select(choices.roles, now.role, change('role'), { empty: words.who['any role'] })),
  ];
}

function split(text, choices) {
  if (text.startsWith('=') || text === RESIDENT) return { level: '', department: '', role: '' };
  const [level, rest] = text.includes(':') ? text.split(':') : ['', text];
  const [first, second] = rest.split('/');
  if (second !== undefined) return { level, department: first, role: second };
  const isRole = choices.roles.some(({ value }) => value === first);
  return { level, department: isRole ? '' : first, role: isRole ? first : '' };
}
