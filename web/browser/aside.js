// What was drawn and is not kept yet, in the browser's own database: of one person, by the file's address.
const NAME = 'bihuan-drawn';
const TABLE = 'aside';
const FORGOTTEN = 30 * 24 * 60 * 60 * 1000;

const key = (file) => `${document.body.dataset.person} ${file.url}`;

const opened = () => new Promise((done, fail) => {
  const asked = indexedDB.open(NAME, 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore(TABLE);
  asked.onsuccess = () => done(asked.result);
  asked.onerror = () => fail(asked.error);
});

// A private window may have no database: then nothing is put aside, and leaving the page asks all the same.
async function within(mode, act) {
  let store;
  try {
    store = await opened();
    return await new Promise((done, fail) => {
      const work = store.transaction(TABLE, mode);
      const asked = act(work.objectStore(TABLE));
      work.oncomplete = () => done(asked.result);
      work.onerror = work.onabort = () => fail(work.error);
    });
  } catch {
    return undefined;
  } finally {
    store?.close();
  }
}

export const putAside = (file, text) => within('readwrite', (table) => table.put({ text, revision: file.revision, at: Date.now() }, key(file)));
export const dropAside = (file) => within('readwrite', (table) => table.delete(key(file)));

export async function findAside(file) {
  const found = await within('readonly', (table) => table.get(key(file)));
  if (!found) return undefined;
  if (found.text !== file.text && Date.now() - found.at < FORGOTTEN) return found;
  await dropAside(file);
  return undefined;
}
