// Patterns and paths that lead out of the working copy, in every place where hg resolves and checks them.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { QuicksilverError } from '../../src/base/errors.ts';
import { Vfs } from '../../src/files/vfs.ts';
import { loadIgnoreRules } from '../../src/mercurial/ignore/ignoreRules.ts';
import { hgIn, quicksilver, sameAnswer } from '../support/comparedCommands.ts';
import { HgSandbox } from '../support/hgSandbox.ts';
import { HgServer, statusEntries } from '../support/hgServer.ts';

const FILES = [
  ...['a', 'x', 'includex', 'include/z', 'include/deep/q', 'include/file/.hg', 'sub/b', 'sub/include/q', 'sub/x', 'real/b'],
  ...['include-nested/y', 'include/nested/q', 'include/sr/f', 'include/linked/q'],
]; // prettier-ignore

const LONG = 'n'.repeat(300);

/** Each of them after the root of a glob. */
const PLACES = [
  ...['a', './a', 'deep/../a', '..', '../..', '.', '', '/', '//z', '../x/', '../../x', '../../repo/x', '../../alias/x'],
  ...['../../repo', '../../alias', '../../alias/includelink/b', '../../none/x', '../../none/../repo/x', '/../..'],
  ...['link', 'link/b', 'link/*', 'link/', 'link/../a', '/../includelink/b', '{link,x}/b', '*', '*/../x', '/*/q'],
  ...['-nested', '-nested/y', '-nested/*', '-nested/.hg/x', '/nested/q', '/nested/**', '/./nested/./q', '/sr/f'],
  ...['/linked/q', '/file/q', '/file/.hg', '/.hg', '/.hg/x', '/x/.Hg./y', '/../.hg', '/../.HG/x', '/../.hg.', '/../.hgx'],
  ...['/../hg~1', '/x/HG8b6c~12/y', '/hg~1~2', '/hg~', '/hg~x', '/xhg~1', '/../[.]hg/x', '/../.hg*/x', '/..{a,b}'],
  ...['/../.h\u200cg/x', '/x/.h\u200cg', '/../\u200c/x', '/../\ufeff.hg', '/../.h\u2060g/x', '\u00e9/../x', '\\/z'],
  ...[`/${LONG}`, `/${LONG}/x`, `/../${LONG}/x\nsyntax: odd\ninclude:missing\nx`],
]; // prettier-ignore

const sandbox = new HgSandbox();
const root = sandbox.path('repo');
let server: HgServer;

before(async () => {
  sandbox.hg('.', ['init', 'repo']);
  for (const nested of ['include-nested', 'include/nested', 'include/sr']) sandbox.hg('repo', ['init', nested]);
  for (const file of FILES) sandbox.write('repo', file, '');
  for (const link of ['includelink', 'subincludelink']) fs.symlinkSync('real', path.join(root, link));
  fs.symlinkSync('../nested/.hg', path.join(root, 'include/linked/.hg'));
  fs.symlinkSync('repo', sandbox.path('alias'));
  server = new HgServer(undefined);
  await server.started;
});
after(async () => {
  await server.close();
  sandbox.dispose();
});

interface Answer {
  readonly shown: readonly string[];
  readonly warnings: string;
}

async function hgIgnored(): Promise<Answer | 'fails'> {
  const { code, stdout, stderr } = await hgIn(server, ['status', '-i', '-n', '-0'], root);
  return code === 0 ? { shown: stdout.split('\0').slice(0, -1).sort(), warnings: stderr } : 'fails';
}

async function ourIgnored(): Promise<Answer | 'fails'> {
  try {
    loadIgnoreRules(new Vfs(), { root, ignoreFiles: [`${root}/.hgignore`] });
  } catch (error) {
    assert.ok(error instanceof QuicksilverError && error.code === 'invalid-config', String(error));
    assert.match(error.message, /(?:\.hgignore|inc):[12]: /);
    return 'fails';
  }
  const { stdout, stderr } = await quicksilver(['status', '-i', '-n', '-0', '--no-server'], root);
  return { shown: stdout.split('\0').slice(0, -1).sort(), warnings: stderr };
}

