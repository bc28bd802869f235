/** Queries and mutations over HTTP. */
import type { HubClient, HubClientOptions, HubDocument, Sendable } from './client.ts';
import { HubError, type GraphQLFailure } from './failures.ts';
import { backOff, pause } from './waiting.ts';

/** Only with this type do statuses tell what happened. */
const ACCEPT = 'application/graphql-response+json';
const TRIES = 4;

interface Answer {
  data?: unknown;
  errors?: GraphQLFailure[];
}

export const idOf = (document: Sendable): string | undefined =>
  document.__meta__?.['hash'] as string | undefined;

const isQuery = (document: Sendable): boolean => /^\s*query/.test(document.toString());

async function dataOf(response: Response): Promise<unknown> {
  const answer = (await response.json().catch(() => ({}))) as Answer;
  if (!response.ok || answer.errors?.length || answer.data == null)
    throw new HubError(answer.errors ?? [], response.status, answer.data);
  return answer.data;
}

/** Whether it is worth another try: the server was not reached, is away, or says when to come again. */
const isPassing = (failure: unknown): boolean =>
  failure instanceof HubError
    ? failure.status >= 502 || failure.code === 'SERVICE_UNAVAILABLE' || failure.retryAfterMs !== undefined
    : failure instanceof TypeError;

export function requester(options: HubClientOptions, refresh: (() => Promise<void>) | undefined): HubClient['execute'] {
  async function send(document: Sendable, variables: unknown, signal: AbortSignal | undefined) {
    const [id, token] = [options.trusted && idOf(document), await options.getToken()];
    return (options.fetch ?? fetch)(options.url, {
      method: 'POST',
      signal: signal ?? null,
      headers: { 'content-type': 'application/json', accept: ACCEPT, ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(id ? { documentId: id, variables } : { query: document.toString(), variables }),
    });
  }

  async function sendSignedIn(document: Sendable, variables: unknown, signal?: AbortSignal) {
    const response = await send(document, variables, signal);
    if (response.status !== 401 || !refresh) return dataOf(response);
    await refresh();
    return dataOf(await send(document, variables, signal));
  }

  return async <R, V>(document: HubDocument<R, V>, variables: V, { signal }: { signal?: AbortSignal } = {}) => {
    for (let tries = 1; ; tries += 1) {
      try {
        return (await sendSignedIn(document, variables, signal)) as R;
      } catch (failure) {
        if (signal?.aborted || tries === TRIES || !isQuery(document) || !isPassing(failure)) throw failure;
        const told = failure instanceof HubError ? failure.retryAfterMs : undefined;
        await pause(told ?? backOff(tries, options.maxBackOffMs), signal);
      }
    }
  };
}
