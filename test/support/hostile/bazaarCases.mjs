// Hostile Bazaar working trees. Each is a copy of a sound one, which the real brz made, with one defect.
// hostileBazaar.test.ts lists the answers.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { Workshop } from './hostileTools.mjs';

/** The CRC-32 of a dirstate. Computed here, so that Node.js alone can run this file. */
function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

export const BRZ = ['/usr/bin/brz', '/usr/local/bin/brz'].find(file => fs.existsSync(file));

const DIRSTATE = '.bzr/checkout/dirstate';
const NO_STAT = 'x'.repeat(32);
const SHA = 'a'.repeat(40);

/** Makes the tree that all others are copies of: one changed file, one unknown one. */
function makeSoundTree(root) {
  const home = path.join(path.dirname(root), 'home');
  fs.mkdirSync(path.join(home, 'breezy'), { recursive: true });
  const env = { PATH: '/usr/bin:/bin', HOME: home, BRZ_HOME: home, BRZ_EMAIL: 'Ada <a@b.org>', BRZ_LOG: '/dev/null' };
  const brz = (...args) => execFileSync(BRZ, args, { cwd: fs.existsSync(root) ? root : home, env, stdio: 'pipe' });
  brz('init', '-q', root);
  fs.mkdirSync(path.join(root, 'sub'));
  for (const name of ['clean.txt', 'changed.txt', 'sub/deep.txt']) fs.writeFileSync(path.join(root, name), `${name}\n`);
  brz('add', '-q');
  brz('commit', '-q', '-m', 'first');
  fs.writeFileSync(path.join(root, 'changed.txt'), 'after, and longer\n');
  fs.writeFileSync(path.join(root, 'new.txt'), 'new\n');
}

/** Replaces the dirstate by one with these rows after that of the root: [directory, name, kind]. */
function rows(w, list, { count = list.length + 1, parents = ['rev'] } = {}) {
  const fields = [String(parents.length), ...parents, '\n', '0', '\n'];
  const working = { f: ['f', SHA, '6', 'n', NO_STAT], d: ['d', '', '0', 'n', NO_STAT] };
  const base = { f: ['f', SHA, '6', 'n', 'rev'], d: ['d', '', '0', 'n', 'rev'] };
  for (const [directory, name, kind, id = `${directory}/${name}`] of [['', '', 'd', 'root'], ...list]) {
    fields.push(directory, name, id, ...working[kind], ...base[kind], '\n');
  }
  dirstate(w, Buffer.from(fields.map(field => `${field}\0`).join(''), 'latin1'), count);
}

function dirstate(w, body, count) {
  const head = `#bazaar dirstate flat format 3\ncrc32: ${crc32(body)}\nnum_entries: ${count}\n`;
  w.write(DIRSTATE, Buffer.concat([Buffer.from(head), body]));
}

/** The only file in a directory of the store with this extension. */
function inStore(w, directory, extension) {
  const names = fs.readdirSync(w.at(`.bzr/repository/${directory}`)).filter(name => name.endsWith(extension));
  // The pack that has the text of the commit.
  return `.bzr/repository/${directory}/${names[0]}`;
}

/** A B+tree index with one page. */
function index(page, { length = 1, levels = '1' } = {}) {
  const head = `B+Tree Graph Index 2\nnode_ref_lists=0\nkey_elements=1\nlen=${length}\nrow_lengths=${levels}\n`;
  return Buffer.concat([Buffer.from(head), zlib.deflateSync(page)]);
}

const files = [
  ['dirstate', DIRSTATE],
  ['branch-format', '.bzr/branch-format'],
  ['tree-format', '.bzr/checkout/format'],
  ['conflicts', '.bzr/checkout/conflicts'],
  ['views', '.bzr/checkout/views'],
  ['last-revision', '.bzr/branch/last-revision'],
  ['repository-format', '.bzr/repository/format'],
  ['ignore', '.bzrignore'],
  ['pack-names', '.bzr/repository/pack-names'],
];

