// Runs the commands of one repository, one at a time. A command server stays warm where that is reliable; otherwise
// each command gets a process.
import * as nodePath from 'node:path';
import { Delay } from '../base/async.ts';
import { QuicksilverError, errorMessage } from '../base/errors.ts';
import type { Disposable } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import { CommandServer } from './commandServer.ts';
import { checkHg, locateHg, tooOldToChange, type HgExecutable } from './hgExecutable.ts';
import { checkCall, forProcess, literally } from './fileArguments.ts';
import { ownWords, toArguments, type GlobalOptions, type HgCall } from './hgCall.ts';
import { stoppedResult, type HgResult, type Interaction, type RunLimits } from './hgResult.ts';
import { globalOptions, type Variables } from './hgVariables.ts';
import { runProcess } from './runProcess.ts';
import { withoutSecrets } from './secrets.ts';

export interface HgRunnerOptions {
  /** Absolute path of the working copy; undefined for commands that need none. */
  readonly root: string | undefined;
  readonly variables: Variables;
  readonly logger: Logger;
  /**
   * Returns the current value of the setting quicksilver.path; '' if not set. A change calls {@link HgRunner.restart}.
   */
  configured?(): string;
  /** Where to look for hg if it is not on PATH. */
  readonly usualPlaces?: readonly string[];
  /**
   * Returns a text that changes with every file that a running server does not read again (the user's configuration). A
   * changed text restarts the server. Undefined if the files cannot be checked: then no server is used.
   */
  basis(): string | undefined;
  /** Settled when another runner of the same repository has ended its last command: until then nothing is begun. */
  readonly after?: Promise<void> | undefined;
}

/**
 * A 'read' command may share its answer with an equal one that waits. It runs again in a process if the server dies. A
 * 'write' or 'network' command runs exactly once, in its turn.
 */
export type CommandKind = 'read' | 'write' | 'network';

export interface HgCommand extends HgCall, RunLimits, Interaction {
  /** A line for the system's shell with which messages are edited; without it, a command that wants one fails. */
  readonly editor?: string | undefined;
  /** An absolute path; without it, the root. */
  readonly cwd?: string | undefined;
  readonly kind: CommandKind;
}

interface Job {
  readonly command: HgCommand;
  readonly result: Promise<HgResult>;
  readonly settle: (result: HgResult) => void;
}

/** A server that nobody has used for so long gives its memory back. */
const IDLE_MS = 300_000;
/** Servers that die one after the other are not started again. */
const DEATHS_UNTIL_PROCESSES = 2;
/** Logged characters of a failed command's output: hooks write there. */
const MOST_LOGGED = 4000;
/** Logged arguments of a command, and logged characters of each. */
const ARGUMENTS_LOGGED = 16;
const MOST_OF_ARGUMENT = 200;

export class HgRunner implements Disposable {
  readonly #options: HgRunnerOptions;
  readonly #idle = new Delay(() => this.#stopServer('it was not used for a while'));
  readonly #disposal = new AbortController();
  #waiting: Job[] = [];
  /** Settled when nothing runs and nothing waits; undefined while that is so. */
  #work: Promise<void> | undefined;
  /** Stops the command that runs, if it only reads. */
  #reading: AbortController | undefined;
  /** A command that changes something has been given to hg, and is not to be cut off. */
  #isChanging = false;
  /** Why the server is to end when the command that runs has ended. */
  #endsFor: string | undefined;
  #server: { readonly process: CommandServer; readonly hg: string; readonly basis: string } | undefined;
  #deaths = 0;
  #started = 0;

  constructor(options: HgRunnerOptions) {
    this.#options = options;
  }

