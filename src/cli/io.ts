// The world around a command, so that tests can pass another one.
import { jsonForTerminal, nameForTerminal, oneLine } from '../base/foreignText.ts';
import { QuicksilverError } from '../base/errors.ts';

/** Exit codes of every command. */
export const EXIT_OK = 0;
/** `doctor` found a difference. */
export const EXIT_DIFFERENT = 1;
/** The repository needs something that is not implemented: there is no answer rather than a wrong one. */
export const EXIT_REFUSED = 3;
/** Anything else that went wrong, as `hg` has it. */
export const EXIT_ERROR = 255;

/** Where bytes go; text is given as byte strings (base/bytePath.ts), one character a byte. */
export interface ByteSink {
  write(bytes: string): void;
  /** A terminal shows what is written; without it, the bytes go to a file or another program as they are. */
  readonly isTerminal?: boolean;
  /** Columns of the terminal, if known. */
  readonly columns?: number | undefined;
}

export interface CommandIo {
  /** Milliseconds for which the shared server may take to answer. Default: a quarter of a second. */
  readonly serverMs?: number;
  readonly stdout: ByteSink;
  readonly stderr: ByteSink;
  /** Absolute path of the current directory. */
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Aborted when the user stops the command. */
  readonly signal: AbortSignal;
}

/** The byte string of an ordinary text: its UTF-8. */
export function utf8Bytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Writes one line of ordinary text to stderr. */
export function complain(io: CommandIo, text: string): void {
  io.stderr.write(`${utf8Bytes(oneLine(text))}\n`);
}

/**
 * How a sink shows the byte strings of names: in a terminal without control characters, else byte for byte, as `hg`
 * does everywhere.
 */
export function nameShownIn(sink: ByteSink): (bytes: string) => string {
  return sink.isTerminal === true ? nameForTerminal : bytes => bytes;
}

/** Like {@link nameShownIn}, of a line with names; tabs between them stay. */
export function lineShownIn(sink: ByteSink): (bytes: string) => string {
  const shown = nameShownIn(sink);
  return line => line.split('\t').map(shown).join('\t');
}

/** Like {@link nameShownIn}, of JSON. */
export function jsonShownIn(sink: ByteSink): (bytes: string) => string {
  return sink.isTerminal === true ? jsonForTerminal : bytes => bytes;
}

/** Returns an error about the command line, for which the message is enough. */
export function usageError(message: string): QuicksilverError {
  return new QuicksilverError('usage', message);
}
