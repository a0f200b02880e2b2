/** A fault that the person who asked can mend; `message` is shown to them as it is. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** A setting or argument that cannot be used: names it and says what is allowed. Exit status 2. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** What makes a start impossible and is not a bug (a port in use, a folder that cannot be written). Exit status 1. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** An answer of Bilibili or Discord that is not a success. `code` is theirs; `status` the HTTP status. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: number;
  readonly status: number;

  constructor(message: string, code: number, status: number) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** Closes a switch over a union: a new member is a type error here, an impossible value a fault. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}

/** One line for people, from anything that was thrown. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : describeError(error.cause);
  return cause === '' || error.message.includes(cause) ? error.message : `${error.message} (${cause})`;
}
