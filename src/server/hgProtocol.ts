// The messages about commands of hg, as JSON-RPC beside protocol.ts. The client runs commands through the server. The
// server passes on the questions of hg.
import { NotificationType, RequestType } from 'vscode-jsonrpc';
import type { HgCall } from '../hgCommand/hgCall.ts';
import type { StopReason } from '../hgCommand/hgResult.ts';
import type { CommandKind } from '../hgCommand/hgRunner.ts';
import type { HgProgress, HgQuestion } from '../hgCommand/messages.ts';

/** 'read' changes nothing. 'network' may change something, too, and runs only if the user asks for it. */
export type HgCommandKind = CommandKind;

export interface HgRun extends HgCall {
  /** Root of an open repository; null for commands that need none, such as init and clone. */
  readonly root: string | null;
  /** Chosen by the client; progress and questions bear it. */
  readonly id: number;
  /** Where it runs, an absolute path; without it, the root. */
  readonly cwd?: string;
  /** Its standard input. */
  readonly input?: string;
  readonly kind: HgCommandKind;
  /** True if the user can answer questions. */
  readonly isInteractive: boolean;
  /** True to show the user the messages that hg wants edited; otherwise hg fails where it wants one. */
  readonly edits?: boolean;
  /**
   * True to rescan all files afterwards, not only recorded ones and `files`: for commands that delete untracked files.
   */
  readonly rescansAll?: boolean;
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
      /** Its status messages for the user; empty where they are part of the output. */
      readonly notes: string;
    }
  /** The command did not start or did not finish; the message is a sentence for the user. */
  | {
      readonly kind: 'stopped';
      readonly reason: StopReason;
      readonly message: string;
    }
  /** No usable hg was found, or it may not run; the message explains how to fix it. */
  | { readonly kind: 'unavailable'; readonly message: string };

export interface HgAsked extends HgQuestion {
  /** The id of the command that asks. */
  readonly id: number;
  /** The output before the question, which may explain it. */
  readonly output: string;
  /**
   * It is no question: `text` is a message that hg proposes, to be edited, in the repository with this root. No answer
   * leaves it as it is.
   */
  readonly messageIn?: string;
}

export interface HgDidProgress extends HgProgress {
  /** The id of the command. */
  readonly id: number;
}

export interface HgFound {
  readonly path: string;
  /** The version as hg prints it; '' if it was not asked or has none. */
  readonly version: string;
  /** Why there is none, and what to do about it; '' if there is one. */
  readonly problem: string;
}

/**
 * Runs a command after those before it in the repository. Answers when updates have published its result. Cancelling
 * interrupts the command; the answer reports how it ended.
 */
export const RunHg = new RequestType<HgRun, HgRunResult, void>('hg/run');
/** Finds the hg that would run; '' and the reason if there is none. Starts hg only to check its version. */
export const FindHg = new RequestType<{ checks: boolean }, HgFound, void>('hg/find');
/** From the server: hg asks. Null for no answer. */
export const AskUser = new RequestType<HgAsked, string | null, void>('hg/ask');
export const HgProgressed = new NotificationType<HgDidProgress>('hg/didProgress');
