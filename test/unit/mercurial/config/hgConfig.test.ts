import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test, type TestContext } from 'node:test';
import type { ProcessEnvironment } from '../../../../src/files/environment.ts';
import { expandPath } from '../../../../src/mercurial/config/expandPath.ts';
import { globalConfigLocations } from '../../../../src/mercurial/config/configFiles.ts';
import { loadConfig, type HgConfig } from '../../../../src/mercurial/config/hgConfig.ts';
import { Vfs } from '../../../../src/files/vfs.ts';
import { temporaryDirectory, type TemporaryDirectory } from '../../../support/temporaryDirectory.ts';

function environment(
  variables: ProcessEnvironment['variables'],
  platform: NodeJS.Platform = 'linux',
): ProcessEnvironment {
  return { variables, platform, homeDirectory: '/home/me' };
}

function load(directory: TemporaryDirectory, shared?: string): HgConfig {
  const { root } = directory;
  return loadConfig(new Vfs(), environment({ HGRCPATH: `${root}/rc` }), {
    hgDirectory: `${root}/.hg`,
    sharedSourceHgDirectory: shared === undefined ? undefined : `${root}/${shared}`,
  });
}

function withConfig(t: TestContext, rc: string): TemporaryDirectory {
  return temporaryDirectory(t).files({ rc });
}

test('the repository wins over the share source, which wins over the user', t => {
  const directory = temporaryDirectory(t).files({
    rc: '[a]\nw=user\nx=user\ny=user\nz=user\n',
    'source/.hg/hgrc': '[a]\nx=source\ny=source\nz=source\n',
    '.hg/hgrc': '[a]\ny=repository\nz=repository\n',
    '.hg/hgrc-not-shared': '[a]\nz=not shared\n',
  });
  const values = (config: HgConfig): string[] => config.items('a').map(({ name, value }) => `${name}=${value}`);
  assert.deepEqual(values(load(directory, 'source/.hg')), ['w=user', 'x=source', 'y=repository', 'z=not shared']);
  assert.deepEqual(values(load(directory)), ['w=user', 'x=user', 'y=repository', 'z=not shared']);
  const { root } = directory;
  const skipping = environment({ HGRCPATH: `${root}/rc`, HGRCSKIPREPO: '1' });
  assert.deepEqual(values(loadConfig(new Vfs(), skipping, { hgDirectory: `${root}/.hg` })), [
    'w=user',
    'x=user',
    'y=user',
    'z=user',
  ]);
});

test('all files that matter are named, missing ones and includes too', t => {
  const directory = withConfig(t, '%include more\n%include missing\n').files({ more: '[a]\nb=1\n' });
  const { root } = directory;
  assert.deepEqual(load(directory).files, [
    `${root}/rc`,
    `${root}/more`,
    `${root}/missing`,
    `${root}/.hg/hgrc`,
    `${root}/.hg/hgrc-not-shared`,
  ]);
});

test('an item says where it is from', t => {
  const directory = withConfig(t, '# first\n[ui]\nignore = a\n  b\n');
  assert.deepEqual(load(directory).get('ui', 'ignore'), {
    name: 'ignore',
    value: 'a\nb',
    file: `${directory.root}/rc`,
    line: 4,
  });
  assert.equal(load(directory).get('ui', 'other'), undefined);
});

test('booleans', t => {
  const config = load(withConfig(t, '[a]\nyes=Always\nno=OFF\nodd=perhaps\n'));
  assert.equal(config.boolean('a', 'yes', false), true);
  assert.equal(config.boolean('a', 'no', true), false);
  assert.equal(config.boolean('a', 'unset', true), true);
  assert.throws(() => config.boolean('a', 'odd', true), { code: 'invalid-config', line: 4 });
});

test('extensions', t => {
  const config = load(
    withConfig(t, '[extensions]\neol=\nhgext.purge=\nhgext/share=\nmq=!\nhgext.rebase=!/some/path\nkeyword=/x.py\n'),
  );
  const names = ['eol', 'purge', 'share', 'mq', 'rebase', 'keyword', 'lfs'];
  assert.deepEqual(
    names.filter(name => config.isExtensionEnabled(name)),
    ['eol', 'purge', 'share', 'keyword'],
  );
});

