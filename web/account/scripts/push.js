// Allowing messages in this browser: asks its owner, subscribes at its push service, and tells the server.
import { ask } from '../../shell/scripts/asking.js';

const part = document.querySelector('[data-push]');

const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (each) => each.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
const show = (name) => { part.querySelector(`[data-push-${name}]`).hidden = false; };

const tell = async (subscription) => {
  const { 'X-CSRFToken': token } = JSON.parse(document.body.getAttribute('hx-headers'));
  const body = new URLSearchParams({
    endpoint: subscription.endpoint,
    p256dh: text(subscription.getKey('p256dh')),
    auth: text(subscription.getKey('auth')),
  });
  const answer = await ask(part.dataset.allow, { method: 'POST', headers: { 'X-CSRFToken': token }, body });
  if (answer.status === 401) throw new Error(part.dataset.loggedOut);
  if (!answer.ok) throw new Error(answer.status === 422 ? await answer.text() : part.dataset.failed);
};

const allow = async () => {
  const failed = part.querySelector('[data-push-failed]');
  try {
    if (await Notification.requestPermission() !== 'granted') { show('denied'); return; }
    const { pushManager } = await navigator.serviceWorker.ready;
    const before = await pushManager.getSubscription();
    if (before) await before.unsubscribe();
    await tell(await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(part.dataset.push) }));
    location.reload();
  } catch (problem) {
    failed.textContent = problem.message;
    failed.hidden = false;
  }
};

const start = async () => {
  if (!('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window)) { show('no'); return; }
  const { pushManager } = await navigator.serviceWorker.register('/service-worker.js');
  const known = Notification.permission === 'granted' && await pushManager.getSubscription();
  show(Notification.permission === 'denied' ? 'denied' : known ? 'on' : 'allow');
  part.querySelector('[data-push-allow]').addEventListener('click', allow);
};

if (part) start().catch(() => show('no'));
