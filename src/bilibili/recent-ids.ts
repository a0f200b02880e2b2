/** The ids seen last, in two generations: between `idsMax` and twice as many are known, nothing is moved one by one. */
export class RecentIds {
  readonly #idsMax: number;
  #young = new Set<string>();
  #old = new Set<string>();

  constructor(idsMax: number) {
    this.#idsMax = idsMax;
  }

  /** Remembers `id`; false when it is known already. */
  add(id: string): boolean {
    if (this.#young.has(id)) return false;
    const isNew = !this.#old.has(id);
    if (this.#young.size >= this.#idsMax) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    this.#young.add(id);
    return isNew;
  }
}
