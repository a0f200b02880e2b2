import { brotliCompressSync, constants, deflateSync } from 'node:zlib';

/**
 * The packets of the danmaku socket (16 bytes, big endian: length u32, header length u16, version u16,
 * operation u32, sequence u32), written for the server's side. Shares nothing with the bot's decoder.
 */
export const OPERATION = { heartbeat: 2, heartbeatReply: 3, push: 5, auth: 7, authReply: 8 } as const;
/** 0 plain JSON, 1 plain control packets, 2 zlib, 3 brotli. */
export type Version = 0 | 1 | 2 | 3;

const HEADER_BYTES = 16;
/** What a client may send in one packet: auth bodies are below 1 KB. */
const CLIENT_PACKET_BYTES_MAX = 64 * 1024;
/** Fast rather than small: one process plays the server for hundreds of rooms. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 2, [constants.BROTLI_PARAM_LGWIN]: 18 } };

export interface ClientPacket {
  readonly operation: number;
  readonly sequence: number;
  readonly body: Buffer;
}

/** One packet. `lengthField` lies about the length where the real server does, or a fault wants it to. */
export function encodePacket(
  operation: number,
  version: number,
  body: Buffer,
  sequence = 0,
  lengthField = HEADER_BYTES + body.length,
): Buffer {
  const packet = Buffer.allocUnsafe(HEADER_BYTES + body.length);
  packet.writeUInt32BE(lengthField, 0);
  packet.writeUInt16BE(HEADER_BYTES, 4);
  packet.writeUInt16BE(version, 6);
  packet.writeUInt32BE(operation, 8);
  packet.writeUInt32BE(sequence, 12);
  body.copy(packet, HEADER_BYTES);
  return packet;
}

/** Pushes as one piece: plain packets back to back, or one outer packet around them, compressed as asked. */
export function encodePushes(texts: readonly string[], version: Version): Buffer {
  const inner = Buffer.concat(texts.map((text) => encodePacket(OPERATION.push, 0, Buffer.from(text))));
  if (version === 2) return encodePacket(OPERATION.push, 2, deflateSync(inner, { level: 3 }));
  if (version === 3) return encodePacket(OPERATION.push, 3, brotliCompressSync(inner, BROTLI));
  return inner;
}

export function encodeAuthReply(code: number, sequence: number): Buffer {
  return encodePacket(OPERATION.authReply, 1, Buffer.from(JSON.stringify({ code })), sequence);
}

/** Popularity as u32, then the client's own body, which the length field (20) does not count. */
export function encodeHeartbeatReply(popularity: number, echo: Buffer, sequence: number): Buffer {
  const body = Buffer.alloc(4 + echo.length);
  body.writeUInt32BE(popularity, 0);
  echo.copy(body, 4);
  return encodePacket(OPERATION.heartbeatReply, 1, body, sequence, HEADER_BYTES + 4);
}

/** The packets of one client message; null when any of them is malformed, for which the server hangs up. */
export function readClientPackets(bytes: Buffer): ClientPacket[] | null {
  const packets: ClientPacket[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    if (bytes.length - offset < HEADER_BYTES) return null;
    const length = bytes.readUInt32BE(offset);
    const headerBytes = bytes.readUInt16BE(offset + 4);
    if (headerBytes !== HEADER_BYTES || length < HEADER_BYTES || length > CLIENT_PACKET_BYTES_MAX)
      return null;
    if (length > bytes.length - offset) return null;
    packets.push({
      operation: bytes.readUInt32BE(offset + 8),
      sequence: bytes.readUInt32BE(offset + 12),
      body: bytes.subarray(offset + HEADER_BYTES, offset + length),
    });
    offset += length;
  }
  return packets.length === 0 ? null : packets;
}

export type BrokenKind =
  | 'truncated'
  | 'garbage'
  | 'bomb'
  | 'bad-json'
  | 'bad-compression'
  | 'unknown-operation'
  | 'unknown-version'
  | 'short-length'
  | 'long-length'
  | 'no-cmd';

/** What a decompression bomb grows to. */
const BOMB_BYTES = 64 * 1024 * 1024;

/** A packet that a reader must survive. */
export function encodeBroken(kind: BrokenKind): Buffer {
  const ok = Buffer.from('{"cmd":"WATCHED_CHANGE","data":{"num":1}}');
  switch (kind) {
    case 'truncated':
      return encodePacket(OPERATION.push, 0, ok).subarray(0, 30);
    case 'garbage':
      return Buffer.from('HTTP/0.9 403 Forbidden\r\n\r\n');
    case 'bomb': {
      const body = brotliCompressSync(Buffer.alloc(BOMB_BYTES), {
        params: { [constants.BROTLI_PARAM_QUALITY]: 1 },
      });
      return encodePacket(OPERATION.push, 3, body);
    }
    case 'bad-json':
      return encodePacket(OPERATION.push, 0, Buffer.from('{"cmd":"DANMU_MSG","info":[['));
    case 'bad-compression':
      return encodePacket(OPERATION.push, 3, Buffer.from('this is not brotli'));
    case 'unknown-operation':
      return encodePacket(1003, 0, ok);
    case 'unknown-version':
      return encodePacket(OPERATION.push, 9, ok);
    case 'short-length':
      return encodePacket(OPERATION.push, 0, ok, 0, 3);
    case 'long-length':
      return encodePacket(OPERATION.push, 0, ok, 0, 0x7fffffff);
    case 'no-cmd':
      return encodePacket(OPERATION.push, 0, Buffer.from('[1,2,{"data":null}]'));
  }
}