const fileCases = files.flatMap(([what, file]) => [
  { name: `bzr-fifo-${what}`, provokes: `a fifo as ${file}`, make: w => w.fifo(file) },
  { name: `bzr-device-${what}`, provokes: `an endless device as ${file}`, make: w => w.link(file, '/dev/zero') },
  { name: `bzr-huge-${what}`, provokes: `4 GiB of zeros as ${file}`, make: w => w.sparse(file, 2 ** 32) },
]);

const dirstateCases = [
  { name: 'bzr-checksum', provokes: 'a dirstate whose checksum is wrong', make: w => w.patch(DIRSTATE, flipLast) },
  {
    name: 'bzr-many-rows',
    provokes: 'a dirstate that announces 999,999,999 rows',
    make: w => rows(w, [['', 'clean.txt', 'f']], { count: 999_999_999 }),
  },
  {
    name: 'bzr-many-parents',
    provokes: 'a dirstate with 999,999 parents, and a row without their fields',
    make: w => dirstate(w, Buffer.from(['999999', ...Array(999_999).fill('r'), '\n', '0', '\n', ''].join('\0')), 1),
  },
  { name: 'bzr-dots', provokes: 'a file named ..', make: w => rows(w, [['', '..', 'f']]) },
  { name: 'bzr-slash', provokes: 'a file named a/../../b', make: w => rows(w, [['', 'a/../../b', 'f']]) },
  {
    name: 'bzr-outside',
    provokes: 'a row in the directory ../bzr-outside.outside',
    make: w => {
      w.writeOutside('secret', 'secret\n');
      rows(w, [['../bzr-outside.outside', 'secret', 'f']]);
    },
  },
  {
    name: 'bzr-link-outside',
    provokes: 'a directory that became a link to elsewhere',
    make: w => {
      w.writeOutside('deep.txt', 'secret\n');
      w.link('sub', w.outside);
    },
  },
  { name: 'bzr-deep', provokes: 'directories 2,000 deep in the dirstate', make: w => rows(w, nestedRows(2000)) },
  { name: 'bzr-too-deep', provokes: 'directories 3,000 deep in the dirstate', make: w => rows(w, nestedRows(3000)) },
  {
    name: 'bzr-unordered',
    provokes: 'rows out of order',
    make: w =>
      rows(w, [
        ['', 'b', 'f'],
        ['', 'a', 'f'],
      ]),
  },
  {
    name: 'bzr-nested-loop',
    provokes: 'a nested tree that is a link to the tree itself',
    make: w => w.link('sub/.bzr', '../.bzr'),
  },
];

const ruleCases = [
  { name: 'bzr-backtracking', provokes: 'a pattern that backtracks', make: w => ignore(w, ['RE:(a*)*b']) },
  { name: 'bzr-back-reference', provokes: 'a back-reference', make: w => ignore(w, ['RE:((a*)*)*\\1\\2!']) },
  {
    name: 'bzr-repetition',
    provokes: 'repetitions inside one another',
    make: w => ignore(w, ['RE:(((a{1,1000}){1,1000}){1,1000})b']),
  },
  {
    name: 'bzr-many-patterns',
    provokes: '300,000 patterns',
    make: w =>
      ignore(
        w,
        Array.from({ length: 300_000 }, (_, i) => `p${i}`),
      ),
  },
  { name: 'bzr-ignore-directory', provokes: 'a directory as .bzrignore', make: w => fs.mkdirSync(w.at('.bzrignore')) },
];

const placeCases = [
  {
    name: 'bzr-location-device',
    provokes: 'a branch in /dev/zero',
    make: w => reference(w, 'file:///dev/zero'),
  },
  {
    name: 'bzr-location-itself',
    provokes: 'a branch that is the tree itself',
    make: w => reference(w, `file://${w.root}/`),
  },
  {
    name: 'bzr-location-long',
    provokes: 'a location of 60,000 levels',
    make: w => reference(w, `file:///${'a/'.repeat(30_000)}`),
  },
  {
    name: 'bzr-conflicts-malformed',
    provokes: 'conflicts without end',
    make: w => w.write('.bzr/checkout/conflicts', `BZR conflict list format 1\n${'path: a\n'.repeat(50_000)}`),
  },
  {
    name: 'bzr-many-shelves',
    provokes: '20,000 shelves',
    make: w => {
      fs.mkdirSync(w.at('.bzr/checkout/shelf'), { recursive: true });
      for (let i = 1; i <= 20_000; i++) fs.closeSync(fs.openSync(w.at(`.bzr/checkout/shelf/shelf-${i}`), 'w'));
    },
  },
];

