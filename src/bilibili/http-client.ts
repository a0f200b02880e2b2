/** GET of JSON from one of Bilibili's hosts: timeouts, bounded bodies, and a rest for the whole host after 412. */
import { ApiError, describeError } from '#src/lib/errors.ts';
import type { Circuit } from './circuit.ts';
import { type Fields, findInteger, isFields, readText } from './fields.ts';

/** A token is bound to the User-Agent, so HTTP and socket use this one. */
export const USER_AGENT =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36';
export const SITE = 'https://live.bilibili.com';
const BODY_BYTES_MAX = 4 * 1024 * 1024;

export const CODE = { riskControl: -352, blocked: -412, notLoggedIn: -101 } as const;

interface HttpClientOptions {
  readonly baseUrl: string;
  readonly requestTimeoutMs: number;
  readonly circuit: Circuit;
  readonly closed: AbortSignal;
}

export interface Request {
  readonly path: string;
  readonly query?: string;
  readonly cookie?: string | null;
  /** Room whose page the request seems to come from. */
  readonly room?: number;
  /** Codes besides 0 that are an answer. */
  readonly accept?: readonly number[];
}

async function readBody(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX)
      throw new ApiError('the answer is too long', response.status, response.status);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): Fields | null {
  try {
    const body: unknown = JSON.parse(text);
    return isFields(body) ? body : null;
  } catch {
    return null;
  }
}

export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #host: string;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#host = new URL(options.baseUrl).host;
  }

  /** The answer's JSON. Throws ApiError for a code that is not accepted, for no JSON, no answer, and while the host rests. */
  async get(request: Request): Promise<Fields> {
    const { circuit } = this.#options;
    const rest = circuit.describe();
    if (rest !== null) throw new ApiError(rest, CODE.blocked, 0);
    const { status, body } = await this.#fetch(request);
    const code = body === null ? null : findInteger(body.code);
    if (status === 412 || status === 429 || code === CODE.blocked) {
      circuit.trip(`${this.#host} blocks for too many requests (${status === 200 ? code : status})`);
      throw new ApiError(`${this.#host} blocks for too many requests`, CODE.blocked, status);
    }
    if (body === null || code === null) {
      throw new ApiError(
        `${this.#host}${request.path}: HTTP ${status} without a readable answer`,
        status,
        status,
      );
    }
    if (code !== 0 && !request.accept?.includes(code)) {
      const said = readText(body.message) || readText(body.msg);
      throw new ApiError(
        `${this.#host}${request.path}: code ${code} ${said.slice(0, 100)}`.trimEnd(),
        code,
        status,
      );
    }
    circuit.succeed();
    return body;
  }

  async #fetch(request: Request): Promise<{ status: number; body: Fields | null }> {
    const { baseUrl, requestTimeoutMs, closed } = this.#options;
    const headers: Record<string, string> = {
      'User-Agent': USER_AGENT,
      Accept: 'application/json, text/plain, */*',
      'Accept-Language': 'zh-CN,zh;q=0.9',
      Referer: request.room === undefined ? `${SITE}/` : `${SITE}/${request.room}`,
      Origin: SITE,
    };
    if (request.cookie) headers.Cookie = request.cookie;
    const query = request.query === undefined ? '' : `?${request.query}`;
    try {
      const response = await fetch(`${baseUrl}${request.path}${query}`, {
        headers,
        redirect: 'error',
        signal: AbortSignal.any([closed, AbortSignal.timeout(requestTimeoutMs)]),
      });
      return { status: response.status, body: parse(await readBody(response)) };
    } catch (error) {
      if (error instanceof ApiError) throw error;
      const fault = new ApiError(`${this.#host} does not answer: ${describeError(error)}`, 0, 0);
      fault.cause = error;
      throw fault;
    }
  }
}
