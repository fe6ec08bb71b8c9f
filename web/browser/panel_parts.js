// Parts of the panel beside the diagram: labelled controls that write when they are left.

export function node(tag, text = '', style = '') {
  const made = document.createElement(tag);
  made.textContent = text;
  if (style) made.className = style;
  return made;
}

export function section(title, ...parts) {
  const made = node('fieldset');
  made.append(node('legend', title), ...parts.filter(Boolean));
  return made;
}

let settings = 0;

export function labelled(label, control, help) {
  const made = node('div', '', 'setting');
  const named = node('label', label);
  named.htmlFor = control.id = `setting-${(settings += 1)}`;
  made.append(named, control);
  if (help) made.append(described(control, help));
  return made;
}

let helps = 0;

function described(control, text) {
  const made = node('small', text);
  made.id = `help-${(helps += 1)}`;
  control.setAttribute('aria-describedby', made.id);
  return made;
}

// Several controls under one label.
export function grouped(label, ...controls) {
  const made = node('div', '', 'setting');
  made.append(node('span', label), ...controls);
  return made;
}

export function button(text, act, style = 'secondary outline small') {
  const made = node('button', text, style);
  made.type = 'button';
  made.addEventListener('click', act);
  return made;
}

// One line, or several with `rows`.
export function textField(label, value, write, { rows, help, type = 'text', offered, placeholder, longest = 4000 } = {}) {
  const control = node(rows ? 'textarea' : 'input');
  if (rows) control.rows = rows;
  else control.type = type;
  Object.assign(control, { value: value ?? '', maxLength: longest, placeholder: placeholder ?? '' });
  control.addEventListener('change', () => write(control.value.trim()));
  const made = labelled(label, control, help);
  if (offered) made.append(listOf(control, offered));
  return made;
}

let lists = 0;

function listOf(control, offered) {
  const made = node('datalist');
  made.id = `offered-${(lists += 1)}`;
  for (const { value, said } of offered) made.append(new Option(said, value));
  control.setAttribute('list', made.id);
  return made;
}

// `options`: {value, said}; one that is not there any more stays visible.
export function select(options, value, write, { empty } = {}) {
  const made = node('select');
  if (empty !== undefined) made.append(new Option(empty, ''));
  for (const each of options) made.append(new Option(each.said, each.value));
  if (value && !options.some((each) => each.value === value)) made.append(new Option(`${value} ?`, value));
  made.value = value ?? '';
  if (made.selectedIndex < 0) made.selectedIndex = 0;
  made.addEventListener('change', () => write(made.value));
  return made;
}

export function selectField(label, options, value, write, { empty, help } = {}) {
  return labelled(label, select(options, value, write, { empty }), help);
}

export function checkField(label, checked, write) {
  const control = node('input');
  Object.assign(control, { type: 'checkbox', checked });
  control.addEventListener('change', () => write(control.checked));
  const made = node('label', '', 'check');
  made.append(control, ` ${label}`);
  return made;
}

// A link beside a choice, such as to the form that was chosen.
export function link(text, href) {
  const made = node('a', text);
  made.href = href;
  return made;
}

// A text that the server checks while it is typed; it is written as it is, since a draft may be broken.
export function checkedField(panel, label, what, value, write, { rows = 2, help } = {}) {
  const wrong = node('small', '', 'field-error');
  wrong.setAttribute('role', 'status');
  const made = textField(label, value, write, { rows, help, longest: 20000 });
  const control = made.querySelector('textarea');
  let timer;
  const check = async () => {
    const typed = control.value.trim();
    const answer = await panel.sentence({ what, text: typed });
    if (answer && typed === control.value.trim()) say(control, wrong, answer.wrong);
  };
  control.classList.add('formula');
  control.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(check, 350);
  });
  if (value) check();
  made.append(wrong);
  return made;
}

export function say(control, place, wrong = '') {
  place.textContent = wrong;
  if (wrong) control.setAttribute('aria-invalid', 'true');
  else control.removeAttribute('aria-invalid');
}
