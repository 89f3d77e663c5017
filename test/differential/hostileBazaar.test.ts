// The gallery of hostile Bazaar working trees at the command line: the answers, time and memory. The system calls show
// that nothing is read that must not be, nothing written, and nothing started.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { bundle } from '../support/bundle.ts';
import { bazaarCases, BRZ, buildBazaarGallery } from '../support/hostile/bazaarCases.mjs';
import type { BuiltCase } from '../support/hostile/gallery.mjs';
import { LIMITS } from '../support/hostile/outcomes.ts';
import { startedPrograms, touchingCalls } from '../support/systemCalls.ts';
import { callsThatName, readPaths, readTraceArguments } from '../support/systemReads.ts';

const skip =
  process.platform !== 'linux'
    ? 'the gallery has fifos and devices, and system calls are traced'
    : BRZ === undefined && 'Breezy is not installed';

const STRACE = (process.env['PATH'] ?? '')
  .split(path.delimiter)
  .map(directory => path.join(directory, 'strace'))
  .find(file => fs.existsSync(file))!;

/** Output, or the message after 'abort: '; an unsupported tree has 'unsupported: ' in front. */
interface Outcome {
  readonly status: string;
  readonly cat: string;
}

const CHANGES = ' M  changed.txt\n?   new.txt\n';
const CLEAN = 'clean.txt\n';
const HARMLESS: Outcome = { status: CHANGES, cat: CLEAN };
const NO_FILE = 'not a regular file';
const SIZE = '4294967296 bytes are more than the';
const LONG_NAME = `${'a'.repeat(200)}!`;
const EXIT_OK = 0;
const EXIT_UNSUPPORTED = 3;
const EXIT_ERROR = 255;

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

describe('hostile Bazaar working trees', { skip }, () => {
  let base = '';
  let built: ReadonlyMap<string, BuiltCase>;
  /** Files that are read outside of a sound tree: those of Node itself and the program. */
  let ordinary: ReadonlySet<string> = new Set();

  before(() => {
    base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-hostile-bzr-')));
    bundle('src/cli/main.ts', path.join(base, 'cli.cjs'));
    const usage = `require('fs').writeFileSync(${JSON.stringify(path.join(base, 'usage'))}, JSON.stringify(process.resourceUsage()))`;
    fs.writeFileSync(path.join(base, 'measure.cjs'), `process.on('exit', () => ${usage});\n`);
    const gallery = path.join(base, 'gallery');
    fs.mkdirSync(gallery);
    built = new Map(buildBazaarGallery(gallery, bazaarCases).map(one => [one.name, one]));
    const sound = built.get('bzr-sound')!;
    const read = (['status', 'cat'] as const).flatMap(command => readPaths(run(sound, command).log));
    ordinary = new Set(read.filter(file => !file.startsWith(`${sound.root}/`)));
  });
  after(() => fs.rmSync(base, { recursive: true, force: true }));

  function run({ root, outside }: BuiltCase, command: keyof Outcome): { said: string; log: string } {
    const log = path.join(base, 'strace.log');
    const args = { cat: ['clean.txt'], status: ['-S'] }[command];
    const program = [process.execPath, '--require', path.join(base, 'measure.cjs'), path.join(base, 'cli.cjs')];
    const { status, stdout, stderr } = spawnSync(
      STRACE,
      [...readTraceArguments(log), ...program, command, '-R', root, '--cwd', root, ...args],
      {
        env: { PATH: '/nowhere', HOME: base, BRZ_HOME: base },
        cwd: base,
        encoding: 'latin1',
        maxBuffer: 1 << 28,
        timeout: 10 * LIMITS.seconds * 1000,
      },
    );
    const usage = JSON.parse(fs.readFileSync(path.join(base, 'usage'), 'utf8')) as NodeJS.ResourceUsage;
    assert.ok((usage.userCPUTime + usage.systemCPUTime) / 1e6 < LIMITS.seconds);
    assert.ok(usage.maxRSS / 1024 < LIMITS.megabytes, `${usage.maxRSS / 1024} MB`);
    const masked = (text: string): string =>
      text
        .replaceAll(outside, 'OUTSIDE')
        .replaceAll(root, 'ROOT')
        .replaceAll(/[0-9a-f]{32}\.pack/g, 'PACK.pack');
    if (status === EXIT_OK) return { said: masked(stdout), log };
    assert.equal(stdout, '');
    assert.ok(status === EXIT_UNSUPPORTED || status === EXIT_ERROR, `exit code ${status}: ${stderr}`);
    const message = /^abort: (.*)\n$/.exec(masked(stderr))?.[1];
    return { said: `${status === EXIT_UNSUPPORTED ? 'unsupported: ' : ''}${message}`, log };
  }

  test('the table and the gallery are about the same trees', () => {
    assert.deepEqual(Object.keys(outcomes).sort(), bazaarCases.map(({ name }) => name).sort());
  });

  for (const { name, provokes } of bazaarCases) {
    test(`${name}: ${provokes}`, () => {
      const one = built.get(name)!;
      for (const command of ['status', 'cat'] as const) {
        const { said, log } = run(one, command);
        assert.equal(said, outcomes[name]![command]);
        const foreign = readPaths(log).filter(
          file => !file.startsWith(`${one.root}/`) && !ordinary.has(file) && file !== '/proc/sys/vm/overcommit_memory',
        );
        assert.deepEqual(foreign, [], 'nothing is read that is not in the tree');
        assert.deepEqual(touchingCalls(log, one.root), []);
        assert.deepEqual(startedPrograms(log), []);
        assert.deepEqual(callsThatName(log, 'secret'), [], 'names that lead elsewhere are not followed');
      }
    });
  }
});
