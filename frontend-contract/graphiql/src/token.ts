const KEY = 'model-hub:token';

/**
 * The token of this tab. `make run` prints an address ending in `#token=…`: a fragment never reaches the server, and
 * here it leaves the address bar and the browser's history too. It stays in sessionStorage so that a reload still works.
 */
export function takeToken(): string | null {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given) {
    sessionStorage.setItem(KEY, given);
    history.replaceState(null, '', location.pathname + location.search);
  }
  return sessionStorage.getItem(KEY);
}

// Pasting such an address into the open page changes only the fragment, which loads nothing by itself.
addEventListener('hashchange', () => {
  if (location.hash.startsWith('#token=')) location.reload();
});
