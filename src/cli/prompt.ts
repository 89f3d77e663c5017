// `quicksilver prompt`: the state of the repository in one line, from the shared server. native/client.c prints the
// same text in a few milliseconds. This is for systems without it.
import * as nodePath from 'node:path';
import { askServer, CONNECT_MS } from '../daemon/shortClient.ts';
import { isOwnPeer } from '../server/daemon/peerUser.ts';
import { startServer } from '../daemon/startServer.ts';
import { Vfs } from '../files/vfs.ts';
import type { ParsedArguments } from './arguments.ts';
import { EXIT_OK, usageError, utf8Bytes, type CommandIo } from './io.ts';
import { rootAround } from './open.ts';
import { realPath } from './pathNames.ts';
import { quotedWord } from './shellWords.ts';

export const SHELLS = ['bash', 'zsh', 'fish', 'starship'] as const;
type Shell = (typeof SHELLS)[number] | '';
/** A prompt that has to wait longer shows nothing. */
const PROMPT_MS = 100;
const COUNTED = 'MAR!?C';
const PLAIN_FORMAT = '%b\t%m\t%t\t%o\t%M %A %R %! %? %C\t%s';

/** Exit code 0, also where there is nothing to print. */
export async function prompt(args: ParsedArguments, io: CommandIo): Promise<number> {
  const init = args.values.get('init');
  if (init !== undefined) {
    io.stdout.write(utf8Bytes(snippetFor(shellNamed(init), clientProgram())));
    return EXIT_OK;
  }
  const shell = args.values.has('shell') ? shellNamed(args.values.get('shell')!) : '';
  const vfs = new Vfs();
  const cwd = realPath(vfs, nodePath.resolve(io.cwd, args.values.get('cwd') ?? ''));
  // Outside of a repository nobody is asked.
  const root = rootAround(vfs, cwd);
  const identity = root === undefined ? undefined : vfs.targetIdentity(root);
  if (root === undefined || identity === undefined) return EXIT_OK;
  const id = `${identity.device}:${identity.inode}`;
  const deadline = String(PROMPT_MS / 2);
  const asked = await askServer('prompt', { root, id, deadline }, io.environment, PROMPT_MS, CONNECT_MS, isOwnPeer);
  // On Windows only who asks for a server gets one.
  const mayStart = io.platform !== 'win32' && io.environment['QUICKSILVER_SERVER'] !== 'off';
  if (asked.kind === 'absent' && mayStart) {
    startServer(nodePath.join(import.meta.dirname, 'worker.cjs'), io.environment);
  }
  if (asked.kind !== 'answer' || asked.answer.kind !== 'prompt') return EXIT_OK;
  const text = promptText(asked.answer.fields, shell, args.values.get('format'));
  io.stdout.write(`${text}\n`);
  return EXIT_OK;
}

function shellNamed(name: string): Shell {
  const shell = SHELLS.find(known => known === name);
  if (shell === undefined) throw usageError(`unknown shell '${name}'; there are: ${SHELLS.join(', ')}`);
  return shell;
}

/**
 * Returns the text as a byte string.
 * @param fields the answer's: a letter, a colon and the value
 * @param format an ordinary text with %b (branch), %m (bookmark), %t (topic), %o (operation), %M %A %R %! %? %C and %s
 */
export function promptText(fields: readonly string[], shell: Shell, format: string | undefined): string {
  const values = new Map(fields.map(field => [field.slice(0, 1), field.slice(2)]));
  const counts = (values.get('n') ?? '').split(' ');
  const name = (letter: string): string => nameInShell(values.get(letter) ?? '', shell);
  const percent = shell === 'zsh' ? '%%' : '%';
  if (format === undefined && shell !== '') return readyText(name, counts, values.get('s') ?? '');
  return utf8Bytes(format ?? PLAIN_FORMAT).replace(/%(.)/gs, (_, letter: string) => {
    if (COUNTED.includes(letter)) return counts[COUNTED.indexOf(letter)] ?? '';
    if ('bmto'.includes(letter)) return name(letter);
    if (letter === 's') return values.get('s') ?? '';
    return letter === '%' ? percent : letter;
  });
}

