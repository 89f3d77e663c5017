// Sends the updates of one repository to one client, in parts. For a client that reads slowly, updates do not queue up:
// afterwards it gets everything that is known then.
import type { Disposable } from '../base/lifecycle.ts';
import type { RepositoryUpdate } from './protocol.ts';
import { toMessages, type PublishedUpdate } from './updates.ts';

export interface UpdateSenderOptions {
  readonly root: string;
  send(message: RepositoryUpdate): void;
  /** Resolves when the client can take more. Not given: it always can. */
  drained?: (() => Promise<void>) | undefined;
  /** Everything that is known, with `reset`; undefined if there is nothing yet. */
  current(): PublishedUpdate | undefined;
}

export class UpdateSender implements Disposable {
  readonly #options: UpdateSenderOptions;
  #sequence = 0;
  #isSending = false;
  #isBehind = false;
  #isDisposed = false;

  constructor(options: UpdateSenderOptions) {
    this.#options = options;
  }

  publish(update: PublishedUpdate): void {
    const { drained } = this.#options;
    if (drained === undefined) {
      for (const message of this.#messages(update)) this.#options.send(message);
    } else if (this.#isSending) {
      this.#isBehind = true;
    } else {
      this.#isSending = true;
      void this.#sendInParts(update, drained);
    }
  }

  dispose(): void {
    this.#isDisposed = true;
  }

  async #sendInParts(first: PublishedUpdate, drained: () => Promise<void>): Promise<void> {
    for (let update: PublishedUpdate | undefined = first; update !== undefined;) {
      this.#isBehind = false;
      for (const message of this.#messages(update)) {
        this.#options.send(message);
        await drained();
        if (this.#hasEnded()) return;
      }
      update = this.#missed();
    }
    this.#isSending = false;
  }

  #hasEnded(): boolean {
    return this.#isDisposed;
  }

  /** Everything that is known, if something was published meanwhile. */
  #missed(): PublishedUpdate | undefined {
    return this.#isBehind ? this.#options.current() : undefined;
  }

  *#messages(update: PublishedUpdate): Generator<RepositoryUpdate> {
    for (const message of toMessages(this.#options.root, update, this.#sequence + 1)) {
      this.#sequence = message.sequence;
      yield message;
    }
  }
}
