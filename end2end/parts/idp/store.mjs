// What the provider remembers, in one JSON file: clients, sessions, grants, tokens. Small enough to be rewritten as a whole, and
// rewritten by rename, so that a provider killed at any instant finds either the old file or the new one. A call answers only
// after its change is on disk: a client that was told of its registration finds it after a restart.

import { open, readFile, rename } from 'node:fs/promises';

const now = () => Math.floor(Date.now() / 1000);
const alive = (row) => !row.expires || row.expires > now();

export class Store {
  #rows = new Map();
  #file;
  #running = null;
  #waiting = null;

  static async open(file) {
    const store = new Store();
    store.#file = file;
    const text = await readFile(file, 'utf8').catch((error) => {
      if (error.code === 'ENOENT') return '{}';
      throw error;
    });
    store.#rows = new Map(Object.entries(JSON.parse(text)));
    return store;
  }

  get(key) {
    const row = this.#rows.get(key);
    return row && alive(row) ? row.value : undefined;
  }

  // Pairs of [id, value] of one kind, such as "Client".
  list(kind) {
    const prefix = `${kind}:`;
    return [...this.#rows].filter(([key, row]) => key.startsWith(prefix) && alive(row)).map(([key, row]) => [key.slice(prefix.length), row.value]);
  }

  put(key, value, seconds) {
    this.#rows.set(key, { value, ...(seconds ? { expires: now() + seconds } : {}) });
    return this.#save();
  }

  drop(...keys) {
    for (const key of keys) this.#rows.delete(key);
    return this.#save();
  }

  dropWhere(test) {
    return this.drop(...[...this.#rows].filter(([, row]) => test(row.value)).map(([key]) => key));
  }

  // Changes that arrive while the file is being written share the next writing.
  #save() {
    if (!this.#running) {
      this.#running = this.#write().finally(() => { this.#running = null; });
      return this.#running;
    }
    this.#waiting ??= this.#running.catch(() => {}).then(() => {
      this.#waiting = null;
      return this.#save();
    });
    return this.#waiting;
  }

  async #write() {
    for (const [key, row] of this.#rows) if (!alive(row)) this.#rows.delete(key);
    const file = await open(`${this.#file}.new`, 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify(Object.fromEntries(this.#rows)));
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(`${this.#file}.new`, this.#file);
  }
}

// The shape that oidc-provider asks for, one adapter a kind.
export const adapterOf = (store) => class {
  constructor(kind) { this.kind = kind; }

  key(id) { return `${this.kind}:${id}`; }

  find(id) { return Promise.resolve(store.get(this.key(id))); }

  upsert(id, value, seconds) { return store.put(this.key(id), value, seconds); }

  destroy(id) { return store.drop(this.key(id)); }

  findByUid(uid) { return Promise.resolve(store.list(this.kind).find(([, value]) => value.uid === uid)?.[1]); }

  findByUserCode() { return Promise.resolve(undefined); }

  consume(id) {
    const value = store.get(this.key(id));
    return value ? store.put(this.key(id), { ...value, consumed: now() }, Math.max(1, (value.exp ?? now() + 60) - now())) : Promise.resolve();
  }

  revokeByGrantId(grant) { return store.dropWhere((value) => value.grantId === grant); }
};
