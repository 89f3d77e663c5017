// Lets programs that hg starts (above all ssh) ask for a password or passphrase. Environment variables make them run a
// small program of ours. It asks here over a local socket and prints the answer.
import { chmodSync } from 'node:fs';
import { errorMessage } from '../base/errors.ts';
import type { Disposable } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import type { Variables } from './hgVariables.ts';
import type { HgQuestion } from './messages.ts';
import { ProgramSocket } from './programSocket.ts';

export interface AskpassOptions {
  /** Absolute path of the script that ssh runs. */
  readonly script: string;
  /** Absolute path of what it runs in Node. */
  readonly program: string;
  readonly logger: Logger;
  /** `gone` is aborted when the one who asks is there no more: then nobody waits for an answer. */
  ask(question: HgQuestion, gone: AbortSignal): Promise<string | undefined>;
}

/** A question is one line; more is not read. */
const MOST_CHARACTERS = 8192;

export class Askpass implements Disposable {
  readonly #options: AskpassOptions;
  readonly #socket: ProgramSocket;
  #isRunnable = false;

  constructor(options: AskpassOptions) {
    this.#options = options;
    this.#socket = new ProgramSocket({
      name: 'askpass',
      loss: 'passwords of ssh cannot be asked for',
      mostCharacters: MOST_CHARACTERS,
      logger: options.logger,
      answer: (words, gone) => this.#answer(words, gone),
    });
  }

  /** Returns the environment variables to add for hg. */
  variables(base: Variables): Variables {
    return {
      SSH_ASKPASS: this.#options.script,
      // Without it ssh asks there only if it has no terminal and there is a display.
      SSH_ASKPASS_REQUIRE: 'force',
      DISPLAY: base['DISPLAY'] ?? ':',
      QUICKSILVER_ASKPASS_NODE: process.execPath,
      QUICKSILVER_ASKPASS_MAIN: this.#options.program,
      QUICKSILVER_ASKPASS_ADDRESS: this.#socket.address,
      QUICKSILVER_ASKPASS_SECRET: this.#socket.secret,
    };
  }

  /** Answers from now on; called before a command that may ask. Resolves with whether that worked. */
  listen(): Promise<boolean> {
    this.#makeRunnable();
    return this.#socket.listen();
  }

  dispose(): void {
    this.#socket.dispose();
  }

  /** Makes the script executable, once: unpacking the extension may have dropped that mode. */
  #makeRunnable(): void {
    if (this.#isRunnable) return;
    this.#isRunnable = true;
    try {
      if (process.platform !== 'win32') chmodSync(this.#options.script, 0o755);
    } catch (error) {
      this.#options.logger.warn(`${this.#options.script}: ${errorMessage(error)}`);
    }
  }

  /** Undefined for no answer; else JSON. */
  async #answer(words: readonly string[], gone: AbortSignal): Promise<string | undefined> {
    const text = Buffer.from(words.join(' '), 'base64').toString('utf8');
    // A host that is not known yet is asked about by "yes/no", and that is no secret.
    const isPassword = !/\(yes\/no/i.test(text);
    const answer = await this.#options.ask({ text, isPassword }, gone);
    return answer === undefined ? undefined : JSON.stringify(answer);
  }
}
