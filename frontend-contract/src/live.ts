/** Subscriptions over one WebSocket that survives restarts, lost networks and expired tokens. */
import { createClient, type Client } from 'graphql-ws/client';
import type { ConnectionStatus, Following, HubClient, HubClientOptions, HubDocument, Sendable } from './client.ts';
import { CredentialError, dataOf, HubError, type GraphQLFailure } from './failures.ts';
import { bearer, idOf } from './http.ts';
import { backOff, pause } from './waiting.ts';

const FORBIDDEN = 4403;
const LOST = 1006;
/** What ends graphql-ws for good and is worth a new beginning: a missed ping, a defect of the server or of connecting. */
const PASSING = [1011, 4500, 4005];
const RESTARTING = /after (\d+)/;

interface Closed {
  code: number;
  reason: string;
}

const isClosed = (failure: unknown): failure is Closed => typeof (failure as Closed | null)?.code === 'number';

type Note = (state: ConnectionStatus['state'], attempt?: number, waitMs?: number) => void;
type Rest = (attempt: number, waitMs: number, signal?: AbortSignal) => Promise<void>;

/** The socket, opened when somebody listens; `note` hears how it is, `rest` waits for the next try. */
function connection(options: HubClientOptions, refresh: (() => Promise<void>) | undefined, note: Note, rest: Rest) {
  let refusals = 0;
  let told = 0;
  let overdue: ReturnType<typeof setTimeout> | undefined;

  async function credential(): Promise<Record<string, string>> {
    try {
      if (refusals) await refresh?.();
      return bearer(await options.getToken());
    } catch (cause) {
      throw new CredentialError('', { cause });
    }
  }

  function closed({ code, reason }: Closed): void {
    clearTimeout(overdue);
    told = Number(RESTARTING.exec(reason)?.[1]);
    if (code === FORBIDDEN) refusals += 1;
    if (code === 1000) note('idle');
  }

  const client: Client = createClient({
    url: options.wsUrl,
    webSocketImpl: options.webSocketImpl,
    lazyCloseTimeout: 3_000, // outlives a change of page, and React's double mount
    keepAlive: 10_000,
    retryAttempts: Infinity,
    // A close or an ErrorEvent is the network's; another Error is a bug here, and repeating it would never end.
    shouldRetry: (failure) =>
      isClosed(failure) ? failure.code !== FORBIDDEN || (!!refresh && refusals < 2) : !(failure instanceof Error),
    retryWait: async (attempt) => {
      const waitMs = told || backOff(attempt, options.maxBackOffMs);
      told = 0;
      await rest(attempt + 1, waitMs);
    },
    connectionParams: credential,
    on: {
      connecting: () => note('connecting'),
      connected: () => { refusals = 0; note('live'); },
      closed: closed as (event: unknown) => void,
      ping: (isReceived) => { if (!isReceived) overdue = setTimeout(() => client.terminate(), 5_000); },
      pong: () => clearTimeout(overdue),
    },
  });
  return client;
}

/** Whether nobody but the user can help: the session is over. */
const isExpired = (failure: unknown): boolean =>
  (failure as Closed).code === FORBIDDEN ||
  (failure instanceof CredentialError && failure.cause instanceof HubError);

const isPassing = (failure: unknown): boolean =>
  PASSING.includes((failure as Closed).code) || failure instanceof CredentialError;

function asError(failure: unknown): unknown {
  if (Array.isArray(failure)) return new HubError(failure as GraphQLFailure[], 200);
  if (isClosed(failure)) return new HubError([], failure.code);
  return failure instanceof CredentialError ? failure.cause : failure;
}

/** What is sent to subscribe. `variables` is read anew at each attempt, so that `after` moves. */
function payload(document: Sendable, isTrusted: boolean | undefined, variables: () => unknown) {
  const id = isTrusted ? idOf(document) : undefined;
  const persistedQuery = { version: 1, sha256Hash: id };
  // graphql-ws demands a `query`, so that the id travels beside an empty one.
  const request = id ? { query: '', extensions: { persistedQuery } } : { query: `${document}` };
  return { ...request, get variables() { return variables(); } };
}

export function listener(options: HubClientOptions, refresh: (() => Promise<void>) | undefined) {
  let isLive = false;
  const note: Note = (state, attempt = 0, waitMs = 0) => {
    isLive = state === 'live';
    options.onStatus?.({ state, attempt, waitMs });
  };
  const rest: Rest = (attempt, waitMs, signal) => {
    note(globalThis.navigator?.onLine === false ? 'offline' : 'reconnecting', attempt, waitMs);
    return pause(waitMs, signal);
  };
  let isDisposed = false;
  let client: Client | undefined; // made when somebody listens: queries alone need no WebSocket

  /** Results as they come, until the server completes it or it fails. `seen` hears of each at once and says whether it is new. */
  async function* results<R>(request: object, seen: (data: R) => boolean, { signal, onErrors, isOnce }: Following<R>) {
    const queue: R[] = [];
    let end: { failure?: unknown } | undefined;
    let wake = () => {};
    const over = (failure?: unknown) => { end ??= { failure }; wake(); };
    client ??= connection(options, refresh, note, rest);
    // Before the socket was live nothing was sent, so that another try is the first.
    const unlisten = isOnce && client.on('closed', () => isLive && over(new HubError([], LOST)));
    const stop = client.subscribe<R>(request as never, {
      next(result) {
        try {
          const data = dataOf(result as { data: R }, 200, onErrors);
          if (seen(data)) queue.push(data);
          wake();
        } catch (failure) {
          over(failure);
        }
      },
      error: over,
      complete: over,
    });
    signal?.addEventListener('abort', () => over());
    try {
      for (;;) {
        while (queue.length) yield queue.shift() as R;
        if (end?.failure) throw end.failure;
        if (end) return;
        await new Promise<void>((resolve) => { wake = resolve; });
      }
    } finally {
      if (unlisten) unlisten();
      stop();
    }
  }

  /** Where to go on after a failure, or the failure itself. */
  async function recover<R>(raw: unknown, tries: number, after: string | undefined, { onGap, signal }: Following<R>) {
    const failure = asError(raw);
    if (failure instanceof HubError && failure.code === 'CURSOR_EXPIRED' && onGap) return (await onGap()) ?? undefined;
    if (isExpired(raw)) note('expired');
    if (isExpired(raw) || !isPassing(raw)) throw failure;
    await rest(tries, backOff(tries, options.maxBackOffMs), signal);
    return after;
  }

  async function* subscribe<R, V>(document: HubDocument<R, V>, variables: V, following: Following<R> = {}) {
    let after: string | undefined;
    let tries = 0;
    // What was received counts, not what was consumed: the rest is in the queue.
    const seen = (data: R): boolean => {
      const cursor = following.cursorOf?.(data);
      const isNew = cursor === undefined || cursor !== after;
      after = cursor ?? after;
      tries = 0;
      return isNew;
    };
    const request = payload(document, options.trusted, () => (after ? { ...variables, after } : variables));
    while (!isDisposed && !following.signal?.aborted) {
      try {
        return yield* results(request, seen, following);
      } catch (failure) {
        after = await recover(failure, (tries += 1), after, following);
      }
    }
  }

  const dispose = () => {
    isDisposed = true;
    void client?.dispose();
  };
  return { subscribe: subscribe satisfies HubClient['subscribe'], dispose };
}
