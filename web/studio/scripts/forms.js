// The studio's form editor: what is typed is kept by itself, each step can be taken back, fields are dragged, and the
// preview follows. Pages without this file have buttons for the same.
import { ask } from '../../shell/scripts/asking.js';

const editor = document.querySelector('[data-form-editor]');
if (editor) editForm(editor, JSON.parse(editor.dataset.words));

function editForm(page, words) {
  const preview = page.querySelector('[data-preview]');
  const frame = preview.querySelector('iframe');
  const before = [];
  let undoing = false;
  let top = 0;
  const status = () => page.querySelector('#form-status');
  const text = () => status().querySelector('textarea')?.value;
  let kept = text();

  const say = (name) => {
    const place = status().querySelector('[data-kept]');
    if (place) place.textContent = words[name];
  };

  // Nobody overwrites what they have not seen: the revision is that of the page's last answer.
  page.addEventListener('htmx:configRequest', ({ detail }) => {
    if (detail.verb === 'post') detail.parameters.seen = status().dataset.seen;
  });
  page.addEventListener('htmx:beforeRequest', ({ detail }) => { if (detail.requestConfig.verb === 'post') say('keeping'); });
  page.addEventListener('htmx:beforeSwap', ({ detail }) => {
    top = page.querySelector('.form-fields')?.scrollTop ?? 0;
    if ([409, 422].includes(detail.xhr.status)) detail.shouldSwap = true;
  });
  page.addEventListener('htmx:beforeOnLoad', (event) => {
    const { status: code } = event.detail.xhr;
    if (code === 401) { event.preventDefault(); ended = true; say('logged out'); } else if (code >= 400 && ![409, 422].includes(code)) say('failed');
  });
  page.addEventListener('htmx:sendError', ({ detail }) => {
    const again = detail.elt.matches('[data-live]') && detail.elt;
    say(again ? 'offline' : 'failed');
    if (again) setTimeout(() => keepAgain(again), 5000);
  });
  const keepAgain = (form) => { if (form?.isConnected) form.dispatchEvent(new Event('change', { bubbles: true })); };

  // Back from logging in elsewhere: the page goes on under the new session, with what is typed.
  let ended = false;
  window.addEventListener('focus', async () => {
    if (!ended) return;
    const answer = await ask(location.href);
    if (!answer.ok) return;
    const { body } = new DOMParser().parseFromString(await answer.text(), 'text/html');
    document.body.setAttribute('hx-headers', body.getAttribute('hx-headers'));
    const { 'X-CSRFToken': token } = JSON.parse(body.getAttribute('hx-headers'));
    for (const each of document.querySelectorAll('[name=csrf_token]')) each.value = token;
    ended = false;
    keepAgain(page.querySelector('form[data-typed="yes"]'));
  });
  page.addEventListener('htmx:afterRequest', ({ detail }) => {
    if (detail.successful && detail.elt.matches('form[data-live]')) detail.elt.dataset.typed = '';
  });
  page.addEventListener('htmx:afterSettle', ({ detail }) => {
    prepare();
    const fields = page.querySelector('.form-fields');
    fields.scrollTop = top;
    if (detail.requestConfig?.elt.matches('.form-card, .form-add form')) {
      const opened = page.querySelector('#field-editor');
      const { top: above } = opened.getBoundingClientRect();
      if (above < 0 || above > window.innerHeight * 0.6) opened.scrollIntoView();
      const asked = detail.requestConfig.elt.matches('.form-add form') && opened.querySelector('[name="label.zh"], [name="text.zh"]');
      if (asked) { asked.focus(); asked.select(); }
    }
    const now = text();
    if (now === undefined || now === kept) return;
    if (!undoing) before.push(kept);
    undoing = false;
    kept = now;
    prepare();
    look();
  });

  // Back by one step, as often as there are steps.
  page.addEventListener('submit', (event) => {
    if (!event.target.matches('[data-undo]')) return;
    event.target.elements.content.value = before.pop();
    undoing = true;
  }, true);

  const prepare = () => {
    const undo = status().querySelector('[data-undo]');
    if (undo) undo.hidden = before.length === 0;
    for (const each of page.querySelectorAll('[data-up], [data-drop]')) each.hidden = false;
  };

  // The preview is loaded anew, with what was filled in to try it.
  const look = () => {
    const seen = frame.contentDocument;
    const answers = [...new FormData(seen?.querySelector('[data-answers]') ?? undefined)];
    const height = frame.contentWindow.scrollY;
    const { lang } = Object.fromEntries(new FormData(preview.querySelector('form')));
    const asked = new URLSearchParams(frame.contentWindow.location.search);
    asked.set('lang', lang);
    frame.addEventListener('load', () => {
      fillIn(frame.contentDocument.querySelector('[data-answers]'), answers);
      frame.contentWindow.scrollTo(0, height);
    }, { once: true });
    frame.contentWindow.location.replace(`${preview.dataset.preview}?${asked}`);
  };
  preview.querySelector('form').addEventListener('change', (event) => { if (event.target.name === 'lang') look(); });

  dragFields(page);
  editChoices(page);
  prepare();
  const open = page.querySelector('.form-fields [aria-current]');
  if (open) open.closest('.form-fields').scrollTop = open.offsetTop - open.closest('.form-fields').offsetTop - 100;
}

function fillIn(form, answers) {
  if (!form) return;
  for (const [name, value] of answers) {
    for (const field of [...form.elements].filter((each) => each.name === name && typeof value === 'string' && each.type !== 'hidden' && each.type !== 'file')) {
      if (field.type === 'radio' || field.type === 'checkbox') field.checked ||= field.value === value; else field.value = value;
    }
  }
  form.querySelector('[data-fields]')?.dispatchEvent(new Event('input'));
}

// A field is dropped before the one that it was dragged to, among those beside it.
function dragFields(page) {
  let dragged = null;
  page.addEventListener('dragstart', (event) => {
    dragged = event.target.closest?.('[data-at]');
    dragged?.classList.add('form-dragged');
  });
  page.addEventListener('dragend', () => { dragged?.classList.remove('form-dragged'); dragged = null; });
  page.addEventListener('dragover', (event) => {
    const over = event.target.closest?.('[data-at]');
    if (dragged && over?.parentElement === dragged.parentElement) event.preventDefault();
  });
  page.addEventListener('drop', (event) => {
    const over = event.target.closest?.('[data-at]');
    if (!dragged || !over || over === dragged || over.parentElement !== dragged.parentElement) return;
    event.preventDefault();
    const form = page.querySelector('[data-move]');
    form.elements.at.value = dragged.dataset.at;
    form.elements.to.value = over.dataset.at;
    form.requestSubmit();
  });
}

// Rows of choices: another empty one as soon as the last is typed into; moved up, taken out.
function editChoices(page) {
  page.addEventListener('input', (event) => {
    const row = event.target.closest?.('[data-choice]');
    if (!row || row.nextElementSibling?.matches('[data-choice]')) return;
    const fresh = row.cloneNode(true);
    for (const each of fresh.querySelectorAll('input')) each.value = '';
    row.after(fresh);
  });
  page.addEventListener('click', (event) => {
    const button = event.target.closest?.('[data-up], [data-drop]');
    if (!button) return;
    const row = button.closest('[data-choice]');
    const above = row.previousElementSibling;
    const form = row.closest('form');
    if ('drop' in button.dataset) row.remove(); else if (above?.matches('[data-choice]')) above.before(row);
    form.dispatchEvent(new Event('change', { bubbles: true }));
  });
}
