// Each reason for which there is no exact answer. The first test has none: what it is made of would be answered.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { QuicksilverError } from '../../../../src/base/errors.ts';
import { silentLogger } from '../../../../src/base/log.ts';
import { currentEnvironment } from '../../../../src/files/environment.ts';
import {
  factsOf,
  settleExactly,
  settlePaths,
  type Exactness,
  type PathExactness,
  type SettledRepository,
} from '../../../../src/server/daemon/exactStatus.ts';
import { Hub, rootIdOf, type SharedRepository } from '../../../../src/server/hub.ts';
import { bareRepository } from '../../../support/daemonRig.ts';
import { temporaryDirectory } from '../../../support/temporaryDirectory.ts';

/** Everything that is asked, with the answers of a repository of which all is known. */
interface Facts {
  readonly repository: SettledRepository;
  readonly reportsEveryChange: boolean;
  /** The root as the client sees it. */
  readonly rootId: string;
}

async function followed(t: TestContext, watchShare = 0.1): Promise<{ readonly hub: Hub; shared: SharedRepository }> {
  const root = bareRepository(path.join(temporaryDirectory(t).root, 'repo'));
  fs.writeFileSync(path.join(root, 'file'), '');
  const hub = new Hub(silentLogger);
  t.after(() => hub.dispose());
  const lease = hub.share({ root, environment: currentEnvironment(), auditSeconds: 0, watchShare });
  lease.start();
  await lease.repository.model.settle();
  return { hub, shared: lease.repository };
}

function factsAbout({ root, rootId, model, backend }: SharedRepository): Facts {
  assert.ok(rootId !== undefined);
  const { snapshot } = model;
  return {
    repository: {
      ...{ root, rootId },
      model: {
        ...{ snapshot, isCatchingUp: false, hasUnreadable: false, state: { kind: 'ready' } },
        ...{ watched: { directories: 1, complete: true }, hint: () => undefined, settle: () => Promise.resolve() },
      },
      backend: {
        ...{ controlName: '.hg', lock: () => 'free', isCurrent: known => backend.isCurrent(known) },
        identityOf: known => {
          const identity = backend.identityOf?.(known);
          assert.ok(identity !== undefined);
          return identity;
        },
      },
    },
    ...{ reportsEveryChange: true, rootId },
  };
}

type Model = Partial<SettledRepository['model']>;
type Backend = Partial<SettledRepository['backend']>;

function withModel(facts: Facts, model: Model): Facts {
  return { ...facts, repository: { ...facts.repository, model: { ...facts.repository.model, ...model } } };
}

function withBackend(facts: Facts, backend: Backend): Facts {
  return { ...facts, repository: { ...facts.repository, backend: { ...facts.repository.backend, ...backend } } };
}

/** Reasons against every kind of answer. */
const REASONS: Readonly<Record<string, (facts: Facts, hub: Hub) => Facts>> = {
  'the file system does not report every change': facts => ({ ...facts, reportsEveryChange: false }),
  'another directory is at the root': facts => ({ ...facts, rootId: '1:2' }),
  'a command holds the lock': facts => withBackend(facts, { lock: () => 'held' }),
  'the model is busy': facts => withModel(facts, { settle: () => new Promise(() => undefined) }),
  'it is damaged': facts =>
    withModel(facts, { state: { kind: 'refused', problem: new QuicksilverError('corrupt', 'it is damaged') } }),
  scanning: facts => withModel(facts, { state: { kind: 'scanning' } }),
  gone: facts => withModel(facts, { state: { kind: 'gone' } }),
  'not every directory is watched': facts => withModel(facts, { watched: { directories: 1, complete: false } }),
  'the directories are not all watched yet': facts => withModel(facts, { isCatchingUp: true }),
  'something cannot be read': facts => withModel(facts, { hasUnreadable: true }),
  'another file system is mounted inside': (facts, hub) => {
    const rootId = rootIdOf(hub.vfs, '/') ?? '';
    return { ...facts, rootId, repository: { ...facts.repository, root: '/', rootId } };
  },
};

/** Reasons against an answer that has the recorded state, too. */
const REASONS_OF_STATE: Readonly<Record<string, (facts: Facts) => Facts>> = {
  'nothing is known of the recorded state': facts => withModel(facts, { snapshot: undefined }),
  'the recorded state changes': facts => withBackend(facts, { isCurrent: () => false }),
  'a command holds the lock': facts => {
    let looks = 0;
    return withBackend(facts, { lock: () => (looks++ === 0 ? 'free' : 'held') });
  },
};

type Settle<T> = (...parameters: Parameters<typeof settlePaths>) => Promise<T>;

function ask<T>(settle: Settle<T>, hub: Hub, { repository, reportsEveryChange, rootId }: Facts): Promise<T> {
  return settle(repository, { reportsEveryChange }, { vfs: hub.vfs, rootId, milliseconds: 20 });
}

function whyNot(answer: Exactness | PathExactness): string {
  return answer.kind === 'refused' ? answer.why : answer.kind;
}

describe('an exact answer', { skip: process.platform === 'linux' ? false : 'only Linux has exact answers' }, () => {
  test('is given if nothing speaks against it', async t => {
    const { hub, shared } = await followed(t);
    const facts = factsAbout(shared);
    assert.equal(whyNot(await ask(settlePaths, hub, facts)), 'paths');
    assert.equal(whyNot(await ask(settleExactly, hub, facts)), 'exact');
    const options = { vfs: hub.vfs, rootId: facts.rootId, milliseconds: 20_000 };
    assert.equal((await settleExactly(shared, factsOf(shared.root), options)).kind, 'exact');
  });

  test('is refused for each of the reasons', async t => {
    const { hub, shared } = await followed(t);
    for (const [why, change] of Object.entries(REASONS)) {
      assert.equal(whyNot(await ask(settlePaths, hub, change(factsAbout(shared), hub))), why);
      assert.equal(whyNot(await ask(settleExactly, hub, change(factsAbout(shared), hub))), why);
    }
    for (const [why, change] of Object.entries(REASONS_OF_STATE)) {
      assert.equal(whyNot(await ask(settleExactly, hub, change(factsAbout(shared)))), why);
    }
  });

  test('is refused when the root is replaced while the model settles', async t => {
    const { hub, shared } = await followed(t);
    const facts = withModel(factsAbout(shared), {
      settle: () => {
        fs.renameSync(shared.root, `${shared.root}.old`);
        fs.mkdirSync(shared.root);
        return Promise.resolve();
      },
    });
    assert.equal(whyNot(await ask(settlePaths, hub, facts)), 'another directory is at the root');
  });

  test('is refused without watches', async t => {
    const { hub, shared } = await followed(t, 0);
    const options = { vfs: hub.vfs, rootId: shared.rootId ?? '', milliseconds: 20_000 };
    const answer = await settlePaths(shared, factsOf(shared.root), options);
    assert.equal(whyNot(answer), 'not every directory is watched');
  });

  test('is refused where the file system is one of those that report nothing', () => {
    assert.deepEqual(factsOf('/proc'), { reportsEveryChange: false });
  });
});
