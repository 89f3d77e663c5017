// Configuration files against what the real `hg config` makes of them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { after, test } from 'node:test';
import { QuicksilverError } from '../../src/base/errors.ts';
import { currentEnvironment, type ProcessEnvironment } from '../../src/files/environment.ts';
import { loadConfig, type HgConfig } from '../../src/mercurial/config/hgConfig.ts';
import { configuredIgnoreFiles } from '../../src/mercurial/ignore/configuredIgnoreFiles.ts';
import { loadIgnoreRules } from '../../src/mercurial/ignore/ignoreRules.ts';
import { Vfs } from '../../src/files/vfs.ts';
import { HgSandbox } from '../support/hgSandbox.ts';

const sandbox = new HgSandbox();
after(() => sandbox.dispose());
sandbox.hg('.', ['init', 'repo']);
const ROOT = sandbox.path('repo');

interface Given {
  /** Files by their path in the sandbox; the user's configuration is 'rc'. */
  readonly files: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
}

type Answer = readonly (readonly [source: string, name: string, value: string])[] | 'fails';

function variablesOf({ variables = {} }: Given): Record<string, string | undefined> {
  return { ...process.env, HGRCPATH: sandbox.path('rc'), HGPLAIN: '1', HGENCODING: 'latin1', ...variables };
}

function run(given: Given, args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync('hg', args, { cwd: ROOT, env: variablesOf(given), encoding: 'latin1' });
}

function hgAnswer(given: Given): Answer {
  const { status, stdout } = run(given, ['config', '-T', 'json', 'x', 'z']);
  // Exit code 1 is that there is no such item, or a crash, which every other command shows as well.
  if ((status !== 0 && status !== 1) || (status === 1 && run(given, ['root']).status !== 0)) return 'fails';
  const items = JSON.parse(stdout) as { source: string; name: string; value: string }[];
  return items.map(({ source, name, value }) => [source, name, value] as const);
}

function environmentOf(given: Given): ProcessEnvironment {
  const variables = variablesOf(given);
  return { ...currentEnvironment(), variables, homeDirectory: variables['HOME'] ?? '/' };
}

function load(given: Given): HgConfig {
  return loadConfig(new Vfs(), environmentOf(given), { hgDirectory: `${ROOT}/.hg` });
}

function ourAnswer(given: Given): Answer {
  let config: HgConfig;
  try {
    config = load(given);
  } catch (error) {
    if (error instanceof QuicksilverError && error.code === 'invalid-config') return 'fails';
    throw error;
  }
  return ['x', 'z'].flatMap(section =>
    config
      .items(section)
      .map(({ name, value, file, line }): [string, string, string] => [`${file}:${line}`, `${section}.${name}`, value]),
  );
}

function withFiles(given: Given, body: () => void): void {
  for (const [name, content] of Object.entries(given.files)) sandbox.write('.', name, content);
  try {
    body();
  } finally {
    for (const name of Object.keys(given.files)) fs.rmSync(sandbox.path(name));
  }
}

/** Sections come in the order in which hg met them; we ask for them in another. */
function bySection(answer: Answer): Answer {
  if (answer === 'fails') return answer;
  return ['x.', 'z.'].flatMap(prefix => answer.filter(([, name]) => name.startsWith(prefix)));
}

const USER_FILES = [
  '',
  '[x]\na = 1\nb=2 \n a=cont\nc = # not\n# comment\n; com\n\td\n[z]\n[x]\na = 3\nkey with space = v\ne:sub = q\nf=\ng = a\n  # c2\n  b\n',
  '[x]\na=1\n\n  more\n',
  '[x]\na=1\nb=1\na=2\n',
  '[x]\na=1\n%unset a\nb=1\n%unset zz\n%unset  b \n%unset a b\nc=1\na b=2\n%unset a b',
  '[x]\nfoo\n',
  '  foo\n',
  'a=1\n[x]\nb=1',
  '[x\n',
  '[x]\n=1\n',
  '[x]\n = 1\n',
  '[x]y = 2\nq=1\n[ x ]\nb=1\n[x] # c\nc=2\n[x.y]\nd=1\n',
  '[]\n',
  '[a[b]\n',
  '\xef\xbb\xbf[x]\na=1\n',
  '[x]\r\na=1\r\n  b\r\n[y]\r\n',
  '[x]\ra=1\r  b\rc=2\n',
  '[x]\na\t=\t1\n\x0bq=1\n\x0cr=1\n',
  '[x]\na = 1 \t \n b \n',
  '[x]\na:b = 2\na : b = 3\n : = 4\nz :y=2\nq==1\nr = = 2\n',
  '%foo bar\n',
  '[x]\n%foo = bar\n%include = y\n%unset = y\n%unset=3\n',
  '[x]\na =\n  x\n  y\n',
  '[x]\na=1\n%unset\n',
  '%include\n',
  '%include nope\n[x]\na=1\n%include more\nb=2\n[z]\nr=1\n',
  '[x]\na=1\n%include more\n  cont\n',
  '[x]\na=1\nb=1\n%include unset\n%include $DIR/more\n%include ~/more\nc=1',
  '[x]\n%include repo\n',
  '[x]\n%include more/less\n',
  '%include rc\n',
  '%include include-bad\n',
];

test('every rule of the syntax', () => {
  const files = {
    more: '[x]\na=inc\n\n[z]\nq=1\n',
    unset: '[x]\n%unset a\n[z]\n%unset b\n',
    'include-bad': '[x]\nfoo\n',
  };
  for (const rc of USER_FILES) {
    const given: Given = { files: { ...files, rc }, variables: { DIR: sandbox.directory, HOME: sandbox.directory } };
    withFiles(given, () => assert.deepEqual(ourAnswer(given), bySection(hgAnswer(given)), JSON.stringify(rc)));
  }
});

