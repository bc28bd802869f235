/** What can go wrong, as plain errors: a raw CloseEvent drags its socket along and cannot be logged. */
export interface GraphQLFailure {
  message: string;
  path?: ReadonlyArray<string | number>;
  extensions?: { code?: string; requestId?: string; details?: { retryAfterSeconds?: number } & Record<string, unknown> };
}

/**
 * An answer with errors, or a socket that was closed for good. `status` is that of HTTP, or the close code, 1000 or more.
 * `data` is what came in spite of errors: show it, and the errors at their `path`.
 */
export class HubError extends Error {
  declare readonly errors: readonly GraphQLFailure[];
  declare readonly status: number;
  declare readonly data: unknown;

  constructor(errors: readonly GraphQLFailure[], status: number, data?: unknown) {
    super(errors[0]?.message ?? `Status ${status}`);
    this.errors = errors;
    this.status = status;
    this.data = data;
  }

  /** Of the first error; undefined if something in between answered. */
  get code(): string | undefined {
    return this.errors[0]?.extensions?.code;
  }

  /** How long the server says to wait; undefined if it does not say. */
  get retryAfterMs(): number | undefined {
    const seconds = this.errors[0]?.extensions?.details?.retryAfterSeconds;
    return seconds && seconds * 1000;
  }
}

export type OnErrors = (errors: readonly GraphQLFailure[]) => void;

/** The data of an answer. Errors in parts of it are thrown, unless somebody takes them. */
export function dataOf<R>(answer: { data?: R; errors?: readonly unknown[] }, status: number, onErrors?: OnErrors): R {
  const errors = (answer.errors ?? []) as readonly GraphQLFailure[];
  if (answer.data == null || (errors[0] && !onErrors)) throw new HubError(errors, status, answer.data);
  if (errors[0]) onErrors?.(errors);
  return answer.data;
}

/** No credential could be had for a socket; `cause` says why. Callers get the cause. */
export class CredentialError extends Error {}
