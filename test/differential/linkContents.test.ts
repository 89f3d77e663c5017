// What a click on a symbolic link opens: its target, as hg has it, and for a folder or a special file a message.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync, symlinkSync } from 'node:fs';
import { test } from 'node:test';
import { CommandBench, said } from '../support/commandBench.ts';

test('a link shows its target, wherever it leads, and a special file opens nothing', async t => {
  const bench = await CommandBench.start(t, {
    prepare: sandbox => {
      for (const name of ['became-link', 'target', 'folder/inside']) sandbox.write('repo', name, `${name}\n`);
      sandbox.hg('repo', ['commit', '--quiet', '--addremove', '--message', 'first']);
    },
  });
  const at = (name: string): string => bench.uri(name).path;
  rmSync(at('became-link'));
  symlinkSync('target', at('became-link'));
  symlinkSync('folder', at('to-folder'));
  symlinkSync('nowhere', at('dangling'));
  execFileSync('mkfifo', [at('pipe')]);
  await bench.refresh();
  assert.equal(bench.repository.model.statusAt('became-link'), 'modified');
  await bench.click('became-link');
  assert.match(said(), /^vscode\.diff: .*quicksilver-text/m); //
  for (const name of ['to-folder', 'dangling']) {
    await bench.click(name);
    assert.match(said(), /^vscode\.open: .*quicksilver-text/m);
    assert.match(said(), /Link Target/);
  }
  await bench.click('pipe');
  assert.match(said(), /'pipe' is not a regular file/);
  await bench.click('folder');
  assert.match(said(), /'folder' is not a regular file/);
});
