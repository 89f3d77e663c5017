// Rules of sparse checkouts and narrow clones, of line ends and large files that are no rules, or would take for ever.
import fs from 'node:fs';

/** Adds a requirement to those of the working copy, and enables the extension that it needs. */
function require(w, requirement, extension) {
  fs.appendFileSync(w.at('.hg/requires'), `${requirement}\n`);
  w.write('.hg/hgrc', `[extensions]\n${extension} =\n`);
}

const sparse = (name, provokes, make) => ({
  name: `sparse-${name}`,
  provokes,
  make: w => {
    require(w, 'exp-sparse', 'sparse');
    make(w);
  },
});

const numbered = (count, line) => Array.from({ length: count }, (_, i) => line(i)).join('\n');

const narrow = (name, provokes, make) => ({
  name: `narrow-${name}`,
  provokes,
  make: w => {
    require(w, 'narrowhg-experimental', 'narrow');
    for (const file of ['.hg/store/narrowspec', '.hg/narrowspec.dirstate']) make(w, file);
  },
});

/** A repository with a stand-in of this text for `big.txt`, which is there. */
const standin = (name, provokes, textOf, make = () => undefined) => ({
  name: `standin-${name}`,
  provokes,
  catArguments: ['big.txt'],
  make: w => {
    w.commit({ '.hglf/big.txt': textOf(w) });
    w.write('big.txt', 'big');
    require(w, 'largefiles', 'largefiles');
    make(w);
  },
});

export const scopeCases = [
  sparse('fifo', 'a fifo as sparse rules', w => w.fifo('.hg/sparse')),
  sparse('huge', 'sparse rules of four gigabytes', w => w.sparse('.hg/sparse', 4 * 2 ** 30)),
  sparse('profiles', 'twenty thousand profiles', w =>
    w.write('.hg/sparse', `${numbered(20_000, i => `%include p${i}`)}\n`),
  ),
  sparse('lines', 'two hundred thousand sparse rules', w =>
    w.write('.hg/sparse', `[include]\n${numbered(200_000, i => `*x${i}*`)}\n`),
  ),
  sparse('backtracking', 'a sparse rule that backtracks for ever', w => {
    w.write('.hg/sparse', '[exclude]\nre:(a|aa)*(a+)+b\n');
    w.write('a'.repeat(200), '');
  }),
  sparse('profile-itself', 'a profile that is no profile', w => w.write('.hg/sparse', '%include clean.txt\n')),
  sparse('profile-outside', 'a profile outside of the repository', w => {
    w.writeOutside('secret', '[exclude]\n**\n');
    w.write('.hg/sparse', '%include ../sparse-profile-outside.outside/secret\n');
  }),
  {
    name: 'sparse-profile-cycle',
    provokes: 'profiles that include each other',
    make: w => {
      w.commit({ p: '%include q\n%include p\n[include]\n**.txt\n', q: '%include p\n[include]\np\nq\n' });
      require(w, 'exp-sparse', 'sparse');
      w.write('.hg/sparse', '%include q\n');
    },
  },
  narrow('fifo', 'fifos as narrow specifications', (w, file) => w.fifo(file)),
  narrow('huge', 'narrow specifications of four gigabytes', (w, file) => w.sparse(file, 4 * 2 ** 30)),
  narrow('lines', 'two hundred thousand rules of a narrow clone', (w, file) =>
    w.write(file, `[include]\n${numbered(200_000, i => `path:x${i}`)}\n`),
  ),
  standin('outside', 'a stand-in whose hash is a path', w => {
    w.writeOutside('secret', 'secret');
    return '../../standin-outside.outside/secret\n';
  }),
  standin('huge', 'a stand-in of twenty megabytes', () => 'a'.repeat(20 << 20)),
  standin(
    'content-fifo',
    'a fifo as the content of a large file',
    () => `${'ab'.repeat(20)}\n`,
    w => {
      w.write('.hg/largefiles/other', '');
      w.fifo(`.hg/largefiles/${'ab'.repeat(20)}`);
    },
  ),
  {
    name: 'narrow-outside',
    provokes: 'a narrow specification that leads out of the repository',
    make: w => {
      require(w, 'narrowhg-experimental', 'narrow');
      for (const name of ['.hg/store/narrowspec', '.hg/narrowspec.dirstate']) {
        w.write(name, '[include]\npath:../..\nrootfilesin:\n[exclude]\npath:sub\n');
      }
    },
  },
  {
    name: 'narrow-kind',
    provokes: 'a narrow specification with an expression',
    make: w => {
      require(w, 'narrowhg-experimental', 'narrow');
      for (const name of ['.hg/store/narrowspec', '.hg/narrowspec.dirstate']) w.write(name, '[include]\nre:(a+)+$\n');
    },
  },
  {
    name: 'eol-fifo',
    provokes: 'a fifo as .hgeol',
    make: w => {
      w.write('.hg/hgrc', '[extensions]\neol =\n');
      w.fifo('.hgeol');
    },
  },
  {
    name: 'eol-huge',
    provokes: '.hgeol of four gigabytes',
    make: w => {
      w.write('.hg/hgrc', '[extensions]\neol =\n');
      w.sparse('.hgeol', 4 * 2 ** 30);
    },
  },
  {
    name: 'eol-many-patterns',
    provokes: 'twenty thousand patterns in .hgeol',
    make: w => {
      w.write('.hg/hgrc', '[extensions]\neol =\n');
      w.write('.hgeol', `[patterns]\n${numbered(20_000, i => `**x${i}* = LF`)}\n`);
    },
  },
  {
    name: 'large-dirstate',
    provokes: 'a record of large files that is damaged',
    make: w => {
      require(w, 'largefiles', 'largefiles');
      w.write('.hg/largefiles/dirstate', 'x'.repeat(60));
    },
  },
  {
    name: 'large-dirstate-fifo',
    provokes: 'a fifo as the record of large files',
    make: w => {
      require(w, 'largefiles', 'largefiles');
      w.write('.hg/largefiles/other', '');
      w.fifo('.hg/largefiles/dirstate');
    },
  },
  {
    name: 'docket-outside',
    provokes: 'a changelog whose entries would lie outside of the store',
    make: w => {
      const docket = Buffer.alloc(59);
      docket.writeUInt32BE(0xd34d, 0);
      docket.set([8, 0, 8, 0, 8, 0], 4);
      docket.write('(../../ab../../cdefghijkl', 34, 'latin1');
      fs.writeFileSync(w.at('.hg/store/00changelog.i'), docket);
    },
  },
];
