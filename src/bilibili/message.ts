/** A message of the danmaku socket (operation 5): JSON with a `cmd`. */
import { type Fields, findInteger, findText, findTimeMs, isFields, Unreadable } from './fields.ts';
import { findIgnored } from './ignored.ts';
import { jumpDanmaku, walkDanmaku } from './lazy-danmaku.ts';

/** JSON.parse hands its reviver the source text of a number (TC39 proposal, in Node 24), which the types do not know. */
type SourceReviver = (key: string, value: unknown, context?: { source?: string }) => unknown;

const keepExact: SourceReviver = (_key, value, context) => {
  const isInexact = typeof value === 'number' && !Number.isSafeInteger(value);
  return isInexact && context?.source !== undefined && /^-?\d+$/.test(context.source)
    ? context.source
    : value;
};

/** Of a message from `readMessage`: to be read before the bytes are used for others. */
export interface Message {
  /** Without what follows the first colon (`DANMU_MSG:4:0:2:2:2:0`). */
  readonly cmd: string;
  /** Of DANMU_MSG, `info[0]` may have only the places that its reader asks for (lazy-danmaku.ts). */
  readonly body: Fields;
  /** The JSON itself, for what a parsed number cannot hold. */
  readonly text: string;
}

const BEGINNING = Buffer.from('{"cmd":"');
const CMD_BYTES_MAX = 100;

/** The command, where the message plainly begins with it; null where it is to be parsed for it. */
function peekCmd(bytes: Buffer): string | null {
  if (bytes.length < CMD_BYTES_MAX) return null;
  for (let at = 0; at < BEGINNING.length; at++) {
    if (bytes[at] !== BEGINNING[at]) return null;
  }
  let colon = 0;
  for (let at = BEGINNING.length; at < CMD_BYTES_MAX; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x22) return bytes.toString('latin1', BEGINNING.length, colon === 0 ? at : colon);
    if (byte < 0x20 || byte > 0x7e || byte === 0x5c) return null;
    if (byte === 0x3a && colon === 0) colon = at;
  }
  return null;
}

/** A message that is not parsed whole; what its readers ask for beyond that is parsed when they do. */
class LazyMessage implements Message {
  readonly cmd: string;
  readonly #bytes: Buffer;
  #body: Fields | null;

  constructor(cmd: string, bytes: Buffer, body: Fields | null) {
    this.cmd = cmd;
    this.#bytes = bytes;
    this.#body = body;
  }

  get body(): Fields {
    this.#body ??= parseMessage(this.text).body;
    return this.#body;
  }

  get text(): string {
    return this.#bytes.toString('utf8');
  }
}

/**
 * The one place where a body is decoded. Throws Unreadable, or SyntaxError for what is no JSON. What nobody reads is
 * not parsed and so not checked: commands that are ignored, and most of `info[0]` of DANMU_MSG.
 */
export function readMessage(bytes: Buffer): Message {
  const cmd = peekCmd(bytes);
  if (cmd === 'DANMU_MSG') {
    const body = jumpDanmaku(bytes) ?? walkDanmaku(bytes);
    if (body !== null) return new LazyMessage(cmd, bytes, body);
  } else if (cmd !== null && findIgnored(cmd) !== null) {
    return new LazyMessage(cmd, bytes, null);
  }
  return parseMessage(bytes.toString('utf8'));
}

function parseMessage(text: string): Message {
  const outer: unknown = JSON.parse(text);
  if (!isFields(outer)) throw new Unreadable('the message is no object');
  // Very old servers wrapped it.
  const body = outer.cmd === undefined && isFields(outer.msg) ? outer.msg : outer;
  const { cmd } = body;
  if (typeof cmd !== 'string') throw new Unreadable('cmd is no text');
  const colon = cmd.indexOf(':');
  return { cmd: colon < 0 ? cmd : cmd.slice(0, colon), body, text };
}

/**
 * An id as text, exact beyond 2^53 too: then the message is parsed once more with the source of its numbers.
 * `path` leads to it. Null where there is none, or it is empty or 0.
 */
export function findId(message: Message, ...path: readonly string[]): string | null {
  let value = at(message.body, path);
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    const outer = JSON.parse(message.text, keepExact) as Fields;
    value = at(outer.cmd === undefined && isFields(outer.msg) ? outer.msg : outer, path);
  }
  const id = typeof value === 'number' ? String(value) : findText(value);
  return id === null || id === '0' || id.length > 200 ? null : id;
}

function at(fields: Fields, path: readonly string[]): unknown {
  let value: unknown = fields;
  for (const key of path) value = isFields(value) ? value[key] : undefined;
  return value;
}

/** When the server sent it, where it says so; else `nowMs`. */
export function sentAtMs(message: Message, nowMs: number): number {
  return findTimeMs(message.body.send_time) ?? nowMs;
}

/** Names the message itself, for what has no id of its own: its `msg_id`, else when it was sent. */
export function messageId(message: Message, atMs: number): string {
  return findText(message.body.msg_id) ?? `t${findInteger(message.body.send_time) ?? atMs}`;
}
