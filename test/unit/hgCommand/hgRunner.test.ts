import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { HgResult } from '../../../src/hgCommand/hgResult.ts';
import { HgRunner, type HgCommand } from '../../../src/hgCommand/hgRunner.ts';
import type { Variables } from '../../../src/hgCommand/hgVariables.ts';
import { callOf } from '../../support/hgCalls.ts';
import { RecordingLogger } from '../../support/recordingLogger.ts';
import { FakeHg, type Greeting } from './fakeHg.ts';

interface Rig {
  readonly fake: FakeHg;
  readonly runner: HgRunner;
  readonly logger: RecordingLogger;
  basis: string | undefined;
  readonly run: (verb: string, ...operands: string[]) => Promise<string>;
}

function rig(t: TestContext, greeting: Greeting = 'good', more: Variables = {}): Rig {
  const fake = new FakeHg(t);
  const logger = new RecordingLogger();
  const runner = new HgRunner({
    root: fake.directory.root,
    variables: fake.variables(greeting, more),
    logger,
    usualPlaces: [],
    basis: () => made.basis,
  });
  t.after(() => runner.dispose());
  const made: Rig = {
    fake,
    runner,
    logger,
    basis: 'one',
    run: async (verb, ...operands) => shown(await runner.run({ ...callOf(verb, ...operands), kind: 'read' })),
  };
  return made;
}

function shown(result: HgResult): string {
  if (result.kind === 'unavailable') return result.message;
  if (result.kind === 'stopped') return result.reason;
  return `${result.code} ${result.output.toString('utf8')}${result.errors}`;
}

const options = { skip: process.platform === 'win32' };

test('commands run in one server that stays, and are in the log with their time', options, async t => {
  const { run, fake, logger } = rig(t);
  assert.equal(await run('status', 'a'), '0 server a');
  assert.equal(await run('status', 'b'), '0 server b');
  assert.equal(await run('fail'), '255 server abort: no');
  assert.deepEqual(fake.calls, ['serve', 'server status a', 'server status b', 'server fail']);
  const lines = logger.lines.map(line => line.replaceAll(/\d+ ms/g, 'N ms').replaceAll(fake.directory.root, 'ROOT'));
  assert.deepEqual(lines, [
    'info: hg status -- a in ROOT: exit code 0, N ms (server)',
    'info: hg status -- b in ROOT: exit code 0, N ms (server)',
    'info: hg fail in ROOT: exit code 255, N ms (server)',
  ]);
});

test('of many or long arguments the log has the first, and how many there are', options, async t => {
  const { run, logger } = rig(t);
  await run('status', 'x'.repeat(300), ...Array.from({ length: 3000 }, (_, i) => `file${i}`));
  const [line = ''] = logger.lines;
  const first = Array.from({ length: 13 }, (_, i) => `file${i}`).join(' ');
  assert.ok(line.startsWith(`info: hg status -- ${'x'.repeat(200)}… ${first} … (2987 more) in `), line);
});

test('one command at a time; equal reading ones that wait are one, writing ones never are', options, async t => {
  const { runner, fake } = rig(t);
  const commands: HgCommand[] = [
    { ...callOf('status'), kind: 'read' },
    { ...callOf('status'), kind: 'read' },
    { ...callOf('commit'), kind: 'write' },
    { ...callOf('status'), kind: 'read' },
    { ...callOf('commit'), kind: 'write' },
  ];
  const results = await Promise.all(commands.map(command => runner.run(command)));
  assert.deepEqual(results.map(shown), Array(5).fill('0 server '));
  // The first was running already when the second came: it may have missed what the second was asked for.
  assert.deepEqual(fake.calls, ['serve', 'server status', 'server status', 'server commit', 'server commit']);
});

test('what asks for input gets none', options, async t => {
  const { run } = rig(t);
  assert.equal(await run('ask'), '0 input of 0 bytes');
  assert.equal(await run('ask-line'), '0 input of 0 bytes');
});

