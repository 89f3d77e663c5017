// The extensions eol and keyword, and built-in filters: random rules, contents and commands, the status and the live model beside the
// real hg.
//
// QUICKSILVER_LONG=1 makes the long run of it, QUICKSILVER_STEPS another; QUICKSILVER_SEED repeats one.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import { currentEnvironment } from '../../src/files/environment.ts';
import { settledStatus } from '../../src/backends/mercurial/snapshot.ts';
import { Vfs } from '../../src/files/vfs.ts';
import { MercurialRepository } from '../../src/mercurial/repository/repository.ts';
import { STATUS_LETTERS } from '../../src/server/statusLetters.ts';
import { quicksilver } from '../support/comparedCommands.ts';
import { hgAlone } from '../support/hgAtOnce.ts';
import { hgEnvironment, hgStatus, HgServer } from '../support/hgServer.ts';
import { LiveHarness } from '../support/liveHarness.ts';
import { statusLines } from '../support/ownStatus.ts';
import { Random, seedFromEnvironment } from '../support/random.ts';
import { temporaryDirectory } from '../support/temporaryDirectory.ts';

const LONG = process.env['QUICKSILVER_LONG'] === '1';
const STEPS = Number(process.env['QUICKSILVER_STEPS'] ?? (LONG ? 1000 : 24));
const NAMES = ['a.txt', 'b.txt', 'd/c.txt', 'd/bin.dat', 'plain', 'd/e/f.crlf'];
const PATTERNS = ['**.txt', 'd/**', '**', '*.dat', '**.crlf', 'plain', 'path:d', 're:.*\\.txt', '.hg*', 'd/bin.dat'];
const STYLES = ['native', 'LF', 'CRLF', 'BIN', 'lf', 'unknown'];
const LINES = [['one\n'], ['two\r\n'], ['one\n', 'two\r\n', 'three', '\r\r\n', 'nul\0\n', 'cr\r']];
const KEYWORDS = [
  '$Id$\n',
  '$Id: x $\n',
  '$Id: x y $ $Date: z $\n',
  '$Own+: a $',
  '$LastChangedBy: me $\n',
  '$Source: $\n',
  '$Id: a\n $',
  'nul\0$Id: x $\n',
];
/** Commits files as they are. */
const PLAIN = ['eol', 'keyword', 'win32text'].flatMap(name => ['--config', `extensions.${name}=!`]);
const ENCODE = ['dumbencode:', 'cleverencode:', 'macencode:', 'cleverdecode:', 'macdumbencode:', 'dumbdecode:', '!'];

for (const kind of ['eol', 'win32text', 'win32text and eol', 'keyword'] as const) {
  for (const format of ['no', 'yes']) {
    test(`${kind}: the status and the live model are those of hg, dirstate-v2=${format}`, async t => {
      const seed = seedFromEnvironment('QUICKSILVER_SEED');
      t.diagnostic(`seed ${seed}`);
      const random = new Random(seed);
      const { root: base } = temporaryDirectory(t);
      const root = path.join(base, 'repository');
      const config = [`format.use-dirstate-v2=${format}`, 'storage.dirstate-v2.slow-path=allow'];
      execFileSync('hg', [...config.flatMap(item => ['--config', item]), 'init', root], { env: hgEnvironment() });
      const pick = <T>(items: readonly T[]): T => items[random.below(items.length)]!;
      const log: string[] = [];
      // Mostly consistent: other files are not converted.
      const lines = (): string => {
        const kinds = kind === 'keyword' ? KEYWORDS : pick(LINES);
        return Array.from({ length: 1 + random.below(3) }, () => pick(kinds)).join('');
      };
      const write = (name: string, content: string): void => {
        log.push(`write ${name} ${JSON.stringify(content)}`);
        fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
        fs.writeFileSync(path.join(root, name), content);
        // Old enough to be trusted, if it is recorded: then only the rules make it unsure.
        if (random.below(2) === 0) fs.utimesSync(path.join(root, name), 1e9 + random.below(3), 1e9);
      };
      const keywords = (): string[] => [
        '[keyword]',
        ...Array.from({ length: random.below(4) }, () => `${pick(PATTERNS)} = ${pick(['', '', 'ignore'])}`),
        ...(random.below(3) === 0 ? ['[keywordset]', 'svn = True'] : []),
        ...(random.below(4) === 0 ? ['[keywordmaps]', 'Own+ = {node}'] : []),
      ];
      const configure = (): void => {
        const encode = Array.from({ length: random.below(3) }, () => `${pick(PATTERNS)} = ${pick(ENCODE)}`);
        const settings = [
          '[extensions]',
          // The order decides which of the two counts.
          ...(random.below(2) === 0 ? kind.split(' and ') : kind.split(' and ').reverse()).map(name => `${name} =`),
          ...(kind.startsWith('win32text') ? ['[encode]', ...encode] : []),
          ...(kind === 'keyword' ? keywords() : []),
          '[eol]',
          ...(random.below(3) === 0 ? ['only-consistent = False'] : []),
          ...(random.below(3) === 0 ? ['fix-trailing-newline = True'] : []),
          '',
        ];
        log.push(settings.join(' | '));
        fs.writeFileSync(path.join(root, '.hg', 'hgrc'), settings.join('\n'));
      };
      const rules = (): string => {
        const patterns = Array.from({ length: 1 + random.below(3) }, () => `${pick(PATTERNS)} = ${pick(STYLES)}`);
        const more = pick(['', '[repository]\nnative = CRLF\n', '[eol]\nonly-consistent = no\n']);
        return `[patterns]\n${patterns.join('\n')}\n${more}${random.below(12) === 0 ? ' bad\nbad line\n' : ''}`;
      };
      configure();
      const hg = new HgServer(undefined, ['storage.dirstate-v2.slow-path=allow']);
      t.after(() => hg.close());
      const run = async (...args: string[]): Promise<void> => {
        const { code, errors } = await hg.run('-R', root, '--cwd', root, ...args);
        log.push(`hg ${args.join(' ')}: ${code} ${errors}`);
      };
      for (const name of NAMES) write(name, lines());
      if (kind.endsWith('eol')) write('.hgeol', rules());
      await run('commit', '-qAm', 'first', ...PLAIN);
      const live = new LiveHarness(root);
      t.after(() => live.dispose());
      let answered = 0;
      for (let step = 0; step < STEPS; step++) {
        const name = pick(NAMES);
        switch (random.below(9)) {
          case 0:
            if (kind.endsWith('eol')) write('.hgeol', rules());
            else configure();
            break;
          case 1:
            if (kind.endsWith('eol') && random.below(3) > 0) write('.hgeol', rules());
            else configure();
            break;
          case 2:
            await run('commit', '-qAm', `c${step}`, ...PLAIN);
            break;
          case 3:
            if (random.below(2) === 0) await run('update', '-qC', `${random.below(3)}`);
            else if (kind.endsWith('eol')) write('.hgeol', rules());
            break;
          case 4:
            // Clean by stat from here on, unless the rules change.
            for (const each of NAMES)
              if (fs.existsSync(path.join(root, each))) fs.utimesSync(path.join(root, each), 1e9, 1e9);
            await run('commit', '-qAm', `c${step}`, ...PLAIN);
            await run('status');
            break;
          case 5:
            if (kind.endsWith('eol'))
              fs.rmSync(path.join(root, pick(['.hgeol', '.hg/eol.cache', '.hg/eol.cache'])), { force: true });
            log.push('rules removed');
            break;
          default:
            write(name, lines());
        }
        await live.quiet();
        const context = (): string => `step ${step}, seed ${seed}\n${log.slice(-6).join('\n')}`;
        // First ours: hg notes the rules, and no longer calls the same files unsure.
        const ours = await statusLines(root);
        // Both extensions have filters of one name: those of the extension that is loaded later count.
        const theirs = kind === 'win32text and eol' ? hgStatus(root, hgAlone) : hgStatus(root);
        if (typeof theirs === 'string') {
          assert.equal(typeof ours, 'string', `${context()}\n${theirs}`);
          continue;
        }
        assert.deepEqual(ours, theirs.map(({ path: at, status }) => `${status} ${at}`).sort(), context());
        await live.quiet();
        live.assertEquals(theirs, context);
        answered++;
      }
      if (LONG) assert.ok(answered > STEPS / 2, `${answered} of ${STEPS}`);
    });
  }
}

