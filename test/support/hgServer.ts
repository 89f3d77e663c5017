// Drives the real `hg` through its command server: one process for a whole test instead of one per command.
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import * as os from 'node:os';
import { bytePath, type BytePath } from '../../src/base/bytePath.ts';
import { hgAtOnce } from './hgAtOnce.ts';

export interface HgAnswer {
  readonly code: number;
  /** Byte strings. */
  readonly output: string;
  readonly errors: string;
}

export interface HgEntry {
  readonly path: BytePath;
  readonly status: string;
  readonly source?: BytePath;
}

/**
 * Returns the environment in which tests run `hg`: only the given configuration, one encoding, no colors, no prompts.
 */
export function hgEnvironment(hgrcPath = ''): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(process.env)) if (!name.startsWith('HG')) environment[name] = value;
  return {
    ...environment,
    HGRCPATH: hgrcPath,
    HGPLAIN: '1',
    HGENCODING: 'utf-8',
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
    HGUSER: 'test',
  };
}

const CRASHED = 'the command server ended';

/** True if `hg` itself crashed at the command. */
export function hasCrashed({ code, errors }: HgAnswer): boolean {
  return code === 255 && errors.startsWith(CRASHED);
}

const CONFIG = [
  'storage.dirstate-v2.slow-path=allow',
  'ui.merge=:merge',
  'extensions.rebase=',
  'extensions.shelve=',
  'phases.publish=false',
];

/**
 * Returns the entries of `hg status -A -C`; the error output if it fails.
 * @param call `hgAlone` where the order of two extensions counts. A process that stays keeps the order in which it has
 * loaded them.
 */
export function hgStatus(root: string, call: typeof hgAtOnce = hgAtOnce): HgEntry[] | string {
  const options = CONFIG.flatMap(item => ['--config', item]);
  const { code, stdout, stderr } = call(['status', '-A', '-C', '-0'], { cwd: root, env: hgEnvironment(), options });
  if (code !== 0) return stderr.toString('latin1');
  return statusEntries(stdout.toString('latin1'));
}

/** Returns the lines of `hg status`, as bytes, and its messages; no lines where {@link hgStatus} returns a text. */
export function hgStatusSaid(root: string): { readonly lines: string[]; readonly messages: string } {
  const options = CONFIG.flatMap(item => ['--config', item]);
  const { stdout, stderr } = hgAtOnce(['status', '-0'], { cwd: root, env: hgEnvironment(), options });
  return { lines: stdout.toString('latin1').split('\0').slice(0, -1), messages: stderr.toString('latin1') };
}

/** The entries of `hg status -A -C -0`. */
export function statusEntries(output: string): HgEntry[] {
  const entries: HgEntry[] = [];
  for (const item of output.split('\0')) {
    if (item === '') continue;
    const previous = entries.at(-1);
    if (item.startsWith('  ') && previous)
      entries[entries.length - 1] = { ...previous, source: bytePath(item.slice(2)) };
    else entries.push({ status: item[0]!, path: bytePath(item.slice(2)) });
  }
  return entries;
}

/**
 * Runs commands; for a status see {@link hgStatus}. If one crashes `hg`, it answers 255, and the next one has a new
 * process.
 */
