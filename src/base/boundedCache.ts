/** Keeps the values used last, up to a number and a weight (bytes, by the caller's estimate). */
export class BoundedCache<Value> {
  readonly #maxCount: number;
  readonly #maxWeight: number;
  readonly #weigh: (value: Value) => number;
  /** In order of use, oldest first. */
  readonly #entries = new Map<string, Entry<Value>>();
  /** Sum of the weights, as they were when they were taken. */
  #weight = 0;

  constructor(maxCount: number, maxWeight: number, weigh: (value: Value) => number) {
    this.#maxCount = maxCount;
    this.#maxWeight = maxWeight;
    this.#weigh = weigh;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Adds the value, however heavy, and forgets the oldest ones until the others fit beside it. */
  set(key: string, value: Value): void {
    this.delete(key);
    const weight = this.#weigh(value);
    this.#entries.set(key, { value, weight });
    this.#weight += weight;
    this.#forget();
  }

  /**
   * Weighs all values again, and forgets the oldest until the rest fits; the newest always stays. To be called when a
   * value may have grown.
   */
  trim(): void {
    this.#weight = 0;
    for (const entry of this.#entries.values()) {
      entry.weight = this.#weigh(entry.value);
      this.#weight += entry.weight;
    }
    this.#forget();
  }

  delete(key: string): void {
    this.#weight -= this.#entries.get(key)?.weight ?? 0;
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#weight = 0;
  }

  entries(): [string, Value][] {
    return Array.from(this.#entries, ([key, { value }]) => [key, value]);
  }

  #forget(): void {
    for (const key of this.#entries.keys()) {
      const { size } = this.#entries;
      if (size <= 1 || (size <= this.#maxCount && this.#weight <= this.#maxWeight)) return;
      this.delete(key);
    }
  }
}

interface Entry<Value> {
  readonly value: Value;
  weight: number;
}
