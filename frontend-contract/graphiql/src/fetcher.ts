import { createGraphiQLFetcher, type Fetcher, type FetcherParams } from '@graphiql/toolkit';
import { getOperationAST, GraphQLError, type ExecutionResult } from 'graphql';
import { createClient } from 'graphql-ws';
import { withFreshToken } from './token';

const url = new URL('/graphql', location.href).toString();
const overHttp = createGraphiQLFetcher({ url });

function reasonOf(failure: unknown): string {
  if (failure instanceof CloseEvent) return `WebSocket closed: ${failure.code} ${failure.reason}`.trim();
  return failure instanceof Error ? failure.message : 'The WebSocket could not be opened.';
}

/** One socket per run; without retries a refused token (4403) shows at once and not after half a minute of silence. */
async function* overWebSocket(params: FetcherParams, headers?: Record<string, unknown>): AsyncGenerator<ExecutionResult> {
  const connectionParams = () => withFreshToken(headers);
  const client = createClient({ url: url.replace(/^http/, 'ws'), connectionParams, retryAttempts: 0 });
  try {
    for await (const result of client.iterate(params)) yield result as ExecutionResult;
  } catch (failure) {
    yield { errors: Array.isArray(failure) ? failure : [new GraphQLError(reasonOf(failure))] };
  } finally {
    void client.dispose();
  }
}

const fresh: Fetcher = async (params, options) =>
  (await overHttp(params, { ...options, headers: await withFreshToken(options?.headers) })) as ExecutionResult;

/** Queries and mutations go over HTTP, subscriptions over graphql-transport-ws. */
export const fetcher: Fetcher = (params, options) => {
  const operation = options?.documentAST && getOperationAST(options.documentAST, params.operationName);
  return operation?.operation === 'subscription' ? overWebSocket(params, options?.headers) : fresh(params, options);
};
