// The gallery of hostile repositories of one system at the command line: the answers, time and memory. The system calls
// show that nothing is read that must not be, nothing written, and nothing started.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { bundle } from '../bundle.ts';
import { startedPrograms, touchingCalls } from '../systemCalls.ts';
import { callsThatName, readPaths, readTraceArguments } from '../systemReads.ts';
import type { BuiltCase, HostileCase } from './gallery.mjs';
import { LIMITS } from './outcomes.ts';
import { removeTree } from '../../../scripts/lib/remove-tree.mjs';

const STRACE = (process.env['PATH'] ?? '')
  .split(path.delimiter)
  .map(directory => path.join(directory, 'strace'))
  .find(file => fs.existsSync(file))!;

const EXIT_OK = 0;
const EXIT_UNSUPPORTED = 3;
const EXIT_ERROR = 255;

/** By command: the output, or the message after 'abort: '; an unsupported repository has 'unsupported: ' in front. */
export type Outcome = Readonly<Record<string, string>>;

export interface SystemGallery {
  readonly title: string;
  readonly skip: string | false;
  readonly cases: readonly HostileCase[];
  readonly build: (folder: string, cases: readonly HostileCase[]) => BuiltCase[];
  /** The case that nothing is wrong with. */
  readonly sound: string;
  readonly outcomes: Readonly<Record<string, Outcome>>;
  /** The arguments of each command. */
  readonly commands: Readonly<Record<string, readonly string[]>>;
  /** The command that can answer for an unsupported repository. */
  readonly statusProgram: string;
  /** The environment, with this folder as the home directory. */
  readonly variables: (home: string) => Readonly<Record<string, string>>;
  /** Replaces names in an output that differ each time. */
  readonly mask: (text: string) => string;
}

export function testGallery({
  title,
  skip,
  cases,
  build,
  sound,
  outcomes,
  commands,
  statusProgram,
  variables,
  mask,
}: SystemGallery): void {
  describe(title, { skip }, () => {
    let base = '';
    let built: ReadonlyMap<string, BuiltCase>;
    /** Files that are read outside of a sound tree: those of Node itself and the program. */
    let ordinary: ReadonlySet<string> = new Set();

    before(() => {
      base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-hostile-')));
      bundle('src/cli/main.ts', path.join(base, 'cli.cjs'));
      const usage = `require('fs').writeFileSync(${JSON.stringify(path.join(base, 'usage'))}, JSON.stringify(process.resourceUsage()))`;
      fs.writeFileSync(path.join(base, 'measure.cjs'), `process.on('exit', () => ${usage});\n`);
      const gallery = path.join(base, 'gallery');
      fs.mkdirSync(gallery);
      built = new Map(build(gallery, cases).map(one => [one.name, one]));
      const one = built.get(sound)!;
      const read = Object.keys(commands).flatMap(command => readPaths(run(one, command).log));
      ordinary = new Set(read.filter(file => !file.startsWith(`${one.root}/`)));
    });
    after(() => removeTree(base));

    function run({ root, outside }: BuiltCase, command: string): { said: string; log: string } {
      const log = path.join(base, 'strace.log');
      const args = commands[command]!;
      const program = [process.execPath, '--require', path.join(base, 'measure.cjs'), path.join(base, 'cli.cjs')];
      const { status, stdout, stderr } = spawnSync(
        STRACE,
        [...readTraceArguments(log), ...program, command, '-R', root, '--cwd', root, ...args],
        {
          env: { PATH: '/nowhere', HOME: base, ...variables(base) },
          cwd: base,
          encoding: 'latin1',
          maxBuffer: 1 << 28,
          timeout: 10 * LIMITS.seconds * 1000,
        },
      );
      const usage = JSON.parse(fs.readFileSync(path.join(base, 'usage'), 'utf8')) as NodeJS.ResourceUsage;
      assert.ok((usage.userCPUTime + usage.systemCPUTime) / 1e6 < LIMITS.seconds);
      assert.ok(usage.maxRSS / 1024 < LIMITS.megabytes, `${usage.maxRSS / 1024} MB`);
      const masked = (text: string): string => mask(text.replaceAll(outside, 'OUTSIDE').replaceAll(root, 'ROOT'));
      if (status === EXIT_OK) return { said: masked(stdout), log };
      assert.equal(stdout, '');
      assert.ok(status === EXIT_UNSUPPORTED || status === EXIT_ERROR, `exit code ${status}: ${stderr}`);
      const hint = command === 'status' && status === EXIT_UNSUPPORTED ? `\n(run '${statusProgram}')` : '';
      const complaint = masked(stderr);
      assert.ok(complaint.startsWith('abort: ') && complaint.endsWith(`${hint}\n`), complaint);
      const message = complaint.slice('abort: '.length, -`${hint}\n`.length);
      return { said: `${status === EXIT_UNSUPPORTED ? 'unsupported: ' : ''}${message}`, log };
    }

    test('the table and the gallery are about the same trees', () => {
      assert.deepEqual(Object.keys(outcomes).sort(), cases.map(({ name }) => name).sort());
    });

    for (const { name, provokes } of cases) {
      test(`${name}: ${provokes}`, () => {
        const one = built.get(name)!;
        for (const command of Object.keys(commands)) {
          const { said, log } = run(one, command);
          assert.equal(said, outcomes[name]![command]);
          const foreign = readPaths(log).filter(
            file =>
              !file.startsWith(`${one.root}/`) && !ordinary.has(file) && file !== '/proc/sys/vm/overcommit_memory',
          );
          assert.deepEqual(foreign, [], 'nothing is read that is not in the tree');
          assert.deepEqual(touchingCalls(log, one.root), []);
          assert.deepEqual(startedPrograms(log), []);
          assert.deepEqual(callsThatName(log, 'secret'), [], 'names that lead elsewhere are not followed');
        }
      });
    }
  });
}