async function sameIgnored(content: string): Promise<Answer | 'fails'> {
  fs.writeFileSync(path.join(root, '.hgignore'), content);
  const theirs = await hgIgnored();
  assert.deepEqual(await ourIgnored(), theirs, JSON.stringify(content));
  return theirs;
}

describe('ignore files', { skip: process.platform === 'win32' }, () => {
  after(() => fs.rmSync(path.join(root, '.hgignore'), { force: true }));

  test('a keyword without its colon makes a glob that hg resolves and checks', async () => {
    let fails = 0;
    for (const place of PLACES) {
      if ((await sameIgnored(`include${place.startsWith('.') ? `/${place}` : place}\n`)) === 'fails') fails++;
    }
    assert.ok(fails > 20 && fails < PLACES.length - 20, `${fails} fail`);
    for (const place of ['link/b', '/../../x', '/../x', '/../.hg/x', 'link']) await sameIgnored(`subinclude${place}\n`);
  });

  test('a line in a syntax of that name is one, too', async () => {
    for (const line of ['/../x', '/../../x', 'link/b', '-nested/y', '/../../repo/x']) {
      await sameIgnored(`syntax: include\n${line}\n`);
    }
  });

  test('other globs are not checked', async () => {
    for (const kind of ['glob:', 'rootglob:', 'relglob:']) {
      for (const line of ['includelink/b', '../x', '.hg/x', 'include-nested/y', 'hg~1', '']) await sameIgnored(kind + line);
    }
  });

  test('in an included file they start at the root, in a subincluded one at its directory', async () => {
    const inner = path.join(root, 'sub/inc');
    for (const line of ['include/../x', 'include/../../x', 'includelink/b', 'include/../.hg', 'include/q', LONG]) {
      fs.writeFileSync(inner, `${line}\nsyntax: bad\n`);
      for (const keyword of ['include:', 'subinclude:']) await sameIgnored(`${keyword}sub/inc\n`);
    }
    fs.writeFileSync(inner, `b\ninclude/${LONG}/x\n`);
    for (const keyword of ['include:', 'subinclude:']) await sameIgnored(`${keyword}sub/inc\nreal\n`);
    fs.rmSync(inner);
  });

  test('the directory of a subincluded file is checked', async () => {
    fs.writeFileSync(path.join(root, 'real/inc'), 'b\n');
    for (const name of [
      ...['includelink/inc', 'includelink/deep/inc', 'real/inc', '../alias/real/inc', '../repo/real/inc', '../inc'],
      ...['include-nested/inc', 'include-nested/deep/inc', '.hg/inc', 'include/.hg/inc', 'hg~1/inc', 'include/sr/d/inc'],
      ...[`${root}/real/inc`, `${sandbox.path('alias')}/real/inc`, `${root}/includelink/deep/inc`, 'none/inc', '', '.'],
    ]) {
      await sameIgnored(`subinclude:${name}\n`);
    }
    fs.rmSync(path.join(root, 'real/inc'));
  });
}); // prettier-ignore

describe('the command line', { skip: process.platform === 'win32' }, () => {
  const NAMES = [
    ...['sub/.hg', 'sub/.hg.', '.hg', '.hg.', '.HG/x', 'hg~1', 'sub/hg~1/x', 'sub/HG8B6C~3', 'sub/hg~x', '.h\u200cg'],
    ...['include/linked/q', 'include/file/q', 'include/file/.hg', 'include/nested', 'include/nested/q', 'includelink'],
    ...['includelink/b', '../x', 'none/../x', '../alias/x', '../alias', '../alias/includelink/b', '../repo/a'],
  ];
  const GLOBS = ['../x', '.hg/*', 'sub/.hg', 'includelink/*', 'include-nested/*', 'include/../x', 'hg~1', 'sub/*/hg~1'];

  test('names and globs', async () => {
    for (const name of [...NAMES, ...GLOBS.map(glob => `glob:${glob}`), ...NAMES.map(name => `relpath:${name}`)]) {
      await sameAnswer(['status', name], root, await hgIn(server, ['status', name], root));
    }
  });

  test('include and exclude', async () => {
    for (const option of ['-I', '-X']) {
      for (const name of [...NAMES, ...GLOBS]) {
        await sameAnswer(['status', option, name], root, await hgIn(server, ['status', option, name], root));
      }
    }
  });

  test('the paths of debugignore', async () => {
    for (const cwd of [root, path.join(root, 'sub')]) {
      for (const name of [...NAMES, '.', '..', '../x', '../sub/b', `${root}/x`]) {
        await sameAnswer(['debugignore', name], cwd, await hgIn(server, ['debugignore', name], cwd));
      }
    }
  });
});

