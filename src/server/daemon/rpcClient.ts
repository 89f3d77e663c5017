// One connection of the shared server that stays: a window's worker, or any other program that speaks JSON-RPC.
import type { Socket } from 'node:net';
import { createMessageConnection, ErrorCodes, ResponseError, type MessageConnection } from 'vscode-jsonrpc/node';
import { DisposableStore, type Disposable } from '../../base/lifecycle.ts';
import type { ProcessEnvironment } from '../../files/environment.ts';
import { isClientProof, serverProof } from '../../daemon/proof.ts';
import { PROTOCOL_MAJOR, PROTOCOL_MINOR } from '../../daemon/runtimeDirectory.ts';
import { rootIdOf, type Hub, type SharedRepository } from '../hub.ts';
import { DidUpdate } from '../protocol.ts';
import { Subscriber } from '../subscriber.ts';
import { usesUnsentVariables } from './clientEnvironment.ts';
import { handleInterface } from './interfaceHandlers.ts';
import { Decline, Ping, SayHello, Superseded, type Hello, type Welcome } from './helloProtocol.ts';
import { LineReader, LineWriter, whenDrained } from './jsonLines.ts';
import type { Models } from './models.ts';

export interface RpcClientOptions {
  readonly hub: Hub;
  readonly serverId: string;
  readonly version: string;
  readonly mount: string;
  /** Clients of a named pipe must know it. */
  readonly secret?: string;
  /** Answer single questions. */
  readonly models: Models;
  /** Called before the client lets go of a repository. */
  readonly onClosing: (repository: SharedRepository) => void;
  /** True if one more repository may be followed. */
  readonly hasRoom: () => boolean;
  /** Called at the `hello` of the client. */
  readonly onWelcome: () => void;
  readonly environment: (variables: Readonly<Record<string, string>>) => ProcessEnvironment;
}

/** Requests of one client that are answered at a time. */
const MOST_PENDING = 64;
/** Seconds between two audits. */
const [LEAST_AUDIT, MOST_AUDIT] = [10, 86_400];

export class RpcClient implements Disposable {
  readonly #options: RpcClientOptions;
  readonly #socket: Socket;
  readonly #connection: MessageConnection;
  readonly #owned = new DisposableStore();
  #subscriber: Subscriber | undefined;

  /** @param received what was read from the socket before */
  constructor(socket: Socket, received: Buffer, options: RpcClientOptions) {
    this.#options = options;
    this.#socket = socket;
    this.#connection = createMessageConnection(new LineReader(socket, received), new LineWriter(socket), undefined, {
      maxParallelism: MOST_PENDING,
    });
    this.#owned.add(this.#connection.onRequest(SayHello, hello => this.#welcome(hello)));
    this.#owned.add(this.#connection.onRequest(Ping, () => null));
    this.#owned.add(this.#connection.onError(() => socket.destroy()));
    socket.on('close', () => this.dispose());
    this.#connection.listen();
  }

  /** Notifies the client that another server has taken over. */
  supersede(why: string): void {
    this.#notify(Superseded.method, { why });
  }

  dispose(): void {
    this.#owned.dispose();
    this.#subscriber?.dispose();
    this.#subscriber = undefined;
    this.#connection.dispose();
  }

  #welcome({ protocol, mount, environment, nonce, proof }: Hello): Welcome {
    const { hub, serverId, version, models, secret } = this.#options;
    if (secret !== undefined && !isClientProof(secret, nonce, proof)) {
      this.#socket.destroy();
      throw new ResponseError(ErrorCodes.InvalidRequest, 'the proof is wrong');
    }
    if (this.#subscriber !== undefined) throw new ResponseError(ErrorCodes.InvalidRequest, 'hello comes once');
    if (!Array.isArray(protocol) || protocol[0] !== PROTOCOL_MAJOR) {
      throw new ResponseError(ErrorCodes.InvalidRequest, `this server speaks version ${PROTOCOL_MAJOR}`);
    }
    if (mount !== this.#options.mount)
      throw new ResponseError(ErrorCodes.InvalidRequest, 'the client sees other mounts');
    this.#options.onWelcome();
    const clientEnvironment = this.#options.environment(environment);
    const subscriber = (this.#subscriber = new Subscriber({
      connection: this.#connection,
      hub,
      environment: clientEnvironment,
      sendsText: true,
      // The model is everybody's: no client has more or fewer watches for it, and none has it checked all the time.
      limited: asked => ({
        ...asked,
        watchShare: models.watchShare,
        auditSeconds: asked.auditSeconds > 0 ? Math.min(MOST_AUDIT, Math.max(LEAST_AUDIT, asked.auditSeconds)) : 0,
      }),
      onClosing: repository => {
        if (!usesUnsentVariables(repository.environment)) this.#options.onClosing(repository);
      },
      drained: () => whenDrained(this.#socket),
      check: ({ root, rootId }) => {
        if (rootIdOf(hub.vfs, root) !== rootId) {
          throw new ResponseError(ErrorCodes.InvalidParams, `${root} is another directory here`);
        }
        if (!hub.roots.includes(root) && !this.#options.hasRoom()) {
          throw new ResponseError(ErrorCodes.InvalidRequest, 'the limit of memory is reached');
        }
      },
      // The first snapshot shows which variables the configuration uses.
      send: (method, params) => {
        const { root } = params as { readonly root: string };
        const repository = this.#subscriber?.find(root);
        const isInDoubt = repository !== undefined && usesUnsentVariables(repository.environment);
        if (method !== DidUpdate.method || !isInDoubt) {
          this.#notify(method, params);
          return;
        }
        this.#subscriber?.close(root);
        this.#notify(Decline.method, { root, why: 'the configuration uses other variables' });
      },
      onGone: () => this.dispose(),
    }));
    for (const handler of handleInterface({
      ...{ connection: this.#connection, vfs: hub.vfs, models, mount: this.#options.mount, serverId, subscriber },
      ...{ environment: clientEnvironment, clientMount: mount },
    })) {
      this.#owned.add(handler);
    }
    return {
      ...{ protocol: [PROTOCOL_MAJOR, PROTOCOL_MINOR], build: version, serverId },
      ...(secret !== undefined && nonce !== undefined && { proof: serverProof(secret, nonce) }),
    };
  }

  #notify(method: string, params: unknown): void {
    // It fails only when the other side is gone.
    this.#connection.sendNotification(method, params).catch(() => this.#socket.destroy());
  }
}