  /** Finds an hg that could run, without starting it. */
  locate(): HgExecutable {
    const { variables, usualPlaces } = this.#options;
    return locateHg({ variables, configured: this.#options.configured?.(), ...(usualPlaces && { usualPlaces }) });
  }

  /** Runs a command after those before it. Rejects only with a 'usage' error, for arguments that make no sense. */
  async run(command: HgCommand): Promise<HgResult> {
    checkCall(command, command.cwd ?? '');
    const same = this.#waiting.find(job => isSameReading(job.command, command));
    if (same !== undefined) return same.result;
    let settle: (result: HgResult) => void = () => undefined;
    const result = new Promise<HgResult>(resolve => (settle = resolve));
    this.#waiting.push({ command, result, settle });
    this.#work ??= this.#workOff();
    return result;
  }

  /**
   * Uses another hg from now on. Stops a command that only reads. A command that changes something ends first, with the
   * old hg.
   */
  restart(): void {
    this.#deaths = 0;
    this.#stop('another hg is to run');
  }

  /**
   * Stops a command that only reads, and answers the waiting ones. A command that changes something may finish: cut
   * off, it would leave a half-done change. See {@link ended}.
   */
  dispose(): void {
    this.#disposal.abort();
    this.#idle.dispose();
    for (const { command, settle } of this.#waiting.splice(0)) settle(this.#stoppedEarly(command)!);
    this.#stop('the repository was closed');
  }

  /** Resolves when nothing runs; after {@link dispose}, for good. */
  async ended(): Promise<void> {
    await this.#work;
  }

  #stop(reason: string): void {
    this.#reading?.abort();
    if (!this.#isChanging) this.#stopServer(reason);
    // Also one that is only just starting.
    if (this.#work !== undefined) this.#endsFor = reason;
  }

  async #workOff(): Promise<void> {
    if (this.#options.after !== undefined) await this.#options.after;
    for (let job = this.#waiting.shift(); job !== undefined; job = this.#waiting.shift()) {
      const { command, settle } = job;
      this.#reading = command.kind === 'read' ? new AbortController() : undefined;
      const result = await this.#perform(command, this.#reading?.signal).catch((error: unknown) => this.#failed(error));
      this.#reading = undefined;
      this.#isChanging = false;
      if (this.#endsFor !== undefined) this.#stopServer(this.#endsFor);
      settle(result);
    }
    this.#work = undefined;
    if (this.#server !== undefined) this.#idle.set(IDLE_MS);
  }

  /** `stop` is for a command that only reads. */
  async #perform(command: HgCommand, stop: AbortSignal | undefined): Promise<HgResult> {
    const { variables, logger, root } = this.#options;
    const cwd = command.cwd ?? root ?? nodePath.parse(process.execPath).root;
    const early = this.#stoppedEarly(command);
    if (early !== undefined) return early;
    const located = this.locate();
    if (located.kind === 'unavailable') return located;
    const starting = AbortSignal.any([this.#disposal.signal, stop, command.signal].filter(each => each !== undefined));
    const executable = await checkHg(located.hg, variables, starting);
    if (starting.aborted) return this.#stoppedEarly(command) ?? stoppedResult(located.hg, 'cancelled');
    if (executable.kind === 'unavailable') return executable;
    const { hg, version } = executable;
    const tooOld = command.kind === 'read' ? undefined : tooOldToChange(hg, version);
    if (tooOld !== undefined) return { kind: 'unavailable', message: tooOld };
    this.#idle.cancel();
    const began = performance.now();
    const server = await this.#serverFor(hg, command.ask !== undefined, starting);
    const late = this.#stoppedEarly(command);
    if (late !== undefined) return late;
    // From here on until its end.
    this.#isChanging = command.kind !== 'read';
    const signals = [command.signal, stop].filter(signal => signal !== undefined);
    const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
    let result: HgResult | undefined;
    if (server !== undefined) {
      result = await this.#inServer(server, command, cwd, signal);
      if (result.kind === 'stopped' && result.reason === 'died' && command.kind === 'read') {
        logger.warn(`${result.message} The command is run again in a process of its own.`);
        result = undefined;
      }
    }
    const how = result === undefined ? 'process' : 'server';
    result ??= await this.#inProcess(hg, command, cwd, signal);
    const milliseconds = (performance.now() - began).toFixed(0);
    const said = `hg ${shownArguments(command)}`;
    logger.info(`${said} in ${cwd}: ${describe(result)}, ${milliseconds} ms (${how})`);
    if (command.kind !== 'read' && result.kind === 'ended' && result.code !== 0) {
      // Passwords first: a part of one is not known for one.
      const output = withoutSecrets(result.output.toString('utf8')).slice(-MOST_LOGGED).trim();
      for (const text of [output, result.notes ?? '', result.errors]) {
        if (text !== '') logger.info(text);
      }
    }
    return result;
  }

  /** Returns the result of a command that was cancelled or closed before it began; undefined otherwise. */
  #stoppedEarly({ signal, cwd = '' }: HgCommand): HgResult | undefined {
    const isDisposed = this.#disposal.signal.aborted;
    if (!isDisposed && signal?.aborted !== true) return undefined;
    const why = isDisposed
      ? `${this.#options.root ?? cwd} was closed before hg was asked`
      : 'It was cancelled before it began';
    return { kind: 'stopped', reason: 'cancelled', message: `${why}.` };
  }

  /** Whatever happens on the way to a command (no room for a temporary file), its caller and those that wait go on. */
  #failed(error: unknown): HgResult {
    const message = `hg was not run: ${errorMessage(error)}`;
    this.#options.logger.error(message);
    return { kind: 'stopped', reason: 'not-started', message };
  }

  async #inServer(
    server: CommandServer,
    command: HgCommand,
    cwd: string,
    signal: AbortSignal | undefined,
  ): Promise<HgResult> {
    const isInteractive = command.ask !== undefined;
    const args = toArguments(this.#globalOptions(command, cwd, isInteractive), command, literally(command.files));
    const result = await server.run(args, {
      ...timeLimitOf(command),
      signal,
      input: command.input,
      ask: command.ask,
      onProgress: command.onProgress,
    });
    if (server.isAlive) this.#deaths = 0;
    else {
      this.#server = undefined;
      if (result.kind === 'stopped' && result.reason === 'died') this.#deaths++;
    }
    return result;
  }

  /** Nobody is asked: a process has no place for questions. */
  async #inProcess(hg: string, command: HgCommand, cwd: string, signal: AbortSignal | undefined): Promise<HgResult> {
    const files = command.files && forProcess(command.files);
    try {
      return await runProcess({
        hg,
        args: toArguments(this.#globalOptions(command, cwd, false), command, files?.args),
        cwd,
        variables: this.#options.variables,
        ...timeLimitOf(command),
        signal,
        input: command.input,
        interrupts: command.kind !== 'read',
      });
    } finally {
      files?.dispose();
    }
  }

  #globalOptions({ kind, editor }: HgCommand, cwd: string, isInteractive: boolean): GlobalOptions {
    return globalOptions({ root: this.#options.root, cwd, isInteractive, changes: kind !== 'read', editor });
  }

  /** Returns the running server or a new one; undefined if this command gets a process instead, or is cancelled. */
  async #serverFor(hg: string, isForQuestions: boolean, signal: AbortSignal): Promise<CommandServer | undefined> {
    // One that cannot be relied on for long is good for one command, and only servers can ask.
    const basis = this.#options.basis() ?? (isForQuestions ? `alone ${this.#started++}` : undefined);
    const known = this.#server;
    if (known !== undefined) {
      if (known.process.isAlive && known.hg === hg && known.basis === basis) return known.process;
      this.#stopServer('something that it has read has changed');
    }
    if (basis === undefined || this.#deaths >= DEATHS_UNTIL_PROCESSES) return undefined;
    try {
      const process = await CommandServer.start({ hg, variables: this.#options.variables }, signal);
      this.#server = { process, hg, basis };
      return process;
    } catch (error) {
      if (!(error instanceof QuicksilverError)) throw error;
      if (signal.aborted) return undefined;
      this.#deaths = DEATHS_UNTIL_PROCESSES;
      this.#options.logger.warn(`No command server: ${error.message} Each command gets a process of its own.`);
      return undefined;
    }
  }

  #stopServer(reason: string): void {
    this.#endsFor = undefined;
    if (this.#server === undefined) return;
    this.#options.logger.trace(`the command server in ${this.#options.root ?? 'no repository'} ends: ${reason}`);
    this.#server.process.dispose();
    this.#server = undefined;
  }
}

/** No time limit stops a command that changes something: the user's hook may run tests for minutes. */
function timeLimitOf({ timeoutMs, kind }: HgCommand): { timeoutMs?: number } {
  if (timeoutMs !== undefined) return { timeoutMs };
  return kind === 'read' ? {} : { timeoutMs: Infinity };
}

/** A command that can be cancelled is its caller's own. */
function isSameReading(a: HgCommand, b: HgCommand): boolean {
  return (
    a.kind === 'read' &&
    b.kind === 'read' &&
    a.signal === b.signal &&
    a.timeoutMs === b.timeoutMs &&
    a.ask === b.ask &&
    a.input === b.input &&
    a.cwd === b.cwd &&
    a.files === b.files &&
    JSON.stringify([a.settings, ownWords(a)]) === JSON.stringify([b.settings, ownWords(b)])
  );
}

/** There may be thousands, and a message of a commit among them. */
function shownArguments(command: HgCommand): string {
  const args = ownWords(command).map(withoutSecrets);
  const { files } = command;
  const shown = args.slice(0, ARGUMENTS_LOGGED).map(arg => {
    return arg.length > MOST_OF_ARGUMENT ? `${arg.slice(0, MOST_OF_ARGUMENT)}…` : arg;
  });
  if (shown.length < args.length) shown.push(`… (${args.length - shown.length} more)`);
  if (files !== undefined) shown.push(`(files: ${files.length})`);
  return shown.join(' ');
}

function describe(result: HgResult): string {
  return result.kind === 'ended' ? `exit code ${result.code}` : result.message;
}
