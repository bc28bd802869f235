const KEEPS_HEADERS = /:(tabState|queries|favorites)$/;

function withoutHeaders(value: string): string {
  return JSON.stringify(JSON.parse(value), (key, part: unknown) => (key === 'headers' ? null : part));
}

/**
 * localStorage that never sees a token: the history plugin writes the headers of every run into its storage,
 * whatever shouldPersistHeaders says.
 */
export const storageWithoutHeaders: Storage = {
  get length() {
    return localStorage.length;
  },
  clear: () => localStorage.clear(),
  key: (index) => localStorage.key(index),
  getItem: (key) => localStorage.getItem(key),
  removeItem: (key) => localStorage.removeItem(key),
  setItem: (key, value) => localStorage.setItem(key, KEEPS_HEADERS.test(key) ? withoutHeaders(value) : value),
};
