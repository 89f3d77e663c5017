// `quicksilver completion SHELL`: a script with which bash, zsh or fish completes commands, options and their values.
import type { OptionSpec, ParsedArguments } from './arguments.ts';
import { ALIASES, COMMANDS, GLOBAL_OPTIONS, type Command } from './commandTable.ts';
import { EXIT_OK, usageError, utf8Bytes, type CommandIo } from './io.ts';

const SCRIPTS: Readonly<Record<string, () => string>> = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** Exit code 0. Throws a 'usage' error for another shell. */
export function completion({ positionals }: ParsedArguments, io: CommandIo): Promise<number> {
  const [shell = ''] = positionals;
  const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
  if (script === undefined)
    throw usageError(`'quicksilver completion' needs a shell: ${Object.keys(SCRIPTS).join(', ')}`);
  io.stdout.write(utf8Bytes(script()));
  return Promise.resolve(EXIT_OK);
}

/** Returns the available options of a command, or of all commands, with their long names. */
function optionsOf(command?: Command): [name: string, spec: OptionSpec][] {
  return Object.entries({ ...command?.options, ...GLOBAL_OPTIONS }).filter(([, spec]) => spec.unavailable !== true);
}

/** Returns a command's name and its aliases. */
function namesOf(name: string): string[] {
  return [name, ...Object.keys(ALIASES).filter(alias => ALIASES[alias] === name)];
}

/** Returns an option as it is typed, in every form. */
function formsOf([name, { short }]: [string, OptionSpec]): string[] {
  return short === undefined ? [`--${name}`] : [`-${short}`, `--${name}`];
}

function bashScript(): string {
  const everyOption = Object.values(COMMANDS).flatMap(optionsOf);
  const takingValue = everyOption.filter(([, { type }]) => type === 'string');
  const pattern = (options: readonly [string, OptionSpec][]): string =>
    [...new Set(options.flatMap(formsOf))].join('|');
  const words = (list: readonly string[]): string =>
    `mapfile -t COMPREPLY < <(compgen -W '${list.join(' ')}' -- "$word")`;
  const choices = new Map(takingValue.flatMap(([name, spec]) => (spec.choices ? [[name, spec] as const] : [])));
  const operands = ({ operands: kind }: Command): string =>
    kind === 'paths'
      ? 'compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$word")'
      : words(kind ?? []);
  return `# bash completion of quicksilver
_quicksilver() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} command= i
  COMPREPLY=()
  # bash makes words of "--option=value".
  if [[ $word == '=' ]]; then word=
  elif [[ $before == '=' ]]; then before=\${COMP_WORDS[COMP_CWORD - 2]}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${pattern(optionsOf().filter(([, { type }]) => type === 'string'))}) ((i++)) ;;
      -*) ;;
      *) command=\${COMP_WORDS[i]}; break ;;
    esac
  done
  case $before in
    ${pattern(takingValue.filter(([, spec]) => spec.isDirectory))})
      compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$word"); return ;;
${[...choices].map(([name, spec]) => `    ${formsOf([name, spec]).join('|')}) ${words(spec.choices ?? [])}; return ;;`).join('\n')}
    ${pattern(takingValue.filter(([, { isDirectory, choices: some }]) => !isDirectory && !some))}) return ;;
  esac
  case $command in
    '')
      if [[ $word == -* ]]; then ${words([...optionsOf().flatMap(formsOf), '--version'])}
      else ${words(Object.keys(COMMANDS))}; fi ;;
${Object.entries(COMMANDS)
  .map(
    ([name, command]) => `    ${namesOf(name).join('|')})
      if [[ $word == -* ]]; then ${words(optionsOf(command).flatMap(formsOf))}
      else ${operands(command)}; fi ;;`,
  )
  .join('\n')}
  esac
}
complete -F _quicksilver quicksilver
`;
}

function zshScript(): string {
  const text = (help: string): string => help.replace(/[[\]:]/g, '\\$&').replaceAll("'", "'\\''");
  const argument = ([name, spec]: [string, OptionSpec]): string => {
    const forms = formsOf([name, spec]);
    const repeats = spec.repeats === true ? '*' : `(${forms.join(' ')})`;
    const action = spec.isDirectory ? '_directories' : `(${spec.choices?.join(' ') ?? ''})`;
    const value = spec.type === 'string' ? `:${text(spec.value ?? name)}:${action}` : '';
    const shown = forms.length > 1 ? `'${repeats}'{${forms.join(',')}}'` : `'${repeats}${forms[0]!}`;
    return `${shown}[${text(spec.help)}]${value}'`;
  };
  const list = (args: readonly string[]): string => args.join(' \\\n        ');
  const operands = ({ operands: kind }: Command): string[] => {
    if (kind === undefined) return [];
    return [kind === 'paths' ? "'*:path:_files'" : `'1:word:(${kind.join(' ')})'`];
  };
  return `#compdef quicksilver
_quicksilver() {
  local context state state_descr line
  typeset -A opt_args
  local -a commands
  commands=(
${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `    '${name}:${text(summary)}'`)
  .join('\n')}
  )
  _arguments -C ${list([...optionsOf().map(argument), "'1:command:->command'", "'*::argument:->argument'"])}
  case $state in
    command) _describe -t commands command commands ;;
    argument)
      case $words[1] in
${Object.entries(COMMANDS)
  .map(
    ([name, command]) =>
      `        ${namesOf(name).join('|')}) _arguments -s ${list([...optionsOf(command).map(argument), ...operands(command)])} ;;`,
  )
  .join('\n')}
      esac ;;
  esac
}
if [[ $funcstack[1] == _quicksilver ]]; then _quicksilver "$@"; else compdef _quicksilver quicksilver; fi
`;
}

function fishScript(): string {
  const text = (help: string): string => `'${help.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const option = (condition: string, [name, spec]: [string, OptionSpec]): string => {
    const short = spec.short === undefined ? '' : ` -s ${spec.short}`;
    const directory = "-a '(__fish_complete_directories)'";
    const values = spec.isDirectory ? directory : spec.choices ? `-a '${spec.choices.join(' ')}'` : '';
    const value = spec.type === 'string' ? ` -x ${values}`.trimEnd() : '';
    return `complete -c quicksilver -n '${condition}'${short} -l ${name}${value} -d ${text(spec.help)}`;
  };
  const lines = ['# fish completion of quicksilver', 'complete -c quicksilver -f'];
  for (const entry of optionsOf()) lines.push(option('__fish_use_subcommand', entry));
  for (const [name, command] of Object.entries(COMMANDS)) {
    const condition = `__fish_seen_subcommand_from ${namesOf(name).join(' ')}`;
    const { operands } = command;
    lines.push(`complete -c quicksilver -n __fish_use_subcommand -a ${name} -d ${text(command.summary)}`);
    for (const entry of optionsOf(command)) lines.push(option(condition, entry));
    if (operands === 'paths') lines.push(`complete -c quicksilver -n '${condition}' -F`);
    else if (operands !== undefined) lines.push(`complete -c quicksilver -n '${condition}' -a '${operands.join(' ')}'`);
  }
  return `${lines.join('\n')}\n`;
}
