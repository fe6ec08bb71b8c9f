// Keeps what is done to the sheet: one act after the other, each with the revision it was done to; and takes it back.
import { ask } from '../../shell/scripts/asking.js';

const AGAIN = 4000;
const MOST_BACK = 100;

// Does the work a moment after the last call, and once at a time.
export function later(pause, work) {
  let timer;
  let busy = false;
  const start = () => { clearTimeout(timer); timer = setTimeout(run, pause); };
  const run = async () => {
    if (busy) { start(); return; }
    busy = true;
    await work();
    busy = false;
  };
  return start;
}

export function keeper(editor, words, sheet, changed) {
  const find = (selector) => editor.querySelector(selector);
  const queue = [];
  const back = [];
  const forth = [];
  let revision = Number(find('.sheet-head').dataset.revision);
  let busy = false;
  let stopped = false;

  const say = (name, text) => {
    find('[data-state]').textContent = text ?? words[name];
    editor.dataset.state = name;
  };
  const buttons = () => {
    find('[data-undo]').disabled = !back.length;
    find('[data-redo]').disabled = !forth.length;
  };
  const post = (url, body) => {
    const { 'X-CSRFToken': token } = JSON.parse(document.body.getAttribute('hx-headers'));
    const json = typeof body === 'string' ? { 'Content-Type': 'application/json' } : {};
    return ask(url, { method: 'POST', headers: { 'X-CSRFToken': token, ...json }, body });
  };
  // After logging in anew, in another window, forms need the new session's token.
  const renew = async () => {
    const there = new DOMParser().parseFromString(await (await ask(location.href)).text(), 'text/html').body;
    const token = there.getAttribute('hx-headers');
    if (token && there.dataset.person === document.body.dataset.person) document.body.setAttribute('hx-headers', token);
  };
  const overtaken = (text) => {
    stopped = true;
    say('overtaken', text);
    const box = find('[data-overtaken]');
    box.querySelector('p').textContent = `${text} ${words.overtaken}`;
    const unsaved = queue.filter(({ asked }) => asked.shown !== undefined).map(({ asked }) => {
      const item = document.createElement('li');
      item.textContent = words.unsaved.replace('{n}', asked.row + 1).replace('{text}', asked.shown);
      return item;
    });
    box.querySelector('ul').replaceChildren(...unsaved);
    box.hidden = false;
    box.scrollIntoView({ block: 'nearest' });
  };
  const refused = ({ asked, failed }, text) => {
    say('refused', text);
    if (asked.column !== undefined) sheet.cell(asked.row, asked.column)?.classList.replace('is-pending', 'is-refused');
    failed?.(text);
  };
  const done = ({ asked, to }, answer) => {
    const stack = asked.forth ? forth : back;
    if (asked.do !== 'undo' && !asked.forth) forth.length = 0;
    stack.push(answer.undo);
    if (stack.length > MOST_BACK) stack.shift();
    revision = answer.revision;
    if (answer.row) sheet.drawRow(answer.row);
    if (answer.sheet) {
      const open = sheet.close(true);
      sheet.draw(answer.sheet);
      if (open) act(open);
    }
    if (to && sheet.has(to.row)) sheet.go(to.row, to.column ?? sheet.at().column);
    buttons();
  };
  // Whether to go on with the next act.
  const send = async (first) => {
    const { forth: _forth, shown: _shown, ...asked } = first.asked;
    const answer = await post(editor.dataset.change, JSON.stringify({ ...asked, seen: revision }));
    if ([400, 401].includes(answer.status)) {
      await renew();
      throw new Error('logged out');
    }
    if (answer.status === 409) { overtaken((await answer.json()).said); return; }
    if (answer.status !== 200 && answer.status !== 422) throw new Error('offline');
    const said = await answer.json();
    queue.shift();
    if (answer.status === 422) refused(first, said.said);
    else done(first, said);
  };
  const pump = async () => {
    if (busy || stopped) return;
    busy = true;
    let went = true;
    while (queue.length && went && !stopped) {
      say('keeping');
      try {
        await send(queue[0]);
      } catch (problem) {
        went = false;
        say(problem.message === 'logged out' ? 'logged out' : 'offline');
        setTimeout(pump, AGAIN);
      }
    }
    busy = false;
    if (!queue.length) {
      if (editor.dataset.state === 'keeping') say('kept');
      changed();
    }
  };
  const act = (asked, to, failed) => {
    queue.push({ asked, to, failed });
    pump();
  };
  const takeBack = (from, more) => {
    const piece = from.pop();
    buttons();
    if (piece) act({ do: 'undo', ...piece, ...more, from: sheet.first() }, sheet.at());
    else say('nothing');
  };

  window.addEventListener('beforeunload', (event) => { if (queue.length) event.preventDefault(); });
  window.addEventListener('online', pump);
  return { act, post, revision: () => revision, undo: () => takeBack(back, { forth: true }), redo: () => takeBack(forth, {}) };
}
