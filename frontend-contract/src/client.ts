/** A small client: typed operations over HTTP, live ones over one WebSocket that survives what happens to it. */
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
import type { OnErrors } from './failures.ts';
import { requester } from './http.ts';
import { listener } from './live.ts';

export * from './failures.ts';

/** A document of this package; `__meta__.hash` is its id as a trusted document. */
export type HubDocument<R, V> = DocumentTypeDecoration<R, V> & Sendable;

/** What of a document is sent. */
export interface Sendable {
  toString(): string;
  __meta__?: Record<string, unknown> | undefined;
}

/**
 * `idle`: nobody listens. `connecting`, `live`. `reconnecting`: the `attempt`-th try follows in `waitMs` milliseconds.
 * `offline`: the same, and the browser has no network. `expired`: sign-in is needed; nothing is tried any more.
 */
export interface ConnectionStatus {
  state: 'idle' | 'connecting' | 'live' | 'reconnecting' | 'offline' | 'expired';
  attempt: number;
  waitMs: number;
}

export interface HubClientOptions {
  /** Such as `https://hub.example.com/graphql`, or `/graphql` on its own pages. */
  url: string;
  /** Such as `wss://hub.example.com/graphql`. */
  wsUrl: string;
  /** The access token or API key, without `Bearer`. */
  getToken(): string | undefined | Promise<string | undefined>;
  /** See to it that `getToken` has a new one. A `HubError` says that the session is over, anything else that it could not be tried. */
  refreshToken?(): Promise<void>;
  /** Send ids of trusted documents in place of their texts. */
  trusted?: boolean;
  onStatus?(status: ConnectionStatus): void;
  /** The most milliseconds between two tries; 15,000 if it is not given. */
  maxBackOffMs?: number;
  /** For Node 20, which has none: that of the package `ws`. */
  webSocketImpl?: unknown;
  fetch?: typeof fetch;
}

export interface Executing {
  /** Takes errors of parts of the answer, which are null then, such as costs without `costs:read`. Without it they are thrown. */
  onErrors?: OnErrors;
  signal?: AbortSignal;
}

export interface Following<R> extends Executing {
  /** The position of an event, for event streams: where to go on after a reconnection. Snapshots need none. */
  cursorOf?(data: R): string;
  /** Events were missed that are no longer kept: fetch anew, and give the `eventCursor` of that to go on from. Without it a `HubError` ends the stream. */
  onGap?(): Promise<string | null | undefined>;
  /** Asked once: a lost connection ends the stream with a `HubError`, as for `InferenceTokens`, where another try is another call. */
  isOnce?: boolean;
}

export interface HubClient {
  /** Data without errors, or a `HubError`. Queries are repeated when the server is away or says when to come again; mutations never. */
  execute<R, V>(document: HubDocument<R, V>, variables: V, executing?: Executing): Promise<R>;
  /** What happens, in order, nothing twice and nothing left out, until the consumer or `signal` ends it. */
  subscribe<R, V>(document: HubDocument<R, V>, variables: V, following?: Following<R>): AsyncGenerator<R, void, void>;
  /** Close the socket and end all streams. */
  dispose(): void;
}

/** One refresh at a time, as each refresh token is used up by the first that brings it. */
function single(options: HubClientOptions): (() => Promise<void>) | undefined {
  const refresh = options.refreshToken?.bind(options);
  if (!refresh) return undefined;
  let running: Promise<void> | undefined;
  return () => (running ??= refresh().finally(() => { running = undefined; }));
}

export function createHubClient(options: HubClientOptions): HubClient {
  const refresh = single(options);
  const { subscribe, dispose } = listener(options, refresh);
  return { execute: requester(options, refresh), subscribe, dispose };
}
