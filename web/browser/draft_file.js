// A file of a draft, read and kept with its revision: nobody overwrites what they have not seen.
import { ask } from '../shell/scripts/asking.js';

const SEEN = 'X-Seen';

export async function readDraft(url) {
  const answer = await ask(url, { cache: 'no-store' });
  if (!answer.ok) throw new Error(`${answer.status} ${url}`);
  return { url, text: await answer.text(), revision: Number(answer.headers.get(SEEN)) };
}

// Resolves to "kept", "overtaken" (somebody was faster: said tells who), "logged out" or "refused" (said tells why);
// rejects without network.
export async function keepDraft(file, text) {
  const { 'X-CSRFToken': token } = JSON.parse(document.body.getAttribute('hx-headers'));
  const headers = { [SEEN]: file.revision, 'X-CSRFToken': token, 'Content-Type': 'application/octet-stream' };
  const answer = await ask(file.url, { method: 'POST', headers, body: text });
  if (answer.status === 401) return { state: 'logged out' };
  if (answer.status === 409 || answer.status === 422) {
    return { state: answer.status === 409 ? 'overtaken' : 'refused', said: (await answer.json()).said };
  }
  if (!answer.ok) throw new Error(answer.status);
  file.revision = (await answer.json()).revision;
  file.text = text;
  return { state: 'kept' };
}
