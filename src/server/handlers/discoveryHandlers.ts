// Requests for repositories that need not be open.
import type { MessageConnection } from 'vscode-jsonrpc';
import { findRepository, systemsOf } from '../../backends/systems.ts';
import type { Disposable } from '../../base/lifecycle.ts';
import type { Vfs } from '../../files/vfs.ts';
import { discoverRepositories } from '../discover.ts';
import * as protocol from '../protocol.ts';

export function handleDiscovery(connection: MessageConnection, vfs: Vfs): readonly Disposable[] {
  return [
    connection.onRequest(
      protocol.FindRoot,
      ({ path, systems }) => findRepository(vfs, path, systemsOf(systems)) ?? null,
    ),
    connection.onRequest(protocol.Discover, ({ folders, depth, ignoredNames, systems }) => {
      const wanted = systemsOf(systems);
      const found = folders.flatMap(folder => discoverRepositories(vfs, wanted, folder, depth, ignoredNames));
      return [...new Map(found.map(each => [each.root, each])).values()];
    }),
  ];
}
