/** What a UI must do about each code an error can have; errors.md says it in words. */
import { HubError } from './failures.ts';
import type { ErrorCode } from './generated/graphql.ts';

export type KnownCode = Exclude<ErrorCode, '%future added value'>;

/**
 * `signIn`: ask for sign-in, keep page and input. `refreshToken`: get another token, then once more (the client does).
 * `explain`: say what is missing, or that no more is allowed, and whom to ask. `notFound`: an empty state with a way back. `mendInput`: show the
 * message at the input. `refetch`: fetch anew, show what changed, let the person decide again. `resume`: fetch anew and
 * listen from the new `eventCursor`. `wait`: try again after `retryAfterSeconds`. `retry`: offer to try again.
 * `report`: say that it is our defect, with the request id to copy. `mendClient`: a bug of the UI: log it, then as `report`.
 */
export type Reaction =
  | 'signIn' | 'refreshToken' | 'explain' | 'notFound' | 'mendInput' | 'refetch' | 'resume' | 'wait' | 'retry' | 'report'
  | 'mendClient';

export const REACTIONS: Readonly<Record<KnownCode, Reaction>> = {
  UNAUTHORIZED: 'signIn',
  FORBIDDEN: 'explain',
  TOKEN_EXPIRED: 'refreshToken',
  MODEL_NOT_FOUND: 'notFound',
  DEPLOYMENT_NOT_FOUND: 'notFound',
  EXPERIMENT_NOT_FOUND: 'notFound',
  NOT_FOUND: 'notFound',
  INVALID_REQUEST: 'mendClient',
  MISSING_REQUIRED_FIELD: 'mendInput',
  INVALID_PARAMETER: 'mendInput',
  MODEL_ALREADY_EXISTS: 'mendInput',
  CONFLICT: 'refetch',
  DEPLOYMENT_LIMIT_EXCEEDED: 'explain',
  QUERY_TOO_COMPLEX: 'mendClient',
  RATE_LIMIT_EXCEEDED: 'wait',
  INTERNAL_ERROR: 'report',
  SERVICE_UNAVAILABLE: 'retry',
  CURSOR_EXPIRED: 'resume',
  GRAPHQL_PARSE_FAILED: 'mendClient',
  GRAPHQL_VALIDATION_FAILED: 'mendClient',
  OPERATION_RESOLUTION_FAILURE: 'mendClient',
  PERSISTED_QUERY_NOT_FOUND: 'mendClient',
  REQUEST_TIMEOUT: 'retry',
};

/** What to do about a code; for one that is newer than this package `report`. */
export const reactionTo = (code: string): Reaction =>
  Object.hasOwn(REACTIONS, code) ? REACTIONS[code as KnownCode] : 'report';

const CLOSED_FORBIDDEN = 4403;

/** What to do about anything that was thrown: what never reached the server, or came from something in between, is worth another try. */
export function reactionToFailure(failure: unknown): Reaction {
  if (!(failure instanceof HubError)) return failure instanceof TypeError ? 'retry' : 'report';
  if (failure.code !== undefined) return reactionTo(failure.code);
  if (failure.status === CLOSED_FORBIDDEN) return 'signIn';
  return failure.status >= 500 ? 'retry' : 'report';
}
