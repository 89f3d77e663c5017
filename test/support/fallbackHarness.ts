// A repository behind the server, and a program on the PATH that records each start and then runs the real one.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { PassThrough } from 'node:stream';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import type { SystemKind } from '../../src/base/repositoryState.ts';
import { currentEnvironment } from '../../src/files/environment.ts';
import * as protocol from '../../src/server/protocol.ts';
import { Server } from '../../src/server/server.ts';
import { STATUS_LETTERS } from '../../src/server/statusLetters.ts';
import { Conditions } from './conditions.ts';

export interface ServedOptions {
  /** A folder of the test's own. */
  readonly base: string;
  readonly root: string;
  readonly system: SystemKind;
  /** Absolute path of the real program. */
  readonly program: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

export class FallbackHarness {
  readonly root: string;
  readonly #system: SystemKind;
  state: protocol.RepositoryState = { kind: 'scanning' };
  readonly #calls: string;
  readonly #entries = new Map<string, protocol.FileEntry>();
  readonly #connection;
  readonly #server: Server;
  readonly #conditions = new Conditions();

  constructor({ base, root, system, program, variables }: ServedOptions) {
    this.root = root;
    this.#system = system;
    this.#calls = path.join(base, 'calls');
    fs.writeFileSync(this.#calls, '');
    const bin = path.join(base, 'bin');
    fs.mkdirSync(bin);
    const script = `#!/bin/sh\necho "$@" >> '${this.#calls}'\nexec '${program}' "$@"\n`;
    fs.writeFileSync(path.join(bin, path.basename(program)), script, { mode: 0o755 });
    const own = { ...variables, PATH: `${bin}:${variables['PATH'] ?? ''}` };
    const environment = { ...currentEnvironment(), homeDirectory: base, variables: own };
    const [there, back] = [new PassThrough(), new PassThrough()];
    const far = createMessageConnection(new StreamMessageReader(there), new StreamMessageWriter(back));
    this.#server = new Server(far, { environment });
    far.listen();
    this.#connection = createMessageConnection(new StreamMessageReader(back), new StreamMessageWriter(there));
    this.#connection.onNotification(protocol.DidUpdate, update => this.#apply(update));
    this.#connection.listen();
  }

  get calls(): string[] {
    return fs.readFileSync(this.#calls, 'utf8').split('\n').slice(0, -1);
  }

  /** The program that answers. */
  get program(): string | undefined {
    return this.state.kind === 'fallback' ? this.state.program : undefined;
  }

  get entries(): string[] {
    return [...this.#entries.values()]
      .map(
        ({ path: at, status, source }) =>
          `${STATUS_LETTERS[status]} ${at}${source === undefined ? '' : ` < ${source}`}`,
      )
      .sort();
  }

  async allow(allow: boolean): Promise<void> {
    await this.#connection.sendNotification(protocol.SetHgPolicy, { allow, fallback: true, path: '' });
  }

  async open(): Promise<void> {
    const options = { root: this.root, system: this.#system, auditSeconds: 0, watchShare: 0.5 };
    await this.#connection.sendRequest(protocol.Open, options);
    await this.settle();
  }

  async settle(): Promise<void> {
    await this.#connection.sendRequest(protocol.Settle, { root: this.root });
  }

  async hint(...paths: readonly string[]): Promise<void> {
    await this.#connection.sendNotification(protocol.Hint, { root: this.root, paths });
    await this.settle();
  }

  /** Resolves when the published state fulfills the condition. */
  until(condition: () => boolean): Promise<void> {
    return this.#conditions.until(condition);
  }

  dispose(): void {
    this.#server.dispose();
    this.#connection.dispose();
  }

  #apply({ state, reset, changed, cleared }: protocol.RepositoryUpdate): void {
    this.state = state;
    if (reset) this.#entries.clear();
    for (const name of cleared) this.#entries.delete(name);
    for (const entry of changed) this.#entries.set(entry.path, entry);
    this.#conditions.check();
  }
}
