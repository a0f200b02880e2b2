/**
 * The packets of the danmaku socket: a 16-byte big-endian header (packet length, header length, version,
 * operation, sequence) and a body. One WebSocket message may hold several, also inside a compressed body.
 * Synchronous, so that the order of messages is the order of bytes.
 */
import { withInflated } from './inflate.ts';

export const HEADER_BYTES = 16;

export const OP = { heartbeat: 2, heartbeatReply: 3, message: 5, auth: 7, authReply: 8 } as const;

const VERSION = { plain: 0, control: 1, zlib: 2, brotli: 3 } as const;

export interface FrameLimits {
  /** Compressed bodies inside compressed bodies; deeper than 1 was never seen. */
  readonly depthMax: number;
  /** Of all bodies of one frame together. */
  readonly inflatedBytesMax: number;
  readonly packetsMax: number;
}

export const FRAME_LIMITS: FrameLimits = {
  depthMax: 3,
  inflatedBytesMax: 16 * 1024 * 1024,
  packetsMax: 20_000,
};

/** Gets every packet of a frame in the order of the bytes. `body` is a view: copy what outlives the call. */
export interface PacketSink {
  packet(operation: number, body: Buffer): void;
  /** Part of the frame was dropped, for people. */
  fault(reason: string): void;
}

/** A packet as a client sends it: version 1, sequence 1. */
export function encodePacket(operation: number, body: Uint8Array): Buffer {
  const packet = Buffer.allocUnsafe(HEADER_BYTES + body.length);
  packet.writeUInt32BE(packet.length, 0);
  packet.writeUInt16BE(HEADER_BYTES, 4);
  packet.writeUInt16BE(VERSION.control, 6);
  packet.writeUInt32BE(operation, 8);
  packet.writeUInt32BE(1, 12);
  packet.set(body, HEADER_BYTES);
  return packet;
}

interface Budget {
  inflatedBytes: number;
  packets: number;
}

/** Reads one WebSocket message. Never throws on what it reads; `sink.packet` must not throw either. */
export function decodeFrame(frame: Buffer, sink: PacketSink, limits: FrameLimits = FRAME_LIMITS): void {
  const left = { inflatedBytes: limits.inflatedBytesMax, packets: limits.packetsMax };
  readPackets(frame, sink, left, limits.depthMax);
}

function readPackets(bytes: Buffer, sink: PacketSink, left: Budget, depth: number): void {
  let offset = 0;
  while (offset < bytes.length) {
    const fault = findFault(bytes, offset, --left.packets);
    if (fault !== null) {
      sink.fault(fault);
      return;
    }
    const length = bytes.readUInt32BE(offset);
    const headerBytes = bytes.readUInt16BE(offset + 4);
    const version = bytes.readUInt16BE(offset + 6);
    const operation = bytes.readUInt32BE(offset + 8);
    const body = bytes.subarray(offset + headerBytes, offset + length);
    if (operation === OP.message && (version === VERSION.zlib || version === VERSION.brotli)) {
      if (!readCompressed(version, body, sink, left, depth)) return;
    } else if (version > VERSION.brotli) {
      sink.fault(`unknown packet version ${version}`);
    } else {
      sink.packet(operation, body);
    }
    // Its length does not count the heartbeat's body that the server sends back behind it.
    if (operation === OP.heartbeatReply) return;
    offset += length;
  }
}

/** Why the rest of the bytes is no packet; null when a whole one begins here. */
function findFault(bytes: Buffer, offset: number, packetsLeft: number): string | null {
  if (packetsLeft < 0) return 'too many packets in one frame';
  const remaining = bytes.length - offset;
  if (remaining < HEADER_BYTES) return `${remaining} bytes are no header`;
  const length = bytes.readUInt32BE(offset);
  const headerBytes = bytes.readUInt16BE(offset + 4);
  if (length >= HEADER_BYTES && length <= remaining && headerBytes >= HEADER_BYTES && headerBytes <= length) {
    return null;
  }
  return `packet of ${length} bytes (header ${headerBytes}) where ${remaining} are left`;
}

/** False when the frame is beyond its limits: the rest of it is dropped. */
function readCompressed(
  version: number,
  body: Buffer,
  sink: PacketSink,
  left: Budget,
  depth: number,
): boolean {
  if (depth <= 0) {
    sink.fault('compressed too deeply');
    return true;
  }
  // What is wrong with the body, not with those who read its packets: they do not throw.
  try {
    withInflated(version === VERSION.brotli ? 'brotli' : 'zlib', body, left.inflatedBytes, (inflated) => {
      left.inflatedBytes -= inflated.length;
      readPackets(inflated, sink, left, depth - 1);
    });
  } catch (error) {
    sink.fault(`cannot be decompressed: ${error instanceof Error ? error.message : String(error)}`);
    return !isTooLarge(error);
  }
  return left.packets >= 0;
}

function isTooLarge(error: unknown): boolean {
  return error instanceof RangeError;
}
