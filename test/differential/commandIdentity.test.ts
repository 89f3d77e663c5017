// The commands of the extension with the real hg: what was chosen is what is used, whatever else has that name, and
// whatever hooks write among the answers.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test, type TestContext } from 'node:test';
import { doctorReport } from '../../src/server/doctor.ts';
import { currentEnvironment } from '../../src/files/environment.ts';
import { CommandBench, person, said } from '../support/commandBench.ts';
import type { HgSandbox } from '../support/hgSandbox.ts';
import { noisyHooks } from '../support/noisyHooks.ts';

/** A local tag and a branch of one name, which hg takes for the tag. */
function prepareStable(sandbox: HgSandbox): void {
  const commit = (content: string, message: string): void => {
    sandbox.write('repo', 'a', content, 1_000_000_000 + content.length);
    sandbox.hg('repo', ['commit', '-q', '--addremove', '-m', message]);
  };
  commit('0', 'first');
  commit('10', 'tagged');
  sandbox.hg('repo', ['tag', '--local', 'stable']);
  sandbox.hg('repo', ['branch', '-q', 'stable']);
  commit('200', 'tip of the branch');
  sandbox.hg('.', ['clone', '-q', '-r', '0', 'repo', 'other']);
  sandbox.hg('repo', ['bookmark', '-r', '2', 'here']);
  sandbox.hg('repo', ['update', '-q', '0']);
  sandbox.write('repo', '.hg/hgrc', `[paths]\ndefault = ${sandbox.path('other')}\n`);
}

async function benchWith(t: TestContext, prepare: (sandbox: HgSandbox) => void): Promise<CommandBench> {
  t.after(() => (person.row = ([first]) => first));
  return CommandBench.start(t, { prepare });
}

const parent = (bench: CommandBench): string => bench.hg('parents', '-T', '{rev} {desc|firstline} {activebookmark}');

test('a branch that has the name of a tag is the branch', async t => {
  const bench = await benchWith(t, prepareStable);
  person.row = rows => rows.find(({ label }) => label === '$(git-branch) stable');
  await bench.run('update');
  assert.equal(parent(bench), '2 tip of the branch ', said());
  bench.hg('update', '-q', '0');
  await bench.refresh();
  await bench.run('pushRevision', { confirmed: true });
  assert.equal(bench.sandbox.hg('other', ['log', '-T', '{rev} ']).toString(), '2 1 0 ', said());
});

test('the message of a merge has the name of the row that was chosen', async t => {
  const bench = await benchWith(t, sandbox => {
    prepareStable(sandbox);
    sandbox.write('repo', 'other', 'other');
    sandbox.hg('repo', ['commit', '-qAm', 'another head']);
  });
  person.row = rows => rows.find(({ label }) => label === '$(git-branch) stable');
  await bench.run('mergeWith');
  assert.equal(bench.hg('log', '-r', 'p2()', '-T', '{desc}'), 'tip of the branch', said());
  assert.equal(bench.repository.view.sourceControl.inputBox.value, 'Merge with stable');
});

test('a bookmark is active after an update to its row, and not if it was moved meanwhile', async t => {
  const bench = await benchWith(t, prepareStable);
  person.row = rows => rows.find(({ label }) => label === '$(bookmark) here');
  await bench.run('update');
  assert.equal(parent(bench), '2 tip of the branch here', said());
  bench.hg('update', '-q', '0');
  await bench.refresh();
  person.row = rows => {
    bench.hg('bookmark', '--force', '-r', '1', 'here');
    return rows.find(({ label }) => label === '$(bookmark) here');
  };
  await bench.run('update');
  assert.equal(parent(bench), '2 tip of the branch ', said());
  assert.match(said(), /was moved meanwhile/);
  assert.equal(bench.hg('log', '-r', 'here', '-T', '{rev}'), '1');
});