export class HgServer {
  #process: ChildProcessWithoutNullStreams;
  readonly #start: () => ChildProcessWithoutNullStreams;
  #buffer = Buffer.alloc(0);
  #output = '';
  #errors = '';
  /** Its own output, outside of any answer: the reason for a crash. */
  #said = '';
  #ended: string | undefined;
  #hello = true;
  #tellStart: () => void = () => undefined;
  /** Settles when it waits for commands, or has ended. A busy machine needs seconds for that. */
  readonly started = new Promise<void>(resolve => (this.#tellStart = resolve));
  #pending: ((answer: HgAnswer) => void) | undefined;
  #exited!: Promise<void>;
  #isClosed = false;

  /**
   * @param root the repository of all commands; if undefined, each command names its own by -R and reads the current
   * configuration and ignore rules
   * @param config settings for every command, as 'section.name=value'
   */
  constructor(root: string | undefined, config: readonly string[] = [], environment = hgEnvironment()) {
    const settings = [...CONFIG, ...config].flatMap(item => ['--config', item]);
    const place = root === undefined ? [] : ['-R', root, '--cwd', root];
    this.#start = () =>
      this.#follow(
        spawn('hg', [...settings, 'serve', '--cmdserver', 'pipe', ...place], {
          cwd: os.tmpdir(),
          env: environment,
          stdio: 'pipe',
        }),
      );
    this.#process = this.#start();
  }

  #follow(server: ChildProcessWithoutNullStreams): ChildProcessWithoutNullStreams {
    this.#buffer = Buffer.alloc(0);
    this.#said = '';
    this.#hello = true;
    this.#ended = undefined;
    this.#exited = new Promise(resolve => server.once('exit', () => resolve()));
    // When all that it wrote has been read.
    server.once('close', (code, signal) => this.#end(`${CRASHED} (${code ?? signal ?? ''})\n${this.#said}`));
    server.stderr.on('data', (data: Buffer) => (this.#said += data.toString('latin1')));
    server.stdout.on('data', (data: Buffer) => this.#receive(data));
    return server;
  }

  /** False after it has ended: by request, or in a crash. */
  get isRunning(): boolean {
    return this.#ended === undefined;
  }

  /** True while a command runs. */
  get isBusy(): boolean {
    return this.#pending !== undefined;
  }

  run(...args: string[]): Promise<HgAnswer> {
    return this.runBytes(args.map(arg => Buffer.from(arg, 'utf8').toString('latin1')));
  }

  /** Runs one command at a time: two would get each other's answers. @param args byte strings */
  runBytes(args: readonly string[]): Promise<HgAnswer> {
    if (this.isBusy) throw new Error(`hg ${args.join(' ')} while another command runs`);
    const body = Buffer.from(args.join('\0'), 'latin1');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    this.#output = this.#errors = '';
    if (this.#ended !== undefined) {
      if (this.#isClosed) return Promise.resolve({ code: 255, output: '', errors: this.#ended });
      this.#process = this.#start();
    }
    return new Promise(resolve => {
      this.#pending = resolve;
      this.#process.stdin.write(Buffer.concat([Buffer.from('runcommand\n'), length, body]));
    });
  }

  /** Ends it at once; the command that is running answers with an error. */
  kill(): void {
    this.#isClosed = true;
    this.#process.kill('SIGKILL');
    // A process that it has started may hold the other ends of these, and would be waited for.
    this.#process.stdout.destroy();
    this.#process.stderr.destroy();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#process.stdin.end();
    await this.#exited;
  }

  #end(errors: string): void {
    this.#ended = errors;
    this.#tellStart();
    this.#pending?.({ code: 255, output: this.#output, errors });
    this.#pending = undefined;
  }

  #receive(data: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, data]);
    while (this.#buffer.length >= 5) {
      const channel = String.fromCharCode(this.#buffer[0]!);
      const length = this.#buffer.readUInt32BE(1);
      // Requests for input carry no data: an empty line answers them.
      if (channel === 'I' || channel === 'L') {
        this.#buffer = this.#buffer.subarray(5);
        this.#process.stdin.write(Buffer.alloc(4));
        continue;
      }
      if (this.#buffer.length < 5 + length) return;
      const body = this.#buffer.subarray(5, 5 + length);
      this.#buffer = this.#buffer.subarray(5 + length);
      if (channel === 'o' && this.#hello) {
        this.#hello = false;
        this.#tellStart();
      } else if (channel === 'o') this.#output += body.toString('latin1');
      else if (channel === 'e') this.#errors += body.toString('latin1');
      else if (channel === 'r') {
        const resolve = this.#pending;
        this.#pending = undefined;
        resolve?.({ code: body.readInt32BE(0), output: this.#output, errors: this.#errors });
      }
    }
  }
}