test('errors have a place', t => {
  const directory = withConfig(t, '[a]\nb=1\n%include more\n').files({ more: '\n[c]\nnonsense\n' });
  assert.throws(() => load(directory), {
    name: 'QuicksilverError',
    code: 'invalid-config',
    message: `config error at ${directory.root}/more:3: nonsense`,
    file: `${directory.root}/more`,
    line: 3,
  });
});

test('includes without end, and too many of them', t => {
  assert.throws(() => load(withConfig(t, '%include rc\n')), { code: 'invalid-config', line: 1 });
  const files: Record<string, string> = { rc: '%include f0\n' };
  for (let i = 0; i < 30; i++) files[`f${i}`] = `%include f${i + 1}\n%include f${i + 1}\n`;
  assert.throws(() => load(temporaryDirectory(t).files(files)), {
    code: 'unsupported',
    message: /too many configuration files/,
  });
});

test('large files are refused, fifos are skipped', { skip: process.platform === 'win32' }, t => {
  const large = withConfig(t, '');
  fs.truncateSync(`${large.root}/rc`, 4 * 1024 * 1024 + 1);
  assert.throws(() => load(large), { code: 'unsupported', message: /too large/ });
  const fifo = temporaryDirectory(t);
  fifo.fifo('rc');
  fifo.mkdir('.hg/hgrc');
  assert.deepEqual(load(fifo).items('a'), []);
});

test('where the configuration of a system is', () => {
  const paths = (where: ProcessEnvironment, executable?: string): string[] =>
    globalConfigLocations(where, file => file === executable).map(({ path }) => path);
  assert.deepEqual(paths(environment({ PATH: 'relative:/usr/bin:/opt/hg/bin' }), '/opt/hg/bin/hg'), [
    '/opt/hg/etc/mercurial/hgrc',
    '/opt/hg/etc/mercurial/hgrc.d',
    '/etc/mercurial/hgrc',
    '/etc/mercurial/hgrc.d',
    '/home/me/.hgrc',
    '/home/me/.config/hg/hgrc',
  ]);
  assert.deepEqual(paths(environment({ XDG_CONFIG_HOME: '/x' })), [
    '/etc/mercurial/hgrc',
    '/etc/mercurial/hgrc.d',
    '/home/me/.hgrc',
    '/x/hg/hgrc',
  ]);
  assert.deepEqual(paths(environment({ HGRCPATH: '' })), []);
  assert.deepEqual(paths(environment({ HGRCPATH: '~/a::/b' })), ['/home/me/a', '/b']);
  const windows = { ...environment({ PROGRAMDATA: 'C:\\ProgramData' }, 'win32'), homeDirectory: 'C:\\Users\\me' };
  assert.deepEqual(paths(windows), [
    'C:\\ProgramData\\Mercurial\\mercurial.ini',
    'C:\\ProgramData\\Mercurial\\hgrc',
    'C:\\ProgramData\\Mercurial\\hgrc.d',
    'C:\\Users\\me\\mercurial.ini',
    'C:\\Users\\me\\.hgrc',
  ]);
});

test('paths with variables and a home', () => {
  const linux = environment({ DIR: '/d', EMPTY: '' });
  const cases: [string, string][] = [
    ['~', '/home/me'],
    ['~/x', '/home/me/x'],
    ['~other/x', '~other/x'],
    ['a~', 'a~'],
    ['$DIR/x', '/d/x'],
    ['${DIR}x', '/dx'],
    ['$DIRx', '$DIRx'],
    ['$EMPTY/x', '/x'],
    ['%DIR%', '%DIR%'],
  ];
  for (const [text, expanded] of cases) assert.equal(expandPath(text, linux), expanded, text);
  assert.equal(expandPath('%dir%/x', environment({ Dir: 'D:' }, 'win32')), 'D:/x');
});
