// Requests about files and repositories that need not be open.
import { dirname } from 'node:path';
import type { MessageConnection } from 'vscode-jsonrpc';
import { systemsOf } from '../../backends/systems.ts';
import type { Disposable } from '../../base/lifecycle.ts';
import type { Vfs } from '../../files/vfs.ts';
import { discoverRepositories, locateFile, locateRepository, mergeLocated } from '../discover.ts';
import * as protocol from '../protocol.ts';

export function handleDiscovery(connection: MessageConnection, vfs: Vfs): readonly Disposable[] {
  return [
    connection.onRequest(
      protocol.FindRoot,
      ({ path, systems }) => locateRepository(vfs, systemsOf(systems), folderOf(vfs, path)) ?? null,
    ),
    connection.onRequest(protocol.LocateFiles, ({ paths, systems }) => {
      const wanted = systemsOf(systems);
      return paths.map(path => locateFile(vfs, wanted, path));
    }),
    connection.onRequest(protocol.ReadLink, ({ path }) => vfs.readLink(path) ?? null),
    connection.onRequest(protocol.Discover, ({ folders, depth, ignoredNames, systems }) => {
      const wanted = systemsOf(systems);
      const found = folders.flatMap(folder => discoverRepositories(vfs, wanted, folder, depth, ignoredNames));
      return mergeLocated(found);
    }),
  ];
}

/** A file that is a symbolic link belongs to the folder that it is in. */
function folderOf(vfs: Vfs, path: string): string {
  return vfs.lstat(path)?.isDirectory() === true ? path : dirname(path);
}
