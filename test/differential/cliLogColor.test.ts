// Colors of `quicksilver log` and `quicksilver annotate` are those of `hg`, byte for byte: for random histories and
// graphs, the labels of each part, styles of the configuration, and every kind of line in a difference.
// The same again: QUICKSILVER_COLOR_SEED.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { test, type TestContext } from 'node:test';
import { hgIn, quicksilver, sameAnswer } from '../support/comparedCommands.ts';
import { hgEnvironment, HgServer } from '../support/hgServer.ts';
import { Random, seedFromEnvironment } from '../support/random.ts';
import { DAG_CONFIG, RandomDag } from '../support/randomDag.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

/** Without HGPLAIN, under which nothing has colors. */
const USER = { ...hgEnvironment(), HGPLAIN: undefined };

async function emptyRepository(t: TestContext): Promise<{ root: string; server: HgServer }> {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-colors-')));
  t.after(() => removeTree(root));
  const server = new HgServer(undefined, DAG_CONFIG, USER);
  t.after(() => server.close());
  await server.run('init', root);
  return { root, server };
}

/** Returns all that was printed, of both modes. */
async function sameColors(root: string, server: HgServer, commands: readonly string[]): Promise<string> {
  let all = '';
  for (const command of commands) {
    for (const mode of ['always', 'debug']) {
      const args = [...command.split(' '), `--color=${mode}`];
      all += (await sameAnswer(args, root, await hgIn(server, args, root), {})).stdout;
    }
  }
  return all;
}

test('the parts of changesets have the labels and colors of hg', async t => {
  const seed = seedFromEnvironment('QUICKSILVER_COLOR_SEED');
  t.diagnostic(`QUICKSILVER_COLOR_SEED=${seed}`);
  const { root, server } = await emptyRepository(t);
  const own = new HgServer(root, DAG_CONFIG);
  let shown = '';
  try {
    const dag = new RandomDag(root, own, new Random(seed));
    await dag.grow(16);
    await dag.decorate();
    await own.run('update', '-q', '-C', '-r', 'tip');
    await own.run('mv', 'f0', 'moved');
    fs.writeFileSync(path.join(root, 'copied'), 'x\n');
    await own.run('commit', '-q', '-A', '-m', 'one\n\ntwo\n', '-d', '7 0');
    // Orphans, and changesets that are both orphan and divergent.
    await own.run('phase', '-f', '-d', '-r', '0:');
    await own.run('phase', '-p', '-r', '2');
    for (let step = 0; step < 3; step++) {
      await own.run('update', '-q', '-C', '-r', '2');
      fs.writeFileSync(path.join(root, 'base'), `${step}\n`);
      await own.run('commit', '-q', '-A', '-m', `base ${step}`, '-d', `${step} 0`);
      fs.writeFileSync(path.join(root, 'top'), `${step}\n`);
      await own.run('commit', '-q', '-A', '-m', `top ${step}`, '-d', `${step} 0`);
    }
    const ids = (await own.run('log', '-r', 'last(all(), 6)', '-T', '{node}\n')).output.trim().split('\n');
    await own.run('debugobsolete', ids[1]!, ids[3]!);
    await own.run('debugobsolete', ids[1]!, ids[5]!);
    await own.run('debugobsolete', ids[2]!);
    await own.run('phase', '-s', '-f', '-r', ids[4]!);
    // The text of an obsolete one is refused.
    shown = (await own.run('log', '-r', 'not obsolete()', '-T', '+{rev}')).output.slice(1);
  } finally {
    await own.close();
  }
  const plain = ['log', 'log -v -C', 'log --stat', 'log -p', 'log -G -p'].map(each => `${each} -r ${shown}`);
  plain.push('log -q', 'log -G -q', 'log -T json');
  const printed = await sameColors(root, server, [...plain, 'annotate moved', 'annotate -unfcdl moved']);
  for (const label of ['log.changeset changeset.public|', 'log.parent changeset.', 'log.tag|', 'ui.note log.copies|']) {
    assert.ok(printed.includes(label), label);
  }
  assert.match(printed, /changeset\.draft changeset\.unstable instability\.orphan instability\.content-divergent\|/);
  fs.writeFileSync(
    path.join(root, '.hg/hgrc'),
    [
      '[color]',
      'log.changeset =',
      'log.node = cyan',
      'changeset.draft = bold',
      'changeset.unstable = red',
      'instability.orphan = inverse none',
      'log.parent = yellow bogus',
      'log.description = italic',
      'ui.note = dim',
      'log.date = blue',
      'diff.tab = red_background',
      'diff.deleted = none',
      'diffstat.inserted = white',
    ].join('\n'),
  );
  for (const command of [`log -v -r ${shown}`, 'log -q -G', 'log --stat -p -r 0:4']) {
    const args = [...command.split(' '), '--color=always'];
    const theirs = await hgIn(server, args, root);
    const ours = await quicksilver(args, root, {});
    assert.equal(ours.stdout, theirs.stdout, command);
    // hg repeats its warnings.
    assert.deepEqual(ours.stderr.split('\n'), [...new Set(theirs.stderr.split('\n'))], command);
  }
});

