// `quicksilver manpage`: the manual page in troff, made from the table of commands.
import { version } from '../../package.json';
import type { OptionSpecs, ParsedArguments } from './arguments.ts';
import { BAZAAR_STATUS_HELP } from './bazaar/bazaarArguments.ts';
import { ALIASES, COMMANDS, GLOBAL_OPTIONS } from './commandTable.ts';
import { GIT_STATUS_HELP } from './git/gitArguments.ts';
import { EXIT_DIFFERENT, EXIT_ERROR, EXIT_OK, EXIT_REFUSED, utf8Bytes, type CommandIo } from './io.ts';

/** Exit code 0. */
export function manPage(_: ParsedArguments, io: CommandIo): Promise<number> {
  io.stdout.write(utf8Bytes(page()));
  return Promise.resolve(EXIT_OK);
}

function page(): string {
  const lines = [
    `.TH QUICKSILVER 1 "" "Quicksilver ${version}" "User Commands"`,
    '.SH NAME',
    'quicksilver \\- fast Mercurial status',
    '.SH SYNOPSIS',
    '.B quicksilver',
    '[\\fB\\-R\\fR \\fIROOT\\fR] \\fICOMMAND\\fR [\\fIOPTION\\fR]... [\\fIPATH\\fR]...',
    '.SH DESCRIPTION',
    'Quicksilver reads a Mercurial repository itself: it starts no hg process and writes nothing.',
    'Commands and long options may be abbreviated, and boolean options negated with \\-\\-no\\-.',
    '.SH COMMANDS',
  ];
  for (const [name, { summary, usage, notes = [], options }] of Object.entries(COMMANDS)) {
    const aliases = Object.keys(ALIASES).filter(alias => ALIASES[alias] === name);
    lines.push(`.SS "${plain([name, ...aliases].join(', '))}"`, `.B quicksilver ${plain(name)}`, plain(usage), '.PP');
    lines.push(plain(`${summary[0]!.toUpperCase()}${summary.slice(1)}.`));
    for (const note of notes) lines.push('.br', plain(note));
    lines.push(...optionLines(options));
  }
  lines.push('.SH "GLOBAL OPTIONS"', ...optionLines(GLOBAL_OPTIONS));
  lines.push('.SH "STATUS IN A GIT WORKING TREE"', ...verbatim(GIT_STATUS_HELP));
  lines.push('.SH "STATUS IN A BAZAAR WORKING TREE"', ...verbatim(BAZAAR_STATUS_HELP));
  lines.push('.SH CONFIGURATION');
  lines.push(
    plain(
      'status, cat, log and annotate take the options of [defaults] and of an [alias] of the same command, as hg(1) does.',
    ),
    plain('In a Bazaar working tree, status and cat take those of an alias in breezy.conf.'),
    'An alias of another command is rejected.',
  );
  lines.push('.SH "EXIT STATUS"');
  lines.push(...term(String(EXIT_OK), 'success'));
  lines.push(...term(String(EXIT_DIFFERENT), 'doctor found a difference; cat found no file'));
  lines.push(...term(String(EXIT_REFUSED), 'the repository, an option or a setting is unsupported'));
  lines.push(...term(String(EXIT_ERROR), 'any other error'));
  lines.push('.SH ENVIRONMENT');
  lines.push(...term('HGRCPATH, HGPLAIN, HGPLAINEXCEPT, HGENCODING', 'as in hg(1)'));
  lines.push(...term('NO_COLOR', 'no colors, unless the configuration or \\-\\-color asks for them'));
  lines.push(...term('QUICKSILVER_NATIVE', '0 disables the native code'));
  lines.push('.SH "SEE ALSO"', '.BR hg (1),', '.BR hgignore (5)');
  return `${lines.join('\n')}\n`;
}

function optionLines(options: OptionSpecs): string[] {
  return Object.entries(options).flatMap(([name, { short, value, help, unavailable }]) => {
    if (unavailable === true) return [];
    const forms = short === undefined ? `--${name}` : `-${short}, --${name}`;
    return ['.TP', `\\fB${plain(forms)}\\fR${value === undefined ? '' : ` \\fI${plain(value)}\\fR`}`, plain(help)];
  });
}

function term(name: string, text: string): string[] {
  return ['.TP', `.B ${plain(name)}`, text];
}

/** Returns lines that are shown as they are. */
function verbatim(text: string): string[] {
  return ['.nf', ...text.trimEnd().split('\n').map(plain), '.fi'];
}

/** Escapes what troff would interpret. */
function plain(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/^[.']/gm, '\\&$&');
}
