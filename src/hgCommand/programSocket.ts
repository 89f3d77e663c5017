// A local socket for the small programs that hg or ssh runs. They send a line with a secret and a question, and get an
// answer.
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { errorMessage } from '../base/errors.ts';
import type { Disposable } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';

export interface ProgramSocketOptions {
  /** Part of the socket's name, and who asks, for the log: "askpass". */
  readonly name: string;
  /** The function that fails without the socket, for the log: "passwords of ssh cannot be asked for". */
  readonly loss: string;
  /** A question is one line; of one that is longer than so many characters nothing is taken. */
  readonly mostCharacters: number;
  readonly logger: Logger;
  /**
   * Gets the words after the secret and resolves with the answer; undefined means no answer. `gone` is aborted when the
   * asking program has ended.
   */
  answer(words: readonly string[], gone: AbortSignal): Promise<string | undefined>;
}

export class ProgramSocket implements Disposable {
  /** Known to the environment of hg only; who does not begin with it is not answered. */
  readonly secret = randomBytes(16).toString('hex');
  /** A path, or on Windows the name of a pipe. */
  readonly address: string;
  readonly #options: ProgramSocketOptions;
  #server: Server | undefined;
  #listening: Promise<boolean> | undefined;

  constructor(options: ProgramSocketOptions) {
    this.#options = options;
    const name = `quicksilver-${options.name}-${randomBytes(10).toString('hex')}`;
    this.address = process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : path.join(tmpdir(), `${name}.sock`);
  }

  /** Answers from now on; called before a command that may ask. Resolves with whether that worked. */
  listen(): Promise<boolean> {
    this.#listening ??= new Promise(resolve => {
      const server = createServer(socket => this.#serve(socket));
      this.#server = server;
      // Also when one connection cannot be taken, later.
      server.on('error', error => {
        this.#options.logger.warn(`${this.#options.loss}: ${errorMessage(error)}`);
        resolve(false);
      });
      server.listen({ path: this.address, readableAll: false, writableAll: false }, () => resolve(true));
      server.unref();
    });
    return this.#listening;
  }

  dispose(): void {
    this.#server?.close();
    if (process.platform !== 'win32') rmSync(this.address, { force: true });
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
      if (text.length > this.#options.mostCharacters) {
        socket.destroy();
        return;
      }
      const end = text.indexOf('\n');
      if (end < 0) return;
      socket.removeAllListeners('data');
      const [secret, ...words] = text.slice(0, end).split(' ');
      if (secret !== this.secret) {
        socket.end();
        return;
      }
      void this.#options.answer(words, gone.signal).then(
        answer => socket.end(answer ?? ''),
        (error: unknown) => {
          this.#options.logger.warn(`${this.#options.name}: a question was not answered: ${errorMessage(error)}`);
          socket.end();
        },
      );
    });
  }
}
