// Completion scripts in the real shells: each completes commands, options, their values, and paths.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runCommandLine } from '../../../src/cli/commands.ts';
import { removeTree } from '../../../scripts/lib/remove-tree.mjs';

/** Returns why tests of a shell are skipped, or false. */
function without(shell: string): string | false {
  return spawnSync(shell, ['--version']).status === 0 ? false : `${shell} is not installed`;
}

async function output(...args: string[]): Promise<string> {
  let stdout = '';
  const write = (bytes: string): void => void (stdout += bytes);
  const sinks = { stdout: { write }, stderr: { write } };
  const { signal } = new AbortController();
  await runCommandLine(args, { ...sinks, cwd: tmpdir(), environment: {}, platform: process.platform, signal });
  return stdout;
}

/** What is typed, and what has to be among the completions; '!' marks what must not be. */
const CASES: readonly (readonly [typed: string, ...expected: string[]])[] = [
  ['', 'status', 'cat', 'watch', 'debugignore', 'doctor', 'completion', '!st'],
  ['sta', 'status', '!cat'],
  ['status --mod', '--modified', '!--added'],
  ['st --inc', '--include'],
  ['-R some status --unk', '--unknown'],
  ['status --color ', 'always', 'never', '!status'],
  ['status --template ', 'json'],
  ['status --ter', '--terse'],
  ['status --subr', '--subrepos'],
  ['cat fil', 'file one', '!folder'],
  ['status fo', 'folder/'],
  ['status -R f', 'folder/', '!file one'],
  ['completion ', 'bash', 'zsh', 'fish'],
  ['doctor --no', '--no-hg'],
];

describe('completion', () => {
  let folder = '';

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'quicksilver-completion-'));
    mkdirSync(join(folder, 'folder'));
    mkdirSync(join(folder, 'some'));
    writeFileSync(join(folder, 'file one'), '');
    for (const shell of ['bash', 'zsh', 'fish']) {
      writeFileSync(join(folder, `.${shell}`), await output('completion', shell));
    }
  });

  after(() => removeTree(folder));

  function check(complete: (typed: string) => readonly string[]): void {
    for (const [typed, ...expected] of CASES) {
      const found = complete(typed);
      for (const text of expected) {
        const isWanted = !text.startsWith('!');
        const word = isWanted ? text : text.slice(1);
        assert.equal(found.includes(word), isWanted, `'${typed}' gives ${word}: ${JSON.stringify(found)}`);
      }
    }
  }

  test('bash', { skip: without('bash') }, () => {
    const script = `
      source .bash
      declare -p COMP_WORDBREAKS >/dev/null
      read -ra COMP_WORDS <<< "quicksilver $1"
      [[ $1 == '' || $1 == *' ' ]] && COMP_WORDS+=('')
      COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
      _quicksilver
      for word in "\${COMPREPLY[@]}"; do
        [[ -d $word ]] && word+=/
        printf '%s\\n' "$word"
      done`;
    check(typed =>
      execFileSync('bash', ['--norc', '-c', script, 'bash', typed], { cwd: folder, encoding: 'utf8' }).split('\n'),
    );
  });

  test('fish', { skip: without('fish') }, () => {
    const script = 'source .fish; complete -C "quicksilver $TYPED"';
    check(typed =>
      execFileSync('fish', ['--no-config', '-c', script], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...home(), TYPED: typed },
      })
        .split('\n')
        .map(line => line.split('\t')[0]!.replaceAll('\\ ', ' ')),
    );
  });

  test('zsh', { skip: without('zsh') }, () => {
    // A widget of our own lists the matches that the completion adds, in a terminal of zsh's own making.
    const script = `
      zmodload zsh/zpty
      zpty shell zsh -f -i
      zpty -w shell 'PROMPT=; autoload -Uz compinit; compinit -u -D; source ./.zsh'
      zpty -w shell 'compadd() { if [[ $* == *-[OAD]* ]]; then builtin compadd "$@"; return; fi
        local -a found; builtin compadd -O found "$@"; local m; for m in $found; do print -r -- "<match:$m>"; done
        builtin compadd "$@" }'
      zpty -w shell 'list() { compstate[insert]=; compstate[list]=; _main_complete; print -r -- "<end>"; }'
      zpty -w shell 'zle -C list complete-word list; bindkey "^X" list; print -r -- "<re""ady>"'
      zpty -r shell ready '*<ready>*'
      for typed in "$@"; do
        zpty -w -n shell "quicksilver $typed"$'\\x18'
        zpty -r shell answer '*<end>*'
        print -r -- "$answer"
        print -r -- '<next>'
        zpty -w -n shell $'\\x15'
      done
      zpty -d shell`;
    const typed = CASES.map(([text]) => text);
    const answers = execFileSync('zsh', ['-f', '-c', script, 'zsh', ...typed], {
      cwd: folder,
      encoding: 'utf8',
      env: home(),
      timeout: 120_000,
    }).split('<next>');
    check(text => {
      const answer = answers[typed.indexOf(text)]!.replaceAll('\\ ', ' ');
      return [...answer.matchAll(/<match:([^>]*)>/g)].map(match => (match[1] === 'folder' ? 'folder/' : match[1]!));
    });
  });

  /** Returns an environment in which no shell finds or leaves files of the user. */
  function home(): NodeJS.ProcessEnv {
    return { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder, TERM: 'dumb' };
  }
});

test('the completion of another shell is an error', async () => {
  await assert.rejects(output('completion', 'tcsh'), /needs a shell: bash, zsh, fish/);
});

test('the manual page is well-formed and complete', { skip: without('man') }, async () => {
  const page = await output('manpage');
  const { stdout, stderr } = spawnSync('man', ['--warnings', '-l', '-'], {
    input: page,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8', MANWIDTH: '200', MAN_KEEP_FORMATTING: '' },
  });
  assert.equal(stderr, '');
  for (const text of [
    'quicksilver - fast Mercurial status',
    '-I, --include PATTERN',
    're:\\.h$',
    '--no-hg',
    '--ignore-submodules[=WHEN]',
    '--no-classify',
    'NO_COLOR',
  ]) {
    assert.ok(stdout.includes(text), text);
  }
});
