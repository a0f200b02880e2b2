/** An answer that is not a success, as the API words it (contract §4). */
export class HttpFault extends Error {
  override readonly name = 'HttpFault';
  readonly status: number;
  /** Stable, for programs. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
