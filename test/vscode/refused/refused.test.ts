import assert from 'node:assert/strict';
import fs from 'node:fs';
import type { QuicksilverRepository } from '../../../src/extension/api/api.ts';
import type { TestApi } from '../../../src/extension/api/testDoor.ts';
import { hasUi, ui, until } from '../harness.ts';
import { assertNoHgStarted, at, hg, uriAt } from '../outside.ts';
import { activeApi, assertShows, repositoryAt, rowTooltips, type Marks } from '../shown.ts';
import { assertInWindow } from '../window.ts';

const marks: Marks = { 'modified.txt': 'M', 'removed.txt': 'R', 'unknown.txt': '?' };
const changed: readonly string[] = ['modified.txt', 'removed.txt', 'unknown.txt'];

describe('a repository whose status cannot be known', () => {
  let api: TestApi;
  let repository: QuicksilverRepository;

  const requires = (): string => at('.hg', 'requires');

  /** The reason is shown, in every place, and nothing else. */
  async function assertShowsReason(kind: 'refused' | 'failed', code: string, reason: RegExp): Promise<void> {
    await until(`it has ${kind}`, () => repository.state.kind === kind, repository.onDidChange);
    await repository.settle();
    const { rootUri, state } = repository;
    assert.ok(state.kind === 'refused' || state.kind === 'failed');
    const { message } = state.problem;
    assert.equal(state.problem.code, code);
    assert.match(message, reason);
    assert.deepEqual([...repository.entries], []);
    assert.deepEqual(rowTooltips(api, rootUri), [`problem: ${message}`]);
    assert.equal(api.view.badge(rootUri), 0);
    assert.deepEqual(api.view.statusBar(rootUri), { text: '$(warning) Mercurial', tooltip: message });
    for (const name of changed) assert.equal(api.view.decoration(uriAt(name)), undefined);
    if (!hasUi()) return;
    const label = kind === 'refused' ? 'This repository is not supported' : 'The repository is damaged';
    const rows = await ui.sourceControlRows({ until: [label], gone: [...changed] });
    assert.equal(rows[0], 'Status Unavailable');
    // No folder of a path before or after the label.
    assert.match(rows[1] ?? '', new RegExp(`^${label}(?:, |$)`));
    await assertInWindow({ badge: 0, statusBar: ['Mercurial'] });
  }

  async function assertShowsAll(): Promise<void> {
    await assertShows(api, repository, marks);
    assert.equal(repository.state.kind, 'ready');
    await assertInWindow({
      sourceControl: [
        'Changes',
        'modified.txt, Modified',
        'removed.txt, Removed',
        'Untracked',
        'unknown.txt, Untracked',
      ],
      badge: 3,
      statusBar: ['default', '2'],
    });
  }

  before(async () => {
    api = await activeApi();
    repository = await repositoryAt(api, at());
  });

  it('shows why a repository is refused', async () => {
    await assertShowsReason('refused', 'unsupported', /exp-unheard-of/);
  });

  it('shows the status as soon as the requirement is gone', async () => {
    fs.writeFileSync(requires(), fs.readFileSync(requires(), 'utf8').replace('exp-unheard-of\n', ''));
    await assertShowsAll();
  });

  it('takes everything back when it comes again while the repository is open, and recovers', async () => {
    const known = fs.readFileSync(requires(), 'utf8');
    fs.writeFileSync(requires(), `${known}exp-unheard-of\n`);
    await assertShowsReason('refused', 'unsupported', /exp-unheard-of/);
    fs.writeFileSync(requires(), known);
    await assertShowsAll();
  });

  it('does the same for a damaged dirstate', async () => {
    const dirstate = at('.hg', 'dirstate');
    const sound = fs.readFileSync(dirstate);
    fs.writeFileSync(dirstate, sound.subarray(0, sound.length - 3));
    await assertShowsReason('failed', 'corrupt', /dirstate/);
    fs.writeFileSync(dirstate, sound);
    await assertShowsAll();
    await hg(at(), 'revert', '--no-backup', 'modified.txt', 'removed.txt');
    await assertShows(api, repository, { 'unknown.txt': '?' });
  });

  it('has started no hg for any of that', assertNoHgStarted);
});
