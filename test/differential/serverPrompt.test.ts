// The prompt of the shared server in real shells: right at once after a write, and harmless whatever names are in it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { prompt, promptText } from '../../src/cli/prompt.ts';
import { bareRepository, DaemonRig } from '../support/daemonRig.ts';
import { compileClient, has, skipClient } from '../support/nativeClient.ts';

const WRITES = Number(process.env['PROMPT_WRITES'] ?? 100);
/** Far more than any of the tests takes. */
const TIMEOUT_MS = 300_000;
/** Names that a shell would run, or take for its own escapes, if it expanded them. */
const HOSTILE = [
  '$(touch ran)',
  '`touch ran`',
  '%F{red}%n',
  '\\[\\e[31m\\]',
  '${HOME}',
  "'; touch ran; '",
  '!!',
  '"$(touch ran)"',
  '\x9b31m\u202egpj\u200b\u{e0041}\xad\x7f',
];

interface Prepared {
  readonly rig: DaemonRig;
  readonly root: string;
  readonly client: string;
  readonly signal: AbortSignal;
}

function prepare(t: TestContext): Prepared {
  const rig = new DaemonRig();
  t.after(() => rig.dispose());
  const { signal } = t;
  return { rig, client: compileClient(rig.base), root: bareRepository(path.join(rig.base, 'repo')), signal };
}

/** Rejects when `signal` is aborted, as it is when the test has timed out. */
async function run({ rig, signal }: Prepared, cwd: string, program: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, ...rig.variables, QUICKSILVER_SERVER: 'off' };
  const { stdout, stderr } = await promisify(execFile)(program, args, { cwd, env, signal });
  assert.equal(stderr, '');
  return stdout;
}

async function snippet(shell: string, client: string): Promise<string> {
  let text = '';
  const values = new Map([['init', shell]]);
  const io = {
    stdout: { write: (bytes: string) => void (text += bytes) },
    stderr: { write: () => assert.fail('complains') },
    ...{ cwd: '/', environment: {}, platform: process.platform, signal: new AbortController().signal },
  };
  const typed = { word: 'prompt', words: ['--init', shell] };
  await prompt({ flags: new Set(), values, repeated: new Map(), positionals: [], typed }, io);
  return text.replace(/(?:quicksilver|'[^']*') prompt --shell/, `'${client}' prompt --shell`);
}

describe('the prompt', { skip: skipClient }, () => {
  it(
    'is right at once after a write, and nothing without a repository or a server',
    { timeout: TIMEOUT_MS },
    async t => {
      const prepared = prepare(t);
      const { rig, root, client } = prepared;
      assert.equal(await run(prepared, root, client, ['prompt']), '', 'no server');
      await rig.daemon().start();
      assert.equal(await run(prepared, rig.base, client, ['prompt']), '', 'no repository');
      await rig.answer('status', root);
      for (let i = 1; i <= WRITES; i++) {
        fs.writeFileSync(path.join(root, `file${i}`), '');
        let text: string;
        // A machine that is busy may need longer than the prompt waits. That is told, or nothing is.
        do text = await run(prepared, root, client, ['prompt', '--format=%? %s']);
        while (text === '' || text.endsWith('~\n'));
        assert.equal(text, `${i} exact\n`);
      }
    },
  );

  it('is the same text from both clients, for every shell', { timeout: TIMEOUT_MS }, async t => {
    const prepared = prepare(t);
    const { rig, root, client } = prepared;
    await rig.daemon().start();
    fs.writeFileSync(path.join(root, 'file'), '');
    for (const name of ['default', 'é 100%', ...HOSTILE]) {
      fs.writeFileSync(path.join(root, '.hg', 'branch'), `${name}\n`);
      const fields = (await rig.answer('prompt', root)).split('|').slice(1);
      for (const shell of ['', 'bash', 'zsh', 'fish', 'starship'] as const) {
        for (const format of [undefined, '<%b %M%% %? %o>']) {
          const args = ['prompt', `--shell=${shell}`, ...(format === undefined ? [] : [`--format=${format}`])];
          let text = '';
          while (text === '' || text.includes('~')) text = await run(prepared, root, client, args);
          assert.equal(text, `${Buffer.from(promptText(fields, shell, format), 'latin1').toString()}\n`);
        }
      }
    }
  });

  for (const [shell, show] of [
    ['bash', 'printf "%s\\n" "${PS1@P}"'],
    ['zsh', 'print -rP -- "$PROMPT"'],
    ['fish', 'fish_prompt; echo'],
  ] as const) {
    it(
      `runs nothing in ${shell}, whatever the branch is called`,
      { skip: !has(shell) && `no ${shell}`, timeout: TIMEOUT_MS },
      async t => {
        const prepared = prepare(t);
        const { rig, root, client } = prepared;
        await rig.daemon().start();
        await rig.answer('status', root);
        const init = path.join(rig.base, 'init');
        const first = { bash: 'PS1=END', zsh: 'PROMPT=END', fish: 'function fish_prompt; echo -n END; end' }[shell];
        const hook = { bash: 'eval "$PROMPT_COMMAND"', zsh: '_quicksilver_prompt', fish: '' }[shell];
        fs.writeFileSync(init, `${first}\n${await snippet(shell, client)}\n${hook}\n${show}\n`);
        const flags = { bash: ['--norc'], zsh: ['-f'], fish: ['--no-config'] }[shell];
        for (const name of ['stable', ...HOSTILE]) {
          fs.writeFileSync(path.join(root, '.hg', 'branch'), `${name}\n`);
          await rig.answer('status', root);
          let text = '';
          while (!text.includes('(')) text = await run(prepared, root, shell, [...flags, init]);
          assert.ok(text.trimEnd().endsWith(') END'), text);
          if (name === 'stable') assert.match(text, /^\(stable~?\) END/);
          if (name === '%F{red}%n') assert.match(text, /%F\{red\}%n/);
          assert.doesNotMatch(text, /[\x1b\x7f-\x9f\xad\u200b\u202e]/);
          assert.deepEqual(fs.readdirSync(root), ['.hg'], `${name} ran`);
        }
      },
    );
  }
});