test('a branch or tag that moves while a list is open is told, and nothing is pushed or merged', async t => {
  const bench = await benchWith(t, prepareStable);
  const there = (): string => bench.sandbox.hg('other', ['log', '-T', '{rev} ']).toString();
  /** Chooses the row, and moves the tag or the branch before Enter. */
  const chooses = (label: string, ...move: readonly string[]): void => {
    person.row = rows => {
      bench.hg(...move);
      return rows.find(row => row.label === label);
    };
  };
  const newHead = [
    '--config',
    'ui.allowemptycommit=True',
    '--cwd',
    bench.sandbox.path('elsewhere'),
    'commit',
    '-q',
    '-m',
  ];
  bench.sandbox.hg('.', ['--config', 'extensions.share=', 'share', '-q', 'repo', 'elsewhere']);
  bench.sandbox.hg('elsewhere', ['update', '-q', 'tip']);
  chooses('$(tag) stable', 'tag', '--local', '--force', '-r', '0', 'stable');
  await bench.run('pushRevision', { confirmed: true });
  assert.match(said(), /'stable' has moved to \w{12} since the list was shown/);
  assert.equal(there(), '0 ');
  chooses('$(git-branch) stable', ...newHead, 'one');
  await bench.run('pushRevision', { confirmed: true });
  assert.match(said(), /'stable' has moved/);
  assert.equal(there(), '0 ');
  chooses('$(bookmark) here', 'bookmark', '--force', '-r', '1', 'here');
  await bench.run('pushBookmark', { confirmed: true });
  assert.match(said(), /'here' has moved/);
  assert.equal(there(), '0 ');
  fs.writeFileSync(`${bench.root}/b`, 'b');
  bench.hg('commit', '-q', '-A', '-m', 'another head');
  await bench.refresh();
  chooses('$(git-branch) stable', ...newHead, 'two');
  await bench.run('mergeWith');
  assert.match(said(), /'stable' has moved/);
  assert.equal(bench.hg('log', '-r', 'p2()', '-T', '{rev}'), '');
  chooses('$(git-branch) stable', ...newHead, 'three');
  await bench.run('update');
  assert.match(said(), /'stable' has moved/);
  assert.equal(parent(bench), '5 two ');
  chooses('$(tag) stable', 'tag', '--local', '--remove', 'stable');
  await bench.run('update');
  assert.match(said(), /'stable' was deleted/);
});

/** Commands that choose a name from a list, and where the name moves: in the list, or in what is asked after it. */
const CHOOSE_A_NAME = [
  ['activateBookmark', 'list'],
  ['deleteBookmark', 'list'],
  ['deleteBookmark', 'question'],
  ['renameBookmark', 'list'],
  ['renameBookmark', 'text'],
  ['moveBookmark', 'list'],
  ['moveBookmark', 'second list'],
  ['pushBookmark', 'list'],
  ['deleteTag', 'list'],
  ['deleteTag', 'question'],
  ['pushRevision', 'list'],
  ['mergeWith', 'list'],
] as const;

