/** Keeps the values used last, up to a number and a weight (bytes, by the caller's estimate). */
export class BoundedCache<Value> {
  readonly #maxCount: number;
  readonly #maxWeight: number;
  readonly #weigh: (value: Value) => number;
  /** In order of use, oldest first. */
  readonly #values = new Map<string, Value>();

  constructor(maxCount: number, maxWeight: number, weigh: (value: Value) => number) {
    this.#maxCount = maxCount;
    this.#maxWeight = maxWeight;
    this.#weigh = weigh;
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: string): Value | undefined {
    const value = this.#values.get(key);
    if (value !== undefined) {
      this.#values.delete(key);
      this.#values.set(key, value);
    }
    return value;
  }

  /** Adds the value, however heavy, and forgets the oldest ones until the others fit beside it. */
  set(key: string, value: Value): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    this.trim();
  }

  /** To be called when a value may have grown: forgets the oldest until the rest fits; the newest always stays. */
  trim(): void {
    let weight = 0;
    for (const value of this.#values.values()) weight += this.#weigh(value);
    for (const [key, value] of this.#values) {
      if (this.#values.size <= 1 || (this.#values.size <= this.#maxCount && weight <= this.#maxWeight)) break;
      weight -= this.#weigh(value);
      this.#values.delete(key);
    }
  }

  delete(key: string): void {
    this.#values.delete(key);
  }

  clear(): void {
    this.#values.clear();
  }

  entries(): [string, Value][] {
    return [...this.#values];
  }
}
