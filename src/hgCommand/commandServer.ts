// A process of hg that stays, and runs one command after the other without starting anew.
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import * as nodePath from 'node:path';
import { Delay } from '../base/async.ts';
import { QuicksilverError, errorMessage } from '../base/errors.ts';
import type { Disposable } from '../base/lifecycle.ts';
import { checkHello, decodeResult, encodeCommand, encodeInput, FrameReader, type Frame } from './commandFrames.ts';
import { SERVE, type HgArguments } from './hgCall.ts';
import {
  BoundedText,
  DEFAULT_TIMEOUT_MS,
  GRACE_MS,
  MAX_OUTPUT_BYTES,
  stoppedResult,
  type HgResult,
  type Interaction,
  type RunLimits,
  type StopReason,
} from './hgResult.ts';
import { hgVariables, type Variables } from './hgVariables.ts';
import { decodeMessage, type HgQuestion } from './messages.ts';
import { endProcess } from './runProcess.ts';
import { withoutSecrets } from './secrets.ts';

export interface CommandServerOptions {
  /** Absolute path of the program. */
  readonly hg: string;
  readonly variables: Variables;
}

interface Running {
  readonly interaction: Interaction;
  readonly limit: Limit;
  readonly output: Buffer[];
  outputBytes: number;
  readonly errors: BoundedText;
  readonly notes: BoundedText;
  /** Input that hg has not read yet. */
  input: Buffer;
  /** Announced by a message, and asked with the next frame. */
  question: HgQuestion | undefined;
  cancelled: boolean;
  settle(result: HgResult): void;
}

/** Characters of the output before a question that are kept to explain it. */
const SAID_CHARACTERS = 500;

export class CommandServer implements Disposable {
  readonly #hg: string;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #frames = new FrameReader();
  readonly #startErrors = new BoundedText();
  #greeted: { resolve(): void; reject(error: QuicksilverError): void } | undefined;
  #running: Running | undefined;
  #ended = false;
  readonly #grace = new Delay(() => this.#end('cancelled'));
  /** True if messages have a channel of their own. */
  #hasMessages = false;

