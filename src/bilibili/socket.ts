/** One connection to a danmaku server, from the handshake to its loss, which is told once. */
import WebSocket from 'ws';
import type { GapReason } from '#src/events.ts';
import { decodeFrame, encodePacket, OP, type PacketSink } from './frame.ts';
import type { Beating, HeartbeatWheel } from './heartbeat.ts';
import { SITE, USER_AGENT } from './http-client.ts';
import type { Timings } from './timings.ts';

const FRAME_BYTES_MAX = 8 * 1024 * 1024;
/** Empty, because the server sends the body back without counting it in the length. */
const HEARTBEAT = encodePacket(OP.heartbeat, new Uint8Array());

export interface Loss {
  readonly reason: Extract<GapReason, 'disconnected' | 'half-open' | 'auth-refused'>;
  /** For people. */
  readonly detail: string;
}

export interface SocketOwner {
  /** The server accepted the token: messages follow. */
  authenticated(): void;
  /** Something came, whatever it is. */
  received(): void;
  message(body: Buffer): void;
  /** Part of a frame was dropped. */
  frameFault(reason: string): void;
  /** Called once, last. */
  lost(loss: Loss): void;
}

interface SocketOptions {
  readonly url: string;
  /** Body of the auth packet. */
  readonly auth: Readonly<Record<string, string | number>>;
  readonly owner: SocketOwner;
  readonly wheel: HeartbeatWheel;
  readonly timings: Timings;
}

export class DanmuSocket implements Beating, PacketSink {
  readonly #options: SocketOptions;
  readonly #socket: WebSocket;
  #authTimer: NodeJS.Timeout | null = null;
  #leaveWheel: (() => void) | null = null;
  #isOpen = false;
  #isAnswered = true;
  #isLost = false;

  /** Connects at once. Throws SyntaxError for a URL that is none. */
  constructor(options: SocketOptions) {
    this.#options = options;
    this.#socket = new WebSocket(options.url, {
      perMessageDeflate: false,
      skipUTF8Validation: true,
      maxPayload: FRAME_BYTES_MAX,
      handshakeTimeout: options.timings.handshakeTimeoutMs,
      origin: SITE,
      headers: { 'User-Agent': USER_AGENT },
    });
    this.#socket.on('open', () => this.#authenticate());
    this.#socket.on('message', (data, isBinary) => {
      if (isBinary && Buffer.isBuffer(data)) this.#read(data);
    });
    this.#socket.on('error', (error) => this.#lose(this.#lossReason(), error.message));
    this.#socket.on('close', (code) => this.#lose(this.#lossReason(), `the server closed it (${code})`));
  }

  /** Ends it without telling the owner. */
  close(): void {
    if (this.#isLost) return;
    this.#release();
    if (this.#socket.readyState !== WebSocket.OPEN) {
      this.#socket.terminate();
      return;
    }
    this.#socket.close(1000);
    const timer = setTimeout(() => this.#socket.terminate(), this.#options.timings.closeMs);
    this.#socket.once('close', () => clearTimeout(timer));
  }

  beat(): void {
    if (this.#isLost || this.#socket.readyState !== WebSocket.OPEN) return;
    this.#isAnswered = false;
    this.#socket.send(HEARTBEAT, { binary: true });
  }

  checkAnswer(): void {
    if (!this.#isAnswered) this.#lose('half-open', 'nothing came back after a heartbeat');
  }

  packet(operation: number, body: Buffer): void {
    if (this.#isLost) return;
    if (operation === OP.message) {
      if (this.#leaveWheel !== null) this.#options.owner.message(body);
    } else if (operation === OP.authReply) this.#readAuthReply(body);
  }

  fault(reason: string): void {
    this.#options.owner.frameFault(reason);
  }

  #read(frame: Buffer): void {
    if (this.#isLost) return;
    this.#isAnswered = true;
    this.#options.owner.received();
    decodeFrame(frame, this);
  }

  #authenticate(): void {
    this.#isOpen = true;
    const { auth, timings } = this.#options;
    this.#socket.send(encodePacket(OP.auth, Buffer.from(JSON.stringify(auth))), { binary: true });
    this.#authTimer = setTimeout(
      () => this.#lose('auth-refused', 'the server did not answer the token'),
      timings.authTimeoutMs,
    );
  }

  #readAuthReply(body: Buffer): void {
    if (this.#isLost || this.#leaveWheel !== null) return;
    const code = readAuthCode(body);
    if (code !== 0) {
      this.#lose('auth-refused', `the server refused the token (code ${code})`);
      return;
    }
    if (this.#authTimer !== null) clearTimeout(this.#authTimer);
    this.#leaveWheel = this.#options.wheel.add(this);
    this.#options.owner.authenticated();
  }

  /** A server that wants no token often just closes. */
  #lossReason(): Loss['reason'] {
    return this.#isOpen && this.#leaveWheel === null ? 'auth-refused' : 'disconnected';
  }

  /** One fault often shows twice, as error and as close. */
  #lose(reason: Loss['reason'], detail: string): void {
    if (this.#isLost) return;
    this.#release();
    this.#socket.terminate();
    this.#options.owner.lost({ reason, detail });
  }

  #release(): void {
    this.#isLost = true;
    if (this.#authTimer !== null) clearTimeout(this.#authTimer);
    this.#leaveWheel?.();
  }
}

function readAuthCode(body: Buffer): number | string {
  try {
    const reply: unknown = JSON.parse(body.toString('utf8'));
    const code = typeof reply === 'object' && reply !== null && 'code' in reply ? reply.code : null;
    return typeof code === 'number' ? code : 'none';
  } catch {
    return 'unreadable';
  }
}
