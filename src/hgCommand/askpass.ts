// How programs that hg starts (ssh, above all) ask for a password or passphrase: they run a small program, given by
// environment variables, which asks here over a local socket and prints the answer.
import { randomBytes } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { chmodSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { errorMessage } from '../base/errors.ts';
import type { Disposable } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import type { Variables } from './hgVariables.ts';
import type { HgQuestion } from './messages.ts';

export interface AskpassOptions {
  /** Absolute path of the script that ssh is told to run. */
  readonly script: string;
  /** Absolute path of what it runs in Node. */
  readonly program: string;
  readonly logger: Logger;
  /** `gone` is aborted when the one who asks is there no more: then nobody waits for an answer. */
  ask(question: HgQuestion, gone: AbortSignal): Promise<string | undefined>;
}

/** A question is one line; more is not read. */
const MOST_BYTES = 8192;

export class Askpass implements Disposable {
  readonly #options: AskpassOptions;
  readonly #secret = randomBytes(16).toString('hex');
  readonly #address: string;
  #server: Server | undefined;
  #listening: Promise<boolean> | undefined;

  constructor(options: AskpassOptions) {
    this.#options = options;
    const name = `quicksilver-askpass-${randomBytes(10).toString('hex')}`;
    this.#address = process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : path.join(tmpdir(), `${name}.sock`);
  }

  /** What is to be added to the environment of hg. */
  variables(base: Variables): Variables {
    return {
      SSH_ASKPASS: this.#options.script,
      // Without it ssh asks there only if it has no terminal and there is a display.
      SSH_ASKPASS_REQUIRE: 'force',
      DISPLAY: base['DISPLAY'] ?? ':',
      QUICKSILVER_ASKPASS_NODE: process.execPath,
      QUICKSILVER_ASKPASS_MAIN: this.#options.program,
      QUICKSILVER_ASKPASS_ADDRESS: this.#address,
      QUICKSILVER_ASKPASS_SECRET: this.#secret,
    };
  }

  /** Answers from now on; called before a command that may ask. Resolves with whether that worked. */
  listen(): Promise<boolean> {
    this.#listening ??= new Promise(resolve => {
      const server = createServer(socket => this.#serve(socket));
      this.#server = server;
      // Also when one connection cannot be taken, later.
      server.on('error', error => {
        this.#options.logger.warn(`passwords of ssh cannot be asked for: ${errorMessage(error)}`);
        resolve(false);
      });
      server.listen({ path: this.#address, readableAll: false, writableAll: false }, () => resolve(true));
      server.unref();
      this.#makeRunnable();
    });
    return this.#listening;
  }

  dispose(): void {
    this.#server?.close();
    if (process.platform !== 'win32') rmSync(this.#address, { force: true });
  }

  /** What unpacked the extension may not have kept that the script is a program. */
  #makeRunnable(): void {
    try {
      if (process.platform !== 'win32') chmodSync(this.#options.script, 0o755);
    } catch (error) {
      this.#options.logger.warn(`${this.#options.script}: ${errorMessage(error)}`);
    }
  }

  #serve(socket: Socket): void {
    let text = '';
    const gone = new AbortController();
    socket.setEncoding('utf8');
    // The one who asked is gone: there is nobody to answer.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => gone.abort());
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > MOST_BYTES) {
        socket.destroy();
        return;
      }
      const end = text.indexOf('\n');
      if (end < 0) return;
      socket.removeAllListeners('data');
      void this.#answer(text.slice(0, end), gone.signal).then(
        answer => socket.end(answer ?? ''),
        (error: unknown) => {
          this.#options.logger.warn(`ssh was not answered: ${errorMessage(error)}`);
          socket.end();
        },
      );
    });
  }

  /** Undefined for no answer; else JSON. */
  async #answer(line: string, gone: AbortSignal): Promise<string | undefined> {
    const [secret = '', ...rest] = line.split(' ');
    if (secret !== this.#secret) return undefined;
    const text = Buffer.from(rest.join(' '), 'base64').toString('utf8');
    // A host that is not known yet is asked about by "yes/no", and that is no secret.
    const isPassword = !/\(yes\/no/i.test(text);
    const answer = await this.#options.ask({ text, isPassword }, gone);
    return answer === undefined ? undefined : JSON.stringify(answer);
  }
}
