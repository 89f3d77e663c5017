// `quicksilver status --verbose` and ui.tweakdefaults against `hg`: the state of each unfinished operation.
import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runCommandLine } from '../../src/cli/commands.ts';
import { hgAlone, hgAtOnce } from '../support/hgAtOnce.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

type Environment = Readonly<Record<string, string>>;

const CONFIG = '[ui]\nusername=x\nmerge=internal:fail\n[extensions]\nrebase=\nhistedit=\nshelve=\ntransplant=\n';
let root = '';

function environment(extra: Environment): NodeJS.ProcessEnv {
  const rest = Object.entries(process.env).filter(([name]) => !name.startsWith('HGPLAIN'));
  return { ...Object.fromEntries(rest), HGRCPATH: '', HGENCODING: 'utf-8', ...extra };
}

function hg(args: readonly string[], cwd = root, extra: Environment = {}): string {
  const { stdout } = hgAtOnce(args, { cwd, env: environment(extra) });
  return stdout.toString('latin1');
}

async function quicksilver(args: readonly string[], cwd: string, extra: Environment): Promise<string> {
  let stdout = '';
  const saved = process.env['HGRCPATH'];
  process.env['HGRCPATH'] = '';
  try {
    await runCommandLine(args, {
      stdout: { write: bytes => void (stdout += bytes) },
      stderr: { write: () => undefined },
      cwd,
      environment: environment(extra),
      platform: process.platform,
      signal: new AbortController().signal,
    });
  } finally {
    if (saved === undefined) delete process.env['HGRCPATH'];
    else process.env['HGRCPATH'] = saved;
  }
  return stdout;
}

async function same(args: readonly string[], cwd = root, extra: Environment = {}): Promise<string> {
  const ours = await quicksilver(['status', ...args], cwd, extra);
  assert.equal(ours, hg(['status', ...args], cwd, extra), `${cwd}: ${args.join(' ')} ${JSON.stringify(extra)}`);
  return ours;
}

/** Compares in every form, and returns the text. */
async function sameInAllForms(): Promise<string> {
  for (const args of ['-Tjson -v', '-vC -Tjson', '-vn', '-v0', '-qv', '-v --rev .', '-v d', '-v --change .']) {
    await same(args.split(' '));
  }
  await same(['-v'], join(root, 'd'));
  await same(['-v'], root, { HGPLAIN: '' });
  return same(['-v']);
}

describe('the state of an unfinished operation', () => {
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'quicksilver-verbose-'));
    hg(['init', '.']);
    writeFileSync(join(root, '.hg', 'hgrc'), CONFIG);
    mkdirSync(join(root, 'd'));
    const commit = (text: string): void => {
      writeFileSync(join(root, 'f'), text);
      writeFileSync(join(root, 'd', 'g'), text);
      hg(['commit', '-qAm', text]);
    };
    commit('0');
    commit('one');
    hg(['update', '-q', '0']);
    commit('other');
  });

  after(() => removeTree(root));

  const update = (revision: string): unknown => hg(['update', '-qC', revision]);

  test('none', async () => {
    update('2');
    assert.equal(await sameInAllForms(), '');
  });

  test('merge, with and without conflicts, and with some resolved', async () => {
    update('2');
    hg(['merge', '-q', '1']);
    assert.match(await sameInAllForms(), /unfinished \*merge\* state[^]*Unresolved[^]*# {5}d\/g\n# {5}f\n/);
    hg(['resolve', '-qm', 'f']);
    await sameInAllForms();
    hg(['resolve', '-qm', 'd/g']);
    assert.match(await sameInAllForms(), /No unresolved merge conflicts/);
    hg(['merge', '--abort', '-q']);
  });

  test('rebase, graft, unshelve and transplant', async () => {
    hg(['rebase', '-q', '-s', '2', '-d', '1']);
    assert.match(await sameInAllForms(), /hg rebase --stop/);
    // A command server keeps the extensions it has loaded.
    appendFileSync(join(root, '.hg', 'hgrc'), 'rebase=!\n');
    const { stdout } = hgAlone(['status', '-v'], { cwd: root, env: environment({}) });
    assert.equal(await quicksilver(['status', '-v'], root, {}), stdout.toString('latin1'));
    writeFileSync(join(root, '.hg', 'hgrc'), CONFIG);
    hg(['rebase', '--abort', '-q']);
    update('1');
    hg(['graft', '-q', '2']);
    assert.match(await sameInAllForms(), /hg graft --continue/);
    hg(['graft', '--abort', '-q']);
    update('1');
    writeFileSync(join(root, 'f'), 'shelved');
    hg(['shelve', '-q']);
    update('2');
    hg(['unshelve', '-q']);
    assert.match(await sameInAllForms(), /hg unshelve --abort/);
    hg(['unshelve', '--abort', '-q']);
    update('1');
    hg(['transplant', '-q', '2']);
    assert.match(await sameInAllForms(), /hg transplant --stop/);
    update('1');
    hg(['transplant', '--stop']);
  });

  test('bisect, update and histedit', async () => {
    update('1');
    hg(['bisect', '-q', '--good', '0']);
    assert.match(await sameInAllForms(), /hg bisect --reset\n\n$/);
    appendFileSync(join(root, '.hg', 'hgrc'), '[commands]\nstatus.skipstates=bisect\n');
    await sameInAllForms();
    writeFileSync(join(root, '.hg', 'hgrc'), CONFIG);
    hg(['bisect', '--reset']);
    writeFileSync(join(root, '.hg', 'updatestate'), hg(['log', '-r', '1', '-T', '{node}']));
    assert.match(await sameInAllForms(), /hg update \./);
    rmSync(join(root, '.hg', 'updatestate'));
  });

  test('the configuration asks for it, and tweaks other defaults', async () => {
    update('2');
    hg(['merge', '-q', '1']);
    hg(['copy', '-q', 'f', 'd/copy']);
    for (const config of [
      ...['[commands]\nstatus.verbose=yes', '[ui]\nverbose=yes', '[ui]\nquiet=yes', '[ui]\nquiet=yes\nverbose=yes'],
      ...['[ui]\ntweakdefaults=yes', '[ui]\ntweakdefaults=yes\nstatuscopies=no\nrelative-paths=no'],
      ...[
        '[ui]\ntweakdefaults=yes\n[commands]\nstatus.verbose=no\nstatus.relative=no',
        '[ui]\ntweakdefaults=yes\nquiet=yes',
      ],
    ]) {
      writeFileSync(join(root, '.hg', 'hgrc'), `${CONFIG}${config}\n`);
      for (const args of [[], ['-q'], ['-v'], ['-qv'], ['-Tjson'], ['f']]) await same(args);
      await same([], join(root, 'd'));
      for (const plain of [
        { HGPLAIN: '' },
        { HGPLAINEXCEPT: 'tweakdefaults' },
        { HGPLAIN: '', HGPLAINEXCEPT: 'i18n' },
      ]) {
        await same([], join(root, 'd'), plain);
      }
    }
  });
});
