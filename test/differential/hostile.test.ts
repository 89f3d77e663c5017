// The gallery of hostile repositories at the command line: what is said of each, how long it takes and how much memory;
// and by the system calls, that nothing is read that must not be, nothing written, and nothing started.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { bundle } from '../support/bundle.ts';
import { buildGallery, hostileCases, type BuiltCase } from '../support/hostile/gallery.mjs';
import { LIMITS, outcomes, UNPACKED_WHOLE } from '../support/hostile/outcomes.ts';
import { startedPrograms, touchingCalls } from '../support/systemCalls.ts';
import { callsThatName, readPaths, readTraceArguments } from '../support/systemReads.ts';

const skip = process.platform === 'linux' ? false : 'the gallery has fifos and devices, and system calls are traced';
/** The long run has those that take minutes, too. */
const isLong = process.env['QUICKSILVER_LONG'] === '1';
const cases = hostileCases.filter(one => isLong || one.isLong !== true);

const STRACE = (process.env['PATH'] ?? '')
  .split(path.delimiter)
  .map(directory => path.join(directory, 'strace'))
  .find(file => fs.existsSync(file))!;

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly log: string;
  readonly seconds: number;
  readonly megabytes: number;
}

describe('hostile repositories', { skip }, () => {
  let base = '';
  let built: ReadonlyMap<string, BuiltCase>;
  /** What is read outside of a repository when nothing is wrong: Node itself and the program. */
  let ordinary: readonly string[] = [];
  const most = { seconds: 0, megabytes: 0 };

  before(() => {
    base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-hostile-')));
    bundle('src/cli/main.ts', path.join(base, 'cli.cjs'));
    const usage = `JSON.stringify(process.resourceUsage())`;
    const measure = `require('fs').writeFileSync(${JSON.stringify(path.join(base, 'usage'))}, ${usage})`;
    fs.writeFileSync(path.join(base, 'measure.cjs'), `process.on('exit', () => ${measure});\n`);
    const gallery = path.join(base, 'gallery');
    fs.mkdirSync(gallery);
    built = new Map(buildGallery(gallery, cases).map(one => [one.name, one]));
    ordinary = (['status', 'cat', 'doctor'] as const).flatMap(command => {
      const sound = built.get('sound-v2')!;
      return readPaths(run(sound, command).log).filter(file => !file.startsWith(`${sound.root}/`));
    });
  });
  after(() => {
    // Not with Node's own means: they end where a path is too long.
    spawnSync('chmod', ['-R', 'u+rwx', base]);
    spawnSync('rm', ['-rf', base]);
  });

  const catArguments = (one: BuiltCase): readonly string[] => one.catArguments ?? ['clean.txt'];

  function run(one: BuiltCase, command: 'status' | 'cat' | 'doctor'): Run {
    const log = path.join(base, 'strace.log');
    // Real hg would execute what a hostile configuration says.
    const args = { cat: catArguments(one), doctor: ['--no-hg'], status: [] }[command];
    const program = [process.execPath, '--require', path.join(base, 'measure.cjs'), path.join(base, 'cli.cjs')];
    fs.rmSync(path.join(base, 'usage'), { force: true });
    const { status, stdout, stderr } = spawnSync(
      STRACE,
      [...readTraceArguments(log), ...program, command, '-R', one.root, '--cwd', one.root, ...args],
      {
        env: { PATH: '/nowhere', HGRCPATH: '', HGPLAIN: '1', HOME: base },
        cwd: base,
        encoding: 'latin1',
        maxBuffer: 1 << 30,
        timeout: 10 * LIMITS.seconds * 1000,
      },
    );
    const usage = JSON.parse(fs.readFileSync(path.join(base, 'usage'), 'utf8')) as NodeJS.ResourceUsage;
    const seconds = (usage.userCPUTime + usage.systemCPUTime) / 1e6;
    const megabytes = usage.maxRSS / 1024;
    most.seconds = Math.max(most.seconds, seconds);
    most.megabytes = Math.max(most.megabytes, megabytes);
    return {
      code: status,
      out: masked(stdout, one),
      err: masked(stderr, one).replaceAll(/(?:d\/){100,}d/g, 'DEEP'),
      log,
      seconds,
      megabytes,
    };
  }

  function masked(text: string, { root, outside }: BuiltCase): string {
    return text
      .replaceAll(outside, 'OUTSIDE')
      .replaceAll(root, 'ROOT')
      .replaceAll(/dirstate\.[0-9a-f]{8}/g, 'dirstate.ID')
      .replaceAll(/ in [0-9a-f]{12}:/g, ' in NODE:')
      .replace(/(rc|rules\/)\d+: too many/, '$1N: too many');
  }

  /** What may be read beside the repository, of those that name something themselves as `hg` allows it. */
  function named({ name, outside }: BuiltCase): string[] {
    if (name === 'ignore-include-outside' || name === 'config-ignore-outside') return [path.join(outside, 'rules')];
    return [];
  }

  test('the table and the gallery are about the same repositories', () => {
    assert.deepEqual(Object.keys(outcomes).sort(), hostileCases.map(({ name }) => name).sort());
    // Everything that is read of elsewhere belongs to Node, the system's libraries, or this test.
    const expected = /^(?:\/proc\/|\/sys\/fs\/cgroup\/|\/etc\/|\/usr\/|\/lib|\/dev\/urandom$)/;
    const program = new Set([process.execPath, path.join(base, 'cli.cjs'), path.join(base, 'measure.cjs')]);
    assert.deepEqual(
      ordinary.filter(file => !expected.test(file) && !program.has(file)),
      [],
    );
  });

  for (const { name, provokes, skip: reason } of cases) {
    test(`${name}: ${provokes}`, { skip: reason?.() ?? false }, () => {
      const one = built.get(name)!;
      const outcome = outcomes[name]!;
      for (const command of ['status', 'cat', 'doctor'] as const) {
        const { code, out, err, log, seconds, megabytes } = run(one, command);
        if (command === 'doctor') {
          assert.equal(code, outcome.doctor.code, out + err);
          // Without what keeps it from being taken for markup.
          assert.ok(out.replaceAll(/\\([\\`*[\]<_])/g, '$1').includes(outcome.doctor.sentence), out);
        } else {
          const expected = outcome[command];
          // hg may answer what `cat` does not.
          const asked = catArguments(one).join(' ');
          const hint = command === 'cat' && code === 3 ? `(run hg cat -R ROOT --cwd ROOT ${asked})\n` : '';
          assert.deepEqual({ code, out, err }, { ...expected, err: expected.err + hint });
        }
        const limit = UNPACKED_WHOLE.has(name) && command === 'cat' ? LIMITS.megabytesOfTexts : LIMITS.megabytes;
        assert.ok(isLong || megabytes < limit, `${command}: ${megabytes} MB`);
        assert.ok(seconds < LIMITS.seconds);
        assertHarmless(one, log);
      }
    });
  }

  function assertHarmless(one: BuiltCase, log: string): void {
    const { name, root, outside } = one;
    const control = name === 'link-control' ? `${outside}/hg/` : `${root}/`;
    // The last one is the C library's, when much memory is given back.
    const allowed = new Set([...ordinary, ...named(one), '/proc/sys/vm/overcommit_memory']);
    const foreign = readPaths(log).filter(
      file => !file.startsWith(`${root}/`) && !file.startsWith(control) && !allowed.has(file),
    );
    assert.deepEqual(foreign, [], 'nothing is read that is not in the repository');
    assert.deepEqual(touchingCalls(log, root), []);
    assert.deepEqual(startedPrograms(log), []);
    assert.deepEqual(callsThatName(log, 'secret'), [], 'what names lead to elsewhere is not even looked at');
    if (name === 'tracked-outside') assert.deepEqual(callsThatName(log, `${root}/sub/`), []);
    if (name.startsWith('config-')) assert.equal(name.endsWith('outside'), fs.existsSync(outside));
  }

  test('the figures', t => {
    t.diagnostic(
      `${built.size} repositories; at most ${most.seconds.toFixed(1)} s and ${most.megabytes.toFixed(0)} MB`,
    );
    assert.equal(built.size, cases.filter(one => (one.skip?.() ?? false) === false).length);
  });
});
