// A connection of a window to the shared server: from `hello` on, it passes on everything that the server sends.
import { connect, type Socket } from 'node:net';
import { createMessageConnection, type MessageConnection } from 'vscode-jsonrpc/node';
import { Delay } from '../base/async.ts';
import {
  mountNamespace,
  PROTOCOL_MAJOR,
  PROTOCOL_MINOR,
  runtimeDirectory,
  type Door,
  type Variables,
} from '../daemon/runtimeDirectory.ts';
import { clientProof, isServerProof } from '../daemon/proof.ts';
import { variablesToSend } from '../daemon/shortForm.ts';
import { isOwnPeer } from './daemon/peerUser.ts';
import { Decline, Ping, SayHello, Superseded, type Welcome } from './daemon/helloProtocol.ts';
import { LineReader, LineWriter } from './daemon/jsonLines.ts';
import { Heartbeat } from './heartbeat.ts';
import * as protocol from './protocol.ts';

/** An update about a repository. */
export interface Notice {
  readonly method: string;
  readonly params: { readonly root: string };
}

export interface LinkEvents {
  onNotice(link: ServerLink, notice: Notice): void;
  /** The server cannot follow this repository. */
  onDecline(link: ServerLink, root: string, why: string): void;
  /** A newer server has the name of this one. */
  onSuperseded(link: ServerLink): void;
  onClosed(link: ServerLink): void;
}

export interface ServerLink {
  readonly connection: MessageConnection;
  readonly socket: Socket;
  readonly welcome: Welcome;
  /** Ends the connection when the server is silent. */
  readonly heartbeat: Heartbeat;
}

const CONNECT_MS = 250;
/** A server that has not greeted by then is stopped, or hangs. */
const GREET_MS = 2000;
/** A part of an update, or the content of a file. */
const MOST_MESSAGE = 256 << 20;
/** Notifications of the server about a repository. */
const RELAYED = [protocol.DidUpdate.method, protocol.DidChangeBase.method] as const;

/** A connection before its `hello`. */
export interface Reached {
  readonly socket: Socket;
  readonly door: Door;
  /** Another text for another server behind the public name. */
  readonly identity: string | undefined;
}

/** Returns another text for another server; undefined if none has the public name. */
export function serverIdentity(variables: Variables): string | undefined {
  const directory = runtimeDirectory(variables);
  return directory?.identity(directory.address);
}

/** Resolves with a connection to the user's server; undefined if none listens. */
export async function connectToServer(variables: Variables): Promise<Reached | undefined> {
  const directory = runtimeDirectory(variables);
  const door = directory?.isSafe() === true ? directory.door : undefined;
  const identity = serverIdentity(variables);
  const socket = door && (await connected(door.address));
  return door && socket && { socket, door, identity };
}

/** Sends `hello`. Rejects if the server cannot be used. */
export async function greet(
  { socket, door: { secret } }: Pick<Reached, 'socket' | 'door'>,
  variables: Variables,
  events: LinkEvents,
): Promise<ServerLink> {
  const connection = createMessageConnection(new LineReader(socket, undefined, MOST_MESSAGE), new LineWriter(socket));
  let link: ServerLink | undefined;
  const whenLinked = (tell: (link: ServerLink) => void): void => {
    if (link !== undefined) tell(link);
  };
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    connection.dispose();
    link?.heartbeat.dispose();
    whenLinked(of => events.onClosed(of));
  });
  for (const method of RELAYED) {
    connection.onNotification(method, (params: Notice['params']) =>
      whenLinked(of => events.onNotice(of, { method, params })),
    );
  }
  connection.onNotification(Decline, ({ root, why }) => whenLinked(of => events.onDecline(of, root, why)));
  connection.onNotification(Superseded, () => whenLinked(of => events.onSuperseded(of)));
  connection.listen();
  const limit = new Delay(() => socket.destroy());
  limit.set(GREET_MS);
  try {
    const sent = secret === undefined ? undefined : clientProof(secret);
    const hello = { protocol: [PROTOCOL_MAJOR, PROTOCOL_MINOR], mount: mountNamespace() } as const;
    const welcome = await connection.sendRequest(SayHello, {
      ...hello,
      environment: variablesToSend(variables),
      ...sent,
    });
    if (secret !== undefined && sent !== undefined && !isServerProof(secret, sent.nonce, welcome.proof)) {
      throw new Error('another program has taken the name of the pipe');
    }
    const heartbeat = new Heartbeat({
      // It fails when the connection ends, and a server that does not know it answers so.
      ask: () => void connection.sendRequest(Ping, null).catch(() => undefined),
      received: () => socket.bytesRead,
      onSilent: () => socket.destroy(),
    });
    return (link = { connection, socket, welcome, heartbeat });
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    limit.dispose();
  }
}

function connected(address: string): Promise<Socket | undefined> {
  return new Promise(resolve => {
    const socket = connect(address);
    const limit = new Delay(() => finish(undefined));
    const finish = (result: Socket | undefined): void => {
      limit.dispose();
      socket.removeAllListeners('error');
      socket.removeAllListeners('connect');
      socket.on('error', () => socket.destroy());
      if (result === undefined) socket.destroy();
      resolve(result);
    };
    limit.set(CONNECT_MS);
    socket.on('connect', () => finish(isOwnPeer(socket) ? socket : undefined));
    socket.on('error', () => finish(undefined));
  });
}
