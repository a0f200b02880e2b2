/**
 * DANMU_MSG without its ballast. Two thirds of the message are `info[0]`: style, the sender's pictures, and a JSON in a
 * string. Of them only a few places are wanted, and everything else is parsed with `info[0]` left out. Where it ends is
 * found in one of two ways; a message that suits neither is parsed whole by the caller.
 *
 * What is skipped is not checked: a message that is no JSON only there is read all the same.
 */
import { type Fields, isFields } from './fields.ts';
import { findElements, findMembers, OPEN_LIST, parseAt, skipSpace } from './json-walk.ts';

/** Stands for `info[0]` while the rest is parsed: no server sends it. */
const GAP = -8_210_417_553;

/** The places of `info[0]` that are kept: when, the random number, the sticker, and `extra` and `user`. */
const AT_MS = 4;
const RND = 5;
const STICKER = 13;
const USER = 15;

/** The start of a message as the servers write them, up to the inside of `extra`. */
const HEAD =
  /\{"cmd":"DANMU_MSG[\w:]*"(?:,"dm_v2":"[\w+/=]*")?,"info":\[\[-?\d+,-?\d+,-?\d+,-?\d+,(-?\d+),(-?\d+),-?\d+,"\w*",-?\d+,-?\d+,-?\d+,"[\w#,]*",-?\d+,("\{\}"|\{[^{}]*\})(,"\{\}",\{(?:"mode":\d+,"show_player_type":\d+,)?"extra":"\{\\")/y;

const INFO = '"info":[';
const ID = ',\\"id_str\\":\\"';
const MIRRORED = 'is_mirror\\":true';

const KINDS_OF_LISTS = ',:[ \n\r\t';

/** The rest of the message with `meta` at its place; null where `info[0]` was not what was left out. */
function withMeta(body: unknown, meta: readonly unknown[]): Fields | null {
  if (!isFields(body) || !Array.isArray(body.info) || body.info[0] !== GAP) return null;
  body.info[0] = meta;
  return body;
}

/** The name in `info[2]`; '' where it is to be looked for in the sender's own object. */
function hasName(body: Fields): boolean {
  const who: unknown = Array.isArray(body.info) ? body.info[2] : null;
  return Array.isArray(who) && typeof who[1] === 'string' && who[1] !== '';
}

/** Whether a list may begin in the text from `from` to `to`: a bracket where JSON can have one, in a string or not. */
function mayHaveList(text: string, from: number, to: number): boolean {
  let at = text.indexOf('[', from);
  while (at >= 0 && at < to) {
    if (KINDS_OF_LISTS.includes(text[at - 1] ?? '')) return true;
    at = text.indexOf('[', at + 1);
  }
  return false;
}

/** Whether an object that is not empty may begin in the text from `from` to `to`, in a string or not. */
function mayHaveObject(text: string, from: number, to: number): boolean {
  let at = text.indexOf('{', from);
  while (at >= 0 && at < to) {
    if (text[at + 1] !== '}') return true;
    at = text.indexOf('{', at + 1);
  }
  return false;
}

/** `extra` with its id alone; null where the id is not plainly there. */
function readPlainExtra(text: string, start: number, end: number): string | null {
  const idAt = text.indexOf(ID, start);
  if (idAt < 0 || idAt > end || mayHaveObject(text, start, idAt)) return null;
  const idEnd = text.indexOf('\\', idAt + ID.length);
  const id = text.slice(idAt + ID.length, idEnd);
  if (text[idEnd + 1] !== '"' || !/^\w{0,99}$/.test(id)) return null;
  return text.slice(start, end).includes(MIRRORED) ? null : `{"id_str":"${id}"}`;
}

/**
 * First way: the message begins as most do, and `info[0]` ends at the first `],"`. Why that is its end and no other
 * place that looks so: no list begins on the way, so a bracket that closes one closes `info[0]`; and were this one in
 * a string, or `info[0]` closed before it, the rest could not be parsed in the place where it is put: its quotes would
 * not pair, or its brackets.
 */
export function jumpDanmaku(bytes: Buffer): Fields | null {
  const text = bytes.toString('latin1');
  HEAD.lastIndex = 0;
  const head = HEAD.exec(text);
  if (head === null) return null;
  const start = HEAD.lastIndex;
  const end = text.indexOf('],"', start);
  if (end < 0 || mayHaveList(text, start, end)) return null;
  const extra = readPlainExtra(text, start, end);
  if (extra === null) return null;
  const metaAt = text.indexOf(INFO) + INFO.length;
  const meta: unknown[] = [];
  meta.length = USER + 1;
  meta[AT_MS] = Number(head[1]);
  meta[RND] = Number(head[2]);
  meta[USER] = { extra };
  try {
    const [, , , sticker = '', behind = ''] = head;
    if (sticker.startsWith('{')) {
      const stickerEnd = start - behind.length;
      meta[STICKER] = JSON.parse(bytes.toString('utf8', stickerEnd - sticker.length, stickerEnd));
    }
    const rest = JSON.parse(
      text.slice(0, metaAt) + GAP + bytes.toString('utf8', end + 1, bytes.length),
    ) as unknown;
    const body = withMeta(rest, meta);
    return body !== null && hasName(body) ? body : null;
  } catch {
    return null;
  }
}

/** Second way: byte by byte, whatever the order of the fields and the spaces between them. */
export function walkDanmaku(bytes: Buffer): Fields | null {
  try {
    const info = findMembers(bytes, skipSpace(bytes, 0), ['info'], true)?.[0] ?? -1;
    if (info < 0 || bytes[info] !== OPEN_LIST) return null;
    const metaAt = skipSpace(bytes, info + 1);
    const found = findElements(bytes, metaAt);
    if (found === null) return null;
    const { elements, end } = found;
    const rest = bytes.toString('utf8', 0, metaAt) + GAP + bytes.toString('utf8', end, bytes.length);
    const meta: unknown[] = [];
    meta.length = elements.length;
    for (const place of [AT_MS, RND, STICKER]) {
      if (place < elements.length) meta[place] = parseAt(bytes, elements[place]?.[0] ?? -1);
    }
    const body = withMeta(JSON.parse(rest), meta);
    if (body === null || elements.length <= USER) return body;
    const userAt = elements[USER]?.[0] ?? -1;
    const members = findMembers(bytes, userAt, ['extra', 'user'], false);
    if (members === null) {
      meta[USER] = parseAt(bytes, userAt);
    } else {
      const [extra = -1, user = -1] = members;
      meta[USER] = { extra: parseAt(bytes, extra), user: hasName(body) ? null : parseAt(bytes, user) };
    }
    return body;
  } catch {
    return null;
  }
}
