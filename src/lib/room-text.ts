/** What people may type for a room. */
export const ROOM_TEXT_ALLOWED =
  'a room id such as 21452505, a short id such as 6, or https://live.bilibili.com/6';

const ROOM_URL = /^(?:https?:\/\/)?live\.bilibili\.com\/(?:h5\/|blanc\/)?(\d{1,16})(?:[/?#].*)?$/i;

/** The number in a room id or a live.bilibili.com URL, long or short; null for anything else. */
export function findRoomNumber(text: string): number | null {
  const trimmed = text.trim();
  const digits = /^\d{1,16}$/.test(trimmed) ? trimmed : ROOM_URL.exec(trimmed)?.[1];
  if (digits === undefined) return null;
  const id = Number(digits);
  return Number.isSafeInteger(id) && id > 0 ? id : null;
}