function readyText(name: (letter: string) => string, counts: readonly string[], state: string): string {
  const part = (sign: string, letter: string): string => (name(letter) === '' ? '' : `${sign}${name(letter)}`);
  // A shell may take an exclamation mark for history.
  const shown = counts.map((count, i) => (Number(count) > 0 ? ` ${COUNTED.replace('!', 'D')[i] ?? ''}${count}` : ''));
  return [name('b'), part(':', 't'), part('@', 'm'), part('|', 'o'), ...shown, state === '~' ? '~' : ''].join('');
}

/** A character in UTF-8, or a byte of something else. */
const CHARACTER = /[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|[^]/g;
const CONTROL = /^(?:[\x00-\x1f\x7f-\x9f]|\xc2[\x80-\x9f])$/;
/** Soft hyphen, marks of direction, and what has no width; native/client.c has the same list. */
const UNSEEN =
  /^(?:\xc2\xad|\xd8\x9c|\xe1\xa0\x8e|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf|\xef\xbf[\xb9-\xbb]|\xf3\xa0)/;
const REPLACEMENT = utf8Bytes('\ufffd');

/** A shell may expand what is in a prompt: names from the repository must not begin an expansion there. */
function nameInShell(bytes: string, shell: Shell): string {
  const harmless = bytes.replace(CHARACTER, character =>
    CONTROL.test(character) ? '' : UNSEEN.test(character) ? REPLACEMENT : character,
  );
  if (shell === '' || shell === 'fish') return harmless;
  const quiet = harmless.replace(/[$`\\!"']/g, '_');
  return shell === 'zsh' ? quiet.replaceAll('%', '%%') : quiet;
}

/** Returns the absolute path of the native client; undefined where there is none. */
export function nativeClient(): string | undefined {
  const native = nodePath.join(import.meta.dirname, 'native', `client-${process.platform}-${process.arch}`);
  return new Vfs().lstat(native) === undefined ? undefined : native;
}

/** The program to run at each prompt: the native client where there is one. */
function clientProgram(): string {
  const native = nativeClient();
  return native === undefined ? 'quicksilver' : quotedWord(native);
}

function snippetFor(shell: Shell, program: string): string {
  const run = `${program} prompt --shell=${shell} 2>/dev/null`;
  switch (shell) {
    case 'bash':
      return `# quicksilver prompt --init bash: put this line into ~/.bashrc, after PS1 is set:
#   source <(quicksilver prompt --init bash)
_quicksilver_prompt() { local last=$?; QUICKSILVER_PROMPT=$(${run}); return $last; }
PROMPT_COMMAND="_quicksilver_prompt\${PROMPT_COMMAND:+;$PROMPT_COMMAND}"
PS1='\${QUICKSILVER_PROMPT:+($QUICKSILVER_PROMPT) }'"$PS1"
`;
    case 'zsh':
      return `# quicksilver prompt --init zsh: put this line into ~/.zshrc, after PROMPT is set:
#   source <(quicksilver prompt --init zsh)
_quicksilver_prompt() { QUICKSILVER_PROMPT=$(${run}) }
autoload -Uz add-zsh-hook
add-zsh-hook precmd _quicksilver_prompt
setopt prompt_subst
PROMPT='\${QUICKSILVER_PROMPT:+($QUICKSILVER_PROMPT) }'"$PROMPT"
`;
    case 'fish':
      return `# quicksilver prompt --init fish: put this line into config.fish, after fish_prompt is defined:
#   quicksilver prompt --init fish | source
functions --copy fish_prompt _quicksilver_other_prompt
function fish_prompt
    set -l text (${run})
    test -n "$text"; and printf '(%s) ' $text
    _quicksilver_other_prompt
end
`;
    case '':
    case 'starship':
      return `# quicksilver prompt --init starship: put these lines into starship.toml.
[custom.hg]
command = ${JSON.stringify(run)}
when = true
shell = ["sh"]
format = "[$output]($style) "
`;
  }
}