test(
  'a server is started anew when what it has read has changed, and not used if that is not known',
  options,
  async t => {
    const made = rig(t);
    await made.run('status', '1');
    made.basis = 'two';
    await made.run('status', '2');
    await made.run('status', '3');
    made.basis = undefined;
    await made.run('status', '4');
    assert.deepEqual(made.fake.calls, [
      'serve',
      'server status 1',
      'serve',
      'server status 2',
      'server status 3',
      'process status 4',
    ]);
  },
);

test('a command that cannot be started is answered, and so are those after it', options, async t => {
  const made = rig(t);
  made.basis = undefined;
  // More than any system takes.
  const results = await Promise.all([
    made.runner.run({ ...callOf('status', 'x'.repeat(8_000_000)), kind: 'read' }),
    made.runner.run({ ...callOf('status', 'a'), kind: 'read' }),
    made.runner.run({ ...callOf('status'), cwd: `${made.fake.hg}/below`, kind: 'read' }),
  ]);
  assert.deepEqual(results.map(shown), ['not-started', '0 process a', 'not-started']);
  assert.deepEqual(made.fake.calls, ['process status a']);
});

test('whatever fails on the way to a command, it is answered', options, async t => {
  const fake = new FakeHg(t);
  const logger = new RecordingLogger();
  let fails = true;
  const runner = new HgRunner({
    root: fake.directory.root,
    variables: fake.variables(),
    logger,
    basis: () => {
      if (fails) throw new Error('no room');
      return 'one';
    },
  });
  t.after(() => runner.dispose());
  const failed = await runner.run({ ...callOf('status'), kind: 'write' });
  assert.deepEqual(failed, { kind: 'stopped', reason: 'not-started', message: 'hg was not run: no room' });
  assert.deepEqual(logger.lines, ['error: hg was not run: no room']);
  fails = false;
  assert.equal(shown(await runner.run({ ...callOf('status', 'a'), kind: 'write' })), '0 server a');
});

test('a zero byte is refused wherever it would reach hg', options, async t => {
  const { runner, run, fake } = rig(t);
  const usage = { code: 'usage', message: 'an argument of hg has a zero byte' };
  await assert.rejects(runner.run({ ...callOf('status', '\0'), kind: 'read' }), usage);
  await assert.rejects(runner.run({ ...callOf('status'), files: ['\0'], kind: 'read' }), usage);
  await assert.rejects(runner.run({ ...callOf('status'), cwd: '/\0', kind: 'read' }), usage);
  assert.equal(await run('status'), '0 server ');
  assert.deepEqual(fake.calls, ['serve', 'server status']);
});

for (const greeting of ['garbage', 'none'] as const) {
  test(`a server that does not greet (${greeting}) is not tried again: processes do`, options, async t => {
    const { run, fake, logger } = rig(t, greeting);
    assert.equal(await run('status', 'a'), '0 process a');
    assert.equal(await run('status', 'b'), '0 process b');
    assert.deepEqual(fake.calls, ['serve', 'process status a', 'process status b']);
    assert.equal(logger.lines.filter(line => line.startsWith('warn: No command server: ')).length, 1);
  });
}

test('a server that takes more than ten seconds to greet is waited for', options, async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { run, fake } = rig(t, 'late');
  const result = run('status');
  await fake.called('serve');
  // As on a machine on which Python alone takes that long to start.
  t.mock.timers.tick(60_000);
  fake.openGate();
  assert.equal(await result, '0 server ');
  assert.deepEqual(fake.calls, ['serve', 'server status']);
});

test('a command whose server has not greeted yet can be cancelled, and ends with its runner', options, async t => {
  for (const kind of ['read', 'write'] as const) {
    const { runner, fake, logger } = rig(t, 'silent');
    const cancel = new AbortController();
    const cancelled = runner.run({ ...callOf('status'), kind, signal: cancel.signal });
    await fake.called('serve');
    cancel.abort();
    assert.equal(shown(await cancelled), 'cancelled');
    const last = runner.run({ ...callOf('status'), kind });
    runner.dispose();
    assert.equal(shown(await last), 'cancelled');
    await runner.ended();
    assert.deepEqual(
      logger.lines.filter(line => line.startsWith('warn')),
      [],
      'a server that was not waited for is no bad one',
    );
  }
});

