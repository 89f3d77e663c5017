// The window's connection as its own engine sees it: what concerns a repository of the shared server goes there
// instead.
import type { CancellationToken, MessageConnection } from 'vscode-jsonrpc';
import * as protocol from './protocol.ts';
import type { SharedModels } from './sharedModels.ts';

type Handler = (params: unknown, token: CancellationToken) => unknown;
interface Type {
  readonly method: string;
}

/**
 * @param rootIdOf returns the 'DEVICE:INODE' of a root
 * @returns a connection whose handlers get only what is not for the shared server
 */
export function routedConnection(
  connection: MessageConnection,
  shared: SharedModels,
  rootIdOf: (root: string) => string | undefined,
): MessageConnection {
  const onRequest = (type: Type, handler: Handler): unknown =>
    connection.onRequest(type.method, async (params: unknown, token: CancellationToken) => {
      if (type.method === protocol.Open.method) {
        const options = params as protocol.OpenOptions;
        if (shared.serves(options.root) || (await shared.open(options, rootIdOf(options.root)))) return null;
      }
      const root = rootOf(params);
      if (root === undefined) return handler(params, token);
      if (!shared.serves(root)) {
        shared.tellMoving(type.method, params, root);
        return shared.doAlone(root, () => handler(params, token));
      }
      const answer = shared.request(type.method, params, token);
      if (type.method === protocol.Close.method) {
        // The window has something of it in any case: what runs hg.
        handler(params, token);
        return answer;
      }
      return answer.catch((error: unknown) => {
        if (shared.serves(root)) throw error;
        // The server was lost meanwhile: the own engine follows the repository now.
        return shared.doAlone(root, () => handler(params, token));
      });
    });
  const onNotification = (type: Type, handler: (params: unknown) => void): unknown =>
    connection.onNotification(type.method, (params: unknown) => {
      const root = rootOf(params);
      if (root !== undefined && shared.serves(root)) {
        shared.notify(type.method, params, root);
        return;
      }
      // A notification without a root concerns all repositories.
      if (root === undefined) shared.notify(type.method, params);
      else shared.tellMoving(type.method, params, root);
      handler(params);
    });
  return new Proxy(connection, {
    get: (target, name) => {
      if (name === 'onRequest') return onRequest;
      if (name === 'onNotification') return onNotification;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

function rootOf(params: unknown): string | undefined {
  if (typeof params !== 'object' || params === null || !('root' in params)) return undefined;
  return typeof params.root === 'string' ? params.root : undefined;
}
