import assert from 'node:assert/strict';
import fs from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { Uri, workspace } from 'vscode';
import { toDisplay } from '../../../src/base/bytePath.ts';
import type { QuicksilverRepository } from '../../../src/extension/api/api.ts';
import type { TestApi } from '../../../src/extension/api/testDoor.ts';
import { STATUS_LETTERS } from '../../../src/server/statusLetters.ts';
import { outcomes, type EditorOutcome } from '../../support/hostile/outcomes.ts';
import { hasUi, scenario, ui, until } from '../harness.ts';
import { assertNoHgStarted, at, uriAt, write } from '../outside.ts';
import { activeApi, repositoryAt } from '../shown.ts';
import { otherSystems } from './otherSystems.ts';

describe('a workspace of hostile repositories', () => {
  const names = (): string[] => scenario().data['names']!.split(' ');
  const others = (): string[] =>
    scenario()
      .data['others']!.split(' ')
      .filter(name => name !== '');
  let api: TestApi;

  /** What is shown of a repository, in the words of the table. */
  function shown(repository: QuicksilverRepository, root: string): EditorOutcome {
    const { state, entries } = repository;
    const message = 'problem' in state ? state.problem.message : '';
    const listed = [...entries.values()].filter(({ status }) => status !== 'ignored');
    return {
      state: state.kind as EditorOutcome['state'],
      message: message
        .replaceAll(`${root}.outside`, 'OUTSIDE')
        .replaceAll(root, 'ROOT')
        .replaceAll(/dirstate\.[0-9a-f]{8}/g, 'dirstate.ID')
        .replace(/(rc|rules\/)\d+: too many/, '$1N: too many'),
      entries: listed.map(({ status, path }) => `${STATUS_LETTERS[status]} ${path}`).sort(),
    };
  }

  before(async () => {
    api = await activeApi();
  });

  async function assertShown(list: readonly string[], table: (name: string) => EditorOutcome): Promise<void> {
    const differing: Record<string, unknown> = {};
    const look = async (name: string): Promise<void> => {
      const editor = table(name);
      if (editor.state === 'closed') {
        assert.equal(api.getRepository(uriAt(name)), undefined);
        return;
      }
      const repository = await repositoryAt(api, at(name));
      const expected = { ...editor, entries: editor.entries.map(toDisplay).sort() };
      const isReached = (): boolean => isDeepStrictEqual(shown(repository, at(name)), expected);
      try {
        await until(`${name} is as it should be`, isReached, repository.onDidChange);
      } catch {
        const is = shown(repository, at(name));
        differing[name] = JSON.stringify({ ...is, entries: is.entries.slice(0, 20) });
      }
    };
    await Promise.all(list.map(look));
    assert.deepEqual(differing, {});
  }

  it('says of each what has to be said, and of those that can be read nothing but the status', async () => {
    await assertShown(names(), name => outcomes[name]!.editor);
  });

  it('does so for Git and Bazaar, and starts no program that their settings name', async () => {
    await assertShown(others(), name => otherSystems[name]!);
    for (const name of others()) assert.equal(fs.existsSync(at(name, 'secret')), false);
    assert.equal(fs.existsSync(scenario().data['log']!), false);
  });

  it('gives no contents of histories that are damaged, and says why', async () => {
    const damaged = names().filter(name => outcomes[name]!.cat.err.includes('clean.txt.i'));
    assert.ok(damaged.length >= 8);
    const isRefused = async (name: string): Promise<[string, boolean]> => {
      const original = await api.view.originalOf(uriAt(name, 'clean.txt'));
      const base = original ?? Uri.from({ scheme: 'quicksilver', path: uriAt(name, 'clean.txt').path });
      try {
        await workspace.fs.readFile(base);
        return [name, false];
      } catch (error) {
        return [name, error instanceof Error];
      }
    };
    // Each waits for a moment, in case a store was only being written.
    const refused = Object.fromEntries(await Promise.all(damaged.map(isRefused)));
    assert.deepEqual(refused, Object.fromEntries(damaged.map(name => [name, true])));
  });

  it('goes on as if they were not there', async () => {
    const repository = await repositoryAt(api, at('sound-v2'));
    write('sound-v2/clean.txt', 'no longer\n');
    await until('the change is seen', () => repository.entries.has('clean.txt'), repository.onDidChange);
    await repository.refresh();
    assert.deepEqual(shown(repository, at('sound-v2')).entries, ['? new.txt', 'M changed.txt', 'M clean.txt']);
    // Of an engine that died, or an error, a message would tell.
    const isHint = (text: string): boolean => text.includes('built-in Git extension');
    if (hasUi()) {
      assert.deepEqual(
        (await ui.notifications()).filter(text => !isHint(text)),
        [],
      );
    }
  });

  it('has started no hg for any of that', assertNoHgStarted);
});
