/**
 * 32 bits of an event's id (FNV-1a over its UTF-16 units). It tells apart what the same viewer did in the
 * same room in the same millisecond, so 32 bits are plenty, and an integer keeps the unique index small.
 */
export function hashId(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
