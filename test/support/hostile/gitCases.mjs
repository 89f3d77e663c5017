// Hostile Git repositories. Each is a copy of a sound one, which the real git made, with one defect.
// hostileGit.test.ts lists the answers.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { Workshop } from './hostileTools.mjs';

const OLD_SECONDS = 1_000_000_000;
const INDEX = '.git/index';
const REGULAR = 0o100644;

/** Makes the repository that all others are copies of: one changed file, one unknown one. */
function makeSoundRepository(root) {
  fs.mkdirSync(path.join(root, 'sub'), { recursive: true });
  const env = { PATH: '/usr/bin:/bin:/usr/local/bin', HOME: path.dirname(root), GIT_CONFIG_NOSYSTEM: '1' };
  const git = (...args) => execFileSync('git', args, { cwd: root, env, stdio: 'pipe' });
  git('init', '-q');
  git('symbolic-ref', 'HEAD', 'refs/heads/main');
  for (const name of ['clean.txt', 'changed.txt', 'sub/deep.txt']) {
    fs.writeFileSync(path.join(root, name), `${name}\n`);
    fs.utimesSync(path.join(root, name), OLD_SECONDS, OLD_SECONDS);
  }
  git('add', '.');
  git('-c', 'user.name=Ada', '-c', 'user.email=a@b.org', 'commit', '-q', '-m', 'first');
  git('repack', '-q', '-a', '-d');
  // Only what a repository needs.
  for (const name of ['hooks', 'logs', 'description', 'COMMIT_EDITMSG']) {
    fs.rmSync(path.join(root, '.git', name), { recursive: true, force: true });
  }
  fs.writeFileSync(path.join(root, 'changed.txt'), 'after, and longer\n');
  fs.writeFileSync(path.join(root, 'new.txt'), 'new\n');
}

/** An index with these paths, of version 2. */
function index(w, paths, { count = paths.length, extensions = Buffer.alloc(0), version = 2 } = {}) {
  const header = Buffer.alloc(12);
  header.write('DIRC', 'latin1');
  header.writeUInt32BE(version, 4);
  header.writeUInt32BE(count, 8);
  const entries = paths.map(name => {
    const fixed = Buffer.alloc(62);
    fixed.writeUInt32BE(REGULAR, 24);
    fixed.fill(1, 40, 60);
    fixed.writeUInt16BE(Math.min(name.length, 0xfff), 60);
    return Buffer.concat([fixed, Buffer.from(name, 'latin1'), Buffer.alloc(8 - ((62 + name.length) % 8))]);
  });
  w.write(INDEX, withHash(Buffer.concat([header, ...entries, extensions])));
}

