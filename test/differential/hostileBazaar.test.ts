// The gallery of hostile Bazaar working trees at the command line.
import { bazaarCases, BRZ, buildBazaarGallery } from '../support/hostile/bazaarCases.mjs';
import { testGallery } from '../support/hostile/systemGallery.ts';

const skip =
  process.platform !== 'linux'
    ? 'the gallery has fifos and devices, and system calls are traced'
    : BRZ === undefined && 'Breezy is not installed';

/** Output, or the message after 'abort: '; an unsupported tree has 'unsupported: ' in front. */
type Outcome = Readonly<Record<'status' | 'cat', string>>;

const CHANGES = ' M  changed.txt\n?   new.txt\n';
const CLEAN = 'clean.txt\n';
const HARMLESS: Outcome = { status: CHANGES, cat: CLEAN };
const NO_FILE = 'not a regular file';
const SIZE = '4294967296 bytes are more than the';
const LONG_NAME = `${'a'.repeat(200)}!`;

const both = (message: string): Outcome => ({ status: message, cat: message });
const dirstate = (message: string): Outcome => both(`ROOT/.bzr/checkout/dirstate: ${message}`);
const contents = (message: string): Outcome => ({ status: CHANGES, cat: message });
const rules = (message: string): Outcome => ({ status: message, cat: CLEAN });
const PACK_NAMES = 'ROOT/.bzr/repository/pack-names';
const PACK = 'ROOT/.bzr/repository/packs/PACK.pack';

/** The three things that can be in the place of a file. */
function inPlaceOf(what: string, of: (message: string) => Outcome, file: string, limit: number): [string, Outcome][] {
  return [
    [`bzr-fifo-${what}`, of(`ROOT/${file}: ${NO_FILE}`)],
    [`bzr-device-${what}`, of(`ROOT/${file}: ${NO_FILE}`)],
    [`bzr-huge-${what}`, of(`ROOT/${file}: ${SIZE} ${limit} allowed`)],
  ];
}

const outcomes: Readonly<Record<string, Outcome>> = {
  'bzr-sound': HARMLESS,
  ...Object.fromEntries([
    ...inPlaceOf('dirstate', both, '.bzr/checkout/dirstate', 2 ** 31 - 1),
    ...inPlaceOf('branch-format', both, '.bzr/branch-format', 65_536),
    ...inPlaceOf('tree-format', both, '.bzr/checkout/format', 65_536),
    ...inPlaceOf('conflicts', rules, '.bzr/checkout/conflicts', 16 * 2 ** 20),
    ...inPlaceOf('views', both, '.bzr/checkout/views', 65_536),
    ...inPlaceOf('last-revision', both, '.bzr/branch/last-revision', 65_536),
    ...inPlaceOf('repository-format', both, '.bzr/repository/format', 65_536),
    ...inPlaceOf('ignore', rules, '.bzrignore', 4 * 2 ** 20),
    ...inPlaceOf('pack-names', contents, '.bzr/repository/pack-names', 0),
  ]),
  'bzr-huge-pack-names': contents(`${PACK_NAMES}: the index has an unknown header`),
  'bzr-checksum': dirstate('its checksum does not fit its content'),
  'bzr-many-rows': dirstate('has an impossible number of rows'),
  'bzr-many-parents': dirstate('has an impossible number of rows'),
  'bzr-dots': dirstate('has an impossible name'),
  'bzr-slash': dirstate('has an impossible name'),
  'bzr-outside': dirstate('has a row without its directory'),
  'bzr-link-outside': { status: `${CHANGES} K  sub/ => sub@\n D  sub/deep.txt\n`, cat: CLEAN },
  'bzr-deep': { status: `?   changed.txt\n?   clean.txt\n${deepRows(2000)}?   new.txt\n?   sub/\n`, cat: CLEAN },
  'bzr-too-deep': both('unsupported: ROOT/.bzr/checkout/dirstate: more than 2048 directories inside one another'),
  'bzr-unordered': dirstate('has rows out of order'),
  'bzr-nested-loop': { status: `${CHANGES}?   sub/.bzr@\n`, cat: CLEAN },
  'bzr-backtracking': { status: `?   .bzrignore\n?   ${LONG_NAME}\n${CHANGES}`, cat: CLEAN },
  'bzr-back-reference': rules('ROOT/.bzrignore:1: pattern RE:((a*)*)*\\1\\2! is invalid: invalid group reference 1'),
  'bzr-repetition': rules(
    'unsupported: ROOT/.bzrignore:1: pattern RE:(((a{1,1000}){1,1000}){1,1000})b cannot be matched in bounded time',
  ),
  'bzr-many-patterns': rules('unsupported: 300010 ignore patterns are more than 100000'),
  'bzr-ignore-directory': rules('ROOT/.bzrignore is not a regular file'),
  'bzr-location-device': contents('unsupported: the repository is not on this machine, so that history cannot be read'),
  'bzr-location-itself': HARMLESS,
  'bzr-location-long': contents('unsupported: the repository is not on this machine, so that history cannot be read'),
  'bzr-conflicts-malformed': rules('ROOT/.bzr/checkout/conflicts: a conflict without type or path'),
  'bzr-many-shelves': { status: `${CHANGES}20000 shelves exist. See "brz shelve --list" for details.\n`, cat: CLEAN },
  'bzr-index-cut': contents(`${PACK_NAMES}: damaged zlib data`),
  'bzr-index-bomb': contents(`${PACK_NAMES}: damaged zlib data`),
  'bzr-index-levels': contents(`${PACK_NAMES}: damaged zlib data`),
  'bzr-pack-bomb': contents(`${PACK}: a damaged record`),
  'bzr-pack-short': contents(`${PACK}: a damaged record`),
  'bzr-pack-device': contents(`${PACK}: ${NO_FILE}`),
  'bzr-pack-fifo': contents(`${PACK}: ${NO_FILE}`),
  'bzr-pack-elsewhere': contents(`${PACK_NAMES}: an impossible name of a pack`),
};

/** Directories that are recorded and missing. */
function deepRows(depth: number): string {
  return Array.from({ length: depth }, (_, i) => ` D  ${'d/'.repeat(i + 1)}\n`).join('');
}

testGallery({
  title: 'hostile Bazaar working trees',
  skip,
  cases: bazaarCases,
  build: buildBazaarGallery,
  sound: 'bzr-sound',
  outcomes,
  commands: { status: ['-S'], cat: ['clean.txt'] },
  statusProgram: 'brz status',
  variables: home => ({ BRZ_HOME: home }),
  mask: text => text.replaceAll(/[0-9a-f]{32}\.pack/g, 'PACK.pack'),
});