test('no command that lists names acts on one that moves or goes away meanwhile', async t => {
  const { text, button } = person;
  t.after(() => Object.assign(person, { text, button }));
  const bench = await benchWith(t, prepareStable);
  const state = (): string => bench.hg('log', '-T', '{rev} {bookmarks} {tags} {parents};') + parent(bench);
  for (const [command, place] of CHOOSE_A_NAME) {
    for (const [to, wanted] of [
      ['0', /'(?:here|local)' has moved to \w{12} since the list was shown/],
      [undefined, /'(?:here|local)' was deleted after the list was shown/],
    ] as const) {
      const at = command === 'mergeWith' ? '2' : '1';
      bench.hg('bookmark', '--force', '-r', at, 'here');
      bench.hg('tag', '--local', '--force', '-r', at, 'local');
      await bench.refresh();
      let after = '';
      let lists = 0;
      const moves = (when: string): void => {
        if (when !== place || after !== '') return;
        const [where] = to === undefined ? [['--delete']] : [['--force', '-r', to]];
        bench.hg('bookmark', ...where, 'here');
        bench.hg('tag', '--local', ...(to === undefined ? ['--remove'] : where), 'local');
        after = state();
      };
      person.row = rows => {
        const isFirst = lists++ === 0;
        moves(isFirst ? 'list' : 'second list');
        const named = (name: string): (typeof rows)[number] | undefined =>
          rows.find(({ label }) => label.replace(/^\S+ /, '') === name);
        return named(command === 'deleteTag' ? 'local' : isFirst ? 'here' : 'stable');
      };
      person.text = () => {
        moves('text');
        return 'renamed';
      };
      person.button = ([first]) => {
        moves('question');
        return first;
      };
      await bench.run(command);
      assert.match(said(), wanted, `${command}, ${place}`);
      assert.equal(state(), after, `${command}, ${place}`);
      assert.equal(bench.sandbox.hg('other', ['log', '-T', '{rev} {bookmarks}']).toString(), '0 ');
    }
  }
});

test('a revision that a key binding names is looked up once, and used by its id', async t => {
  const bench = await benchWith(t, prepareStable);
  const ids = (): readonly string[] =>
    bench.log.lines.filter(line => line.includes('--rev=') && !line.includes('hg log'));
  await bench.run('update', { revision: 'max(branch(default))' });
  assert.equal(parent(bench), '1 tagged ', said());
  await bench.run('update', { revision: 'here' });
  assert.equal(parent(bench), '2 tip of the branch here', said());
  await bench.run('moveBookmark', { name: 'here', revision: '0' });
  assert.equal(bench.hg('log', '-r', 'here', '-T', '{rev}'), '0');
  await bench.run('createTag', { name: 'new', local: true, revision: 'stable' });
  assert.equal(bench.hg('log', '-r', 'new', '-T', '{rev}'), '1');
  await bench.run('pushRevision', { revision: '1', confirmed: true });
  assert.equal(bench.sandbox.hg('other', ['log', '-T', '{rev} ']).toString(), '1 0 ');
  assert.equal(ids().length, 5);
  for (const line of ids()) assert.match(line, /--rev=[0-9a-f]{40}/);
  await bench.run('update', { revision: 'none()' });
  assert.match(said(), /No changeset matches 'none\(\)'/);
  await bench.run('update', { revision: 'nothing' });
  assert.match(said(), /unknown revision 'nothing'/);
});

test('a branch is pushed by its name, whatever else has that name', async t => {
  const bench = await benchWith(t, prepareStable);
  await bench.run('pushBranch', { branch: 'stable', confirmed: true });
  assert.equal(bench.sandbox.hg('other', ['log', '-T', '{rev} ']).toString(), '2 1 0 ', said());
});

test('the output of hooks is no part of an answer', async t => {
  const bench = await benchWith(t, sandbox => {
    prepareStable(sandbox);
    const verbs = ['log', 'branches', 'bookmarks', 'tags', 'paths', 'outgoing', 'shelve', 'config', 'status', 'cat'];
    fs.appendFileSync(
      sandbox.path('repo/.hg/hgrc'),
      `${noisyHooks(...verbs)}[committemplate]\nchangeset = x: {branch}\n`,
    );
  });
  person.row = rows => rows.find(({ label }) => label === '$(git-branch) stable');
  await bench.run('update');
  assert.equal(parent(bench), '2 tip of the branch ', said());
  fs.writeFileSync(`${bench.root}/a`, 'amended and longer');
  await bench.refresh();
  await bench.run('commitAmendKeepMessage');
  assert.equal(bench.hg('parents', '-T', '{desc}'), 'tip of the branch', said());
  assert.doesNotMatch(said(), /error:/);
  const outgoing = (await bench.run('outgoing', { confirmed: true })) as readonly { readonly summary: string }[];
  assert.deepEqual(
    outgoing.map(({ summary }) => summary),
    ['tip of the branch', 'tagged'],
  );
  const report = await doctorReport({ root: bench.root, environment: currentEnvironment(), compare: true });
  assert.match(report, /the answer is that of `hg status`/);
});

