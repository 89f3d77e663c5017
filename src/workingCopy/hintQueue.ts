// Gathers hints until the model takes them. Above a limit it forgets single paths: then a scan replaces them when the
// burst is over.
import type { BytePath } from '../base/bytePath.ts';

/** From this many different paths on, one scan costs less than rescanning each. */
export const BURST_PATHS = 3000;
/**
 * From this many events on, whatever their paths, the system may have dropped some. Linux keeps 16,384 for a busy
 * reader and silently drops the rest.
 */
export const BURST_EVENTS = 8000;
/** A burst is over when nothing came for this long, */
export const BURST_QUIET_MS = 150;
/** and it is not waited for longer than this. */
export const BURST_LIMIT_MS = 2000;

export class HintQueue {
  #paths = new Set<BytePath>();
  #events = 0;
  #burst = false;
  #burstBegan = 0;
  #lastHint = 0;

  get isEmpty(): boolean {
    return this.#paths.size === 0 && !this.#burst;
  }

  get isBurst(): boolean {
    return this.#burst;
  }

  /** @param now milliseconds of a steady clock */
  add(path: BytePath, now: number): void {
    this.#lastHint = now;
    if (this.#burst) return;
    this.#paths.add(path);
    this.#events++;
    if (this.#paths.size > BURST_PATHS || this.#events > BURST_EVENTS) this.startBurst(now);
  }

  startBurst(now: number): void {
    if (this.#burst) return;
    this.#burst = true;
    this.#burstBegan = this.#lastHint = now;
    this.#paths = new Set();
  }

  /** Milliseconds from `now` until the burst counts as over; 0 if it is, or there is none. */
  quietIn(now: number): number {
    if (!this.#burst) return 0;
    return Math.max(0, Math.min(this.#lastHint + BURST_QUIET_MS, this.#burstBegan + BURST_LIMIT_MS) - now);
  }

  /** Empties the queue: the paths, or 'everything' after a burst. */
  take(): ReadonlySet<BytePath> | 'everything' {
    const taken = this.#burst ? 'everything' : this.#paths;
    this.#paths = new Set();
    this.#events = 0;
    this.#burst = false;
    return taken;
  }
}
