/** Bounds what people can have running at once, so that nobody keeps the readers and the painter to himself. */
const RUNNING_MAX = 64;
const RUNNING_PER_USER_MAX = 6;

export interface Slots {
  /** The undo of a taken slot, or null when the user (or everybody together) has too many running. */
  take(userId: string): (() => void) | null;
}

export function createSlots(): Slots {
  const running = new Map<string, number>();
  let total = 0;
  return {
    take(userId) {
      const own = running.get(userId) ?? 0;
      if (own >= RUNNING_PER_USER_MAX || total >= RUNNING_MAX) return null;
      running.set(userId, own + 1);
      total += 1;
      return () => {
        const left = (running.get(userId) ?? 1) - 1;
        if (left > 0) running.set(userId, left);
        else running.delete(userId);
        total -= 1;
      };
    },
  };
}