test('a reading command that the server dies of is run again in a process; a writing one is not', options, async t => {
  const { run, runner, fake } = rig(t);
  assert.equal(await run('die'), '0 process ');
  assert.equal(shown(await runner.run({ ...callOf('die'), kind: 'write' })), 'died');
  // Twice in a row is enough.
  assert.equal(await run('status'), '0 process ');
  assert.deepEqual(fake.calls, ['serve', 'server die', 'process die', 'serve', 'server die', 'process status']);
});

for (const name of ['nonsense', 'must-understand']) {
  test(`so is one that the server answers with ${name}`, options, async t => {
    const { run, fake } = rig(t);
    assert.equal(await run(name), '0 process ');
    assert.equal(await run('status'), '0 server ');
    assert.deepEqual(fake.calls, ['serve', `server ${name}`, `process ${name}`, 'serve', 'server status']);
  });
}

test(
  'a command that hangs is stopped in time, in a server and in a process, and the next one runs',
  options,
  async t => {
    const made = rig(t);
    const hang = (): Promise<HgResult> => made.runner.run({ ...callOf('hang'), kind: 'read', timeoutMs: 300 });
    assert.equal(shown(await hang()), 'time-limit');
    assert.equal(await made.run('status'), '0 server ');
    made.basis = undefined;
    assert.equal(shown(await hang()), 'time-limit');
    assert.equal(await made.run('status'), '0 process ');
  },
);

/** Milliseconds; an upper bound, never a pause. A stubborn process goes on for ever. */
const ENDS_MS = 120_000;

test('a process that does not end when it is asked to is killed', options, async t => {
  const made = rig(t);
  made.basis = undefined;
  const began = performance.now();
  assert.equal(shown(await made.runner.run({ ...callOf('stubborn'), kind: 'read', timeoutMs: 5000 })), 'time-limit');
  assert.ok(performance.now() - began < ENDS_MS);
  assert.deepEqual(made.fake.calls, ['process stubborn', 'SIGTERM']);
});

test('output that somebody else keeps open is not waited for', options, async t => {
  const made = rig(t);
  made.basis = undefined;
  assert.equal(await made.run('orphan'), '0 left');
});

test('a command can be cancelled, and all are when the runner is disposed of', options, async t => {
  const made = rig(t);
  const cancel = new AbortController();
  const running = made.runner.run({ ...callOf('hang'), kind: 'read', signal: cancel.signal });
  const other = made.run('status');
  cancel.abort();
  assert.equal(shown(await running), 'cancelled');
  assert.equal(await other, '0 server ');
  const last = [made.run('hang'), made.run('status', 'x')];
  made.runner.dispose();
  assert.deepEqual(await Promise.all(last), ['cancelled', 'cancelled']);
  assert.equal(await made.run('status'), 'cancelled');
});

/** A command that changes something and asks; `asked` resolves when it does, `answer` answers. */
function asking(runner: HgRunner): {
  readonly asked: Promise<void>;
  readonly answer: () => void;
  readonly result: Promise<HgResult>;
} {
  const [asked, begun] = gate();
  const [answered, answer] = gate();
  const ask = async (): Promise<string> => {
    begun();
    await answered;
    return 'yes';
  };
  return { asked, answer, result: runner.run({ ...callOf('ask-line'), kind: 'write', ask }) };
}

function gate(): [opened: Promise<void>, open: () => void] {
  let open = (): void => undefined;
  const opened = new Promise<void>(resolve => (open = resolve));
  return [opened, open];
}