function withHash(body) {
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

function extension(signature, data) {
  const head = Buffer.alloc(8);
  head.write(signature, 'latin1');
  head.writeUInt32BE(data.length, 4);
  return Buffer.concat([head, data]);
}

function config(w, text) {
  w.patch('.git/config', bytes => Buffer.concat([bytes, Buffer.from(text)]));
}

/** The path of the only pack, or of its index. */
function packFile(w, ending) {
  const name = fs.readdirSync(w.at('.git/objects/pack')).find(each => each.endsWith(ending));
  const file = `.git/objects/pack/${name}`;
  fs.chmodSync(w.at(file), 0o644);
  return file;
}

/** Makes HEAD a commit whose object, or whose tree's object, is these bytes. */
function loose(w, type, data, { size = data.length } = {}) {
  const id = createHash('sha1').update(`${type} ${data.length}\0`).update(data).digest('hex');
  w.write(
    `.git/objects/${id.slice(0, 2)}/${id.slice(2)}`,
    zlib.deflateSync(Buffer.concat([Buffer.from(`${type} ${size}\0`), data])),
  );
  return id;
}

function commitOf(w, tree) {
  const who = 'Ada <a@b.org> 0 +0000';
  const id = loose(w, 'commit', Buffer.from(`tree ${tree}\nauthor ${who}\ncommitter ${who}\n\nc\n`));
  w.write('.git/refs/heads/main', `${id}\n`);
}

function treeOf(...entries) {
  return Buffer.concat(
    entries.map(([mode, name, id]) =>
      Buffer.concat([Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.from(id, 'hex')]),
    ),
  );
}

const files = [
  ['index', INDEX],
  ['config', '.git/config'],
  ['HEAD', '.git/HEAD'],
  ['ref', '.git/refs/heads/main'],
  ['packed-refs', '.git/packed-refs'],
  ['exclude', '.git/info/exclude'],
  ['ignore', '.gitignore'],
  ['alternates', '.git/objects/info/alternates'],
];

const fileCases = files.flatMap(([what, file]) => [
  { name: `git-fifo-${what}`, provokes: `a fifo as ${file}`, make: w => w.fifo(file) },
  { name: `git-device-${what}`, provokes: `an endless device as ${file}`, make: w => w.link(file, '/dev/zero') },
  { name: `git-huge-${what}`, provokes: `4 GiB of zeros as ${file}`, make: w => w.sparse(file, 2 ** 32) },
]);

const indexCases = [
  { name: 'git-checksum', provokes: 'an index whose hash is wrong', make: w => w.patch(INDEX, flipLast) },
  {
    name: 'git-many-entries',
    provokes: 'an index that announces 4 billion entries',
    make: w => index(w, ['a'], { count: 0xffff_ffff }),
  },
  { name: 'git-dots', provokes: 'a file named ../../secret', make: w => index(w, ['../../secret']) },
  { name: 'git-absolute', provokes: 'a file named /etc/secret', make: w => index(w, ['/etc/secret']) },
  { name: 'git-in-git', provokes: 'a tracked file .GIT/config', make: w => index(w, ['.GIT/config']) },
  { name: 'git-unordered', provokes: 'entries out of order', make: w => index(w, ['b', 'a']) },
  { name: 'git-twice', provokes: 'an entry that is there twice', make: w => index(w, ['a', 'a']) },
  {
    name: 'git-file-and-directory',
    provokes: 'a file that is a directory, too',
    make: w => index(w, ['a', 'a.b', 'a/b']),
  },
  { name: 'git-deep', provokes: 'directories 3,000 deep in the index', make: w => index(w, [`${'d/'.repeat(3000)}f`]) },
  { name: 'git-version', provokes: 'an index of version 9', make: w => index(w, ['a'], { version: 9 }) },
  {
    name: 'git-extension',
    provokes: 'an extension that must be understood',
    make: w => index(w, ['a'], { extensions: extension('evil', Buffer.alloc(4)) }),
  },
  {
    name: 'git-shared-elsewhere',
    provokes: 'a split index without its shared file',
    make: w => index(w, [], { extensions: extension('link', Buffer.alloc(20, 1)) }),
  },
  {
    name: 'git-link-outside',
    provokes: 'a directory that became a link to elsewhere',
    make: w => {
      w.writeOutside('deep.txt', 'secret\n');
      w.link('sub', w.outside);
    },
  },
];

const placeCases = [
  { name: 'git-file-loop', provokes: 'a .git file that names itself', make: w => gitFile(w, 'gitdir: .git\n') },
  {
    name: 'git-file-device',
    provokes: 'a .git file that names a device',
    make: w => gitFile(w, 'gitdir: /dev/zero\n'),
  },
  {
    name: 'git-common-loop',
    provokes: 'a commondir that names the repository',
    make: w => w.write('.git/commondir', '.\n'),
  },
  {
    name: 'git-common-device',
    provokes: 'a commondir that names a device',
    make: w => w.write('.git/commondir', '/dev/zero\n'),
  },
  {
    name: 'git-head-loop',
    provokes: 'references in a circle',
    make: w => w.write('.git/refs/heads/main', 'ref: refs/heads/main\n'),
  },
  {
    name: 'git-head-outside',
    provokes: 'a reference above its folder',
    make: w => w.write('.git/HEAD', 'ref: refs/../../../secret\n'),
  },
  {
    name: 'git-alternates-loop',
    provokes: 'alternates in a circle',
    make: w => w.write('.git/objects/info/alternates', '../objects\n'),
  },
  {
    name: 'git-alternates-device',
    provokes: 'an alternate that is a device',
    make: w => w.write('.git/objects/info/alternates', '/dev/zero\n'),
  },
  {
    name: 'git-nested-loop',
    provokes: 'a nested repository that is the repository itself',
    make: w => w.link('sub/.git', '../.git'),
  },
];

const settingCases = [
  {
    name: 'git-include-itself',
    provokes: 'a configuration that includes itself',
    make: w => config(w, '[include]\n\tpath = config\n'),
  },
  {
    name: 'git-include-device',
    provokes: 'a configuration that includes a device',
    make: w => config(w, '[include]\n\tpath = /dev/zero\n'),
  },
  {
    name: 'git-include-many',
    provokes: '20,000 includes',
    make: w => config(w, '[include]\n' + '\tpath = config.more\n'.repeat(20_000)),
  },
  { name: 'git-worktree', provokes: 'a working tree elsewhere', make: w => config(w, '[core]\n\tworktree = /\n') },
  {
    name: 'git-monitor',
    provokes: 'a monitor of files that is a program',
    make: w => config(w, '[core]\n\tfsmonitor = touch secret\n'),
  },
  { name: 'git-filter', provokes: 'a filter that is a program', make: w => filter(w, 'touch secret') },
  {
    name: 'git-excludes-device',
    provokes: 'a device as core.excludesFile',
    make: w => config(w, '[core]\n\texcludesFile = /dev/zero\n'),
  },
  {
    name: 'git-backtracking',
    provokes: 'a pattern that backtracks',
    make: w => {
      w.write('.gitignore', `${'*a'.repeat(60)}b\n${'**/'.repeat(60)}b\n`);
      w.write('a'.repeat(200), '');
    },
  },
  {
    name: 'git-many-patterns',
    provokes: '300,000 patterns',
    make: w => w.write('.gitignore', Array.from({ length: 300_000 }, (_, i) => `p${i}\n`).join('')),
  },
  {
    name: 'git-branch-name',
    provokes: 'a branch whose name has an escape',
    make: w => w.write('.git/HEAD', 'ref: refs/heads/\x1b]0;x\x07\n'),
  },
];

const storeCases = [
  {
    name: 'git-pack-short',
    provokes: 'a pack that ends within an object',
    make: w => w.patch(packFile(w, '.pack'), bytes => bytes.subarray(0, 40)),
  },
  {
    name: 'git-pack-index-short',
    provokes: 'an index of a pack that ends early',
    make: w => w.patch(packFile(w, '.idx'), bytes => bytes.subarray(0, 1040)),
  },
  {
    name: 'git-pack-index-many',
    provokes: 'an index of a pack with 4 billion objects',
    make: w => w.patch(packFile(w, '.idx'), bytes => bytes.fill(0xff, 8, 1032)),
  },
  {
    name: 'git-pack-device',
    provokes: 'an endless device as a pack',
    make: w => w.link(packFile(w, '.pack'), '/dev/zero'),
  },
  { name: 'git-pack-fifo', provokes: 'a fifo as a pack', make: w => w.fifo(packFile(w, '.pack')) },
  {
    name: 'git-commit-bomb',
    provokes: 'a commit that inflates to 512 MiB',
    make: w => w.write('.git/refs/heads/main', `${loose(w, 'commit', Buffer.alloc(512 << 20))}\n`),
  },
  {
    name: 'git-commit-size',
    provokes: 'a commit that has another size',
    make: w => w.write('.git/refs/heads/main', `${loose(w, 'commit', Buffer.from('tree '), { size: 9 })}\n`),
  },
  {
    name: 'git-tree-name',
    provokes: 'a tree with a path that leads elsewhere',
    make: w => commitOf(w, loose(w, 'tree', treeOf(['100644', '../secret', '1'.repeat(40)]))),
  },
  {
    name: 'git-tree-shared',
    provokes: 'ten subtrees that are one, eight levels deep: 100 million directories',
    make: w => commitOf(w, sharedTree(w)),
  },
  { name: 'git-tree-missing', provokes: 'a commit without its tree', make: w => commitOf(w, '2'.repeat(40)) },
];

function sharedTree(w) {
  let id = loose(w, 'tree', treeOf(['100644', 'file', '1'.repeat(40)]));
  for (let level = 0; level < 8; level++) {
    id = loose(w, 'tree', treeOf(...Array.from({ length: 10 }, (_, i) => ['40000', `d${i}`, id])));
  }
  return id;
}

function gitFile(w, text) {
  fs.rmSync(w.at('.git'), { recursive: true });
  w.write('.git', text);
}

/** The file keeps its size, so that only its content can decide. */
function filter(w, command) {
  config(w, `[filter "evil"]\n\tclean = ${command}\n\tsmudge = ${command}\n\tprocess = ${command}\n`);
  w.write('.gitattributes', '*.txt filter=evil\n');
  w.write('changed.txt', 'CHANGED.txt\n');
}

function flipLast(bytes) {
  bytes[bytes.length - 5] ^= 1;
}

const sound = { name: 'git-sound', provokes: 'nothing: the others are copies of it', make: () => undefined };

export const gitCases = [sound, ...fileCases, ...indexCases, ...placeCases, ...settingCases, ...storeCases];

/** As buildGallery(), of Git repositories. Needs the real git. */
export function buildGitGallery(folder, cases) {
  const model = path.join(folder, '.sound-git');
  makeSoundRepository(path.join(model, 'tree'));
  const built = cases.map(one => {
    const workshop = new Workshop(folder, one.name);
    fs.cpSync(path.join(model, 'tree'), workshop.root, {
      recursive: true,
      preserveTimestamps: true,
      verbatimSymlinks: true,
    });
    one.make(workshop);
    return { ...one, root: workshop.root, outside: workshop.outside };
  });
  fs.rmSync(model, { recursive: true });
  return built;
}
