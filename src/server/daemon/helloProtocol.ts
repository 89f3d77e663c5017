// The first messages on the shared server's socket, as JSON-RPC, one message per line. After `hello` a client may use
// the requests of protocol.ts that concern the repositories it has opened.
import { NotificationType, RequestType } from 'vscode-jsonrpc';

export interface Hello {
  /** Major and minor version. The server rejects another major version. */
  readonly protocol: readonly [major: number, minor: number];
  /** The client's mount namespace, as `/proc/self/ns/mnt` names it; '-' where there is none. */
  readonly mount: string;
  /** The variables of SENT_VARIABLES that are set. */
  readonly environment: Readonly<Record<string, string>>;
  /** On a named pipe, see daemon/proof.ts. */
  readonly nonce?: string;
  readonly proof?: string;
}

export interface Welcome {
  readonly protocol: readonly [major: number, minor: number];
  /** Version of the server's program. */
  readonly build: string;
  /** Another value for each life of a server. */
  readonly serverId: string;
  /** The server's, on a named pipe. */
  readonly proof?: string;
}

/** Must be the first request. Fails if the server cannot serve this client, with the reason. */
export const SayHello = new RequestType<Hello, Welcome, void>('hello');
/** Answered at once: a client learns that the server is not stopped. */
export const Ping = new RequestType<null, null, void>('daemon/ping');
/** The server cannot follow this repository for the client, which has to do it itself. */
export const Decline = new NotificationType<{ root: string; why: string }>('repository/decline');
/** The server takes no more connections: a newer one has its name. */
export const Superseded = new NotificationType<{ why: string }>('daemon/superseded');
