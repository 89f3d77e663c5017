// The expected report of each hostile repository: of `status`, of `cat` for a file, of `doctor`, and in VS Code. ROOT
// stands for the working copy, OUTSIDE for the folder beside it, ID for a data file's name. NODE stands for a
// changeset, DEEP for as many directories as a path can name.

/** The exit code and output of a command. */
export interface Said {
  readonly code: 0 | 1 | 3 | 255;
  readonly out: string;
  readonly err: string;
}

export interface HostileOutcome {
  readonly status: Said;
  readonly cat: Said;
  /** The report holds this sentence. */
  readonly doctor: { readonly code: 0 | 3 | 255; readonly sentence: string };
  /** In VS Code. */
  readonly editor: EditorOutcome;
}

export interface EditorOutcome {
  readonly state: 'ready' | 'refused' | 'failed' | 'closed';
  /** The problem's message; '' if there is none. */
  readonly message: string;
  /** Letters and paths of what is listed, sorted by path, ignored files left out. */
  readonly entries: readonly string[];
}

const CHANGES = ['M changed.txt', '? new.txt'];
const CLEAN: Said = { code: 0, out: 'clean\n', err: '' };
const SUPPORTED = 'This repository is supported.';

/** Expects a normal answer with these entries. */
function answers(entries: readonly string[] = CHANGES, warnings: readonly string[] = []): HostileOutcome {
  return {
    status: { code: 0, out: lines(entries), err: lines(warnings) },
    cat: CLEAN,
    doctor: { code: 0, sentence: SUPPORTED },
    editor: { state: 'ready', message: '', entries: entries.toSorted((a, b) => compare(a.slice(2), b.slice(2))) },
  };
}

/** Nothing is answered, for this reason. */
function fails(message: string): HostileOutcome {
  const said: Said = { code: 255, out: '', err: `abort: ${message}\n` };
  return {
    status: said,
    cat: said,
    doctor: { code: 255, sentence: `This repository cannot be read: ${message}` },
    editor: { state: 'failed', message, entries: [] },
  };
}

function refuses(message: string): HostileOutcome {
  const said: Said = { code: 3, out: '', err: `abort: ${message}\n` };
  return {
    status: said,
    cat: said,
    doctor: { code: 3, sentence: `This repository is not supported: ${message}` },
    editor: { state: 'refused', message, entries: [] },
  };
}

/** Only who asks for ignore rules hears of it. */
const rules = (outcome: HostileOutcome): HostileOutcome => ({ ...outcome, cat: CLEAN });

/** The status needs no history; contents do. */
const contents = (code: 3 | 255, message: string): HostileOutcome => ({
  ...answers(),
  cat: { code, out: '', err: `abort: ${message}\n` },
});

/** The status from the command line needs no names of branches and bookmarks; what is shown of a repository does. */
const names = (message: string): HostileOutcome => {
  const { doctor, editor } = fails(message);
  return { ...answers(), doctor, editor };
};

const dirstate = (message: string): HostileOutcome => fails(`ROOT/.hg/dirstate: ${message}`);
const dataFile = (message: string): HostileOutcome => fails(`ROOT/.hg/dirstate.ID: ${message}`);
const text = (message: string): HostileOutcome =>
  contents(255, `clean.txt in NODE: ROOT/.hg/store/data/clean.txt.i: ${message}`);

/** The record of large files is damaged. */
const large = (message: string): HostileOutcome => fails(`ROOT/.hg/largefiles/dirstate: ${message}`);
/** A stand-in that names no content: the file is modified, and its content is nowhere. */
const standin = (name: string): HostileOutcome => ({
  ...answers(['M big.txt', ...CHANGES]),
  cat: {
    code: 3,
    out: '',
    err: `abort: big.txt in NODE: the content ${name} of the large file is neither in the repository nor in the user's cache\n`,
  },
});

/** The hash of a content that is nowhere. */
const SECRET_HASH = 'ab'.repeat(20);
const NO_FILE = 'not a regular file';
const ONLY_A = answers(['! a', '? changed.txt', '? clean.txt', '? new.txt', '? sub/deep.txt']);
const TOO_LARGE = '4294967296 bytes are more than the 65536 allowed';

