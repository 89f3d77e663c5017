// The gallery of hostile Git repositories at the command line.
import { buildGitGallery, gitCases } from '../support/hostile/gitCases.mjs';
import { testGallery, type Outcome } from '../support/hostile/systemGallery.ts';

const CHANGES = ' M changed.txt\n?? new.txt\n';
const NO_FILE = 'not a regular file';
const NO_REPOSITORY = "no repository at 'ROOT' (.hg not found)";
const IMPOSSIBLE = 'entry 0 has a path that cannot be';
const UNORDERED = 'entry 1 is out of order, or a path is there twice';

const of = (status: string): Outcome => ({ status });
const index = (why: string): Outcome => of(`ROOT/.git/index: ${why}`);
const unsupportedIndex = (why: string): Outcome => of(`unsupported: ROOT/.git/index: ${why}`);
const pack = (why: string): Outcome => of(`ROOT/.git/objects/pack/PACK${why}`);

/** The three things that can be in the place of a file. */
function inPlaceOf(what: string, file: string, limit: number): [string, Outcome][] {
  return [
    [`git-fifo-${what}`, of(`ROOT/${file}: ${NO_FILE}`)],
    [`git-device-${what}`, of(`ROOT/${file}: ${NO_FILE}`)],
    [`git-huge-${what}`, of(`ROOT/${file}: 4294967296 bytes are more than the ${limit} allowed`)],
  ];
}

const outcomes: Readonly<Record<string, Outcome>> = {
  'git-sound': of(CHANGES),
  ...Object.fromEntries([
    ...inPlaceOf('index', '.git/index', 2 ** 31 - 1),
    ...inPlaceOf('config', '.git/config', 4 * 2 ** 20),
    ...inPlaceOf('ref', '.git/refs/heads/main', 65_536),
    ...inPlaceOf('packed-refs', '.git/packed-refs', 2 ** 30),
    ...inPlaceOf('exclude', '.git/info/exclude', 4 * 2 ** 20),
    ...inPlaceOf('ignore', '.gitignore', 4 * 2 ** 20),
    ...inPlaceOf('alternates', '.git/objects/info/alternates', 2 ** 20),
    // Without a HEAD, it is no repository.
    ...['fifo', 'device', 'huge'].map((what): [string, Outcome] => [`git-${what}-HEAD`, of(NO_REPOSITORY)]),
  ]),
  // Git reads no rules from a link, and shows no fifo.
  'git-fifo-ignore': of(CHANGES),
  'git-device-ignore': of(' M changed.txt\n?? .gitignore\n?? new.txt\n'),
  'git-checksum': index('does not fit its hash'),
  'git-many-entries': index('4294967295 entries do not fit into 96 bytes'),
  'git-dots': index(IMPOSSIBLE),
  'git-absolute': index(IMPOSSIBLE),
  'git-in-git': index(IMPOSSIBLE),
  'git-unordered': unsupportedIndex(UNORDERED),
  'git-twice': unsupportedIndex(UNORDERED),
  'git-file-and-directory': unsupportedIndex('a path is a file and a directory'),
  'git-deep': unsupportedIndex('entry 0 has too many directories above it'),
  'git-version': unsupportedIndex('index version 9'),
  'git-extension': unsupportedIndex("index extension 'evil'"),
  'git-shared-elsewhere': index('its shared index is missing'),
  'git-link-outside': of(' M changed.txt\n D sub/deep.txt\n?? new.txt\n?? sub\n'),
  'git-file-loop': of(NO_REPOSITORY),
  'git-file-device': of(NO_REPOSITORY),
  'git-common-loop': of(CHANGES),
  'git-common-device': of(NO_REPOSITORY),
  'git-head-loop': of('HEAD leads through too many symbolic references'),
  'git-head-outside': of('HEAD leads to a name that is no reference'),
  'git-alternates-loop': of(CHANGES),
  'git-alternates-device': of(CHANGES),
  'git-nested-loop': of(CHANGES),
  'git-include-itself': of('ROOT/.git/config: includes are nested more than 10 deep'),
  'git-include-device': of(`/dev/zero: ${NO_FILE}`),
  'git-include-many': of(CHANGES),
  'git-worktree': of('unsupported: core.worktree leads to another working tree'),
  'git-monitor': of(CHANGES),
  'git-filter': of("unsupported: changed.txt: the filter 'evil' is a program"),
  'git-excludes-device': of(`/dev/zero: ${NO_FILE}`),
  'git-backtracking': of(` M changed.txt\n?? .gitignore\n?? ${'a'.repeat(200)}\n?? new.txt\n`),
  'git-many-patterns': of('unsupported: the rule files have more than 200000 patterns, or too many bytes'),
  'git-branch-name': of('HEAD leads to a name that is no reference'),
  'git-pack-short': pack('.pack: ends within the object at 14'),
  'git-pack-index-short': pack('.idx: is truncated'),
  'git-pack-index-many': pack('.idx: is truncated'),
  'git-pack-device': pack(`.pack: ${NO_FILE}`),
  'git-pack-fifo': pack(`.pack: ${NO_FILE}`),
  'git-commit-bomb': of(
    'unsupported: ROOT/.git/objects/53/9435a475fe4565293e782d8ed6aa6288625dca: 536870912 bytes are more than 268435456',
  ),
  'git-commit-size': of('ROOT/.git/objects/e6/97a24c10310abfc7fe03cf4c0071bbda3dce3f: 14 bytes instead of 18'),
  'git-tree-name': of('tree 13d156fb904c89890571f284632c18c289ab19b4 has an entry that cannot be'),
  'git-tree-shared': of('unsupported: a tree has more than 262144 trees'),
  'git-tree-missing': of(`object ${'2'.repeat(40)} is missing`),
};

testGallery({
  title: 'hostile Git repositories',
  skip: process.platform !== 'linux' && 'the gallery has fifos and devices, and system calls are traced',
  cases: gitCases,
  build: buildGitGallery,
  sound: 'git-sound',
  outcomes,
  commands: { status: [] },
  statusProgram: 'git status',
  variables: () => ({ GIT_CONFIG_NOSYSTEM: '1' }),
  mask: text => text.replaceAll(/pack-[0-9a-f]{40}/g, 'PACK'),
});
