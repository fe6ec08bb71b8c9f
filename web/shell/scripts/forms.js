// Forms made kinder: fields come and go with the answers above them, rows can be added, "now" fills in the time.
// Without this file every field is there with its condition in words; what counts is decided on the server.
const loaded = Date.now();

const compare = (sign, left, right) => {
  if (sign === '=') return left === right;
  if (sign === '!=') return left !== right;
  if (left === null || right === null || typeof left !== typeof right) return null;
  return { '<': left < right, '<=': left <= right, '>': left > right, '>=': left >= right }[sign];
};

// Three values as FEEL has them: true, false, and null for "cannot be said".
const holds = ([sign, ...parts], answers) => {
  switch (sign) {
    case 'value': return parts[0];
    case 'field': return answers[parts[0]] ?? null;
    case 'and': case 'or': {
      const found = parts.map((part) => holds(part, answers));
      const settled = sign === 'or';
      if (found.includes(settled)) return settled;
      return found.every((each) => each === !settled) ? !settled : null;
    }
    case 'not': { const found = holds(parts[0], answers); return typeof found === 'boolean' ? !found : null; }
    case 'contains': return (holds(parts[0], answers) ?? []).includes(holds(parts[1], answers));
    case 'count': return (holds(parts[0], answers) ?? []).length;
    default: return compare(sign, holds(parts[0], answers), holds(parts[1], answers));
  }
};

const valueOf = (choice) => {
  const typed = choice.dataset.value;
  if (typed === undefined) return choice.value;
  return typed === 'true' ? true : typed === 'false' ? false : Number(typed);
};

const number = (text) => {
  const plain = text.normalize('NFKC').replaceAll(',', '').replace(/^¥/, '').trim();
  return plain === '' || Number.isNaN(Number(plain)) ? null : Number(plain);
};

const answer = (field) => {
  const control = field.querySelector('input, select, textarea');
  switch (field.dataset.kind) {
    case 'checkbox': return control.checked;
    case 'checklist': return [...field.querySelectorAll('input:checked')].map(valueOf);
    case 'radio': { const chosen = field.querySelector('input:checked'); return chosen ? valueOf(chosen) : null; }
    case 'select': return control.value ? valueOf(control.selectedOptions[0]) : null;
    case 'number': return number(control.value);
    default: return control?.value || null;
  }
};
const nothing = { checkbox: false, checklist: [], dynamiclist: [] };

// In order: a field that goes out of sight counts as not answered for those below it.
const settle = (container, above = {}) => {
  const answers = { ...above };
  for (const field of container.querySelectorAll('.field')) {
    if (field.parentElement.closest('.field, .fields, .form-row') !== container) continue;
    const { key, kind, shownIf } = field.dataset;
    field.hidden = Boolean(shownIf) && holds(JSON.parse(shownIf), answers) !== true;
    answers[key] = field.hidden ? nothing[kind] ?? null : answer(field);
    if (kind === 'dynamiclist') for (const row of field.querySelectorAll('.form-row')) settle(row, answers);
  }
};

const local = (text) => new Date(new Date(`${text}Z`).getTime() + Date.now() - loaded).toISOString();

const addRow = (button) => {
  const group = button.closest('fieldset');
  const rows = group.querySelector('[data-rows]');
  const used = [...rows.querySelectorAll('[name]')].map((each) => Number(each.name.split('.').at(-2)) || 0);
  const fresh = group.querySelector('template[data-row]').content.cloneNode(true);
  const next = used.length ? Math.max(...used) + 1 : 0;
  for (const each of fresh.querySelectorAll('[id], [name], [for], [aria-describedby]')) {
    for (const name of ['id', 'name', 'for', 'aria-describedby']) {
      if (each.hasAttribute(name)) each.setAttribute(name, each.getAttribute(name).replaceAll('__N__', next));
    }
  }
  rows.append(fresh);
  prepare(rows.lastElementChild);
  rows.lastElementChild.querySelector('input, select, textarea')?.focus();
};

const prepare = (root) => {
  for (const each of root.querySelectorAll('[data-without-scripts]')) each.hidden = true;
  for (const each of root.querySelectorAll('[data-now], [data-remove]')) each.hidden = false;
};

for (const fields of document.querySelectorAll('[data-fields]')) {
  prepare(fields);
  settle(fields);
  fields.addEventListener('input', () => settle(fields));
  fields.addEventListener('change', () => settle(fields));
  fields.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (!button) return;
    if (button.dataset.now) {
      const input = button.parentElement.querySelector('input');
      input.value = local(button.dataset.now).slice(0, input.type === 'date' ? 10 : 16);
      input.dispatchEvent(new Event('input', { bubbles: true }));
    } else if ('add' in button.dataset) {
      event.preventDefault();
      addRow(button);
      settle(fields);
    } else if ('remove' in button.dataset) {
      button.closest('.form-row').remove();
      settle(fields);
    }
  });
}
