// Calls the real hg as with spawnSync, but through command servers that stay alive: most commands take a tenth of hg's
// start. A server starts outside of all repositories, so each command reads the current configuration and ignore rules.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

export interface HgOutcome {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

interface HgCall {
  /** Absolute. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /**
   * Options before the command, such as `--config`, 'extensions.strip='. Each set of options gets a server of its own.
   */
  readonly options?: readonly string[];
}

const servers = new Map<string, Server>();

/** Runs `hg` and waits. The servers end with this process. */
export function hgAtOnce(args: readonly string[], call: HgCall): HgOutcome {
  const { cwd, env, options = [] } = call;
  // Without named pipes there is no server that can be waited for; and it would take a --cwd in `args` for its own.
  if (process.platform === 'win32' || args.includes('--cwd')) return hgAlone(args, call);
  const key = JSON.stringify([options, Object.entries(env).sort()]);
  let server = servers.get(key);
  if (server === undefined) servers.set(key, (server = new Server(options, env)));
  const outcome = server.run(['--cwd', cwd, ...args]);
  if (outcome !== undefined) return outcome;
  // When hg crashes, its server dies too. A process of its own shows the exit code.
  servers.delete(key);
  return hgAlone(args, call);
}

/** Calls hg in a process of its own, for tests to which that matters. */
export function hgAlone(args: readonly string[], { cwd, env, options = [] }: HgCall): HgOutcome {
  const { status, stdout, stderr } = spawnSync('hg', [...options, ...args], { cwd, env, maxBuffer: 1 << 28 });
  return { code: status, stdout, stderr };
}

class Server {
  readonly #input: number;
  readonly #output: number;

  constructor(options: readonly string[], env: NodeJS.ProcessEnv) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hg-at-once-'));
    const [input, output] = [path.join(folder, 'input'), path.join(folder, 'output')];
    execFileSync('mkfifo', [input, output]);
    // Files of our own in place of its pipes, because those of Node cannot be waited for.
    const script = 'input=$1; output=$2; shift 2; exec hg "$@" serve --cmdserver pipe <"$input" >"$output"';
    const child = spawn('sh', ['-c', script, 'sh', input, output, ...options], {
      cwd: os.tmpdir(),
      env,
      stdio: 'ignore',
    });
    child.unref();
    this.#input = fs.openSync(input, 'w');
    this.#output = fs.openSync(output, 'r');
    fs.rmSync(folder, { recursive: true });
    if (this.#message() === undefined) throw new Error('the command server does not start');
  }

  /** Answers undefined if the server ends instead, and then it is of no use any more. */
  run(args: readonly string[]): HgOutcome | undefined {
    const body = Buffer.from(args.join('\0'), 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    this.#write(Buffer.concat([Buffer.from('runcommand\n'), length, body]));
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    for (;;) {
      const message = this.#message();
      if (message === undefined) {
        fs.closeSync(this.#input);
        fs.closeSync(this.#output);
        return undefined;
      }
      const { channel, data } = message;
      if (channel === 'o') stdout.push(data);
      else if (channel === 'e') stderr.push(data);
      else if (channel === 'r') {
        // As the exit code of a process.
        const code = data.readInt32BE(0) & 0xff;
        return { code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) };
      }
    }
  }

  /** The next one; undefined at the end. Questions, which carry no data, are answered by the end of the input. */
  #message(): { readonly channel: string; readonly data: Buffer } | undefined {
    for (;;) {
      const head = this.#read(5);
      if (head === undefined) return undefined;
      const channel = head.toString('latin1', 0, 1);
      if (channel !== 'I' && channel !== 'L') {
        const data = this.#read(head.readUInt32BE(1));
        return data && { channel, data };
      }
      this.#write(Buffer.alloc(4));
    }
  }

  #read(length: number): Buffer | undefined {
    const bytes = Buffer.alloc(length);
    for (let at = 0; at < length;) {
      const count = fs.readSync(this.#output, bytes, at, length - at, null);
      if (count === 0) return undefined;
      at += count;
    }
    return bytes;
  }

  #write(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) at += fs.writeSync(this.#input, bytes, at);
  }
}
