#!/usr/bin/env node
// The command line's entry: connects a command to the process, and turns what went wrong into a line and an exit code.
import { outputForTerminal } from '../base/foreignText.ts';
import { QuicksilverError, systemErrorCode } from '../base/errors.ts';
import { isStandardOutputClosed } from '../files/standardOutput.ts';
import { runCommandLine } from './commands.ts';
import { complain, EXIT_ERROR, EXIT_REFUSED, type ByteSink, type CommandIo } from './io.ts';

async function main(): Promise<void> {
  const stop = new AbortController();
  // The first signal asks the command to stop; a second one finds no handler and ends the process.
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  const output = { broken: false };
  const fail = (error: Error, report: boolean): void => {
    if (output.broken) return;
    output.broken = true;
    process.exitCode = EXIT_ERROR;
    stop.abort(error);
    if (report) complain(io, `abort: ${error.message}`);
  };
  const sinkOf = (stream: NodeJS.WriteStream): ByteSink => {
    // If nobody reads any more, there is nobody to report to.
    stream.on('error', (error: Error) => fail(error, systemErrorCode(error) !== 'EPIPE' && stream !== process.stderr));
    if (!stream.isTTY) return { write: bytes => void stream.write(bytes, 'latin1') };
    const harmless = outputForTerminal();
    return { write: bytes => void stream.write(harmless(bytes), 'latin1'), isTerminal: true, columns: stream.columns };
  };
  const io: CommandIo = {
    stdout: unlessClosed(sinkOf(process.stdout), () => fail(new Error('Bad file descriptor'), true)),
    stderr: sinkOf(process.stderr),
    get cwd() {
      return currentDirectory();
    },
    environment: process.env,
    platform: process.platform,
    signal: stop.signal,
  };
  const code = await exitCodeOf(runCommandLine(process.argv.slice(2), io), io, stop.signal);
  // The process ends by itself when all that was written is out; only then writing may be found to have failed.
  process.exitCode = output.broken ? EXIT_ERROR : code;
}

/** Returns a sink for standard output that calls `fail` with the first bytes if it is closed, as `hg` fails then. */
function unlessClosed(sink: ByteSink, fail: () => void): ByteSink {
  let closed: boolean | undefined;
  return {
    ...sink,
    write: bytes => {
      closed ??= isStandardOutputClosed();
      if (closed) fail();
      else sink.write(bytes);
    },
  };
}

/** Throws an 'io' error if the current directory is gone; `hg` fails then, too, whatever the command. */
function currentDirectory(): string {
  try {
    return process.cwd();
  } catch (error) {
    throw new QuicksilverError('io', 'error getting current working directory: No such file or directory', {
      cause: error,
    });
  }
}

async function exitCodeOf(run: Promise<number>, io: CommandIo, signal: AbortSignal): Promise<number> {
  try {
    return await run;
  } catch (error) {
    if (signal.aborted) return EXIT_ERROR;
    if (error instanceof QuicksilverError) {
      for (const warning of error.warnings) complain(io, warning);
      complain(io, `abort: ${error.message}`);
      if (error.hint !== undefined) complain(io, `(${error.hint})`);
      return error.code === 'unsupported' ? EXIT_REFUSED : EXIT_ERROR;
    }
    // A defect of ours: whoever reports it needs to know where.
    const report = error instanceof Error ? (error.stack ?? error.message) : String(error);
    for (const line of `abort: internal error: ${report}`.split('\n')) complain(io, line);
    return EXIT_ERROR;
  }
}

void main();
