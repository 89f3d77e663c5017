// A client of the shared server that speaks JSON-RPC, as a program of others would.
import * as fs from 'node:fs';
import * as net from 'node:net';
import { createMessageConnection, type MessageConnection } from 'vscode-jsonrpc/node';
import type { Disposable } from '../../src/base/lifecycle.ts';
import { mountNamespace } from '../../src/daemon/runtimeDirectory.ts';
import { LineReader, LineWriter } from '../../src/server/daemon/jsonLines.ts';
import type { RepositoryUpdate } from '../../src/server/protocol.ts';
import { Conditions } from './conditions.ts';
import type { DaemonRig } from './daemonRig.ts';

export class RpcRig implements Disposable {
  readonly connection: MessageConnection;
  readonly updates: RepositoryUpdate[] = [];
  readonly #socket: net.Socket;
  readonly #variables: Readonly<Record<string, string | undefined>>;
  readonly #conditions = new Conditions();

  constructor(rig: DaemonRig) {
    this.#variables = rig.variables;
    this.#socket = net.connect(rig.directory.address);
    this.connection = createMessageConnection(
      new LineReader(this.#socket, undefined, 1 << 28),
      new LineWriter(this.#socket),
    );
    this.connection.onNotification('repository/didUpdate', (update: RepositoryUpdate) => {
      this.updates.push(update);
      this.#conditions.check();
    });
    this.connection.listen();
  }

  hello(mount = mountNamespace()): Promise<unknown> {
    const environment = Object.fromEntries(
      ['HOME', 'HGRCPATH', 'PATH'].flatMap(name =>
        this.#variables[name] === undefined ? [] : [[name, this.#variables[name]]],
      ),
    );
    return this.connection.sendRequest('hello', { protocol: [1, 1], mount, environment });
  }

  /** Asks for something about a root, with a generous deadline. */
  ask<R>(method: string, root: string, params: Readonly<Record<string, unknown>> = {}): Promise<R> {
    const stat = fs.statSync(root, { bigint: true });
    const about = { root, rootId: `${stat.dev}:${stat.ino}`, deadline: 60_000 };
    return this.connection.sendRequest(method, { ...about, ...params });
  }

  /** Resolves when something holds, which is asked whenever an update has come. */
  until(holds: () => boolean): Promise<void> {
    return this.#conditions.until(holds);
  }

  dispose(): void {
    this.connection.dispose();
    this.#socket.destroy();
  }
}