test('a command that changes something ends by itself when its runner is disposed of', options, async t => {
  const { runner, fake, logger } = rig(t);
  const { asked, answer, result } = asking(runner);
  await asked;
  const waiting = runner.run({ ...callOf('commit'), kind: 'write' });
  runner.dispose();
  assert.equal(shown(await waiting), 'cancelled');
  assert.ok(!logger.lines.some(line => line.includes('ends:')));
  answer();
  assert.equal(shown(await result), '0 input of 4 bytes');
  await runner.ended();
  assert.equal(logger.lines.filter(line => line.endsWith('ends: the repository was closed')).length, 1);
  assert.equal(shown(await runner.run({ ...callOf('status'), kind: 'write' })), 'cancelled');
  assert.deepEqual(fake.calls, ['serve', 'server ask-line']);
});

test('so does one in a process of its own', options, async t => {
  const made = rig(t);
  made.basis = undefined;
  const result = made.runner.run({ ...callOf('until-gate'), kind: 'write' });
  await made.fake.called('process until-gate');
  made.runner.dispose();
  made.fake.openGate();
  assert.equal(shown(await result), '0 went through');
});

test('another hg runs what comes after a command that changes something, which ends first', options, async t => {
  const [old, other] = [new FakeHg(t), new FakeHg(t)];
  const logger = new RecordingLogger();
  let configured = old.hg;
  const runner = new HgRunner({
    root: old.directory.root,
    variables: old.variables(),
    logger,
    configured: () => configured,
    basis: () => 'one',
  });
  t.after(() => runner.dispose());
  const { asked, answer, result } = asking(runner);
  await asked;
  const next = runner.run({ ...callOf('status'), kind: 'read' });
  configured = other.hg;
  runner.restart();
  answer();
  assert.equal(shown(await result), '0 input of 4 bytes');
  assert.equal(shown(await next), '0 server ');
  assert.deepEqual(logger.lines.filter(line => line.includes('ends:')).length, 1);
  assert.equal(logger.lines[1], `trace: the command server in ${old.directory.root} ends: another hg is to run`);
});

test('a command that only reads is stopped for another hg, and the next one runs', options, async t => {
  const { runner, run, fake } = rig(t);
  const hangs = run('hang');
  await fake.called('server hang');
  const next = run('status');
  runner.restart();
  assert.equal(await hangs, 'cancelled');
  assert.equal(await next, '0 server ');
  assert.deepEqual(fake.calls, ['serve', 'server hang', 'serve', 'server status']);
});

test('an hg that is missing or too old is told of, and nothing else is run', options, async t => {
  const old = rig(t, 'good', { FAKE_VERSION: '3.0' });
  assert.match(await old.run('status'), /is Mercurial 3\.0, but 3\.2 or newer is required\.$/);
  const none = rig(t, 'good', { PATH: '/nowhere' });
  assert.match(await none.run('status'), /^Mercurial \(hg\) was not found/);
  assert.deepEqual([...old.fake.calls, ...none.fake.calls], []);
});

test('hg is started with what makes its answers readable', options, async t => {
  const made = rig(t, 'good', {
    HGPLAINEXCEPT: 'alias',
    HGENCODING: 'latin1',
    HGENCODINGMODE: 'replace',
    LANGUAGE: 'de',
  });
  made.basis = undefined;
  const { HGPLAIN, HGPLAINEXCEPT, HGENCODING, HGENCODINGMODE, LC_ALL, LANGUAGE } = JSON.parse(
    (await made.run('environment')).slice(2),
  ) as Record<string, string>;
  assert.deepEqual(
    { HGPLAIN, HGPLAINEXCEPT, HGENCODING, HGENCODINGMODE, LC_ALL, LANGUAGE },
    {
      HGPLAIN: '+strictflags',
      HGPLAINEXCEPT: 'exitcode',
      HGENCODING: 'utf-8',
      HGENCODINGMODE: undefined,
      LC_ALL: 'C.UTF-8',
      LANGUAGE: undefined,
    },
  );
});
