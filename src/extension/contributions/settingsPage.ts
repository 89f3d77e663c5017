// Writes docs/settings.md from the table of settings.
import { settings, type Scope, type Setting } from './settings.ts';

const SCOPES: Readonly<Record<Scope, string>> = {
  resource: 'user, workspace or folder',
  window: 'user or workspace',
  machine: 'user only',
  'machine-overridable': 'user (this machine) or workspace',
};

export function createSettingsPage(): string {
  const sections = Object.entries<Setting<unknown>>(settings).map(([name, setting]) => sectionOf(name, setting));
  const head = [
    '# Settings',
    '',
    '<!-- Written by `npm run generate` from src/extension/contributions/settings.ts. Do not edit. -->',
    '',
    'Open the settings editor and search for `quicksilver` to change a setting.',
  ];
  return `${[...head, ...sections].join('\n')}\n`;
}

function sectionOf(
  name: string,
  { types, description, scope, choices, minimum, maximum, ...rest }: Setting<unknown>,
): string {
  const lines = ['', `## \`quicksilver.${name}\``, '', ...wrapped(withLinks(description)), ''];
  const range = [minimum !== undefined && `from ${minimum}`, maximum !== undefined && `to ${maximum}`].filter(Boolean);
  const type = choices === undefined ? [types.join(' or '), ...range].join(' ') : 'one of the values below';
  lines.push(
    `- Type: ${type}`,
    `- Default: ${code(rest.default)}`,
    `- Can be set in: ${SCOPES[scope]}${rest.needsTrust === true ? ' that is trusted' : ''}`,
  );
  if (choices !== undefined) {
    lines.push('');
    for (const [value, meaning] of choices) lines.push(...wrapped(`- ${code(value)}: ${withLinks(meaning)}`, '  '));
  }
  return lines.join('\n');
}

const code = (value: unknown): string => `\`${JSON.stringify(value)}\``;

/** VS Code's links to settings, as links within the page. */
function withLinks(text: string): string {
  return text.replace(/`#(quicksilver\.([\w.]+))#`/g, (_, id: string) => `[\`${id}\`](#${anchorOf(id)})`);
}

function anchorOf(id: string): string {
  return id.toLowerCase().replaceAll('.', '');
}

const WIDTH = 120;

/** @param indent of the lines after the first */
function wrapped(text: string, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = `${indent}${word}`;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