const REPOSITORY_FILES = {
  rc: '[x]\na=1\nb=1\nc=1\n',
  'repo/.hg/hgrc': '[x]\nz=9\nb=from-repo\n%unset a\n',
  'repo/.hg/hgrc-not-shared': '[x]\nz=not-shared\n',
  '.hgrc': '[x]\nhome=1\nboth=home\n',
  '.config/hg/hgrc': '[x]\nxdg=1\nboth=xdg\n',
  'elsewhere/hg/hgrc': '[x]\nxdg=2\n',
  'rcs/b.rc': '[x]\nd=b\n',
  'rcs/a.rc': '[x]\nd=a\ne=a\n',
  'rcs/c.txt': '[x]\nd=c\n',
};

test('which files are read, and in which order', () => {
  const environments: Record<string, string>[] = [
    {},
    { HGRCPATH: '' },
    { HGRCPATH: `${sandbox.path('rcs')}::${sandbox.path('missing')}:${sandbox.path('rc')}` },
    { HGRCPATH: '~/rcs:$HOME/rc', HOME: sandbox.directory },
    { HGRCPATH: '/dev/null' },
  ];
  for (const variables of environments) {
    const given: Given = { files: REPOSITORY_FILES, variables };
    withFiles(given, () => assert.deepEqual(ourAnswer(given), bySection(hgAnswer(given)), JSON.stringify(variables)));
  }
});

test("the user's files", () => {
  for (const variables of [{}, { XDG_CONFIG_HOME: '' }, { XDG_CONFIG_HOME: sandbox.path('elsewhere') }]) {
    const given: Given = { files: REPOSITORY_FILES, variables: { HOME: sandbox.directory, ...variables } };
    const environment = variablesOf(given);
    delete environment['HGRCPATH'];
    withFiles(given, () => {
      const { stdout } = spawnSync('hg', ['config', '-T', '{source} {name}={value}\\n', 'x'], {
        cwd: ROOT,
        env: environment,
        encoding: 'latin1',
      });
      const config = loadConfig(
        new Vfs(),
        { ...currentEnvironment(), variables: environment, homeDirectory: sandbox.directory },
        { hgDirectory: `${ROOT}/.hg` },
      );
      const ours = config.items('x').map(({ name, value, file, line }) => `${file}:${line} x.${name}=${value}\n`);
      assert.equal(ours.join(''), stdout);
    });
  }
});

test('configured ignore files', () => {
  const rc =
    '[ui]\nignore.first = ~/one\nignore = two\nignore.third = $DIR/three\nignored = no\nignore:x = no\nignore.v = $NO/x\n';
  const files = {
    rc,
    one: '^a',
    'repo/two': '^b',
    three: 'syntax: glob\n*.c',
    'repo/a': '',
    'repo/b': '',
    'repo/x/d.c': '',
  };
  const given: Given = { files, variables: { HOME: sandbox.directory, DIR: sandbox.directory } };
  withFiles(given, () => {
    const ignoreFiles = configuredIgnoreFiles(ROOT, load(given), environmentOf(given));
    assert.deepEqual(ignoreFiles, [sandbox.path('one'), `${ROOT}/two`, sandbox.path('three'), `${ROOT}/$NO/x`]);
    const { matcher, warnings } = loadIgnoreRules(new Vfs(), { root: ROOT, ignoreFiles });
    const { stdout, stderr } = run(given, ['status', '-i', '-n']);
    const names = ['a', 'b', 'two', 'x/d.c'];
    assert.deepEqual(
      names.filter(name => matcher.isIgnored(name as never)),
      stdout.trimEnd().split('\n'),
    );
    assert.deepEqual(warnings, stderr.trimEnd().split('\n'));
  });
});

test('files of others are not obeyed', { skip: process.getuid?.() !== 0 }, () => {
  for (const trusted of ['', '[trusted]\nusers = nobody\n', '[trusted]\ngroups=*\n', '[trusted]\nusers=a, root\n']) {
    const given: Given = { files: { rc: `${trusted}[x]\na=1\n`, 'repo/.hg/hgrc': '[x]\na=2\n' } };
    withFiles(given, () => {
      fs.chownSync(`${ROOT}/.hg/hgrc`, 65534, 65534);
      assert.deepEqual(ourAnswer(given), bySection(hgAnswer(given)), trusted);
    });
  }
});

test(
  'a link of others to a file of others is not obeyed, through a folder that is a link, too',
  { skip: process.getuid?.() !== 0 },
  () => {
    const [real, control] = [sandbox.path('deep/control'), `${ROOT}/.hg`];
    fs.mkdirSync(sandbox.path('deep'));
    fs.renameSync(control, real);
    fs.symlinkSync(real, control);
    fs.symlinkSync('../common', `${real}/hgrc`);
    try {
      for (const owner of [0, 65534]) {
        const given: Given = { files: { rc: '[x]\na=1\n', 'deep/common': '[x]\na=2\n' } };
        withFiles(given, () => {
          fs.chownSync(sandbox.path('deep/common'), owner, owner);
          const answer = hgAnswer(given);
          assert.deepEqual(ourAnswer(given), bySection(answer));
          assert.match(JSON.stringify(answer), owner === 0 ? /"2"/ : /"1"/);
        });
      }
    } finally {
      fs.rmSync(`${real}/hgrc`);
      fs.rmSync(control);
      fs.renameSync(real, control);
    }
  },
);
