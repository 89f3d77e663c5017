import assert from 'node:assert/strict';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { workspace } from 'vscode';
import type { QuicksilverRepository } from '../../../src/extension/api/api.ts';
import type { TestApi } from '../../../src/extension/api/testDoor.ts';
import { hasUi, ui, until } from '../harness.ts';
import { assertNoHgStarted, at, hg, remove, uriAt, write } from '../outside.ts';
import { activeApi, openRoots, repositoryAt } from '../shown.ts';

const one = 'libs/deep/one';
const inner = 'libs/deep/one/inner';

describe('subrepositories', () => {
  let api: TestApi;
  let outer: QuicksilverRepository;

  before(async () => {
    api = await activeApi();
    outer = await repositoryAt(api, at());
    for (const name of [one, inner]) await (await repositoryAt(api, at(name))).settle();
    await outer.settle();
  });

  /** The rows of the group of subrepositories, as "path: tooltip". */
  function rows(root = at()): string[] {
    const repository = api.repositories.find(({ rootUri }) => rootUri.fsPath === root);
    assert.ok(repository);
    const group = api.view.groups(repository.rootUri).find(({ id }) => id === 'subrepositories');
    return (group?.resources ?? []).map(
      ({ resourceUri, decorations }) =>
        `${path.posix.relative(repository.rootUri.path, resourceUri.path)}: ${decorations?.tooltip ?? ''}`,
    );
  }

  /** Waits until the repository knows this of its subrepository, and compares what it shows of all of them. */
  async function shows(state: string, hasChanges: boolean, expected: readonly string[]): Promise<void> {
    const know = (): boolean => {
      const status = outer.subrepositories.get(one);
      return status?.state === state && status.hasChanges === hasChanges;
    };
    await until(`${one} is ${state}`, know, outer.onDidChange);
    await outer.settle();
    assert.deepEqual(rows(), expected);
    const dirty = expected.filter(row => !row.includes('status not available')).length;
    assert.equal(api.view.badge(outer.rootUri), outer.counts.modified + dirty);
    assert.equal(api.view.decoration(uriAt(one))?.badge, state === 'dirty' ? 'S' : undefined);
  }

  async function entriesOf(name: string): Promise<Record<string, string>> {
    const repository = await repositoryAt(api, at(name));
    await repository.settle();
    return Object.fromEntries([...repository.entries].map(([file, { status }]) => [file, status]));
  }

  async function parentOf(name: string): Promise<string> {
    const repository = await repositoryAt(api, at(name));
    await repository.settle();
    return repository.head?.firstParent.slice(0, 12) ?? '';
  }

  const others = ['libs/git: Git subrepository, status not available', 'libs/none: Subrepository: not cloned'];

  it('are opened with the repository they are parts of, however deep, and say so', () => {
    assert.deepEqual(openRoots(api, at()), ['.', one, inner]);
    const name = path.basename(at());
    assert.equal(api.view.label(outer.rootUri), 'Mercurial');
    assert.equal(api.view.label(uriAt(one)), `Mercurial, part of ${name}`);
    assert.equal(api.view.label(uriAt(inner)), `Mercurial, part of ${name}/one`);
    assert.deepEqual(
      api.repositories.map(({ rootUri }) => rootUri.path),
      [uriAt(), uriAt(one), uriAt(inner)].map(uri => uri.path),
    );
  });

  it('that are as recorded have no row; others have, and those that are not looked at', async () => {
    await shows('clean', false, others);
    if (!hasUi()) return;
    await ui.sourceControlRows({ until: ['git', 'none', 'part of'] });
  });

  it('show their changes themselves, and the repositories around them that there are some', async () => {
    write(`${one}/f.txt`, 'f, changed\n');
    await shows('dirty', true, [...others, `${one}: Subrepository: uncommitted changes`]);
    assert.deepEqual(await entriesOf(one), { 'f.txt': 'modified' });
    assert.deepEqual(await entriesOf('.'), { '.hgsub': 'modified' });
    write(`${one}/f.txt`, 'f\n');
    await shows('clean', false, others);
    write(`${inner}/i.txt`, 'i, changed\n');
    await shows('dirty', true, [...others, `${one}: Subrepository: uncommitted changes`]);
    assert.deepEqual(await entriesOf(inner), { 'i.txt': 'modified' });
    assert.deepEqual(await entriesOf(one), {});
    assert.deepEqual(rows(at(one)), ['inner: Subrepository: uncommitted changes']);
    write(`${inner}/i.txt`, 'i\n');
    write(`${inner}/unknown.txt`, 'nothing to commit\n');
    await shows('clean', false, others);
    remove(`${inner}/unknown.txt`);
  });

  it('that were committed are at another revision than is recorded, until that is committed, too', async () => {
    const recorded = await parentOf(one);
    write(`${one}/f.txt`, 'f, changed\n');
    await shows('dirty', true, [...others, `${one}: Subrepository: uncommitted changes`]);
    await hg(at(one), 'commit', '--message', 'Changed');
    await until('it is committed', () => outer.subrepositories.get(one)?.hasChanges === false, outer.onDidChange);
    const current = await parentOf(one);
    assert.notEqual(current, recorded);
    await shows('dirty', false, [...others, `${one}: Subrepository: at ${current}, recorded at ${recorded}`]);
    assert.deepEqual(await entriesOf('.'), { '.hgsub': 'modified' });
    write('.hgsub', `${one} = one\n`);
    await hg(at(), 'commit', '--message', 'Recorded');
    await shows('clean', false, []);
  });

  it('follow the settings', async () => {
    const settings = workspace.getConfiguration('quicksilver');
    await settings.update('detectSubrepos', false, true);
    await until('they are closed', () => api.repositories.length === 1, api.onDidCloseRepository);
    await shows('unread', false, [
      `${one}: Mercurial subrepository, recorded at ${outer.subrepositories.get(one)?.recorded?.slice(0, 12)}, status not available`,
    ]);
    await settings.update('detectSubrepos', undefined, true);
    await until('they are open', () => api.repositories.length === 3, api.onDidOpenRepository);
    await shows('clean', false, []);
  });

  it('that are not listed any more are closed', async () => {
    write('.hgsub', '');
    await until('they are closed', () => isDeepStrictEqual(openRoots(api, at()), ['.']), api.onDidCloseRepository);
    await until('the list is empty', () => outer.subrepositories.size === 0, outer.onDidChange);
    await outer.settle();
    assert.deepEqual(rows(), []);
  });

  it('have had no hg started', assertNoHgStarted);
});