  private constructor({ hg, variables }: CommandServerOptions) {
    this.#hg = hg;
    // Not in the repository: what its configuration has is read with each command, not once and for all.
    this.#process = spawn(hg, SERVE, {
      cwd: nodePath.parse(process.execPath).root,
      env: hgVariables(variables),
      stdio: 'pipe',
      windowsHide: true,
    });
    this.#process.stdout.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#process.stderr.on('data', (chunk: Buffer) => this.#startErrors.add(chunk));
    // Ignored: a write can meet a process that has just ended, and the 'exit' event reports that end.
    this.#process.stdin.on('error', error => this.#end('died', errorMessage(error)));
    this.#process.once('error', error => this.#end('not-started', errorMessage(error)));
    this.#process.once('exit', (code, signal) => this.#end('died', signal ?? `exit code ${code}`));
  }

  /**
   * Resolves when it has greeted. Rejects with a QuicksilverError if it greets in another way than a command server, if
   * it ends, or when `signal` is aborted. The time limit is that of a command, because on a busy machine Python alone
   * takes many seconds to start.
   */
  static async start(options: CommandServerOptions, signal?: AbortSignal): Promise<CommandServer> {
    let server: CommandServer;
    try {
      server = new CommandServer(options);
    } catch (error) {
      const { message } = stoppedResult(options.hg, 'not-started', errorMessage(error));
      throw new QuicksilverError('io', message, { cause: error });
    }
    const limit = new Delay(() => server.#end('time-limit'));
    limit.set(DEFAULT_TIMEOUT_MS);
    const cancel = (): void => server.#end('cancelled');
    signal?.addEventListener('abort', cancel);
    try {
      await new Promise<void>((resolve, reject) => {
        server.#greeted = { resolve, reject };
        if (signal?.aborted === true) cancel();
      });
      return server;
    } finally {
      limit.dispose();
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** False if it has ended: it does not run anything any more. */
  get isAlive(): boolean {
    return !this.#ended;
  }

  /**
   * Runs one command at a time. Never rejects.
   *
   * A cancelled command is interrupted, as by a user at a terminal, so that hg can undo what it began. The server ends
   * with it.
   */
  run(args: HgArguments, { timeoutMs, signal, ...interaction }: RunLimits & Interaction = {}): Promise<HgResult> {
    if (this.#running !== undefined) throw new Error('a command server runs one command at a time');
    return new Promise(resolve => {
      if (this.#ended || signal?.aborted === true) {
        resolve(stoppedResult(this.#hg, this.#ended ? 'died' : 'cancelled'));
        return;
      }
      const cancel = (): void => this.#interrupt();
      const limit = new Limit(timeoutMs ?? DEFAULT_TIMEOUT_MS, () => this.#end('time-limit'));
      signal?.addEventListener('abort', cancel);
      this.#running = {
        interaction,
        limit,
        output: [],
        outputBytes: 0,
        errors: new BoundedText(),
        notes: new BoundedText(),
        input: Buffer.from(interaction.input ?? '', 'utf8'),
        question: undefined,
        cancelled: false,
        settle: result => {
          this.#running = undefined;
          limit.dispose();
          this.#grace.cancel();
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

  /** Asks the command to end. The server is not used again: a signal that comes late would hit the next command. */
  #interrupt(): void {
    const running = this.#running;
    if (running === undefined || running.cancelled) return;
    running.cancelled = true;
    // There are no such signals on Windows: it would be killed in any case.
    if (process.platform === 'win32') {
      this.#end('cancelled');
      return;
    }
    this.#grace.set(GRACE_MS);
    this.#process.kill('SIGINT');
  }

  #end(reason: StopReason, detail?: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#grace.dispose();
    const said = this.#startErrors.toString().split('\n')[0]!;
    const result = stoppedResult(this.#hg, reason, said === '' ? detail : said);
    const greeted = this.#greeted;
    this.#greeted = undefined;
    greeted?.reject(new QuicksilverError('io', result.message));
    this.#running?.settle(result);
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
      this.#hasMessages = checkHello(frame).hasMessages;
      const greeted = this.#greeted;
      this.#greeted = undefined;
      greeted.resolve();
      return;
    }
    const { channel, data } = frame;
    const running = this.#running;
    switch (channel) {
      case 'I':
        this.#giveInput(frame.wanted ?? 0);
        return;
      case 'L':
        void this.#answer(frame.wanted ?? 0);
        return;
      case 'o':
        if (running === undefined) return;
        running.outputBytes += data.length;
        if (running.outputBytes > MAX_OUTPUT_BYTES) this.#end('too-much-output');
        else running.output.push(data);
        return;
      case 'e':
        running?.errors.add(data);
        return;
      case 'm':
        this.#handleMessage(data);
        return;
      case 'r':
        this.#finish(data);
        return;
      default:
        // A channel in upper case must be understood; others may be passed over.
        if (/[A-Z]/.test(channel)) throw new QuicksilverError('corrupt', `the command server wants ${channel}`);
    }
  }

  #handleMessage(data: Buffer): void {
    const running = this.#running;
    if (running === undefined || !this.#hasMessages) return;
    const message = decodeMessage(data);
    switch (message.kind) {
      case 'question':
        running.question = message.question;
        return;
      case 'progress':
        running.interaction.onProgress?.(message.progress);
        return;
      case 'trouble':
        running.errors.add(Buffer.from(message.text, 'utf8'));
        return;
      case 'note':
        running.notes.add(Buffer.from(message.text, 'utf8'));
    }
  }

  #giveInput(wanted: number): void {
    const running = this.#running;
    const input = running?.input.subarray(0, wanted);
    if (running !== undefined) running.input = running.input.subarray(wanted);
    this.#process.stdin.write(encodeInput(input));
  }

  async #answer(wanted: number): Promise<void> {
    const running = this.#running;
    const ask = running?.interaction.ask;
    if (running === undefined || ask === undefined || running.cancelled) {
      this.#process.stdin.write(encodeInput());
      return;
    }
    const output = withoutSecrets(Buffer.concat(running.output.slice(-20)).toString('utf8'));
    const said = output.slice(-SAID_CHARACTERS).trim();
    // A server without a channel for messages writes the question as it would to a terminal.
    const question = running.question ?? { text: said.split('\n').at(-1) ?? '', isPassword: /password/i.test(said) };
    running.question = undefined;
    running.limit.pause();
    let answer: string | undefined;
    try {
      answer = await ask(question, said);
    } catch {
      // The asker reports its own failures; hg gets no answer.
      answer = undefined;
    }
    if (this.#ended || this.#running !== running) return;
    running.limit.resume();
    const line = Buffer.from(answer === undefined ? '' : `${answer.replace(/[\r\n].*$/s, '')}\n`, 'utf8');
    this.#process.stdin.write(encodeInput(line.subarray(0, wanted)));
  }

  #finish(data: Buffer): void {
    const running = this.#running;
    if (running === undefined) throw new QuicksilverError('corrupt', 'the command server answered without being asked');
    const code = decodeResult(data);
    const { output, errors, notes } = running;
    if (running.cancelled && code !== 0) {
      // It may have been at the end of its work already; then its result counts.
      running.settle(stoppedResult(this.#hg, 'cancelled'));
    } else {
      running.settle({
        kind: 'ended',
        code,
        output: Buffer.concat(output),
        errors: errors.toString(),
        ...(this.#hasMessages && { notes: notes.toString() }),
      });
    }
    if (running.cancelled) this.#end('cancelled');
  }
}

/** A time limit that pauses while the user is asked. */
class Limit implements Disposable {
  readonly #delay: Delay;
  #left: number;
  #since = performance.now();

  constructor(milliseconds: number, run: () => void) {
    this.#delay = new Delay(run);
    this.#left = milliseconds;
    this.resume();
  }

  pause(): void {
    this.#delay.cancel();
    this.#left -= performance.now() - this.#since;
  }

  resume(): void {
    this.#since = performance.now();
    if (Number.isFinite(this.#left)) this.#delay.set(Math.max(0, this.#left));
  }

  dispose(): void {
    this.#delay.dispose();
  }
}
