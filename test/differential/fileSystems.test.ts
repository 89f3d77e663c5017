// The status on file systems that lack execute bits and links, beside that of the real hg. Needs the right to mount exFAT,
// and the packages exfat-fuse and exfatprogs.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test, type TestContext } from 'node:test';
import { settledStatus } from '../../src/backends/mercurial/snapshot.ts';
import { Vfs } from '../../src/files/vfs.ts';
import { currentEnvironment } from '../../src/files/environment.ts';
import { MercurialRepository } from '../../src/mercurial/repository/repository.ts';
import { STATUS_LETTERS } from '../../src/server/statusLetters.ts';
import { runCommandLine } from '../../src/cli/commands.ts';
import type { CommandIo } from '../../src/cli/io.ts';
import { hgEnvironment, hgStatus } from '../support/hgServer.ts';
import { LiveHarness } from '../support/liveHarness.ts';
import { temporaryDirectory } from '../support/temporaryDirectory.ts';

const IMAGE_BYTES = 32 << 20;
const OLD = new Date(1_000_000_000_000);

function run(program: string, args: readonly string[], cwd?: string): string | undefined {
  const { status, stdout } = spawnSync(program, args, { cwd, encoding: 'latin1', env: hgEnvironment() });
  return status === 0 ? stdout.trim() : undefined;
}

/** Mounts an empty exFAT. Undefined where that is impossible here. */
function mounted(t: TestContext, options: readonly string[]): { place: string; native: string } | undefined {
  const undo: [string, string[]][] = [];
  // Hooks run in this order: the directory can only go when nothing is mounted in it.
  t.after(() => {
    for (const [program, args] of undo.reverse()) run(program, args);
  });
  const { root } = temporaryDirectory(t);
  const image = path.join(root, 'image');
  const place = path.join(root, 'mounted');
  fs.mkdirSync(place);
  fs.writeFileSync(image, '');
  fs.truncateSync(image, IMAGE_BYTES);
  if (run('mkfs.exfat', [image]) === undefined) return undefined;
  const device = run('losetup', ['-f', '--show', image]);
  if (device === undefined) return undefined;
  undo.push(['losetup', ['-d', device]]);
  if (run('mount.exfat-fuse', [...options, device, place]) === undefined) return undefined;
  undo.push(['umount', [place]]);
  return { place, native: root };
}

async function ownStatus(root: string): Promise<string[]> {
  const environment = { ...currentEnvironment(), variables: { ...process.env, HGRCPATH: '' } };
  const repository = MercurialRepository.open(root, { vfs: new Vfs(), environment });
  const { result } = await settledStatus(repository, { rules: 'at-once' }, () => ({ ignored: 'all', clean: true }));
  return result.entries
    .map(
      ({ path: at, status, source }) => `${STATUS_LETTERS[status]} ${at}${source === undefined ? '' : ` <- ${source}`}`,
    )
    .sort();
}

for (const [name, options] of [
  ['every file is executable', []],
  ['no file is executable', ['-o', 'fmask=0133']],
] as const) {
  test(`exFAT, ${name}: the status is that of hg`, async t => {
    const mount = mounted(t, options);
    if (mount === undefined) {
      t.skip('exFAT cannot be mounted here');
      return;
    }
    const source = path.join(mount.native, 'source');
    assert.notEqual(run('hg', ['init', source]), undefined);
    fs.writeFileSync(path.join(source, 'script'), 'run\n', { mode: 0o755 });
    fs.symlinkSync('script', path.join(source, 'link'));
    for (const file of ['plain', 'UPPER.txt', 'other']) fs.writeFileSync(path.join(source, file), `${file}\n`);
    run('hg', ['commit', '-qAm', 'files'], source);
    const root = path.join(mount.place, 'clone');
    assert.notEqual(run('hg', ['clone', '-q', source, root]), undefined);
    const compare = async (step: string): Promise<void> => {
      const expected = hgStatus(root);
      if (typeof expected === 'string') assert.fail(expected);
      const theirs = expected.map(
        entry => `${entry.status} ${entry.path}${entry.source === undefined ? '' : ` <- ${entry.source}`}`,
      );
      assert.deepEqual(await ownStatus(root), theirs.sort(), step);
    };
    // The live model, and the command line, which takes the abilities for its own reads.
    const live = new LiveHarness(root);
    t.after(() => live.dispose());
    const compareElsewhere = async (step: string): Promise<void> => {
      await live.model.refresh(step);
      await live.quiet();
      live.assertSameAsHg(() => step);
      let text = '';
      const io: CommandIo = {
        stdout: { write: bytes => void (text += bytes) },
        stderr: { write: bytes => assert.equal(bytes, '') },
        cwd: root,
        environment: { ...process.env, HGRCPATH: '', QUICKSILVER_RUNTIME_DIRECTORY: path.join(mount.native, 'none') },
        platform: process.platform,
        signal: new AbortController().signal,
      };
      for (const args of [
        ['status', '-A'],
        ['status', '-A', '--rev', '.'],
        ['cat', 'script', 'link', 'plain'],
      ]) {
        text = '';
        assert.equal(await runCommandLine(args, io), 0);
        assert.equal(text.trim(), run('hg', args, root), `${step}: ${args.join(' ')}`);
      }
    };
    // Mercurial has not probed yet after it, or has left its files behind.
    await compare('clone');
    await compareElsewhere('clone');
    for (const file of fs.readdirSync(root)) if (file !== '.hg') fs.utimesSync(path.join(root, file), OLD, OLD);
    await compare('other times');
    await compareElsewhere('other times');
    fs.renameSync(path.join(root, 'UPPER.txt'), path.join(root, 'upper.txt'));
    await compare('a name in another case');
    fs.rmSync(path.join(root, 'other'));
    fs.writeFileSync(path.join(root, 'plain'), 'PLAIN\n');
    fs.writeFileSync(path.join(root, 'new'), '');
    await compare('changes');
    await compareElsewhere('changes');
    assert.deepEqual(
      (await ownStatus(root)).filter(line => !line.startsWith('C')),
      ['! other', 'M plain', '? new', '? upper.txt'].sort(),
    );
  });
}
