import { crc32, deflateSync } from 'node:zlib';

function chunk(type: string, body: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const frame = Buffer.alloc(8 + typed.length);
  frame.writeUInt32BE(body.length, 0);
  typed.copy(frame, 4);
  frame.writeUInt32BE(crc32(typed), 4 + typed.length);
  return frame;
}

/** A small PNG with a slanted gradient whose colours come from `name`: covers and faces of the sandbox. */
export function drawPicture(name: string, width: number, height: number): Buffer {
  const seed = crc32(name);
  const from = [seed & 255, (seed >>> 8) & 255, (seed >>> 16) & 255];
  const to = [(seed >>> 12) & 255, (seed >>> 20) & 255, (seed >>> 4) & 255];
  const rows = Buffer.alloc((1 + width * 3) * height);
  let offset = 0;
  for (let y = 0; y < height; y += 1) {
    rows[offset++] = 0;
    for (let x = 0; x < width; x += 1) {
      const share = (x / width + y / height) / 2;
      const stripe = (x + y) % 48 < 24 ? 10 : 0;
      for (let colour = 0; colour < 3; colour += 1)
        rows[offset++] = Math.min(
          255,
          (from[colour] ?? 0) * (1 - share) + (to[colour] ?? 0) * share + stripe,
        );
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
