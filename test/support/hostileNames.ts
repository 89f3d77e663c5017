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

/**
 * An hg that writes the words of each command to the file FAKE_LOG, and knows only the names FAKE_NAME and FAKE_SHELF.
 * If there is a text FAKE_FAILURE, commands that only do something fail with it.
 */
export const FAKE_HG = `#!${process.execPath}
const name = process.env.FAKE_NAME;
const node = 'a'.repeat(40);
const row = {
  node, rev: 1, branch: name, bookmark: name, bookmarks: [name], tag: name, tags: [name], phase: 'draft', user: name,
  date: '1 0', summary: name, desc: name, closes: null, active: true, type: 'local', name, url: name,
  p1node: '0'.repeat(40), p2node: '0'.repeat(40), predecessors: [], amended: null, children: 0,
};
const template = [{ name: 'committemplate.changeset', value: name }, { name: 'committemplate.x', value: name }];
function answer(words) {
  const verb = words.find(word => !word.startsWith('-'));
  require('node:fs').appendFileSync(process.env.FAKE_LOG, JSON.stringify(words) + '\\n');
  if (verb === 'config') return JSON.stringify(template);
  const wanted = words.find(word => word.startsWith('--template=')) ?? '';
  const [, inTemplate] = /^--template=([-0-9a-f]{36}\\{""\\}[-0-9a-f]{36})/.exec(wanted) ?? [];
  if (inTemplate !== undefined) {
    const frame = inTemplate.replace('{""}', '');
    return frame + JSON.stringify(row) + (wanted.endsWith('}' + inTemplate) ? frame : '\\n');
  }
  if (words.includes('--list')) return process.env.FAKE_SHELF + '\\n';
  return process.env.FAKE_FAILURE === undefined ? '' : undefined;
}
function frame(channel, data) {
  const header = Buffer.from(channel + '....');
  const bytes = Buffer.from(data);
  header.writeUInt32BE(bytes.length, 1);
  process.stdout.write(Buffer.concat([header, bytes]));
}
if (!process.argv.includes('serve')) process.stdout.write('Mercurial Distributed SCM (version 6.3.2)\\n');
else {
  frame('o', 'capabilities: runcommand\\n');
  let bytes = Buffer.alloc(0);
  process.stdin.on('data', chunk => {
    bytes = Buffer.concat([bytes, chunk]);
    const begin = 'runcommand\\n'.length + 4;
    if (bytes.length < begin || bytes.length < begin + bytes.readUInt32BE(begin - 4)) return;
    const text = answer(bytes.subarray(begin).toString().split('\\0'));
    if (text === undefined) frame('e', process.env.FAKE_FAILURE);
    else frame('o', text);
    frame('r', Buffer.from([0, 0, 0, text === undefined ? 255 : 0]));
    bytes = Buffer.alloc(0);
  });
}
`;

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
