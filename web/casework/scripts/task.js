import { ask } from '../../shell/scripts/asking.js';

// A task's page: Ctrl+Enter sends, standard texts go into their field, the time of arrival into its own; that its
// holder began is told once.
const help = (form) => {
  for (const each of form.querySelectorAll('[data-phrase], [data-fill]')) each.hidden = false;

  form.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector('.main-act'));
  });

  const note = (name, id) => {
    const used = [...form.querySelectorAll(`input[name="_phrase.${CSS.escape(name)}"]`)];
    if (used.some((each) => each.value === id)) return;
    const input = document.createElement('input');
    Object.assign(input, { type: 'hidden', name: `_phrase.${name}`, value: id });
    form.append(input);
  };

  form.addEventListener('click', (event) => {
    const button = event.target.closest('[data-phrase], [data-fill]');
    if (!button) return;
    if (button.dataset.fill) {
      const input = button.parentElement.querySelector('input');
      input.value = button.dataset.fill;
      input.dispatchEvent(new Event('input', { bubbles: true }));
      return;
    }
    const field = document.getElementById(button.dataset.into);
    const text = button.closest('li').querySelector('[data-text]').textContent;
    const apart = field.value && !field.value.endsWith('\n') ? '\n' : '';
    field.value += apart + text;
    note(button.dataset.name, button.dataset.phrase);
    button.closest('details').open = false;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.focus();
    const gap = field.value.indexOf('____', field.value.length - text.length);
    if (gap >= 0) field.setSelectionRange(gap, gap + 4);
  });
};

// Its holder has it before their eyes: work on it begins. Reading the page itself writes nothing.
const begin = (form) => {
  const tell = () => {
    if (document.hidden) return;
    document.removeEventListener('visibilitychange', tell);
    ask(form.dataset.begunUrl, {
      method: 'POST',
      keepalive: true,
      headers: { 'X-CSRFToken': form.querySelector('[name=csrf_token]')?.value ?? '' },
    }).catch(() => { /* it is told again when the page is opened again */ });
  };
  document.addEventListener('visibilitychange', tell);
  tell();
};

const form = document.getElementById('task-form');
if (form) help(form);
if (form?.dataset.begunUrl) begin(form);
