// A file of a draft, read and kept with its revision: nobody overwrites what they have not seen.
import { ask } from '../shell/scripts/asking.js';

const SEEN = 'X-Seen';
const TOKEN = 'X-CSRFToken';
const HEADERS = 'hx-headers';

export async function readDraft(url) {
  const answer = await ask(url, { cache: 'no-store' });
  if (!answer.ok) throw new Error(`${answer.status} ${url}`);
  return { url, text: decoded(await answer.arrayBuffer()), revision: Number(answer.headers.get(SEEN)) };
}

// The file says in which encoding it is written; kept files are in UTF-8.
export function decoded(bytes) {
  const [first, second] = new Uint8Array(bytes);
  const wide = { 0xfffe: 'utf-16le', 0xfeff: 'utf-16be' }[first * 256 + second];
  const [, named] = new TextDecoder('latin1').decode(bytes.slice(0, 200)).match(/encoding=["']([^"']+)/) ?? [];
  let decoder;
  try { decoder = new TextDecoder(wide ?? named ?? 'utf-8'); } catch { decoder = new TextDecoder(); }
  return decoder.decode(bytes).replace(/^<\?xml[^>]*\?>/, '<?xml version="1.0" encoding="UTF-8"?>');
}

// Resolves to a state: "kept", "overtaken" (somebody was faster: said tells who), "refused" (said tells why),
// "logged out", "somebody else" (logged in here meanwhile) or "ended" (the draft); rejects without network.
export async function keepDraft(file, text) {
  const answer = await post(file.url, { [SEEN]: file.revision, 'Content-Type': 'application/octet-stream' }, text);
  if (answer.state) return answer;
  if (answer.status === 409) return { state: 'overtaken', said: answer.told.said };
  if (answer.status === 422) return { state: 'refused', said: answer.told.said };
  Object.assign(file, { revision: answer.told.revision, text });
  return { state: 'kept' };
}

// Says that the file is open here; resolves to who else has it open, and its revision.
export async function sayOpen(url, file) {
  const answer = await post(url, { [SEEN]: file.revision });
  return answer.state ? answer : { state: 'open', ...answer.told };
}

async function post(url, headers, body, again = true) {
  const answer = await ask(url, { method: 'POST', headers: { ...headers, [TOKEN]: token() }, body });
  if (answer.status === 401) return { state: 'logged out' };
  if (answer.status === 404) return { state: 'ended' };
  if (answer.status < 500 && answer.headers.get('Content-Type')?.startsWith('application/json')) {
    return { status: answer.status, told: await answer.json() };
  }
  if (answer.status === 403 || answer.status >= 500 || !again) throw new Error(answer.status);
  return (await renew()) ?? post(url, headers, body, false); // another log-in has another token
}

const token = () => JSON.parse(document.body.getAttribute(HEADERS))[TOKEN];

async function renew() {
  const page = new DOMParser().parseFromString(await (await fetch(location.href, { cache: 'no-store' })).text(), 'text/html').body;
  if (!page.dataset.person) return { state: 'logged out' };
  if (page.dataset.person !== document.body.dataset.person) return { state: 'somebody else' };
  document.body.setAttribute(HEADERS, page.getAttribute(HEADERS));
  return undefined;
}
