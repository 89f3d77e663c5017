// `log -f FILE` in a working copy with changes: the files of the working copy decide what can be followed.
import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import { test, type TestContext } from 'node:test';
import { hgIn, sameAnswer } from '../support/comparedCommands.ts';
import { HgServer, hgEnvironment } from '../support/hgServer.ts';
import { temporaryDirectory } from '../support/temporaryDirectory.ts';

/** Runs a script with `hg` in a new repository, and compares what the histories of some paths are. */
async function compare(t: TestContext, script: string, paths: readonly string[], options: readonly string[] = ['-f']) {
  const root = path.join(temporaryDirectory(t).root, 'r');
  execFileSync('sh', ['-e', '-c', `hg init ${root} && cd ${root}\n${script}`], { env: hgEnvironment() });
  const hg = new HgServer(root);
  t.after(() => hg.close());
  for (const names of paths) {
    for (const option of options) {
      const args = ['log', '-T', '{rev}\\n', ...option.split(' '), ...names.split(' ')];
      await sameAnswer(args, root, await hgIn(hg, args, root));
    }
  }
}

test('files of every state', async t => {
  const script = `
    mkdir d d2
    for f in clean changed removed onDisk forgotten missing source original replaced d/a d/b d2/x; do echo $f >$f; done
    hg commit -q -A -m 0
    for f in clean removed onDisk missing source original; do echo more >>$f; done
    hg commit -q -m 1
    hg update -q 0; echo 2 >elsewhere; hg commit -q -A -m 2; hg update -q 1
    echo more >>changed; hg remove removed onDisk d/a d2/x; echo back >onDisk; hg forget forgotten; rm missing
    hg rename source renamed; hg copy original copied
    echo added >added; echo gone >gone; mkdir new; echo 1 >new/1; hg add added gone new/1; rm gone
    echo untracked >untracked; rm replaced; mkdir replaced untrackedDirectory; echo 1 >replaced/1`;
  await compare(t, script, [
    ...['clean', 'changed', 'removed', 'onDisk', 'forgotten', 'missing', 'source', 'renamed', 'original', 'copied'],
    ...['added', 'gone', 'untracked', 'd', 'd2', 'd/a', 'replaced', 'replaced/1', 'new', 'untrackedDirectory'],
    ...['nothing', 'elsewhere', 'clean added', 'clean removed', 'clean untracked', 'added untracked', 'clean d'],
    ...['removed d', 'clean nothing', 'd added', 'clean missing', '-I clean', '-I removed', 'clean -I removed'],
  ]);
});

test('files whose paths the store knows from before', async t => {
  const script = `
    mkdir d
    for f in clean original back untracked target d/a; do echo $f >$f; done
    hg commit -q -A -m 0
    hg rename original once; hg remove back untracked target; hg commit -q -m 1
    hg rename once twice; hg rename d/a moved; hg commit -q -m 2
    hg update -q 0; echo 3 >elsewhere; hg commit -q -A -m 3; hg update -q 2
    echo new >elsewhere; echo new >back; hg add elsewhere back
    echo new >untracked; hg remove twice; echo new >twice; hg forget moved; hg copy clean target
    ln -s nowhere dangling; ln -s clean link`;
  const paths = [
    ...['back', 'untracked', 'elsewhere', 'twice', 'moved', 'original', 'once', 'target', 'dangling', 'link', 'd'],
    ...['clean back', 'clean twice', 'moved twice', 'back untracked', 'clean elsewhere', 'target elsewhere'],
  ];
  await compare(t, script, paths, ['-f', '-f --removed']);
});

test('files of an uncommitted merge', async t => {
  const script = `
    for f in clean removedByOther both renamed renamedByOther; do echo $f >$f; done
    hg commit -q -A -m 0
    echo 1 >>both; hg rename renamed here; echo 1 >own; hg commit -q -A -m 1
    hg update -q 0; echo 2 >>both; hg rename renamedByOther there; echo 2 >other; hg remove removedByOther
    hg commit -q -A -m 2; hg update -q 1; hg merge -q -r 2 --tool :union`;
  await compare(t, script, [
    ...['clean', 'removedByOther', 'both', 'renamed', 'here', 'renamedByOther', 'there', 'own', 'other'],
    ...['own other', 'there other', 'removedByOther clean'],
  ]);
});

test('a working copy of no changeset', async t => {
  const script = `
    echo 0 >file; hg commit -q -A -m 0; hg update -q null
    echo untracked >file; mkdir d; echo added >added; hg add added`;
  await compare(t, script, ['file', 'added', 'd', 'nothing', 'added file'], ['-f', '-f --removed', '-f -r null']);
});
