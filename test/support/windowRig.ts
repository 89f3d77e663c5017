// A window whose engine may use the shared server of a rig: the entries and log that it was sent.
import { PassThrough } from 'node:stream';
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import { currentEnvironment } from '../../src/files/environment.ts';
import * as protocol from '../../src/server/protocol.ts';
import { Server } from '../../src/server/server.ts';
import { Conditions } from './conditions.ts';
import type { DaemonRig } from './daemonRig.ts';

export class WindowRig {
  readonly entries = new Map<string, string>();
  readonly causes: string[] = [];
  readonly log: string[] = [];
  state = '';
  /** The fewest entries after any update since there were some. */
  leastEntries = Infinity;
  readonly connection: MessageConnection;
  readonly #server: Server;
  readonly #conditions = new Conditions();

  /**
   * @param programs the folder with the worker's bundle, from which a server is started
   * @param variables more environment variables
   * @param process that of the window
   * @param greetMs for which it waits for the server; a busy machine needs longer than usual
   */
  constructor(
    rig: DaemonRig,
    programs?: string,
    variables: Readonly<Record<string, string>> = {},
    process: number = globalThis.process.pid,
    greetMs = 20_000,
  ) {
    const [there, back] = [new PassThrough(), new PassThrough()];
    const far = createMessageConnection(new StreamMessageReader(there), new StreamMessageWriter(back));
    const environment = { ...currentEnvironment(), variables: { ...rig.variables, ...variables } };
    this.#server = new Server(far, { environment, programs, window: process, greetMs });
    far.listen();
    this.connection = createMessageConnection(new StreamMessageReader(back), new StreamMessageWriter(there));
    this.connection.onNotification(protocol.Log, ({ message }) => {
      this.log.push(message);
      this.#conditions.check();
    });
    this.connection.onNotification(protocol.DidUpdate, update => {
      if (update.reset) this.entries.clear();
      for (const { path: at, status } of update.changed) this.entries.set(at, status);
      for (const at of update.cleared) this.entries.delete(at);
      if (this.entries.size > 0 || this.leastEntries < Infinity) {
        this.leastEntries = Math.min(this.leastEntries, this.entries.size);
      }
      this.causes.push(update.cause);
      this.state = update.state.kind;
      this.#conditions.check();
    });
    this.connection.listen();
  }

  open(root: string, sharing: 'off' | 'auto' | 'on' = 'auto'): Promise<null> {
    return this.connection.sendRequest(protocol.Open, { root, auditSeconds: 0, watchShare: 0.5, sharing });
  }

  /** Resolves when something holds, which is asked whenever a message has come. */
  until(holds: () => boolean): Promise<void> {
    return this.#conditions.until(holds);
  }

  /** Where its models live, as its log has it. */
  get usesServer(): boolean {
    return this.log.some(line => line.includes('its model is in the shared server'));
  }

  dispose(): void {
    this.#server.dispose();
    this.connection.dispose();
  }
}
