import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Askpass } from '../../../src/hgCommand/askpass.ts';
import type { HgQuestion } from '../../../src/hgCommand/messages.ts';
import { RecordingLogger } from '../../support/recordingLogger.ts';
import { temporaryDirectory } from '../../support/temporaryDirectory.ts';

interface Rig {
  readonly asked: HgQuestion[];
  readonly logger: RecordingLogger;
  /** Sends a line as the program does that ssh runs, and resolves with what it is told. */
  readonly send: (line: string) => Promise<string>;
  readonly question: (text: string) => Promise<string>;
  /** What the program finds in its environment. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

const PROGRAM = fileURLToPath(new URL('../../../src/hgCommand/askpassMain.ts', import.meta.url));

async function rig(t: TestContext, ask: (gone: AbortSignal) => Promise<string | undefined>): Promise<Rig> {
  const directory = temporaryDirectory(t);
  directory.write('askpass.sh', '');
  const asked: HgQuestion[] = [];
  const logger = new RecordingLogger();
  const askpass = new Askpass({
    script: `${directory.root}/askpass.sh`,
    program: 'unused',
    logger,
    ask: (question, gone) => {
      asked.push(question);
      return ask(gone);
    },
  });
  t.after(() => askpass.dispose());
  assert.equal(await askpass.listen(), true);
  const variables = askpass.variables({});
  const { QUICKSILVER_ASKPASS_ADDRESS: address, QUICKSILVER_ASKPASS_SECRET: secret } = variables;
  const send = (line: string): Promise<string> =>
    new Promise(resolve => {
      let answer = '';
      const socket = connect(address!, () => socket.write(line));
      socket.setEncoding('utf8');
      socket.on('data', (chunk: string) => (answer += chunk));
      // Too long a question is cut off in the middle of it.
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(answer));
    });
  const question = (text: string): Promise<string> =>
    send(`${secret} ${Buffer.from(text, 'utf8').toString('base64')}\n`);
  return { asked, logger, send, question, variables };
}

test('who has the secret is answered, and what is no password is said to be none', async t => {
  const { asked, question } = await rig(t, async () => Promise.resolve('s\u00e9cret "1"'));
  assert.equal(await question("joe@host's password: "), JSON.stringify('s\u00e9cret "1"'));
  assert.equal(await question('Continue connecting (yes/no/[fingerprint])? '), JSON.stringify('s\u00e9cret "1"'));
  assert.deepEqual(asked, [
    { text: "joe@host's password: ", isPassword: true },
    { text: 'Continue connecting (yes/no/[fingerprint])? ', isPassword: false },
  ]);
});

test('who has not the secret, or says too much, is not answered, and nobody is asked', async t => {
  const { asked, send, question } = await rig(t, async () => Promise.resolve('secret'));
  assert.equal(await send('wrong aGVsbG8=\n'), '');
  assert.equal(await question('x'.repeat(10_000)), '');
  assert.deepEqual(asked, []);
});

test('without an answer nothing is said; a failure to ask is no more than that', async t => {
  let fails = false;
  const { logger, question } = await rig(t, () =>
    fails ? Promise.reject(new Error('gone')) : Promise.resolve(undefined),
  );
  assert.equal(await question('Password: '), '');
  assert.deepEqual(logger.lines, []);
  fails = true;
  assert.equal(await question('Password: '), '');
  assert.deepEqual(logger.lines, ['warn: askpass: a question was not answered: gone']);
});

/** One who never answers. */
function silent(): {
  readonly ask: (gone: AbortSignal) => Promise<undefined>;
  readonly asked: Promise<void>;
  readonly takenBack: Promise<void>;
} {
  let tellAsked = (): void => undefined;
  let tellTakenBack = (): void => undefined;
  const asked = new Promise<void>(resolve => (tellAsked = resolve));
  const takenBack = new Promise<void>(resolve => (tellTakenBack = resolve));
  const ask = async (gone: AbortSignal): Promise<undefined> => {
    gone.addEventListener('abort', tellTakenBack);
    tellAsked();
    await takenBack;
  };
  return { ask, asked, takenBack };
}

test('a question is taken back when the one who asks hangs up', async t => {
  const { ask, asked, takenBack } = silent();
  const { variables } = await rig(t, ask);
  const { QUICKSILVER_ASKPASS_ADDRESS: address, QUICKSILVER_ASKPASS_SECRET: secret } = variables;
  const socket = connect(address!, () => socket.write(`${secret} ${Buffer.from('Password:').toString('base64')}\n`));
  await asked;
  socket.destroy();
  await takenBack;
});

test('the program hangs up when ssh is killed', { skip: process.platform === 'win32' }, async t => {
  const { ask, asked, takenBack } = silent();
  const { variables } = await rig(t, ask);
  // The shell stands for ssh: it waits for the program, which is another process.
  const ssh = spawn('/bin/sh', ['-c', '"$0" --import tsx "$1" Password:; true', process.execPath, PROGRAM], {
    env: { ...process.env, ...variables },
    stdio: 'ignore',
  });
  await asked;
  ssh.kill('SIGKILL');
  await takenBack;
});
