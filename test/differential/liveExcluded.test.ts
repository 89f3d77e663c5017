// Files that are tracked where a subrepository of Git, of Subversion, or one that is not there, has its place: `hg status`
// looks them up, and what happens to them is told by events as for others.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';
import { HgSandbox } from '../support/hgSandbox.ts';
import { LiveHarness } from '../support/liveHarness.ts';

const onLinux = process.platform === 'linux' ? false : 'compared where there is a watch for each directory';

describe('tracked files where a subrepository has its place', { skip: onLinux }, () => {
  for (const source of ['[git]lib/x', '[svn]lib/x', 'lib/x']) {
    test(`lib/x = ${source}`, async t => {
      const sandbox = new HgSandbox();
      t.after(() => sandbox.dispose());
      sandbox.hg('.', ['init', 'repository']);
      const write = (name: string, content: string): void => sandbox.write('repository', name, content, 1_100_000_000);
      for (const name of ['lib/x/f', 'lib/x/d/g', 'lib/x/d/deep/h']) sandbox.write('repository', name, `${name}\n`);
      sandbox.hg('repository', ['commit', '-qAm', 'first']);
      sandbox.hg('repository', ['status']);
      const root = sandbox.path('repository');
      const at = (name: string): string => path.join(root, name);
      // No audits: events alone tell.
      const live = new LiveHarness(root);
      t.after(() => live.dispose());
      const assertSame = async (entries: readonly string[]): Promise<void> => {
        await live.quiet();
        live.assertSameAsHg(() => entries.join(', '));
        assert.deepEqual(live.entries, [...entries].sort());
      };
      await assertSame([]);

      sandbox.write('repository', '.hgsub', `lib/x = ${source}\n`);
      sandbox.hg('repository', ['add', '.hgsub']);
      await assertSame(['A .hgsub']);
      write('lib/x/f', 'changed\n');
      write('lib/x/untracked', 'untracked\n');
      await assertSame(['A .hgsub', 'M lib/x/f']);
      write('lib/x/d/deep/h', 'changed\n');
      await assertSame(['A .hgsub', 'M lib/x/d/deep/h', 'M lib/x/f']);
      fs.rmSync(at('lib/x/d/g'));
      fs.rmSync(at('lib/x/d/deep'), { recursive: true });
      await assertSame(['! lib/x/d/deep/h', '! lib/x/d/g', 'A .hgsub', 'M lib/x/f']);
      write('lib/x/d/deep/h', 'back\n');
      await assertSame(['! lib/x/d/g', 'A .hgsub', 'M lib/x/d/deep/h', 'M lib/x/f']);
      write('lib/x/d/deep/h', 'lib/x/d/deep/h\n');
      await assertSame(['! lib/x/d/g', 'A .hgsub', 'M lib/x/f']);

      const all = ['! lib/x/d/deep/h', '! lib/x/d/g', '! lib/x/f', 'A .hgsub'];
      fs.renameSync(at('lib/x'), at('moved'));
      await assertSame([...all, '? moved/d/deep/h', '? moved/f', '? moved/untracked']);
      fs.symlinkSync('../moved', at('lib/x'));
      await assertSame([...all, '? moved/d/deep/h', '? moved/f', '? moved/untracked']);
      fs.rmSync(at('lib/x'));
      fs.renameSync(at('moved'), at('lib/x'));
      await assertSame(['! lib/x/d/g', 'A .hgsub', 'M lib/x/f']);
      write('lib/x/d/deep/h', 'once more\n');
      await assertSame(['! lib/x/d/g', 'A .hgsub', 'M lib/x/d/deep/h', 'M lib/x/f']);
    });
  }
});
