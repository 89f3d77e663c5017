// A process of hg that stays, and runs one command after the other without starting anew.
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import * as nodePath from 'node:path';
import { Delay } from '../base/async.ts';
import { QuicksilverError, errorMessage } from '../base/errors.ts';
import type { Disposable } from '../base/lifecycle.ts';
import { checkHello, decodeResult, encodeCommand, encodeEndOfInput, FrameReader, type Frame } from './commandFrames.ts';
import {
  BoundedText,
  DEFAULT_TIMEOUT_MS,
  MAX_OUTPUT_BYTES,
  stopMessage,
  type HgResult,
  type RunLimits,
  type StopReason,
} from './hgResult.ts';
import { hgVariables, type Variables } from './hgVariables.ts';
import { endProcess } from './runProcess.ts';

export interface CommandServerOptions {
  /** Absolute path of the program. */
  readonly hg: string;
  readonly variables: Variables;
  /** Milliseconds to wait for the greeting. */
  readonly helloTimeoutMs?: number;
}

const HELLO_TIMEOUT_MS = 10_000;

interface Running {
  readonly output: Buffer[];
  outputBytes: number;
  readonly errors: BoundedText;
  settle(result: HgResult): void;
}

export class CommandServer implements Disposable {
  readonly #hg: string;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #frames = new FrameReader();
  readonly #startErrors = new BoundedText();
  #greeted: { resolve(): void; reject(error: QuicksilverError): void } | undefined;
  #running: Running | undefined;
  #ended = false;

  private constructor({ hg, variables }: CommandServerOptions) {
    this.#hg = hg;
    // Not in the repository: what its configuration has is read with each command, not once and for all.
    this.#process = spawn(hg, ['serve', '--cmdserver', 'pipe', '--noninteractive'], {
      cwd: nodePath.parse(process.execPath).root,
      env: hgVariables(variables),
      stdio: 'pipe',
      windowsHide: true,
    });
    this.#process.stdout.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#process.stderr.on('data', (chunk: Buffer) => this.#startErrors.add(chunk));
    // A write to a process that has just ended; its end is told by itself.
    this.#process.stdin.on('error', error => this.#end('died', errorMessage(error)));
    this.#process.once('error', error => this.#end('not-started', errorMessage(error)));
    this.#process.once('exit', (code, signal) => this.#end('died', signal ?? `exit code ${code}`));
  }

  /** Resolves when it has greeted. Rejects with a QuicksilverError if it does not, or not as a command server does. */
  static async start(options: CommandServerOptions): Promise<CommandServer> {
    const server = new CommandServer(options);
    const limit = new Delay(() => server.#end('time-limit'));
    limit.set(options.helloTimeoutMs ?? HELLO_TIMEOUT_MS);
    try {
      await new Promise<void>((resolve, reject) => (server.#greeted = { resolve, reject }));
      return server;
    } finally {
      limit.dispose();
    }
  }

  /** False if it has ended: it does not run anything any more. */
  get isAlive(): boolean {
    return !this.#ended;
  }

  /**
   * Runs a command; one at a time. What asks for input gets none. A command that is stopped takes the server with it.
   * Never rejects.
   */
  run(args: readonly string[], { timeoutMs, signal }: RunLimits = {}): Promise<HgResult> {
    if (this.#running !== undefined) throw new Error('a command server runs one command at a time');
    return new Promise(resolve => {
      if (this.#ended || signal?.aborted === true) {
        const reason = this.#ended ? 'died' : 'cancelled';
        resolve({ kind: 'stopped', reason, message: stopMessage(this.#hg, reason) });
        return;
      }
      const cancel = (): void => this.#end('cancelled');
      const limit = new Delay(() => this.#end('time-limit'));
      limit.set(timeoutMs ?? DEFAULT_TIMEOUT_MS);
      signal?.addEventListener('abort', cancel);
      this.#running = {
        output: [],
        outputBytes: 0,
        errors: new BoundedText(),
        settle: result => {
          this.#running = undefined;
          limit.dispose();
          signal?.removeEventListener('abort', cancel);
          resolve(result);
        },
      };
      this.#process.stdin.write(encodeCommand(args));
    });
  }

  /** Ends the process; at once if a command is running, which is then stopped. */
  dispose(): void {
    this.#end('cancelled');
  }

  #end(reason: StopReason, detail?: string): void {
    if (this.#ended) return;
    this.#ended = true;
    const said = this.#startErrors.toString().split('\n')[0]!;
    const message = stopMessage(this.#hg, reason, said === '' ? detail : said);
    const greeted = this.#greeted;
    this.#greeted = undefined;
    greeted?.reject(new QuicksilverError('io', message));
    this.#running?.settle({ kind: 'stopped', reason, message });
    // A server that waits for its next command ends when its input does.
    this.#process.stdin.end();
    this.#process.stdout.destroy();
    this.#process.stderr.destroy();
    endProcess(this.#process);
  }

  #receive(chunk: Buffer): void {
    if (this.#ended) return;
    try {
      for (const frame of this.#frames.take(chunk)) this.#handle(frame);
    } catch (error) {
      if (!(error instanceof QuicksilverError)) throw error;
      this.#end('died', error.message);
    }
  }

  #handle(frame: Frame): void {
    if (this.#ended) return;
    if (this.#greeted !== undefined) {
      checkHello(frame);
      const greeted = this.#greeted;
      this.#greeted = undefined;
      greeted.resolve();
      return;
    }
    const { channel, data } = frame;
    if (channel === 'I' || channel === 'L') {
      this.#process.stdin.write(encodeEndOfInput());
      return;
    }
    const running = this.#running;
    switch (channel) {
      case 'o':
        if (running === undefined) return;
        running.outputBytes += data.length;
        if (running.outputBytes > MAX_OUTPUT_BYTES) this.#end('too-much-output');
        else running.output.push(data);
        return;
      case 'e':
        running?.errors.add(data);
        return;
      case 'r': {
        if (running === undefined)
          throw new QuicksilverError('corrupt', 'the command server answered without being asked');
        const { output, errors } = running;
        running.settle({
          kind: 'ended',
          code: decodeResult(data),
          output: Buffer.concat(output),
          errors: errors.toString(),
        });
        return;
      }
      default:
        // A channel in upper case must be understood; others may be passed over.
        if (/[A-Z]/.test(channel)) throw new QuicksilverError('corrupt', `the command server wants ${channel}`);
    }
  }
}
