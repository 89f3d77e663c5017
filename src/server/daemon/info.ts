// Facts of the shared server, for `quicksilver daemon status` and `list`.
import type { Hub } from '../hub.ts';
import { estimatedBytes } from './models.ts';
import { reportsEveryChange } from '../../files/fileSystems.ts';

export interface InfoSource {
  readonly hub: Hub;
  readonly serverId: string;
  readonly version: string;
  readonly secondsUp: number;
  readonly connections: number;
  readonly answered: number;
  readonly idleSeconds: number;
  readonly memoryLimitBytes: number;
}

/** Facts of the server. */
export interface ServerFacts {
  readonly server: string;
  readonly version: string;
  readonly process: number;
  readonly secondsUp: number;
  readonly connections: number;
  readonly answered: number;
  readonly residentBytes: number;
  /** It ends after so many seconds without use. */
  readonly idleSeconds: number;
  /** For the estimated bytes of all models together. */
  readonly memoryLimitBytes: number;
}

/** Facts of one model. */
export interface ModelFacts {
  readonly root: string;
  readonly state: string;
  readonly files: number;
  readonly users: number;
  readonly watches: number;
  readonly allWatched: boolean;
  readonly estimatedBytes: number;
  /** True if changes may come without an event: there are no exact answers. */
  readonly polled: boolean;
}

/** Returns one line of JSON for the server, and one for each model. */
export function infoLines(source: InfoSource): string[] {
  const { hub, serverId, version, secondsUp, connections, answered, idleSeconds, memoryLimitBytes } = source;
  const server: ServerFacts = {
    ...{ server: serverId, version, process: process.pid, secondsUp: Math.round(secondsUp), connections, answered },
    ...{ residentBytes: process.memoryUsage.rss(), idleSeconds, memoryLimitBytes },
  };
  const models = hub.all.map(({ repository, users }): ModelFacts => {
    const { root, model } = repository;
    return {
      root,
      state: model.state.kind,
      files: model.snapshot?.input.statCache.entryCount ?? 0,
      users,
      watches: model.watched.directories,
      allWatched: model.watched.complete,
      estimatedBytes: estimatedBytes(repository),
      polled: process.platform !== 'linux' || !reportsEveryChange(root),
    };
  });
  return [server, ...models].map(facts => JSON.stringify(facts));
}
