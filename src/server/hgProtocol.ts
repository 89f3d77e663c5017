// What is said of commands of hg: the client has them run, and the server asks what hg asks, as JSON-RPC beside protocol.ts.
import { NotificationType, RequestType } from 'vscode-jsonrpc';
import type { HgCall } from '../hgCommand/hgCall.ts';
import type { StopReason } from '../hgCommand/hgResult.ts';
import type { CommandKind } from '../hgCommand/hgRunner.ts';
import type { HgProgress, HgQuestion } from '../hgCommand/messages.ts';

/** 'read' changes nothing; 'network' may change something, too, and runs only where a person has asked for it. */
export type HgCommandKind = CommandKind;

export interface HgRun extends HgCall {
  /** Root of an open repository; null for commands that need none, such as init and clone. */
  readonly root: string | null;
  /** Chosen by the client; progress and questions bear it. */
  readonly id: number;
  /** Where it runs, an absolute path; without it, the root. */
  readonly cwd?: string;
  /** What it reads as its standard input. */
  readonly input?: string;
  readonly kind: HgCommandKind;
  /** Whether a person is there to answer questions. */
  readonly isInteractive: boolean;
  /** Messages that hg wants edited are shown to a person; without this, hg fails where it wants one. */
  readonly edits?: boolean;
  /** After it, all files are looked at, not only what is recorded and `files`: for commands that delete untracked files. */
  readonly looksAtAll?: boolean;
}

export type HgRunResult =
  | {
      readonly kind: 'ended';
      /** 0 is success; what others mean is up to the command. */
      readonly code: number;
      /** Bytes that are not UTF-8 as lone surrogates, as in paths. */
      readonly output: string;
      /** Complaints and warnings, cut after some thousand bytes. */
      readonly errors: string;
      /** What it did, in sentences for a person; empty where that is part of the output. */
      readonly notes: string;
    }
  /** It did not run to its end; the message is a sentence for a person. */
  | {
      readonly kind: 'stopped';
      readonly reason: StopReason;
      readonly message: string;
    }
  /** There is no hg, or it may not be run; the message says what to do about it. */
  | { readonly kind: 'unavailable'; readonly message: string };

export interface HgAsked extends HgQuestion {
  /** Of the command that asks. */
  readonly id: number;
  /** What was said before, which may tell what it is about. */
  readonly said: string;
  /**
   * It is no question: `text` is a message that hg proposes, to be edited, in the repository with this root. No answer
   * leaves it as it is.
   */
  readonly messageIn?: string;
}

export interface HgDidProgress extends HgProgress {
  /** Of the command. */
  readonly id: number;
}

export interface HgFound {
  readonly path: string;
  /** As it tells it; '' if it was not asked or does not say. */
  readonly version: string;
  /** Why there is none, and what to do about it; '' if there is one. */
  readonly problem: string;
}

/**
 * Runs a command, when those before it in the repository have ended. Answers when its result is part of what was told by
 * updates. Cancelling it interrupts the command; the answer says what became of it.
 */
export const RunHg = new RequestType<HgRun, HgRunResult, void>('hg/run');
/** Which hg would be run; '' and why if none. Starts nothing unless its version is to be checked. */
export const FindHg = new RequestType<{ checks: boolean }, HgFound, void>('hg/find');
/** From the server: hg asks. Null for no answer. */
export const AskPerson = new RequestType<HgAsked, string | null, void>('hg/ask');
export const HgProgressed = new NotificationType<HgDidProgress>('hg/didProgress');
