// What waits on this device for the network, in the browser's own database.
const NAME = 'bihuan-outbox';
const TABLE = 'waiting';

export const at = () => 'indexedDB' in window;

const opened = () => new Promise((done, fail) => {
  const asked = indexedDB.open(NAME, 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore(TABLE, { keyPath: 'id', autoIncrement: true });
  asked.onsuccess = () => done(asked.result);
  asked.onerror = () => fail(asked.error);
});

const within = async (mode, act) => {
  const store = await opened();
  try {
    return await new Promise((done, fail) => {
      const work = store.transaction(TABLE, mode);
      const asked = act(work.objectStore(TABLE));
      work.oncomplete = () => done(asked.result);
      work.onerror = () => fail(work.error);
      work.onabort = () => fail(work.error);
    });
  } finally { store.close(); }
};

export const put = async (item) => ({ ...item, id: await within('readwrite', (table) => table.add(item)) });
export const change = (item) => within('readwrite', (table) => table.put(item));
export const take = (id) => within('readwrite', (table) => table.delete(id));
export const rows = () => within('readonly', (table) => table.getAll());
