// One process of the real program for many commands: starting it costs more than most of them.
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';

export class StoreCommandServer {
  readonly #process: ChildProcessWithoutNullStreams;
  #received = Buffer.alloc(0);
  #wake: () => void = () => undefined;
  #ended = false;

  constructor(root: string, config: readonly string[]) {
    this.#process = spawn('hg', [...config, '-R', root, 'serve', '--cmdserver', 'pipe'], {
      cwd: root,
      env: { ...process.env, HGRCPATH: '', HGPLAIN: '1', HGENCODING: 'utf-8' },
    });
    this.#process.stdout.on('data', (bytes: Buffer) => {
      this.#received = Buffer.concat([this.#received, bytes]);
      this.#wake();
    });
    this.#process.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  async start(): Promise<this> {
    await this.#message();
    return this;
  }

  /** The output as a byte string. Throws with the errors' text if the command fails. */
  async run(...args: string[]): Promise<string> {
    const request = Buffer.from(args.join('\0'), 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(request.length);
    this.#process.stdin.write(Buffer.concat([Buffer.from('runcommand\n'), length, request]));
    let output = '';
    let errors = '';
    while (true) {
      const [channel, bytes] = await this.#message();
      if (channel === 'o') output += bytes.toString('latin1');
      else if (channel === 'e') errors += bytes.toString('utf8');
      else if (channel === 'r') {
        if (bytes.readInt32BE(0) !== 0) throw new Error(`hg ${args.join(' ')}: ${errors}`);
        return output;
      }
    }
  }

  async stop(): Promise<void> {
    this.#process.stdin.end();
    while (!this.#ended) await this.#more();
  }

  async #message(): Promise<[string, Buffer]> {
    while (this.#received.length < 5 || this.#received.length < 5 + this.#received.readUInt32BE(1)) {
      if (this.#ended) throw new Error('the command server has ended');
      await this.#more();
    }
    const end = 5 + this.#received.readUInt32BE(1);
    const message: [string, Buffer] = [this.#received.toString('latin1', 0, 1), this.#received.subarray(5, end)];
    this.#received = this.#received.subarray(end);
    return message;
  }

  #more(): Promise<void> {
    return new Promise(resolve => (this.#wake = resolve));
  }
}