test('every kind of line in a difference has the colors of hg', async t => {
  const { root, server } = await emptyRepository(t);
  const write = (name: string, lines: string): void => fs.writeFileSync(path.join(root, name), lines, 'latin1');
  const commit = async (step: string): Promise<void> => {
    const { code, stderr } = await hgIn(server, ['commit', '-A', '-m', step, '-d', '0 0'], root);
    assert.equal(code, 0, stderr);
  };
  write('f', 'context\n');
  write('removed', 'last\n');
  write('moved', 'a\nb\n');
  await commit('first');
  const parts = ['a', ' ', '\t', '\r', '\f', '\v'];
  const ends = parts.flatMap(one => parts.flatMap(two => ['', ...parts].map(three => `x${one}${two}${three}`)));
  const starts = [
    '',
    ...parts,
    '@@ -1 +1 @@',
    '-- a',
    '++ b',
    'diff a',
    '\\ x',
    'index',
    '\xa0 ',
    '\xc3\xa9\t',
    '\x1c',
  ];
  write('f', ['context', ...ends, ...starts, 'end'].join('\n'));
  write('binary', 'a\0b');
  fs.symlinkSync('f', path.join(root, 'link'));
  fs.chmodSync(path.join(root, 'moved'), 0o755);
  await commit('second');
  await hgIn(server, ['mv', 'moved', 'elsewhere'], root);
  await hgIn(server, ['cp', 'link', 'copy'], root);
  write('f', ['context', ...starts.map(line => `${line}\t`), 'end', ''].join('\n'));
  write('binary', 'c\0d'.repeat(30));
  fs.unlinkSync(path.join(root, 'removed'));
  await hgIn(server, ['addremove', '-q'], root);
  await commit('third');
  const printed = await sameColors(root, server, [
    ...['log -p', 'log -p -g', 'log --stat', 'log -p --stat -g -G', 'log -p -T json'],
  ]);
  for (const label of ['diff.tab|', 'diff.trailingwhitespace|', 'diff.extended|', 'diff.file_a|', 'diff.hunk|']) {
    assert.ok(printed.includes(label), label);
  }
  fs.writeFileSync(path.join(root, '.hg/hgrc'), '[diff]\nshowfunc = yes\nnoprefix = yes\nnodates = yes\n');
  await sameColors(root, server, ['log -p', 'log -p -g']);
  fs.writeFileSync(path.join(root, '.hg/hgrc'), '[diff]\nword-diff = yes\n');
  await sameAnswer(['log', '-p', '--color=never'], root, await hgIn(server, ['log', '-p', '--color=never'], root), {});
  const refused = await quicksilver(['log', '-p', '--color=always'], root, {});
  assert.match(refused.stderr, /diff\.word-diff is not supported with colors/);
});
