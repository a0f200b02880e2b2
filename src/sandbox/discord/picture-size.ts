const PNG_SIGNATURE = 0x89504e47;

/** Width and height of a PNG from its IHDR chunk (bytes 16 to 23); null for anything else. */
export function readPictureSize(data: Buffer): { widthPx: number; heightPx: number } | null {
  if (data.length < 24 || data.readUInt32BE(0) !== PNG_SIGNATURE) return null;
  return { widthPx: data.readUInt32BE(16), heightPx: data.readUInt32BE(20) };
}
