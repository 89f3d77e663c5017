// A repository in which every name looks like an option of hg, and the arguments with which each command of the
// extension uses these names.
import type { HgCommandName } from '../../src/extension/contributions/commands.ts';
import type { CommandBench } from './commandBench.ts';
import type { HgSandbox } from './hgSandbox.ts';

/** The program that a name would run writes the file of this variable. */
export const MARKER = 'QUICKSILVER_TEST_MARKER';

/** hg loads an extension, a Python file, with any command. */
export function hostileName(sandbox: HgSandbox): string {
  return `--config=extensions.x=${sandbox.path('evil.py')}`;
}

/** A name of a shelf has no slash. */
export const HOSTILE_SHELF = `--config=alias.unshelve=!touch $${MARKER}`;
export const HOSTILE_ADDRESS = `ssh://-oProxyCommand=touch%20$${MARKER}/x`;

/** Names that mean something else to hg in one place or another. */
export const HOSTILE_FILES = [
  '--debugger',
  '--cwd=nowhere',
  '-Rnowhere',
  '--help',
  'path:x',
  're:.*',
  'set:**',
  'listfile:evil.py',
  '*',
] as const;

export function prepareHostile(sandbox: HgSandbox): void {
  const name = hostileName(sandbox);
  sandbox.write('.', 'evil.py', `import os\nopen(os.environ['${MARKER}'], 'w').close()\n`);
  const hg = (...args: readonly string[]): Buffer => sandbox.hg('repo', args);
  for (const file of [...HOSTILE_FILES, name, 'plain']) sandbox.write('repo', file, `${file}\n`);
  hg('commit', '-q', '--addremove', '-m', 'first');
  hg('tag', '--local', '--', `${name}.tag`);
  hg('phase', '--public', '.');
  sandbox.hg('.', ['clone', '-q', 'repo', 'other']);
  hg('branch', '-q', '--', name);
  sandbox.write('repo', 'plain', 'of the branch\n', 1_000_000_100);
  hg('commit', '-q', `--message=${name}`);
  hg('bookmark', '--', `${name}.bookmark`);
  hg('update', '-q', '0');
  sandbox.write('repo', 'plain', 'of default\n', 1_000_000_200);
  hg('commit', '-q', '-m', 'second');
  sandbox.write('repo', 'plain', 'put aside\n', 1_000_000_300);
  hg('--config', 'extensions.shelve=', 'shelve', '-q', `--name=${HOSTILE_SHELF}`);
  const paths = [`default = ${sandbox.path('other')}`, `evil = ${HOSTILE_ADDRESS}`, '--debugger = /nowhere'];
  sandbox.write('repo', '.hg/hgrc', `[paths]\n${paths.join('\n')}\n`);
}

/** The arguments with which a command meets the names; those that are not here need none. */
export function hostileArguments(bench: CommandBench): Partial<Record<HgCommandName, readonly unknown[]>> {
  const name = hostileName(bench.sandbox);
  const files = [name, ...HOSTILE_FILES].map(file => bench.uri(file));
  const given = (answers: Readonly<Record<string, unknown>>): readonly unknown[] => [answers];
  const some = [files[0], files];
  return {
    add: [bench.uri(`${name}.untracked`)],
    forget: some,
    remove: some,
    revert: some,
    addRemove: some,
    markResolved: some,
    markUnresolved: some,
    mergeAgain: some,
    deleteUntracked: some,
    shelveFiles: some,
    include: some,
    exclude: some,
    ignore: given({ line: name }),
    renameFile: [files[0], { to: '--debugger.renamed' }],
    copyFile: [files[1], { to: `${name}.copy` }],
    recordRenames: [[{ oldUri: bench.uri(name), newUri: bench.uri(`${name}.moved`) }], 'always'],
    createBookmark: given({ name: `${name}.new` }),
    renameBookmark: given({ to: `${name}.renamed` }),
    createTag: given({ name: `${name}.new`, local: true }),
    newBranch: given({ name: `${name}.new` }),
    shelve: given({ name: HOSTILE_SHELF, message: name, untracked: true }),
    update: given({ revision: name }),
    mergeWith: given({ revision: name }),
    pull: given({ revision: name }),
    pullFrom: given({ path: '--debugger', revision: name }),
    pushTo: given({ path: name }),
    pushBranch: given({ branch: name }),
    pushRevision: given({ revision: name }),
    clone: given({ source: HOSTILE_ADDRESS, destination: bench.sandbox.path('--debugger'), confirmed: true }),
    init: given({ folder: bench.sandbox.path(`--config=x`), confirmed: true }),
  };
}