const storeCases = [
  {
    name: 'bzr-index-cut',
    provokes: 'an index without its second level',
    make: w => w.write('.bzr/repository/pack-names', index('type=internal\noffset=0\n', { levels: '1,1' })),
  },
  {
    name: 'bzr-index-bomb',
    provokes: 'an index page that inflates to 512 MiB',
    make: w => w.write('.bzr/repository/pack-names', index(Buffer.alloc(512 << 20))),
  },
  {
    name: 'bzr-index-levels',
    provokes: 'an index with a billion levels of nodes',
    make: w => w.write('.bzr/repository/pack-names', index('type=leaf\n', { levels: '999999999,999999999' })),
  },
  {
    name: 'bzr-pack-bomb',
    provokes: 'a block that says that it has 4 GiB',
    make: w => w.patch(inStore(w, 'packs', '.pack'), bytes => firstBlock(bytes, '20', '4294967295')),
  },
  {
    name: 'bzr-pack-short',
    provokes: 'a pack that ends within a block',
    make: w => w.patch(inStore(w, 'packs', '.pack'), bytes => bytes.subarray(0, 60)),
  },
  {
    name: 'bzr-pack-device',
    provokes: 'an endless device as a pack',
    make: w => w.link(inStore(w, 'packs', '.pack'), '/dev/zero'),
  },
  { name: 'bzr-pack-fifo', provokes: 'a fifo as a pack', make: w => w.fifo(inStore(w, 'packs', '.pack')) },
  {
    name: 'bzr-pack-elsewhere',
    provokes: 'a pack whose name leads elsewhere',
    make: w => w.write('.bzr/repository/pack-names', index('type=leaf\n../../../secret\x00\x001 2 3 4\n')),
  },
];

function nestedRows(depth) {
  return Array.from({ length: depth }, (_, i) => [Array(i).fill('d').join('/'), 'd', 'd', `i${i}`]);
}

/** With other lengths in the header of the first block, and as many bytes as before. */
function firstBlock(bytes, compressed, length) {
  const text = bytes.toString('latin1');
  const change = (whole, own) => `gcb1z\n${compressed ?? own}\n${length}\n`;
  return Buffer.from(
    text
      .replace(/gcb1z\n(\d+)\n\d+\n/, change)
      .padEnd(text.length)
      .slice(0, text.length),
    'latin1',
  );
}

function flipLast(bytes) {
  bytes[bytes.length - 5] ^= 1;
}

function ignore(w, patterns) {
  w.write('.bzrignore', patterns.map(pattern => `${pattern}\n`).join(''));
  w.write(`${'a'.repeat(200)}!`, '');
}

/** Makes the tree a lightweight checkout of a branch. */
function reference(w, location) {
  w.write('.bzr/branch/format', 'Bazaar-NG Branch Reference Format 1\n');
  w.write('.bzr/branch/location', `${location}\n`);
}

const sound = { name: 'bzr-sound', provokes: 'nothing: what the others are copies of', make: () => undefined };

export const bazaarCases = [sound, ...fileCases, ...dirstateCases, ...ruleCases, ...placeCases, ...storeCases];

/** As buildGallery(), of Bazaar working trees. Needs the real brz. */
export function buildBazaarGallery(folder, cases) {
  const model = path.join(folder, '.sound-bzr');
  fs.mkdirSync(model, { recursive: true });
  makeSoundTree(path.join(model, 'tree'));
  const built = cases.map(one => {
    const workshop = new Workshop(folder, one.name);
    const copy = { recursive: true, preserveTimestamps: true, verbatimSymlinks: true };
    fs.cpSync(path.join(model, 'tree'), workshop.root, copy);
    one.make(workshop);
    return { ...one, root: workshop.root, outside: workshop.outside };
  });
  fs.rmSync(model, { recursive: true });
  return built;
}
