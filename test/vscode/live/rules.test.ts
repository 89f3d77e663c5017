import assert from 'node:assert/strict';
import fs from 'node:fs';
import type { QuicksilverRepository } from '../../../src/extension/api/api.ts';
import type { TestApi } from '../../../src/extension/api/testDoor.ts';
import { hasUi, ui, until } from '../harness.ts';
import { assertNoHgStarted, at, remove, write } from '../outside.ts';
import { activeApi, assertShows, beginRecord, repositoryAt, rowTooltips, type Marks } from '../shown.ts';
import { assertInWindow, shownColors } from '../window.ts';

const base: Marks = { 'x.log': 'I', build: 'I' };

describe('changes of the ignore rules', () => {
  let api: TestApi;
  let repository: QuicksilverRepository;
  let rules: string;

  const shows = (marks: Marks): Promise<void> => assertShows(api, repository, { ...base, ...marks });

  before(async () => {
    api = await activeApi();
    repository = await repositoryAt(api, at());
    rules = fs.readFileSync(at('.hgignore'), 'utf8');
    await shows({});
    write('note.tmp', 'note\n');
    write('other.txt', 'other\n');
    await shows({ 'note.tmp': '?', 'other.txt': '?' });
  });

  after(async () => {
    remove('note.tmp', 'other.txt');
    await shows({});
  });

  it('greys what becomes ignored, and has VS Code ask about the changed files alone', async () => {
    const untracked = `?: ${shownColors.untracked}`;
    const ignored = `: ${shownColors.ignored}`;
    const plain = hasUi() ? (await ui.explorerRows()).find(({ name }) => name === '.hgignore')?.color : undefined;
    await assertInWindow({
      sourceControl: ['Changes', 'Untracked', 'note.tmp, Untracked', 'other.txt, Untracked'],
      badge: 2,
      explorer: { 'note.tmp': untracked, 'other.txt': untracked, 'x.log': ignored },
    });
    const record = beginRecord(api, repository);
    fs.appendFileSync(at('.hgignore'), '*.tmp\n');
    await shows({ '.hgignore': 'M', 'note.tmp': 'I', 'other.txt': '?' });
    const told = record.end();
    assert.deepEqual(told.statuses, { '.hgignore': ['modified'], 'note.tmp': ['ignored'] });
    assert.deepEqual(told.fired, ['.hgignore', 'note.tmp']);
    await assertInWindow({
      explorer: { 'note.tmp': ignored, 'other.txt': untracked, '.hgignore': `M: ${shownColors.modified}` },
    });
    const back = beginRecord(api, repository);
    write('.hgignore', rules);
    await shows({ 'note.tmp': '?', 'other.txt': '?' });
    const toldBack = back.end();
    assert.deepEqual(toldBack.statuses, { '.hgignore': ['clean'], 'note.tmp': ['unknown'] });
    assert.deepEqual(toldBack.fired, ['.hgignore', 'note.tmp']);
    await assertInWindow({ explorer: { 'note.tmp': untracked, 'other.txt': untracked, '.hgignore': `: ${plain}` } });
  });

  it('lists what is in a folder that is no longer ignored', async () => {
    fs.writeFileSync(at('.hgignore'), rules.replace('build\n', ''));
    await assertShows(api, repository, {
      '.hgignore': 'M',
      'x.log': 'I',
      'build/deep/out.o': '?',
      'note.tmp': '?',
      'other.txt': '?',
    });
    fs.writeFileSync(at('.hgignore'), rules);
    await shows({ 'note.tmp': '?', 'other.txt': '?' });
  });

  it('shows what is wrong with an invalid rule instead of a status, and recovers when it is mended', async () => {
    const record = beginRecord(api, repository);
    fs.writeFileSync(at('.hgignore'), `${rules}syntax: regexp\n(unclosed\n`);
    await until('it has failed', () => repository.state.kind === 'failed', repository.onDidChange);
    await repository.settle();
    assert.ok(repository.state.kind === 'failed');
    const { problem } = repository.state;
    assert.deepEqual([problem.code, problem.file, problem.line], ['invalid-config', at('.hgignore'), 5]);
    assert.match(problem.message, /\(unclosed/);
    assert.deepEqual(rowTooltips(api, repository.rootUri), [`problem: ${problem.message}`]);
    assert.deepEqual([...repository.entries], []);
    assert.equal(api.view.badge(repository.rootUri), 0);
    assert.equal(api.view.statusBar(repository.rootUri).text, '$(warning) Mercurial');
    assert.equal(api.view.statusBar(repository.rootUri).tooltip, problem.message);
    assert.equal(api.view.decoration(repository.rootUri.with({ path: `${repository.rootUri.path}/x.log` })), undefined);
    await assertInWindow({ statusBar: ['Mercurial'] });
    if (hasUi()) await ui.sourceControlRows({ until: ['(unclosed'], gone: ['note.tmp'] });
    fs.writeFileSync(at('.hgignore'), rules);
    await shows({ 'note.tmp': '?', 'other.txt': '?' });
    // The file is empty for a moment while it is written, which is valid; and recovering begins with a scan.
    const { states } = record.end();
    assert.deepEqual(
      states.filter(state => state === 'failed' || state === 'refused'),
      ['failed'],
    );
    assert.equal(states.at(-1), 'ready');
    if (hasUi()) await ui.sourceControlRows({ until: ['note.tmp, Untracked'], gone: ['(unclosed'] });
    await assertInWindow({ badge: 2, statusBar: ['default'] });
  });

  it('has started no hg for any of that', assertNoHgStarted);
});
