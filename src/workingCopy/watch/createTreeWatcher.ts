// Chooses how a working copy is watched.
import { currentEnvironment } from '../../files/environment.ts';
import { SupplementedWatcher } from './supplementedWatcher.ts';
import { DirectoryWatcher, RecursiveWatcher, watchLimit, type TreeWatcher, type WatchOptions } from './treeWatcher.ts';
import { findWatchmanSocket } from './watchmanSocket.ts';
import { WatchmanSource } from './watchmanSource.ts';

export function createTreeWatcher(options: WatchOptions): TreeWatcher {
  if (process.platform !== 'linux') return new RecursiveWatcher(options);
  return withWatchman(new DirectoryWatcher(options, watchLimit()), options);
}

/** Adds the events of a Watchman that runs already, once there are too few watches. */
export function withWatchman(
  watcher: TreeWatcher,
  { root, controlName, logger }: WatchOptions,
  socket = (): string | undefined => findWatchmanSocket(currentEnvironment().variables),
): TreeWatcher {
  return new SupplementedWatcher(watcher, hint => new WatchmanSource({ root, controlName, logger, socket, hint }));
}
