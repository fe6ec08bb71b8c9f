// Drafts of tasks are saved while typing: on the server, so that work can go on at the desk where the phone left off,
// and in this tab, for as long as the server cannot be reached. <form data-draft="who" data-draft-url="where to">.
import { ask } from '../../shell/scripts/asking.js';

for (const form of document.querySelectorAll('form[data-draft]')) {
  const place = `bihuan-draft ${form.dataset.draft} ${location.pathname}`;
  const url = form.dataset.draftUrl;
  const note = form.querySelector('[data-kept-note]');
  const said = form.querySelector('[data-restored]');
  const english = document.documentElement.lang === 'en';
  const own = ['hidden', 'file', 'password', 'submit', 'button'];
  const fields = () => [...form.elements].filter((field) =>
    field.name && field.name !== 'then' && !field.disabled && !own.includes(field.type));
  const isChoice = (field) => field.type === 'radio' || field.type === 'checkbox';
  const photos = () => [...form.querySelectorAll('input[type=hidden][name$=".kept"]')];
  const typed = () => [...fields().map((field) => [field.name, field.value, isChoice(field) ? field.checked : null]),
    ...photos().map((field) => [field.name, field.value, null])];
  const blank = JSON.stringify(typed());
  let sent = blank;

  const here = () => {
    try { sessionStorage.setItem(place, JSON.stringify({ at: Date.now(), typed: typed() })); } catch { /* a private window */ }
  };
  const forget = () => { try { sessionStorage.removeItem(place); } catch { /* a private window */ } };

  const there = async () => {
    const rows = typed();
    const now = JSON.stringify(rows);
    if (!url || now === sent || form.dataset.sent) return;
    sent = now;
    try {
      const answer = await ask(url, {
        method: 'POST',
        keepalive: true,
        headers: { 'Content-Type': 'application/json', 'X-CSRFToken': form.querySelector('[name=csrf_token]')?.value ?? '' },
        body: JSON.stringify({ typed: rows }),
      });
      if (answer.status === 401) { sent = ''; loggedOut(); return; }
      if (!answer.ok) throw new Error(answer.status);
      const { at } = await answer.json();
      if (note) note.textContent = at ? (english ? 'Draft kept' : '草稿已保存') : '';
      const waiting = [...form.querySelectorAll('input[type=file]')].some((each) => each.files.length);
      if (!waiting && now === JSON.stringify(typed())) form.dataset.typed = '';
    } catch {
      sent = '';
      if (note) note.textContent = english ? 'Offline: the draft is kept on this device' : '网络不通，草稿先存在本机';
    }
  };

  const loggedOut = () => {
    if (!note) return;
    const again = Object.assign(document.createElement('a'), { href: `/login?next=${encodeURIComponent(location.pathname)}` });
    again.textContent = english ? 'Log in again' : '重新登录';
    again.addEventListener('click', () => { form.dataset.typed = ''; });
    note.replaceChildren(english ? 'You are logged out. What you typed is kept in this window: ' : '您已退出登录，写的都还在这个窗口里：', again);
  };

  // The server tells somebody who is logged out by now that nothing is lost.
  form.append(Object.assign(document.createElement('input'), { type: 'hidden', name: '_kept', value: '1' }));

  let soon = 0;
  const keep = () => {
    here();
    clearTimeout(soon);
    soon = setTimeout(there, 2000);
  };

  const restore = (rows) => {
    for (const [name] of rows) { // rows of a repeated group are restored before their contents
      const [group, number] = name.split('.');
      const add = number && form.querySelector(`[data-rows="${CSS.escape(group)}"]`)?.closest('fieldset').querySelector('[data-add]');
      for (let tries = 0; add && !form.elements[name] && tries < 50; tries += 1) add.click();
    }
    for (const [name, value, ticked] of rows) {
      const field = [...form.elements].find((each) =>
        each.name === name && !own.includes(each.type) && (ticked === null || each.value === value));
      if (!field && name.endsWith('.kept')) form.dispatchEvent(new CustomEvent('brought', { detail: { name, id: value } }));
      if (!field) continue;
      if (ticked === null) field.value = value; else field.checked = ticked;
    }
    fields()[0]?.dispatchEvent(new Event('change', { bubbles: true }));
    form.dispatchEvent(new Event('restored'));
    if (said) said.hidden = false;
    form.dataset.typed = '';
  };

  const newest = () => {
    let mine = null;
    try { mine = JSON.parse(sessionStorage.getItem(place)); } catch { /* nothing readable */ }
    const kept = JSON.parse(form.querySelector('script[data-kept]')?.textContent ?? 'null');
    const found = [mine, kept].filter((each) => Array.isArray(each?.typed)).sort((one, other) => other.at - one.at)[0];
    return found && JSON.stringify(found.typed) !== blank ? found.typed : null;
  };

  // After a refusal the server returns the input, which is newer than the draft.
  const rows = newest();
  if (rows && !document.querySelector('main .notice-error')) window.addEventListener('load', () => restore(rows));
  form.addEventListener('input', keep);
  form.addEventListener('change', keep);
  form.addEventListener('focusout', () => { if (soon) there(); });
  document.addEventListener('visibilitychange', () => { if (document.hidden && soon) there(); });
  form.addEventListener('submit', () => { clearTimeout(soon); here(); });
  document.querySelector('[data-discard]')?.addEventListener('click', () => { forget(); form.dataset.typed = ''; });
}
