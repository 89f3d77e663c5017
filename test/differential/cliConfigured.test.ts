// [defaults] and [alias] of the configuration: a command that `hg` runs with more options answers the same here. An
// alias of another command is rejected.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { quicksilver, type Run } from '../support/comparedCommands.ts';
import { hgAtOnce } from '../support/hgAtOnce.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

type Environment = Readonly<Record<string, string>>;

let root = '';

function hg(args: readonly string[], environment: Environment = {}, hasAlias = false): Run {
  const plain = Object.entries(process.env).filter(([name]) => !name.startsWith('HGPLAIN'));
  const call = { cwd: root, env: { ...Object.fromEntries(plain), HGRCPATH: '', ...environment } };
  // A command server keeps an alias for later commands.
  if (hasAlias) {
    const { status, stdout, stderr } = spawnSync('hg', args, { ...call, encoding: 'latin1' });
    return { code: status, stdout, stderr };
  }
  const { code, stdout, stderr } = hgAtOnce(args, call);
  return { code, stdout: stdout.toString('latin1'), stderr: stderr.toString('latin1') };
}

/** [section.name=value, …], the words of the command, and the environment. */
type Case = readonly [settings: readonly string[], words: readonly string[], environment?: Environment];

const SAME: readonly Case[] = [
  [['defaults.status=-q'], ['status']],
  [['defaults.status=-q'], ['st']],
  [['defaults.status=-q'], ['stat']],
  [['defaults.status=-q'], ['status', '-u']],
  [['defaults.status=-q'], ['status', '--no-quiet']],
  [['defaults.status=-q'], ['status'], { HGPLAIN: '' }],
  [['defaults.status=-q'], ['status'], { HGPLAINEXCEPT: 'alias' }],
  [['defaults.st=-q'], ['st']],
  [[`defaults.status=-X 'with blank' -X "new*" -n`], ['status']],
  [['defaults.status=-X with\\ blank  -n'], ['status']],
  [['defaults.status=--rev 0'], ['status']],
  [['defaults.status=--rev 0'], ['status', '--rev', '1', '-n']],
  [['defaults.status=--change'], ['status', '1']],
  [['defaults.status=-q --'], ['status', '-u']],
  [['defaults.status=changed'], ['status']],
  [['defaults.status=-A', 'commands.status.terse=u'], ['status']],
  [['alias.status=status -mar'], ['status']],
  [['alias.status=status -mar'], ['st']],
  [['alias.status=status -mar'], ['stat']],
  [['alias.status=status -mar'], ['status', 'new']],
  [['alias.status=status -mar'], ['status'], { HGPLAIN: '1' }],
  [['alias.status=status -mar'], ['status'], { HGPLAINEXCEPT: 'alias' }],
  [['alias.status=status -mar'], ['status'], { HGPLAINEXCEPT: 'i18n' }],
  [['alias.status=st -mar'], ['status']],
  [['alias.st=status -q'], ['st']],
  [['alias.st=status -q'], ['status']],
  [['alias.st=st -n'], ['st']],
  [['alias.st=status -q', 'defaults.st=-n'], ['st']],
  [['alias.st=status -q', 'defaults.status=-n'], ['st']],
  [['alias.status=status -q', 'defaults.status=-n'], ['status']],
  [['alias.status=status -q', 'defaults.status=-n'], ['status'], { HGPLAINEXCEPT: 'alias' }],
  [['alias.status=status --rev 0', 'defaults.status=--rev 1'], ['status']],
  [['defaults.cat=-r 0'], ['cat', 'changed']],
  [['defaults.cat=-r 0'], ['cat', '-r', '1', 'changed']],
  [['defaults.cat=changed'], ['cat']],
  [['alias.cat=cat -r 0'], ['cat', 'changed']],
  [['defaults.annotate=-un'], ['annotate', 'changed']],
  [['defaults.annotate=-un'], ['blame', 'changed']],
  [['alias.annotate=annotate -c'], ['annotate', 'changed']],
  [['alias.annotate=annotate -c'], ['blame', 'changed']],
  [['alias.blame=annotate -unl'], ['blame', 'changed']],
  [['defaults.log=-l 1'], ['log']],
  [['defaults.log=-l 1'], ['history']],
  [['defaults.log=-l 1'], ['log', '-l', '2', '-q']],
  [['alias.log=log --graph'], ['log', '-q']],
  [['alias.log=log --hidden', 'defaults.log=-q'], ['log']],
  [['alias.log=log --template "{rev}\\n"'], ['log']],
  [['alias.history=log -q'], ['history']],
];

