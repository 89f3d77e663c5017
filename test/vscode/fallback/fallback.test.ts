import assert from 'node:assert/strict';
import { commands, workspace } from 'vscode';
import type { QuicksilverRepository } from '../../../src/extension/api/api.ts';
import type { TestApi } from '../../../src/extension/api/testDoor.ts';
import { hasUi, hgCalls, ui, until } from '../harness.ts';
import { at, hg, uriAt, write } from '../outside.ts';
import { activeApi, assertShows, repositoryAt } from '../shown.ts';

const reason = "The pattern 'include:.hg/none' is of a kind that is not supported. The status comes from hg (slower).";

describe('a repository that only hg can answer for, in a workspace that is trusted', () => {
  let api: TestApi;
  let repository: QuicksilverRepository;

  const statuses = (): string[] =>
    [...repository.entries.values()]
      .map(({ path, status, source }) => `${status} ${path}${source === undefined ? '' : ` < ${source}`}`)
      .sort();

  async function assertStatuses(expected: readonly string[]): Promise<void> {
    await until(
      `the status is ${expected.join(', ')}`,
      () => statuses().join() === expected.join(),
      repository.onDidChange,
    );
    await repository.settle();
    assert.deepEqual(statuses(), expected);
    assert.equal(repository.state.kind, 'fallback');
  }

  /** How hg was started: the command, without the options that all have. */
  const started = (): string[] =>
    hgCalls().map(({ args }) => args.slice(args.findIndex(word => word.startsWith('--cwd=')) + 1).join(' '));

  const problems = (): (string | undefined)[] =>
    api.view
      .groups(repository.rootUri)
      .filter(({ id }) => id === 'problem')
      .flatMap(({ resources }) => resources.map(({ decorations }) => decorations?.tooltip));

  before(async () => {
    api = await activeApi();
    repository = await repositoryAt(api, at('strange'));
  });

  it('shows the status of hg, and says that it does and why', async () => {
    await assertStatuses([
      'added new.txt < old.txt',
      'deleted gone.txt',
      'modified modified.txt',
      'removed old.txt',
      'unknown unknown.txt',
    ]);
    const { rootUri } = repository;
    assert.deepEqual(problems(), [reason]);
    const groups = api.view.groups(rootUri);
    assert.deepEqual(
      groups
        .filter(({ resources }) => resources.length > 0)
        .map(({ label, resources }) => `${label} ${resources.length}`),
      // A rename is one row.
      ['Status Provided by hg 1', 'Changes 3', 'Untracked 1'],
    );
    assert.equal(api.view.badge(rootUri), 4);
    const { text, tooltip } = api.view.statusBar(rootUri);
    assert.equal(text, '$(git-branch) default');
    assert.equal(api.view.changes(rootUri)?.text, '$(edit) 3');
    assert.ok(tooltip.endsWith(reason), tooltip);
    assert.equal(api.view.decoration(uriAt('strange', 'modified.txt'))?.badge, 'M');
    assert.equal(api.view.decoration(uriAt('strange', 'ends.txt')), undefined);
    if (!hasUi()) return;
    await ui.sourceControlRows({
      until: ['Status Provided by hg', 'modified.txt, Modified', 'unknown.txt, Untracked'],
    });
  });

  it('follows files and commands', async () => {
    write('strange/another.txt', 'new');
    const changed = ['added new.txt < old.txt', 'deleted gone.txt', 'modified modified.txt', 'removed old.txt'];
    await assertStatuses([...changed, 'unknown another.txt', 'unknown unknown.txt']);
    await hg(at('strange'), 'commit', '-m', 'second');
    await assertStatuses(['deleted gone.txt', 'unknown another.txt', 'unknown unknown.txt']);
    await repository.refresh();
  });

  it('has started hg for that alone: once to see its version, and once to stay', () => {
    assert.deepEqual(started(), [
      'version --quiet',
      '--config=cmdserver.message-encodings=cbor --config=ui.message-output=channel serve --cmdserver=pipe',
    ]);
  });

  it('answers for the other repository itself', async () => {
    const plain = await repositoryAt(api, at('plain'));
    await assertShows(api, plain, { 'a.txt': 'M' });
    await plain.refresh();
    assert.equal(started().length, 2);
  });

  it('does not ask hg when the setting says so, and does again', async () => {
    const settings = workspace.getConfiguration('quicksilver');
    await settings.update('fallbackToHg', false, true);
    await until('it is refused', () => repository.state.kind === 'refused', repository.onDidChange);
    await repository.settle();
    assert.deepEqual(statuses(), []);
    assert.deepEqual(problems(), [reason.slice(0, reason.indexOf(' The status comes'))]);
    const before = started();
    await commands.executeCommand('quicksilver.refresh');
    assert.deepEqual(started(), before);
    await settings.update('fallbackToHg', undefined, true);
    await assertStatuses(['deleted gone.txt', 'unknown another.txt', 'unknown unknown.txt']);
  });
});