export const outcomes: Readonly<Record<string, HostileOutcome>> = {
  'sound-v1': answers(),
  'sound-v2': answers(),

  'v1-name-length': dirstate('the entry at byte 40 is truncated or has a wrong length'),
  'v1-negative-length': dirstate('the entry at byte 40 is truncated or has a wrong length'),
  'v1-unknown-state': dirstate('the entry at byte 40 has the unknown state "z"'),
  'v1-parent-directory': dirstate('".." cannot be part of a tracked file\'s path'),
  'v1-absolute': dirstate('"" cannot be part of a tracked file\'s path'),
  // The source of a copy is a text to show; nothing is ever looked for there.
  'v1-nul': ONLY_A,
  'v1-copy-outside': ONLY_A,
  'v1-empty-component': dirstate('"" cannot be part of a tracked file\'s path'),
  'v1-control': dirstate('".hg" cannot be part of a tracked file\'s path'),
  'v1-deep-name': refuses('ROOT/.hg/dirstate: the entry at byte 40 is more than 2048 directories deep'),
  'v1-many-directories': refuses(
    'ROOT/.hg/dirstate: its first 5 entries name 10006 directories with paths of 20020005 bytes, too many for a file of 80450 bytes',
  ),
  'v1-long-name': dirstate('the entry at byte 40 has a path of more than 65535 bytes'),
  'v1-huge': refuses('ROOT/.hg/dirstate: 4294967296 bytes are more than the 2147483647 that can be read'),
  'v2-root-offset': dataFile('3 nodes at byte 4294967280 lie outside its 211 used bytes'),
  'v2-root-count': dataFile('4294967295 nodes at byte 79 lie outside its 211 used bytes'),
  'v2-used-size': refuses('ROOT/.hg/dirstate.ID: 4294967295 bytes are more than the 2147483647 that can be read'),
  'v2-used-size-there': refuses('ROOT/.hg/dirstate.ID: 4294967295 bytes are more than the 2147483647 that can be read'),
  'v2-data-id': dirstate('"/../../../secret" cannot be the id of a data file'),
  'v2-cycle': dataFile("the node at byte 79 has a name that does not follow its directory's path"),
  'v2-children-count': dataFile('4294967295 nodes at byte 123 lie outside its 211 used bytes'),
  'v2-name-outside': dataFile('the node at byte 79 has a path outside its 211 used bytes'),
  'v2-base-name': dataFile("the node at byte 79 has a name that does not follow its directory's path"),
  'v2-nul': dataFile('"chan\\u0000ed.txt" cannot be part of a tracked file\'s path'),
  'v2-parent-directory': dataFile("the node at byte 12 has a path that is not below its directory's"),

  'sparse-fifo': rules(fails(`ROOT/.hg/sparse: ${NO_FILE}`)),
  'sparse-huge': rules(fails('ROOT/.hg/sparse: 4294967296 bytes are more than the 16777216 allowed')),
  'sparse-profiles': rules(refuses('ROOT/.hg/sparse: too many profiles')),
  'sparse-lines': rules(refuses('ROOT/.hg/sparse: too many lines')),
  'sparse-backtracking': answers(['M changed.txt', `? ${'a'.repeat(200)}`, '? new.txt']),
  'sparse-profile-itself': rules(fails('clean.txt:1: config entry outside of section: clean')),
  'sparse-profile-cycle': answers(),
  'sparse-profile-outside': answers(),
  'narrow-outside': answers(),
  'narrow-fifo': fails(`ROOT/.hg/narrowspec.dirstate: ${NO_FILE}`),
  'narrow-huge': fails('ROOT/.hg/narrowspec.dirstate: 4294967296 bytes are more than the 16777216 allowed'),
  'narrow-lines': refuses('narrowspec: too many lines'),
  'narrow-kind': fails('invalid prefix on narrow pattern: re:(a+)+$'),
  'eol-fifo': fails(`ROOT/.hgeol: ${NO_FILE}`),
  'eol-huge': fails('ROOT/.hgeol: 4294967296 bytes are more than the 1048576 allowed'),
  'eol-many-patterns': refuses('.hgeol: too many patterns'),
  'large-dirstate': large('the entry at byte 40 is truncated or has a wrong length'),
  'large-dirstate-fifo': large(NO_FILE),
  'standin-outside': standin('../../standin-outside.outside/secret'),
  'standin-huge': standin('a'.repeat(40)),
  'standin-content-fifo': {
    ...standin(''),
    cat: { code: 255, out: '', err: `abort: big.txt in NODE: ROOT/.hg/largefiles/${SECRET_HASH}: ${NO_FILE}\n` },
  },
  'docket-outside': contents(255, 'ROOT/.hg/store/00changelog.i: "../../ab" cannot be the id of a file'),

  'fifo-requires': fails(`ROOT/.hg/requires: ${NO_FILE}`),
  'fifo-dirstate': dirstate(NO_FILE),
  // As for Mercurial, a configuration that cannot be read is none.
  'fifo-hgrc': answers(),
  'fifo-00changelog': contents(255, `ROOT/.hg/store/00changelog.i: ${NO_FILE}`),
  'fifo-branch': names(`ROOT/.hg/branch: ${NO_FILE}`),
  'fifo-bookmarks.current': names(`ROOT/.hg/bookmarks.current: ${NO_FILE}`),
  // Any file counts as a lock: the update waits for two seconds, and no longer.
  'fifo-wlock': answers(),
  'lock-process': answers(),
  'directory-lock': answers(),
  'device-requires': fails(`ROOT/.hg/requires: ${NO_FILE}`),
  'device-dirstate': dirstate(NO_FILE),
  'device-hgrc': answers(),
  'device-00changelog': contents(255, `ROOT/.hg/store/00changelog.i: ${NO_FILE}`),
  'device-branch': names(`ROOT/.hg/branch: ${NO_FILE}`),
  'device-bookmarks.current': names(`ROOT/.hg/bookmarks.current: ${NO_FILE}`),
  // A lock that is a link names who has it: nobody who could exist.
  'device-wlock': answers(),
  'huge-requires': fails(`ROOT/.hg/requires: ${TOO_LARGE}`),
  'huge-hgrc': refuses('ROOT/.hg/hgrc: 4294967296 bytes are too large'),
  'huge-00changelog': contents(3, 'ROOT/.hg/store/00changelog.i: an index of 4294967296 bytes is not supported'),
  'huge-branch': names(`ROOT/.hg/branch: ${TOO_LARGE}`),
  'huge-bookmarks.current': names(`ROOT/.hg/bookmarks.current: ${TOO_LARGE}`),
  'fifo-subrepositories': answers(),
  'merge-state': answers(),
  'directory-dirstate': dirstate(NO_FILE),
  'link-control': answers(),
  'link-loop': {
    ...fails("no repository at 'ROOT' (.hg not found)"),
    doctor: { code: 255, sentence: '' },
    editor: { state: 'closed', message: '', entries: [] },
  },
  'share-of-itself': answers(),
  'share-of-device': fails('ROOT/.hg/sharedpath: points to /dev/zero, which is not a directory'),
  'tracked-fifo': answers(['M changed.txt', '! clean.txt', '? new.txt']),
  'tracked-device': answers(['M changed.txt', 'M clean.txt', '? new.txt']),
  'tracked-outside': answers(['M changed.txt', '! sub/deep.txt', '? new.txt', '? sub']),
  'tracked-huge': answers(['M changed.txt', 'M clean.txt', '? new.txt']),
  'unreadable-control': fails("ROOT/.hg/requires: EACCES: permission denied, open 'ROOT/.hg/requires'"),

  'ignore-fifo': answers(CHANGES, ["skipping unreadable pattern file 'ROOT/.hgignore': Not a regular file"]),
  'ignore-device': answers(
    ['M changed.txt', '? .hgignore', '? new.txt'],
    ["skipping unreadable pattern file 'ROOT/.hgignore': Not a regular file"],
  ),
  'ignore-huge': rules(refuses('ROOT/.hgignore: 4294967296 bytes are too large for an ignore file')),
  'ignore-include-device': answers(
    ['M changed.txt', '? .hgignore'],
    ["skipping unreadable pattern file '/dev/zero': Not a regular file"],
  ),
  'ignore-include-fifo': answers(
    ['M changed.txt', '? .hgignore'],
    ["skipping unreadable pattern file 'pipe': Not a regular file"],
  ),
  'ignore-include-itself': rules(fails('ROOT/.hgignore: includes itself')),
  'ignore-include-doubling': rules(refuses('ROOT/rules/N: too many ignore files')),
  'ignore-include-outside': answers(['M changed.txt', '? .hgignore']),
  'ignore-subinclude-outside': rules(fails("ROOT/.hgignore:1: OUTSIDE not under root 'ROOT'")),
  'ignore-backtracking': answers(['M changed.txt', '? .hgignore', `? ${'a'.repeat(200)}!`, '? new.txt']),
  'ignore-back-reference': rules(
    refuses(
      'ROOT/.hgignore:1: pattern ((a*)*)*\\1\\2! has a condition on or reference to a group that matches only sometimes, in a loop or look-around',
    ),
  ),
  'ignore-repetition': rules(
    refuses('ROOT/.hgignore:1: pattern (((a{1,1000}){1,1000}){1,1000})b cannot be matched in bounded time'),
  ),
  'ignore-parentheses': rules(fails('ROOT/.hgignore:1: pattern is too long (200001 bytes)')),
  'ignore-many-patterns': rules(refuses('ROOT/.hgignore:100002: more than 100000 patterns are not supported')),
  'ignore-braces': rules(fails('ROOT/.hgignore:2: matcher pattern is too long (60016 bytes)')),

  'config-include-itself': fails('config error at ROOT/.hg/hgrc:1: files include each other without end'),
  'config-include-device': fails(
    'config error at ROOT/.hg/hgrc:1: cannot include /dev/zero (/dev/zero: not a regular file)',
  ),
  'config-include-doubling': refuses('ROOT/.hg/rcN: too many configuration files'),
  'config-commands': answers(['M changed.txt', '? evil.py', '? new.txt']),
  'config-monitor': answers(['M changed.txt', '? evil', '? new.txt']),
  'config-ignore-outside': answers(['M changed.txt']),

  'zlib-bomb': text('revision 0: Cannot create a Buffer larger than 6 bytes'),
  'zlib-bomb-declared': contents(
    3,
    'clean.txt in NODE: ROOT/.hg/store/data/clean.txt.i: revision 0 has 2147483647 bytes, more than the 301836800 supported',
  ),
  'zlib-bomb-unstated': text('revision 0: Cannot create a Buffer larger than 301836800 bytes'),
  'zstd-bomb': text('revision 0: zstd: more than 6 bytes'),
  'zstd-bomb-unstated': text('revision 0: zstd: more than 536875392 bytes'),
  'chain-growing': text('revision 399: a delta makes a text of 534773766 bytes'),
  // It is sound, only long.
  'chain-long': answers(),
  'chain-forward': text('revision 0 is based on 5'),
  'delta-outside': text('revision 1: a delta replaces bytes 2 to 4294967280 of 6'),
  'chunk-length': text('it ends within an entry'),
  'parent-forward': text('revision 0 has the parents 0 and -1'),
  'manifest-outside': contents(
    255,
    'ROOT/.hg/store/00manifest.i: revision 0: "../secret" cannot be the path of a file',
  ),
  'manifest-unordered': contents(255, 'clean.txt in NODE: it is not there any more'),
  'manifest-without-end': contents(255, 'ROOT/.hg/store/00manifest.i: revision 0: its last line has no end'),
  'store-missing': fails("ROOT/.hg/store/requires: missing, although 'share-safe' requires it"),

  // The rest of it cannot be named to the system in one path.
  'deep-directories': answers(CHANGES, ['DEEP: cannot be read (ENAMETOOLONG)']),
  'many-names': answers([...CHANGES, ...manyNames(20_000)].toSorted(byStatusAndPath)),
  'million-names': answers([...CHANGES, ...manyNames(1_000_000)].toSorted(byStatusAndPath)),
  'strange-names': answers([
    'M changed.txt',
    '? $(touch x)',
    '? -R',
    '? `tick`',
    '? escape\x1b[31m',
    '? line\nend',
    '? new.txt',
    '? \xff\xfe',
  ]),
  'link-cycle': answers(['M changed.txt', '? new.txt', '? sub/up']),
};

/** Limits of processor time and memory for a command; those that unpack the longest texts have their own. */
export const LIMITS = { seconds: 30, megabytes: 600, megabytesOfTexts: 1200 } as const;

/** Those whose texts unpack to as much as their revlogs allow: some 256 MiB, and 64 times what is on disk. */
export const UNPACKED_WHOLE: ReadonlySet<string> = new Set([
  'zlib-bomb-unstated',
  'zstd-bomb-unstated',
  'chain-growing',
]);

function manyNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `? many/name-${i}`);
}

function byStatusAndPath(a: string, b: string): number {
  return a.startsWith('M') === b.startsWith('M') ? compare(a, b) : a.startsWith('M') ? -1 : 1;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function lines(items: readonly string[]): string {
  return items.map(item => `${item}\n`).join('');
}
