/** A QuickChart server on loopback, as far as quickchart-js needs one: POST /chart with a plain JSON configuration. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BadChart } from '#src/charts/render-request.ts';
import { openRenderer, type RendererOptions } from '#src/charts/renderer.ts';
import { describeError, UserError } from '#src/lib/errors.ts';

const BODY_BYTES_MAX = 1024 * 1024;
const REQUEST_MS_MAX = 30_000;
const HOST = '127.0.0.1';

export interface RenderServer {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Starts the drawing thread unless it runs; resolves when it is warm. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** An answer other than a picture. */
class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Listens on a free port of loopback; the drawing thread starts with the first picture. */
export async function openRenderServer(options: RendererOptions): Promise<RenderServer> {
  const renderer = openRenderer(options);
  const server = createServer({ requestTimeout: REQUEST_MS_MAX, headersTimeout: REQUEST_MS_MAX });
  server.on('request', (request, response) => {
    void serve(request, response, hostOf(server), (body) => renderer.render(body)).catch((error: unknown) => {
      options.log.error(`charts: ${describeError(error)}`);
      response.destroy();
    });
  });
  try {
    server.listen(0, HOST);
    await once(server, 'listening');
  } catch (error) {
    await renderer.close();
    throw error;
  }
  return {
    url: `http://${hostOf(server)}`,
    ready: () => renderer.ready(),
    async close() {
      await renderer.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function hostOf(server: Server): string {
  return `${HOST}:${(server.address() as AddressInfo).port}`;
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  host: string,
  render: (body: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>,
): Promise<void> {
  try {
    check(request, host);
    const png = await render(await readBody(request));
    response.writeHead(200, { 'content-type': 'image/png', 'content-length': png.byteLength });
    response.end(png);
  } catch (error) {
    const status = statusOf(error);
    if (status === null) throw error;
    const message = describeError(error);
    // The rest of a body that is too long is not read.
    response.writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      'x-quickchart-error': message.replace(/[^\x20-\x7e]/g, '?').slice(0, 300),
      connection: 'close',
    });
    response.end(message);
  }
}

function statusOf(error: unknown): number | null {
  if (error instanceof Refusal) return error.status;
  if (error instanceof BadChart) return 400;
  return error instanceof UserError ? 503 : null;
}

/** A web page in somebody's browser can reach loopback too: it cannot send this Host with this content type. */
function check(request: IncomingMessage, host: string): void {
  if (request.headers.host !== host) throw new Refusal(403, 'another host was asked for');
  if (request.url !== '/chart') throw new Refusal(404, 'there is only /chart');
  if (request.method !== 'POST') throw new Refusal(405, 'only POST is answered');
  if (request.headers['content-type']?.startsWith('application/json') !== true)
    throw new Refusal(415, 'application/json is needed');
}

async function readBody(request: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).byteLength;
    if (bytes > BODY_BYTES_MAX) throw new Refusal(413, `a chart has at most ${BODY_BYTES_MAX} bytes`);
    chunks.push(chunk as Buffer);
  }
  const body = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.byteLength;
  }
  return body;
}
