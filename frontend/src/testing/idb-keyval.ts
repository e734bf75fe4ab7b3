/** What the app uses of idb-keyval, over a Map: jsdom has no IndexedDB. The browser tests use the real one. */

export type UseStore = () => Map<string, unknown>;

const stores = new Map<string, Map<string, unknown>>();

export function createStore(database: string, name: string): UseStore {
  const key = `${database}/${name}`;
  return () => {
    const store = stores.get(key) ?? new Map<string, unknown>();
    stores.set(key, store);
    return store;
  };
}

/** Forget everything, in between two tests. */
export function clearStores(): void {
  stores.clear();
}

export function get(key: string, store: UseStore): Promise<unknown> {
  return Promise.resolve(store().get(key));
}

export function set(key: string, value: unknown, store: UseStore): Promise<void> {
  store().set(key, value);
  return Promise.resolve();
}

export function del(key: string, store: UseStore): Promise<void> {
  store().delete(key);
  return Promise.resolve();
}

export function clear(store: UseStore): Promise<void> {
  store().clear();
  return Promise.resolve();
}

export function values(store: UseStore): Promise<unknown[]> {
  return Promise.resolve([...store().values()]);
}