test('the output of hooks is no part of the status and contents of an unsupported repository', async t => {
  const bench = await benchWith(t, sandbox => {
    prepareStable(sandbox);
    fs.appendFileSync(
      sandbox.path('repo/.hg/hgrc'),
      `${noisyHooks('status', 'cat')}[encode]\ninclude:.hg/none = cat\n`,
    );
    fs.writeFileSync(sandbox.path('repo/.hg/none'), '\\.none$\n');
    sandbox.write('repo', 'a', 'changed');
  });
  assert.equal(bench.repository.model.state.kind, 'fallback');
  const entries = [...bench.repository.model.entries.values()].map(({ path, status }) => `${status} ${path}`);
  assert.deepEqual(entries, ['modified a']);
  assert.equal(await bench.content('a'), '0');
});

test('the output of hooks is no part of the list and the patches of shelves', async t => {
  const bench = await benchWith(t, sandbox => {
    prepareStable(sandbox);
    sandbox.write('repo', 'a', 'put aside');
    sandbox.hg('repo', ['--config', 'extensions.shelve=', 'shelve', '-q', '--name=mine']);
    fs.appendFileSync(sandbox.path('repo/.hg/hgrc'), noisyHooks('shelve'));
  });
  await bench.run('showShelved');
  const quiet = ['--config', 'hooks.pre-shelve.x=', '--config', 'hooks.post-shelve.x='];
  const [, changes] = bench.hg(...quiet, '--config', 'extensions.shelve=', 'shelve', '--patch', 'mine').split('\n\n');
  const patch = await bench.shownText('mine.patch');
  assert.match(patch, /^# HG changeset patch\n/);
  assert.equal(patch.slice(patch.indexOf('diff ')).trimEnd(), changes?.trimEnd());
  await bench.run('unshelve');
  assert.match(said(), /"\$\(archive\) mine"/);
  assert.doesNotMatch(said(), /NOISE/);
  assert.equal(fs.readFileSync(`${bench.root}/a`, 'utf8'), 'put aside');
});

test('a new head is not what Enter pushes', async t => {
  const bench = await benchWith(t, prepareStable);
  fs.writeFileSync(`${bench.root}/a`, 'another head');
  bench.hg('commit', '-m', 'local');
  bench.sandbox.write('other', 'a', 'their head');
  bench.sandbox.hg('other', ['commit', '-m', 'theirs']);
  await bench.refresh();
  await bench.run('push');
  assert.match(said(), /"Pull","Push New Head"/);
  assert.doesNotMatch(said(), /hg help/);
  assert.equal(bench.sandbox.hg('other', ['log', '-T', '{desc} ']).toString(), 'theirs first ');
  assert.match(bench.hg('log', '-T', '{desc}\n'), /theirs/);
});

test('without a commit there is nothing to undo, and the null revision is not listed', async t => {
  const bench = await benchWith(t, () => undefined);
  await bench.run('undoCommit');
  assert.doesNotMatch(said(), /000000000000/);
  await bench.run('update');
  assert.doesNotMatch(said(), /000000000000/);
});

test('undo takes the last commit back, and its changes stay', async t => {
  const bench = await benchWith(t, sandbox => {
    sandbox.write('repo', 'a', 'first');
    sandbox.hg('repo', ['commit', '-A', '-m', 'first']);
    sandbox.write('repo', 'a', 'second');
    sandbox.hg('repo', ['commit', '-m', 'second']);
  });
  await bench.run('undoCommit');
  assert.equal(bench.hg('log', '-T', '{desc} '), 'first ', said());
  assert.equal(bench.hg('status'), 'M a\n');
});
