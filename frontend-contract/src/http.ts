/** Queries and mutations over HTTP. */
import type { Executing, HubClient, HubClientOptions, HubDocument, Sendable } from './client.ts';
import { dataOf, HubError, type OnErrors } from './failures.ts';
import { backOff, pause } from './waiting.ts';

/** Only with this type do statuses tell what happened. */
const ACCEPT = 'application/graphql-response+json';
const TRIES = 4;

export const idOf = (document: Sendable): string | undefined =>
  document.__meta__?.['hash'] as string | undefined;

export const bearer = (token: string | undefined): Record<string, string> =>
  token ? { authorization: `Bearer ${token}` } : {};

const isQuery = (document: Sendable): boolean => /^\s*query/.test(`${document}`);

const read = async (response: Response, onErrors?: OnErrors): Promise<unknown> =>
  dataOf(await response.json().catch(() => ({})), response.status, onErrors);

/** Whether it is worth another try: the server was not reached, is away, or says when to come again. */
const isPassing = (failure: unknown): boolean =>
  failure instanceof HubError
    ? failure.status >= 502 || !!failure.retryAfterMs
    : failure instanceof TypeError;

export function requester(options: HubClientOptions, refresh: (() => Promise<void>) | undefined): HubClient['execute'] {
  async function send(document: Sendable, variables: unknown, token: string | undefined, signal?: AbortSignal) {
    const id = options.trusted && idOf(document);
    return (options.fetch ?? fetch)(options.url, {
      method: 'POST',
      signal: signal ?? null,
      headers: { 'content-type': 'application/json', accept: ACCEPT, ...bearer(token) },
      body: JSON.stringify(id ? { documentId: id, variables } : { query: `${document}`, variables }),
    });
  }

  async function sendSignedIn(document: Sendable, variables: unknown, { signal, onErrors }: Executing) {
    const token = await options.getToken();
    const response = await send(document, variables, token, signal);
    if (response.status !== 401 || !refresh) return read(response, onErrors);
    if (token === (await options.getToken())) await refresh(); // else somebody has, meanwhile
    return read(await send(document, variables, await options.getToken(), signal), onErrors);
  }

  return async <R, V>(document: HubDocument<R, V>, variables: V, executing: Executing = {}) => {
    for (let tries = 1; ; tries += 1) {
      try {
        return (await sendSignedIn(document, variables, executing)) as R;
      } catch (failure) {
        if (executing.signal?.aborted || tries === TRIES || !isQuery(document) || !isPassing(failure)) throw failure;
        const told = failure instanceof HubError ? failure.retryAfterMs : undefined;
        await pause(told ?? backOff(tries, options.maxBackOffMs), executing.signal);
      }
    }
  };
}