test('a filter that is a program leaves only the files undecided that it matches and whose stat proves nothing', async t => {
  const root = path.join(temporaryDirectory(t).root, 'repository');
  const hg = new HgServer(undefined);
  t.after(() => hg.close());
  await hg.run('init', root);
  fs.writeFileSync(path.join(root, '.hg/hgrc'), '[encode]\n**.up = tr a-z A-Z\n**.none = false\n');
  const write = (name: string, content: string, seconds: number): void => {
    fs.writeFileSync(path.join(root, name), content);
    fs.utimesSync(path.join(root, name), seconds, seconds);
  };
  for (const name of ['same.up', 'other.up', 'longer.up', 'clean.up', 'plain', 'plain2']) write(name, 'abc\n', 1e9);
  const { code, errors } = await hg.run('-R', root, '--cwd', root, 'commit', '-qAm', 'first');
  if (code !== 0 && errors.includes("'/bin/sh'")) {
    t.skip('This hg runs where there is no shell to start a filter.');
    return;
  }
  assert.equal(code, 0, errors);
  await hg.run('-R', root, '--cwd', root, 'status');
  write('same.up', 'aBC\n', 1e9 + 1);
  write('other.up', 'abd\n', 1e9 + 1);
  write('longer.up', 'abcd\n', 1e9 + 1);
  write('plain', 'abd\n', 1e9 + 1);
  write('plain2', 'abc\n', 1e9 + 1);
  const repository = MercurialRepository.open(root, {
    vfs: new Vfs(),
    environment: { ...currentEnvironment(), variables: { HGRCPATH: '' } },
  });
  const { result } = await settledStatus(repository, { rules: 'at-once' }, () => ({ ignored: 'none', clean: true }));
  assert.deepEqual(result.undecided.map(({ path: at }) => at).sort(), ['other.up', 'same.up']);
  assert.match(result.undecided[0]!.why.message, /The filter 'tr a-z A-Z' in \[encode\] is a program/);
  const known = new Set(result.undecided.map(({ path: at }) => String(at)));
  const theirs = hgStatus(root);
  assert.ok(typeof theirs !== 'string');
  assert.deepEqual(
    result.entries
      .filter(({ path: at }) => !known.has(at))
      .map(({ path: at, status }) => `${STATUS_LETTERS[status]} ${at}`),
    theirs
      .filter(({ path: at }) => !known.has(at))
      .map(({ path: at, status }) => `${status} ${at}`)
      .sort((a, b) => (a.slice(2) < b.slice(2) ? -1 : 1)),
  );
  // hg has recorded meanwhile that one is clean. The command line lists all but the other one, and names that.
  const { code: exit, stdout, stderr } = await quicksilver(['status'], root);
  assert.deepEqual([exit, stdout], [3, 'M longer.up\nM plain\n']);
  assert.match(stderr, /^other\.up: may be modified: [^\n]*\n$/);
});
