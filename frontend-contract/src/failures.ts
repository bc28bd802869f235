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
  override readonly name = 'HubError';
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

  /** To tell the administrators. */
  get requestId(): string | undefined {
    return this.errors[0]?.extensions?.requestId;
  }

  /** How long the server says to wait; undefined if it does not say. */
  get retryAfterMs(): number | undefined {
    const seconds = this.errors[0]?.extensions?.details?.retryAfterSeconds;
    return seconds === undefined ? undefined : seconds * 1000;
  }
}

/** No credential could be had for a socket; `cause` says why. Callers get the cause. */
export class CredentialError extends Error {}
