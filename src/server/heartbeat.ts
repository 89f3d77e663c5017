// Notices that a server is stopped or hangs: its socket stays open, so nothing else shows it. A request that it answers
// at once is sent now and then, and more often while an answer is due.
import { Delay } from '../base/async.ts';
import type { Disposable } from '../base/lifecycle.ts';

export interface HeartbeatOptions {
  /** Sends a small request. Whatever comes back is a sign of life. */
  ask(): void;
  /** The number of bytes that have come so far. */
  received(): number;
  /** Called once, when nothing has come for long. */
  onSilent(): void;
  /** Milliseconds between two looks. Default: half a second. */
  readonly lookMs?: number;
}

const LOOK_MS = 500;
/** Looks are counted, not time: when this process was stopped, too, what has come is read before the next one. */
const MOST_SILENT_LOOKS = 4;
/** Looks between two requests while nothing is due. */
const IDLE_LOOKS = 10;

export class Heartbeat implements Disposable {
  readonly #options: HeartbeatOptions;
  readonly #next: Delay;
  #pending = 0;
  #isAsked = false;
  #received = 0;
  #silentLooks = 0;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#next = new Delay(() => this.#look());
    this.#wait();
  }

  /** Looks often until an answer is there. */
  async during<T>(answer: Promise<T>): Promise<T> {
    this.#pending++;
    if (!this.#isAsked) this.#ask();
    try {
      return await answer;
    } finally {
      this.#pending--;
    }
  }

  dispose(): void {
    this.#next.dispose();
  }

  #ask(): void {
    this.#isAsked = true;
    this.#silentLooks = 0;
    this.#received = this.#options.received();
    this.#options.ask();
    this.#wait();
  }

  #look(): void {
    if (!this.#isAsked) {
      this.#ask();
      return;
    }
    if (this.#options.received() !== this.#received) {
      this.#isAsked = false;
      if (this.#pending > 0) this.#ask();
      else this.#wait();
      return;
    }
    this.#silentLooks++;
    if (this.#silentLooks >= MOST_SILENT_LOOKS) this.#options.onSilent();
    else this.#wait();
  }

  #wait(): void {
    const { lookMs = LOOK_MS } = this.#options;
    this.#next.set(this.#isAsked ? lookMs : IDLE_LOOKS * lookMs);
  }
}
