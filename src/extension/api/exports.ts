// The API of api.ts over the parts of the extension.
import { EventEmitter } from 'vscode';
import { DisposableStore, type Disposable } from '../../base/lifecycle.ts';
import type { QuicksilverApi, QuicksilverExports, QuicksilverRepository, RepositoryChange } from './api.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { HintSources } from '../repositories/hintSources.ts';
import type { OpenRepository } from '../repositories/openRepository.ts';
import type { Repositories } from '../repositories/repositories.ts';

export interface ExportsContext {
  readonly client: EngineClient;
  readonly repositories: Repositories;
  readonly hints: HintSources;
  readonly initialized: Promise<void>;
}

export function createExports(context: ExportsContext): QuicksilverExports & Disposable {
  const store = new DisposableStore();
  const api = createApi(context, store);
  return {
    getAPI: (version: number) => {
      if (version !== 1) throw new Error(`Quicksilver offers version 1 of its API, not ${version}`);
      return api;
    },
    dispose: () => store.dispose(),
  };
}

function createApi(context: ExportsContext, store: DisposableStore): QuicksilverApi {
  const { repositories } = context;
  const known = new Map<OpenRepository, QuicksilverRepository>();
  const didOpen = store.add(new EventEmitter<QuicksilverRepository>());
  const didClose = store.add(new EventEmitter<QuicksilverRepository>());
  const repositoryOf = (open: OpenRepository): QuicksilverRepository => {
    const made = known.get(open) ?? createRepository(context, open, store);
    known.set(open, made);
    return made;
  };
  store.add(repositories.onDidOpen(open => didOpen.fire(repositoryOf(open))));
  store.add(
    repositories.onDidClose(open => {
      didClose.fire(repositoryOf(open));
      known.delete(open);
    }),
  );
  return {
    initialized: context.initialized,
    get repositories() {
      return repositories.all.map(repositoryOf);
    },
    onDidOpenRepository: didOpen.event,
    onDidCloseRepository: didClose.event,
    getRepository: uri => {
      const open = repositories.of(uri);
      return open === undefined ? undefined : repositoryOf(open);
    },
  };
}

function createRepository(
  context: ExportsContext,
  open: OpenRepository,
  store: DisposableStore,
): QuicksilverRepository {
  const didChange = store.add(new EventEmitter<RepositoryChange>());
  store.add(
    open.onDidUpdate(({ reset, changed, cleared, settled, cause }) =>
      didChange.fire({ reset, changed, cleared, settled, cause }),
    ),
  );
  const { model } = open;
  store.add(
    open.onDidChangeSubrepositories(() =>
      didChange.fire({ reset: false, changed: [], cleared: [], settled: model.settled, cause: 'subrepositories' }),
    ),
  );
  const settle = async (): Promise<void> => {
    context.hints.flush();
    await context.client.settle(open.root);
    await open.whenShown();
  };
  return {
    rootUri: open.rootUri,
    get state() {
      return model.state;
    },
    get head() {
      return model.head;
    },
    get counts() {
      return model.counts;
    },
    get entries() {
      return model.entries;
    },
    get subrepositories() {
      return model.subrepositoryStatuses;
    },
    onDidChange: didChange.event,
    settle,
    refresh: async () => {
      await context.client.refresh(open.root, 'API');
      await settle();
    },
  };
}
