// Without network a form waits on this device, photos too, and is sent by itself when the network is back:
// <form data-outbox="its name">. Sent twice it counts once: a task is completed once, a complaint has its own word.
import { at, change, put, rows, take } from './outbox_store.js';

const english = document.documentElement.lang === 'en';
const say = (zh, en) => (english ? en : zh);
const TRIES = 30_000;
const PATIENCE = 6000;
const REACHED = 502; // from here on something between us answers, not the server

// ---- what the page says ----

const SAID = {
  waiting: () => say('没有网络，已存在手机上，联网后自动发送。可以先去做别的。', 'No network: it is kept on this device and will be sent by itself when the network is back. You can go on.'),
  sending: () => say('正在发送……', 'Sending…'),
  sent: () => say('已发送。', 'Sent.'),
  login: () => say('还没有发送：请先用原来的账号登录，登录后自动发送。', 'Not sent yet: log in again as the same person, then it is sent by itself.'),
  refused: () => say('没有被收下，内容还在这台设备上。请打开看看。', 'It was not accepted and is still kept on this device. Please open it.'),
};

const places = new Map();

const tell = (item, state, to = '') => {
  let place = places.get(item.id);
  if (!place) {
    place = document.createElement('div');
    place.setAttribute('role', 'status');
    document.querySelector('main')?.prepend(place);
    places.set(item.id, place);
  }
  place.className = `notice ${state === 'refused' ? 'notice-error' : 'notice-soon'}`;
  place.dataset.outboxState = state;
  const name = Object.assign(document.createElement('strong'), { textContent: item.title });
  place.replaceChildren(name, ' ', SAID[state]());
  if (to) place.append(' ', Object.assign(document.createElement('a'), { href: to, textContent: say('打开', 'Open') }));
  if (state === 'refused') place.append(' ', again(item), ' ', gone(item), written(item));
};

const button = (words, act) => {
  const made = Object.assign(document.createElement('button'), { type: 'button', className: 'secondary outline small', textContent: words });
  made.addEventListener('click', act);
  return made;
};

// What was refused goes back into its form, as a draft does; photos have to be added again.
const again = (item) => button(say('打开并填回去', 'Open and fill it in'), async () => {
  sessionStorage.setItem(item.draft, JSON.stringify({ at: Date.now(), typed: item.typed }));
  await take(item.id);
  location.assign(item.page);
});

const gone = (item) => button(say('不要了', 'Discard'), async () => {
  await take(item.id);
  places.get(item.id)?.remove();
});

// All that was typed, to read and copy: its form may not be there any more.
const written = (item) => {
  const texts = item.typed.filter(([, value, ticked]) => ticked === null && value).map(([, value]) => value);
  return Object.assign(document.createElement('p'), { className: 'comment-text', textContent: texts.join('\n') });
};

// ---- keeping ----

const isChoice = (field) => field.type === 'radio' || field.type === 'checkbox';

const kept = (form) => ({
  url: new URL(form.action, location.href).pathname,
  page: location.pathname + location.search,
  title: form.dataset.outbox,
  person: form.dataset.draft,
  draft: `bihuan-draft ${form.dataset.draft} ${location.pathname}`,
  parts: [...new FormData(form)].filter(([name, value]) => name !== 'csrf_token' && (typeof value === 'string' || value.size)),
  typed: [...form.elements].filter((field) => field.name && !['hidden', 'file', 'submit', 'button', 'fieldset'].includes(field.type))
    .map((field) => [field.name, field.value, isChoice(field) ? field.checked : null]),
});

const hold = async (form) => {
  const item = await put(kept(form));
  form.dataset.typed = '';
  form.hidden = true;
  sessionStorage.removeItem(item.draft); // it is no draft any more
  tell(item, 'waiting');
  document.querySelector('[data-outbox-state]')?.scrollIntoView({ block: 'center' });
};

// A required field that is still empty: the server would refuse it when whoever sent it is long gone.
const missing = (form) => [...form.elements].find((field) => {
  if (field.disabled || !field.name || field.type === 'file' || !field.getClientRects().length) return false;
  if (field.type !== 'radio') return field.getAttribute('aria-required') === 'true' && !field.value.trim();
  return field.closest('fieldset')?.querySelector(':scope > legend .required') && !form.querySelector(`[name="${CSS.escape(field.name)}"]:checked`);
});

const askFor = (field) => {
  field.setCustomValidity(say('请先填这一项，再存到这台设备上。', 'Please fill this in, so that it can be kept on this device.'));
  field.form.addEventListener('input', () => field.setCustomValidity(''), { once: true });
  field.scrollIntoView({ block: 'center' });
  field.reportValidity();
};

const reaches = async () => {
  if (!navigator.onLine) return false;
  try {
    return (await fetch('/manifest.webmanifest', { method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) })).status < REACHED;
  } catch { return false; }
};

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!('outbox' in form.dataset) || form.reached || event.defaultPrevented) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.asking) return;
  form.asking = true;
  const { submitter } = event;
  submitter?.setAttribute('aria-busy', 'true');
  reaches().then(async (online) => {
    submitter?.removeAttribute('aria-busy');
    form.asking = false;
    if (!online) {
      const empty = missing(form);
      if (empty) { askFor(empty); return; }
      try { await hold(form); return; } catch { /* a private window: the browser says that there is no network */ }
    }
    form.reached = true;
    form.requestSubmit(submitter);
    form.reached = false;
  });
}, true);

// ---- sending ----

const fresh = async (item) => {
  const answer = await fetch(item.page, { cache: 'no-store' });
  const there = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const person = there.body.dataset.person ?? '';
  return { token: JSON.parse(there.body.getAttribute('hx-headers') ?? '{}')['X-CSRFToken'], person };
};

const send = async (item) => {
  const { token, person } = await fresh(item);
  if (item.person !== 'resident' && item.person !== person) return tell(item, 'login', `/login?next=${encodeURIComponent(item.page)}`);
  tell(item, 'sending');
  const sent = new FormData();
  for (const [name, value] of item.parts) sent.append(name, value);
  sent.append('csrf_token', token);
  const answer = await fetch(item.url, { method: 'POST', body: sent });
  if (answer.status >= 500 || answer.status === 429) return tell(item, 'waiting');
  const to = new URL(answer.url).pathname;
  if (to === '/login') return tell(item, 'login', answer.url);
  if (answer.ok && answer.redirected) {
    await take(item.id);
    tell(item, 'sent', answer.url);
    return answer;
  }
  await change({ ...item, refused: true });
  return tell({ ...item, refused: true }, 'refused', item.page);
};

const each = async () => {
  for (const item of await rows()) {
    if (item.refused) { tell(item, 'refused', item.page); continue; }
    if (!navigator.onLine) { tell(item, 'waiting'); continue; }
    try { await send(item); } catch { tell(item, 'waiting'); }
  }
};

// One page of this browser sends at a time.
const sendAll = async () => {
  if (!(await rows()).length) return;
  if (navigator.locks) await navigator.locks.request('bihuan-outbox', { ifAvailable: true }, (lock) => (lock ? each() : null));
  else await each();
};

if (at()) {
  window.addEventListener('online', sendAll);
  setInterval(sendAll, TRIES);
  sendAll().catch(() => { /* a private window */ });
}
