// Runs the commands of one repository: one at a time, in a command server that stays warm where that can be relied on,
// else in a process each.
import { Delay } from '../base/async.ts';
import { QuicksilverError } from '../base/errors.ts';
import type { Disposable } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import { CommandServer } from './commandServer.ts';
import { checkHg, locateHg, type HgExecutable } from './hgExecutable.ts';
import type { HgResult, RunLimits } from './hgResult.ts';
import { globalOptions, type Variables } from './hgVariables.ts';
import { runProcess } from './runProcess.ts';

export interface HgRunnerOptions {
  /** Absolute path of the working copy. */
  readonly root: string;
  readonly variables: Variables;
  readonly logger: Logger;
  /** The setting quicksilver.path; '' if it is not set. */
  readonly configured?: string | undefined;
  /** Where to look for hg if it is not on PATH. */
  readonly usualPlaces?: readonly string[];
  /**
   * A text that is another one when a file has changed that a running server would not read again (the person's
   * configuration): then the server is started anew. Undefined if that cannot be told: then none is used.
   */
  basis(): string | undefined;
}

export interface HgCommand extends RunLimits {
  /** The command and its arguments; options that all commands need are added. */
  readonly args: readonly string[];
  /**
   * A command that only reads may be answered together with an equal one that waits, too, and is run again in a process
   * if the server dies of it. One that writes is run exactly once, in its turn.
   */
  readonly kind: 'read' | 'write';
}

interface Job {
  readonly command: HgCommand;
  readonly result: Promise<HgResult>;
  settle(result: HgResult): void;
}

/** A server that nobody has used for so long gives its memory back. */
const IDLE_MS = 300_000;
/** Servers that die one after the other are not started again. */
const DEATHS_UNTIL_PROCESSES = 2;

export class HgRunner implements Disposable {
  readonly #options: HgRunnerOptions;
  readonly #idle = new Delay(() => this.#stopServer('it was not used for a while'));
  readonly #disposed = new AbortController();
  #waiting: Job[] = [];
  #running = false;
  #server: { readonly process: CommandServer; readonly hg: string; readonly basis: string } | undefined;
  #deaths = 0;

  constructor(options: HgRunnerOptions) {
    this.#options = options;
  }

  /** Whether there is an hg that could be run, without starting it. */
  locate(): HgExecutable {
    const { variables, configured, usualPlaces } = this.#options;
    return locateHg({ variables, configured, ...(usualPlaces && { usualPlaces }) });
  }

  /** Runs a command when those before it have ended. Never rejects. */
  run(command: HgCommand): Promise<HgResult> {
    const same = this.#waiting.find(job => isSameReading(job.command, command));
    if (same !== undefined) return same.result;
    let settle: (result: HgResult) => void = () => undefined;
    const result = new Promise<HgResult>(resolve => (settle = resolve));
    this.#waiting.push({ command, result, settle });
    void this.#work();
    return result;
  }

  /** Stops what is running, and answers what waits. */
  dispose(): void {
    this.#disposed.abort();
    this.#idle.dispose();
    this.#stopServer('the repository was closed');
  }

  get #isDisposed(): boolean {
    return this.#disposed.signal.aborted;
  }

  async #work(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      for (let job = this.#waiting.shift(); job !== undefined; job = this.#waiting.shift()) {
        job.settle(await this.#perform(job.command));
      }
    } finally {
      this.#running = false;
    }
    if (this.#server !== undefined) this.#idle.set(IDLE_MS);
  }

  async #perform(command: HgCommand): Promise<HgResult> {
    const { variables, logger, root } = this.#options;
    if (this.#isDisposed) {
      return { kind: 'stopped', reason: 'cancelled', message: `${root} was closed before hg was asked.` };
    }
    const located = this.locate();
    if (located.kind === 'unavailable') return located;
    const executable = await checkHg(located.hg, variables);
    if (executable.kind === 'unavailable') return executable;
    const { hg } = executable;
    this.#idle.cancel();
    const began = performance.now();
    const server = await this.#serverFor(hg);
    const limits = { timeoutMs: command.timeoutMs, signal: command.signal };
    const args = [...globalOptions(root), ...command.args];
    let result: HgResult | undefined;
    if (server !== undefined) {
      result = await this.#inServer(server, args, limits);
      if (result.kind === 'stopped' && result.reason === 'died' && command.kind === 'read') {
        logger.warn(`${result.message} The command is run again in a process of its own.`);
        result = undefined;
      }
    }
    const signal = limits.signal ? AbortSignal.any([limits.signal, this.#disposed.signal]) : this.#disposed.signal;
    const how = result === undefined ? 'process' : 'server';
    result ??= await runProcess({ hg, args, cwd: root, variables, ...timeLimitOf(command), signal });
    const milliseconds = (performance.now() - began).toFixed(0);
    logger.info(`hg ${command.args.join(' ')} in ${root}: ${describe(result)}, ${milliseconds} ms (${how})`);
    return result;
  }

  async #inServer(server: CommandServer, args: readonly string[], limits: LooseLimits): Promise<HgResult> {
    const result = await server.run(args, { ...timeLimitOf(limits), signal: limits.signal });
    if (server.isAlive) this.#deaths = 0;
    else {
      this.#server = undefined;
      if (result.kind === 'stopped' && result.reason === 'died') this.#deaths++;
    }
    return result;
  }

  /** The server that runs, or a new one; undefined if there is to be none. */
  async #serverFor(hg: string): Promise<CommandServer | undefined> {
    const basis = this.#options.basis();
    const known = this.#server;
    if (known !== undefined) {
      if (known.process.isAlive && known.hg === hg && known.basis === basis) return known.process;
      this.#stopServer('something that it has read has changed');
    }
    if (basis === undefined || this.#deaths >= DEATHS_UNTIL_PROCESSES || this.#disposed.signal.aborted)
      return undefined;
    try {
      const process = await CommandServer.start({ hg, variables: this.#options.variables });
      if (this.#isDisposed) process.dispose();
      this.#server = { process, hg, basis };
      return process;
    } catch (error) {
      if (!(error instanceof QuicksilverError)) throw error;
      this.#deaths = DEATHS_UNTIL_PROCESSES;
      this.#options.logger.warn(`No command server: ${error.message} Each command gets a process of its own.`);
      return undefined;
    }
  }

  #stopServer(reason: string): void {
    if (this.#server === undefined) return;
    this.#options.logger.trace(`the command server in ${this.#options.root} ends: ${reason}`);
    this.#server.process.dispose();
    this.#server = undefined;
  }
}

interface LooseLimits {
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

function timeLimitOf({ timeoutMs }: LooseLimits): { timeoutMs?: number } {
  return timeoutMs === undefined ? {} : { timeoutMs };
}

/** A command that can be cancelled is its caller's own. */
function isSameReading(a: HgCommand, b: HgCommand): boolean {
  return (
    a.kind === 'read' &&
    b.kind === 'read' &&
    a.signal === b.signal &&
    a.timeoutMs === b.timeoutMs &&
    a.args.length === b.args.length &&
    a.args.every((arg, i) => arg === b.args[i])
  );
}

function describe(result: HgResult): string {
  return result.kind === 'ended' ? `exit code ${result.code}` : result.message;
}
