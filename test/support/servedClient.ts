// A server and its client in one process, for one repository. The client keeps the entries that the server publishes.
import { PassThrough } from 'node:stream';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import * as protocol from '../../src/server/protocol.ts';
import { Server } from '../../src/server/server.ts';
import { Conditions } from './conditions.ts';

type ServerOptions = ConstructorParameters<typeof Server>[1];

export class ServedClient {
  readonly root: string;
  state: protocol.RepositoryState = { kind: 'scanning' };
  protected readonly published = new Map<string, protocol.FileEntry>();
  protected readonly connection;
  protected readonly conditions = new Conditions();
  readonly #server: Server;

  constructor(root: string, options: ServerOptions) {
    this.root = root;
    const [there, back] = [new PassThrough(), new PassThrough()];
    const far = createMessageConnection(new StreamMessageReader(there), new StreamMessageWriter(back));
    this.#server = new Server(far, options);
    far.listen();
    this.connection = createMessageConnection(new StreamMessageReader(back), new StreamMessageWriter(there));
    this.connection.onNotification(protocol.DidUpdate, update => {
      this.apply(update);
      this.conditions.check();
    });
    this.connection.listen();
  }

  async setHgPolicy(allow: boolean, hg = ''): Promise<void> {
    await this.connection.sendNotification(protocol.SetHgPolicy, { allow, fallback: true, path: hg });
  }

  async settle(): Promise<void> {
    await this.connection.sendRequest(protocol.Settle, { root: this.root });
  }

  /** Sends hints, as VS Code's watcher does. */
  async hint(...paths: readonly string[]): Promise<void> {
    await this.connection.sendNotification(protocol.Hint, { root: this.root, paths });
    await this.settle();
  }

  /** Resolves when the published state fulfills the condition. */
  until(condition: () => boolean): Promise<void> {
    return this.conditions.until(condition);
  }

  dispose(): void {
    this.#server.dispose();
    this.connection.dispose();
  }

  protected apply({ state, reset, changed, cleared }: protocol.RepositoryUpdate): void {
    this.state = state;
    if (reset) this.published.clear();
    for (const name of cleared) this.published.delete(name);
    for (const entry of changed) this.published.set(entry.path, entry);
  }
}
