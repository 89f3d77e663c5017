// The result of a command.
import type { HgProgress, HgQuestion } from './messages.ts';
import { withoutSecrets } from './secrets.ts';

export type HgResult =
  /** The command ran to its end with this exit code. */
  | {
      readonly kind: 'ended';
      readonly code: number;
      readonly output: Buffer;
      /** Its error output, cut after some thousand bytes. */
      readonly errors: string;
      /** Its status messages, cut as well, where a command server separates them from the output. */
      readonly notes?: string;
    }
  /** The command did not start or did not finish; the message explains why. */
  | { readonly kind: 'stopped'; readonly reason: StopReason; readonly message: string }
  /** No usable hg was found; the message explains how to fix it. */
  | { readonly kind: 'unavailable'; readonly message: string };

export type StopReason =
  | 'time-limit'
  | 'cancelled'
  | 'too-much-output'
  /** It ended by itself in the middle of it, or was killed by somebody else. */
  | 'died'
  | 'not-started';

export interface RunLimits {
  /**
   * Milliseconds after which the command is stopped; Infinity for never. Time spent on the user's answers does not
   * count.
   */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Input, questions and progress of a running command. */
export interface Interaction {
  /** Its standard input. */
  readonly input?: string | undefined;
  /** Answers a question; undefined for no answer, on which most commands end. Without this none is answered. */
  readonly ask?: ((question: HgQuestion, said: string) => Promise<string | undefined>) | undefined;
  readonly onProgress?: ((progress: HgProgress) => void) | undefined;
}

/** A status takes hg some seconds in the largest repositories; one that takes minutes hangs. */
export const DEFAULT_TIMEOUT_MS = 120_000;
/** Far more than the answer of any repository, and less than the longest string that JavaScript can hold. */
export const MAX_OUTPUT_BYTES = 500_000_000;
/** The user sees the error output; its beginning is enough. */
export const MAX_ERROR_BYTES = 8192;
/** A process that was asked to end gets so many milliseconds to clean up before it is killed. */
export const GRACE_MS = 2000;

/** Keeps the beginning of what comes in, without the passwords of addresses. */
export class BoundedText {
  #bytes = Buffer.alloc(0);
  #isCut = false;

  add(chunk: Buffer): void {
    const room = MAX_ERROR_BYTES - this.#bytes.length;
    if (room > 0) this.#bytes = Buffer.concat([this.#bytes, chunk.subarray(0, room)]);
    if (chunk.length > room) this.#isCut = true;
  }

  toString(): string {
    const text = this.#bytes.toString('utf8');
    // A word that is cut may be half of a password.
    return withoutSecrets(this.#isCut ? (/^.*\s/s.exec(text)?.[0] ?? '') : text).trim();
  }
}

/** The result of a command that was stopped. `hg` is the program's path. */
export function stoppedResult(hg: string, reason: StopReason, detail?: string): Extract<HgResult, { kind: 'stopped' }> {
  return { kind: 'stopped', reason, message: stopMessage(hg, reason, detail) };
}

/** Explains to the user why a command was stopped. */
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
