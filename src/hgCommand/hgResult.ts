// What became of a command.
import type { HgProgress, HgQuestion } from './messages.ts';

export type HgResult =
  /** It ran to its end; the code says what that was. */
  | {
      readonly kind: 'ended';
      readonly code: number;
      readonly output: Buffer;
      /** What it complained of, cut after some thousand bytes. */
      readonly errors: string;
      /** What it said of what it did, where a command server keeps that apart from the output; cut as well. */
      readonly notes?: string;
    }
  /** It did not run to its end, or never began; the message says why. */
  | { readonly kind: 'stopped'; readonly reason: StopReason; readonly message: string }
  /** There is no hg that could be asked; the message says what to do about it. */
  | { readonly kind: 'unavailable'; readonly message: string };

export type StopReason =
  | 'time-limit'
  | 'cancelled'
  | 'too-much-output'
  /** It ended by itself in the middle of it, or was killed by somebody else. */
  | 'died'
  | 'not-started';

export interface RunLimits {
  /** Milliseconds after which the command is stopped; Infinity for never. The time that a person takes is not counted. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** What a command needs of the world while it runs. */
export interface Interaction {
  /** What it reads as its standard input. */
  readonly input?: string | undefined;
  /** Answers a question; undefined for no answer, on which most commands end. Without this none is answered. */
  readonly ask?: ((question: HgQuestion, said: string) => Promise<string | undefined>) | undefined;
  readonly onProgress?: ((progress: HgProgress) => void) | undefined;
}

/** A status takes hg some seconds in the largest repositories; one that takes minutes hangs. */
export const DEFAULT_TIMEOUT_MS = 120_000;
/** Far more than the answer of any repository, and less than the longest string that JavaScript can hold. */
export const MAX_OUTPUT_BYTES = 500_000_000;
/** What hg complains of is shown to a person; the beginning will do. */
export const MAX_ERROR_BYTES = 8192;
/** A process that was asked to end gets so many milliseconds to clean up before it is killed. */
export const GRACE_MS = 2000;

/** Keeps the beginning of what comes in. */
export class BoundedText {
  #bytes = Buffer.alloc(0);

  add(chunk: Buffer): void {
    const room = MAX_ERROR_BYTES - this.#bytes.length;
    if (room > 0) this.#bytes = Buffer.concat([this.#bytes, chunk.subarray(0, room)]);
  }

  toString(): string {
    return this.#bytes.toString('utf8').trim();
  }
}

/** The result of a command that was stopped. `hg` is the program's path. */
export function stoppedResult(hg: string, reason: StopReason, detail?: string): Extract<HgResult, { kind: 'stopped' }> {
  return { kind: 'stopped', reason, message: stopMessage(hg, reason, detail) };
}

/** Says why a command was stopped, for a person. */
function stopMessage(hg: string, reason: StopReason, detail = ''): string {
  switch (reason) {
    case 'time-limit':
      return `${hg} did not answer in time and was stopped.`;
    case 'cancelled':
      return `${hg} was stopped.`;
    case 'too-much-output':
      return `${hg} wrote more than ${MAX_OUTPUT_BYTES / 1_000_000} million bytes and was stopped.`;
    case 'died':
      return `${hg} ended before it had answered${detail === '' ? '' : ` (${detail})`}.`;
    case 'not-started':
      return `${hg} could not be started${detail === '' ? '' : `: ${detail}`}.`;
  }
}