describe('other files with patterns', { skip: process.platform === 'win32' }, () => {
  const PATTERNS = [
    ...['../x', 'includelink/b', '.hg/x', 'include-nested/y', 'a', './a', 'hg~1', 'include/../x', '../repo/x', '.', '..'],
    ...['../alias/x', 'glob:../x', 'glob:', 'glob:./x', 'relglob:../x', 'path:../x', 'path:.hg/x', 'rootglob:includelink/b'],
    ...['x', '*', 'include/sr/f', '/', `${root}/x`],
  ]; // prettier-ignore
  const requires = path.join(root, '.hg/requires');
  const hgrc = path.join(root, '.hg/hgrc');

  before(() => {
    sandbox.hg('repo', ['add', 'x', 'a', 'sub/b']);
    sandbox.hg('repo', ['commit', '-m', 'one']);
    // With line ends and a keyword that the filters take away.
    for (const name of ['x', 'a', 'sub/b']) sandbox.write('repo', name, '\r\n$Id: x $\r\n');
    sandbox.hg('repo', ['commit', '-m', 'two', '--config', 'extensions.eol=']);
    for (const name of ['x', 'a', 'sub/b']) sandbox.write('repo', name, '\r\n$Id: y $\r\n');
  });

  async function same(label: string): Promise<boolean> {
    const args = ['status', '-m', '-a', '-r', '-d', '-c', '-0'];
    const theirs = await hgIn(server, args, root);
    const ours = await quicksilver([...args, '--no-server'], root);
    assert.equal(ours.code === 0, theirs.code === 0, `${label}: ${ours.stderr}`);
    assert.deepEqual(statusEntries(ours.stdout), statusEntries(theirs.stdout), label);
    return theirs.code === 0;
  }

  after(() => fs.rmSync(hgrc, { force: true }));

  async function table(name: string, write: (pattern: string) => void): Promise<void> {
    let failed = 0;
    for (const pattern of PATTERNS) {
      write(pattern);
      if (!(await same(`${name}: ${pattern}`))) failed++;
    }
    assert.ok(failed > 5 && failed < PATTERNS.length - 10, `${name}: ${failed} fail`);
  }

  test('a sparse checkout', async () => {
    const before = fs.readFileSync(requires);
    fs.appendFileSync(requires, 'exp-sparse\n');
    fs.writeFileSync(hgrc, '[extensions]\nsparse =\n');
    try {
      await table('include', pattern => fs.writeFileSync(path.join(root, '.hg/sparse'), `[include]\n${pattern}\nx\n`));
      await table('exclude', pattern => fs.writeFileSync(path.join(root, '.hg/sparse'), `[exclude]\n${pattern}\n`));
    } finally {
      fs.rmSync(path.join(root, '.hg/sparse'));
      fs.writeFileSync(requires, before);
    }
  });

  test('filters of the configuration', async () => {
    await table('encode', pattern =>
      fs.writeFileSync(hgrc, `[extensions]\nwin32text =\n[encode]\n${pattern} = cleverencode:\n`),
    );
  });

  test('keywords', async () => {
    await table('keyword', pattern => fs.writeFileSync(hgrc, `[extensions]\nkeyword =\n[keyword]\n${pattern} =\n`));
  });

  test('line ends', async () => {
    fs.writeFileSync(hgrc, '[extensions]\neol =\n');
    await table('eol', pattern => fs.writeFileSync(path.join(root, '.hgeol'), `[patterns]\n${pattern} = LF\n`));
    fs.rmSync(path.join(root, '.hgeol'));
  });
});
