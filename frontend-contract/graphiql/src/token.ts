const TOKEN = 'model-hub:token';
const REFRESH = 'model-hub:refresh';

/** Seconds before its end from which on a token is exchanged. */
const EARLY = 60;

const REFRESH_SESSION = `mutation RefreshSession($input: RefreshSessionInput!) {
  refreshSession(input: $input) { accessToken refreshToken }
}`;

interface Pair {
  accessToken: string;
  refreshToken: string;
}

/**
 * The token of this tab. `make run` prints an address ending in `#token=…`, and the page for signing in leads to one
 * with `&refresh=…` besides: a fragment never reaches the server, and here it leaves the address bar and the browser's
 * history too. Both stay in sessionStorage so that a reload still works.
 */
export function takeToken(): string | null {
  const given = new URLSearchParams(location.hash.slice(1));
  const token = given.get('token');
  if (token) {
    sessionStorage.setItem(TOKEN, token);
    sessionStorage.setItem(REFRESH, given.get('refresh') ?? '');
    history.replaceState(null, '', location.pathname + location.search);
  }
  return sessionStorage.getItem(TOKEN);
}

/** Tokens of this tab that were exchanged: what the editor of headers still shows. */
const spent = new Set<string>();

/** A duplicate of this tab has the same tokens; a refresh token is good for one use, so they tell each other. */
const tabs = new BroadcastChannel('model-hub:session');
tabs.addEventListener('message', ({ data }: MessageEvent<{ used: string; pair: Pair }>) => {
  if (data.used === sessionStorage.getItem(REFRESH)) keep(data.pair);
});

function keep({ accessToken, refreshToken }: Pair): void {
  spent.add(sessionStorage.getItem(TOKEN) ?? '');
  sessionStorage.setItem(TOKEN, accessToken);
  sessionStorage.setItem(REFRESH, refreshToken);
}

function endsSoon(token: string): boolean {
  try {
    const claims = JSON.parse(atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'))) as { exp: number };
    return claims.exp - Date.now() / 1000 < EARLY;
  } catch {
    return false;
  }
}

async function exchange(used: string): Promise<void> {
  const body = JSON.stringify({ query: REFRESH_SESSION, variables: { input: { refreshToken: used } } });
  const response = await fetch('/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const pair = (await response.json()).data?.refreshSession as Pair | undefined;
  if (!pair?.accessToken) {
    sessionStorage.setItem(REFRESH, ''); // the session is over: the answer to the operation will say so
    return;
  }
  keep(pair);
  tabs.postMessage({ used, pair });
}

let exchanging: Promise<void> | undefined;

/** The headers of an operation with the newest token in the place of this tab's; one that was typed stays as it is. */
export async function withFreshToken(headers: Record<string, unknown> = {}): Promise<Record<string, string>> {
  const given = headers as Record<string, string>;
  const name = Object.keys(given).find((header) => header.toLowerCase() === 'authorization');
  const token = name && String(given[name]).replace(/^bearer /i, '');
  const own = sessionStorage.getItem(TOKEN);
  if (!name || !token || (token !== own && !spent.has(token))) return given;
  const refresh = sessionStorage.getItem(REFRESH);
  if (refresh && own && endsSoon(own)) await (exchanging ??= exchange(refresh).finally(() => (exchanging = undefined)));
  return { ...given, [name]: `Bearer ${sessionStorage.getItem(TOKEN)}` };
}

// Pasting such an address into the open page changes only the fragment, which loads nothing by itself.
addEventListener('hashchange', () => {
  if (location.hash.startsWith('#token=')) location.reload();
});
