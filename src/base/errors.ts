// Every failure that a user can meet has a code, a sentence, and where known the file and line.

export type ErrorCode =
  /** No repository at or above the folder. */
  | 'not-a-repository'
  /** The repository needs something that is not implemented; the message names it. `hg` may be able to answer. */
  | 'unsupported'
  /** A file under `.hg` is damaged: `hg` would abort too. */
  | 'corrupt'
  /** A configuration or ignore file at which `hg` aborts. */
  | 'invalid-config'
  /** The file was replaced again and again while it was read. */
  | 'changed-while-reading'
  /** The operating system refused (permissions, too many open files, I/O error). */
  | 'io'
  /** A revision asked for does not exist, or is ambiguous. */
  | 'unknown-revision'
  /** The caller's arguments make no sense. */
  | 'usage';

export interface ErrorPlace {
  /** The file of the problem, as shown to the user. */
  readonly file?: string | undefined;
  /** Line in that file, from 1. */
  readonly line?: number | undefined;
  readonly cause?: unknown;
  /** Warnings that come before the error, one line each. */
  readonly warnings?: readonly string[] | undefined;
  /** A hint for the user, in a few words. */
  readonly hint?: string | undefined;
}

export class QuicksilverError extends Error {
  readonly code: ErrorCode;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly warnings: readonly string[];
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, place: ErrorPlace = {}) {
    super(message, place.cause === undefined ? undefined : { cause: place.cause });
    this.name = 'QuicksilverError';
    this.code = code;
    this.file = place.file;
    this.line = place.line;
    this.warnings = place.warnings ?? [];
    this.hint = place.hint;
  }
}

/** Something is larger than its reader takes: an 'unsupported' error that is caught where others can do without it. */
export class TooLargeError extends QuicksilverError {
  constructor(message: string, place: ErrorPlace = {}) {
    super('unsupported', message, place);
  }
}

/** The `code` of a Node system error ('ENOENT'), or undefined for anything else. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
