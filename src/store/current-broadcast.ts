/** Whether a LIVE begins a broadcast or goes on with the one that is known (design §2, promise 6). */
import { isSameStart } from '#src/stats/session.ts';

/** What a LIVE or a poll says of its broadcast; null is not told. */
interface BroadcastMarks {
  readonly liveKey: string | null;
  readonly startSecond: number | null;
}

/** Null where one side does not tell. */
function isSameSecond(known: number | null, told: number | null): boolean | null {
  return known === null || told === null ? null : isSameStart(known, told);
}

export class CurrentBroadcast {
  #isLive = false;
  #liveKey: string | null = null;
  #startSecond: number | null = null;

  /** Takes what a LIVE said; true when it begins another broadcast. */
  start(told: BroadcastMarks): boolean {
    const isKnown =
      this.#isLive ||
      (told.liveKey !== null && told.liveKey === this.#liveKey) ||
      isSameSecond(this.#startSecond, told.startSecond) === true;
    const isOther = this.#isOther(told);
    this.#take(told, isOther || !isKnown);
    return isOther || !isKnown;
  }

  /** Takes what a poll of a live room said; true when it is of another broadcast than the one that was known. */
  poll(told: BroadcastMarks): boolean {
    const isOther = this.#isOther(told);
    this.#take(told, isOther);
    return isOther;
  }

  end(): void {
    this.#isLive = false;
  }

  /** The key decides where both sides have one: the start of a re-push may be told anew. */
  #isOther({ liveKey, startSecond }: BroadcastMarks): boolean {
    if (liveKey !== null && liveKey === this.#liveKey) return false;
    if (liveKey !== null && this.#liveKey !== null) return true;
    return isSameSecond(this.#startSecond, startSecond) === false;
  }

  #take({ liveKey, startSecond }: BroadcastMarks, isOther: boolean): void {
    this.#isLive = true;
    this.#liveKey = liveKey ?? (isOther ? null : this.#liveKey);
    this.#startSecond = startSecond ?? (isOther ? null : this.#startSecond);
  }
}
