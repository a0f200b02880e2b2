/** A message of the danmaku socket (operation 5): JSON with a `cmd`. */
import { type Fields, findInteger, findText, findTimeMs, isFields, Unreadable } from './fields.ts';

/** JSON.parse hands its reviver the source text of a number (TC39 proposal, in Node 24), which the types do not know. */
type SourceReviver = (key: string, value: unknown, context?: { source?: string }) => unknown;

const keepExact: SourceReviver = (_key, value, context) => {
  const isInexact = typeof value === 'number' && !Number.isSafeInteger(value);
  return isInexact && context?.source !== undefined && /^-?\d+$/.test(context.source)
    ? context.source
    : value;
};

export interface Message {
  /** Without what follows the first colon (`DANMU_MSG:4:0:2:2:2:0`). */
  readonly cmd: string;
  readonly body: Fields;
  /** The JSON itself, for what a parsed number cannot hold. */
  readonly text: string;
}

/** The one place where a body is decoded. Throws Unreadable, or SyntaxError for what is no JSON. */
export function readMessage(bytes: Buffer): Message {
  const text = bytes.toString('utf8');
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