/** Without an answer: the setting that is named. */
const REJECTED: readonly (readonly [setting: string, words: readonly string[], more?: readonly string[]])[] = [
  ['alias.status=log -q', ['status']],
  ['alias.status=!echo status', ['status']],
  ['alias.status=', ['status']],
  ['alias.st=diff', ['st']],
  ['alias.status=st -q', ['status'], ['alias.st=status -m']],
  ['alias.log=log -r $1', ['log', '0']],
  ['alias.log=log "', ['log', '0']],
  ['alias.blame=cat', ['blame', 'changed']],
  ['defaults.cat=--decode', ['cat', 'changed']],
  ['defaults.log=--pager never', ['log']],
  ['defaults.status=--unknown-option', ['status'], ['alias.status=status -q']],
  ['alias.status=status --unknown-option', ['status'], ['defaults.status=-q']],
  ['defaults.status=-R elsewhere', ['status']],
  ['defaults.status=--help', ['status']],
  ['defaults.status=-X ~/file', ['status']],
];

function configure(settings: readonly string[]): void {
  const lines = settings.map(setting => {
    const [, section, rest] = /^(\w+)\.(.*)$/s.exec(setting)!;
    return `[${section}]\n${rest}\n`;
  });
  fs.writeFileSync(path.join(root, '.hg/hgrc'), lines.join(''));
}

before(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-configured-')));
  const write = (name: string, text: string): void => fs.writeFileSync(path.join(root, name), text);
  hg(['init']);
  for (const name of ['changed', 'removed', 'with blank', 'kept']) write(name, 'one\n');
  hg(['commit', '-qA', '-u', 'Ann <ann@example.org>', '-m', 'first', '-d', '0 0']);
  write('changed', 'one\ntwo\n');
  hg(['commit', '-q', '-u', 'Ben', '-m', 'second', '-d', '1 0']);
  write('changed', 'one\ntwo and more\n');
  write('with blank', 'one and more\n');
  write('new', '');
  write('newer', '');
  hg(['remove', '-q', 'removed']);
});

after(() => removeTree(root));

for (const [settings, words, environment = {}] of SAME) {
  test(`${settings.join(', ')}: ${JSON.stringify(environment)} ${words.join(' ')}`, async () => {
    configure(settings);
    const hasAlias = settings.some(setting => setting.startsWith('alias.'));
    const theirs = hg(words, environment, hasAlias);
    assert.equal(theirs.code, 0, theirs.stderr);
    assert.deepEqual(await quicksilver(words, root, environment), theirs);
  });
}

test('an abbreviation of the command and of an alias is ambiguous', async () => {
  configure(['alias.statx=log', 'alias.stat:doc=text']);
  for (const [word, environment] of [
    ['stat', {}],
    ['statu', {}],
    ['st', {}],
    ['stat', { HGPLAIN: '' }],
  ] as const) {
    const [ours, theirs] = [await quicksilver([word], root, environment), hg([word], environment, true)];
    assert.deepEqual([ours.code, ours.stdout], [theirs.code, theirs.stdout], word);
    assert.equal(ours.code === 0, word !== 'stat' || 'HGPLAIN' in environment, ours.stderr);
  }
});

for (const [setting, words, more = []] of REJECTED) {
  test(`${setting}: ${words.join(' ')} is rejected`, async () => {
    configure([setting, ...more]);
    const { code, stdout, stderr } = await quicksilver(words, root, {});
    const name = setting.slice(0, setting.indexOf('='));
    assert.deepEqual([code, stdout], [255, '']);
    assert.match(stderr, new RegExp(`^abort: The setting ${name} is not supported: '`));
  });
}
