// The form in which `quicksilver log` writes changesets: chosen by an option, or by the configuration.
import { fromDisplay } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { ParsedArguments } from '../arguments.ts';
import type { Configuration } from '../configuration.ts';
import type { CommandIo } from '../io.ts';
import { isPlain } from '../plain.ts';

/** Styles that Mercurial brings along, and forms for programs. */
const BUILT_IN: ReadonlySet<string> = new Set([
  ...['bisect', 'changelog', 'compact', 'phases', 'show', 'status', 'xml'],
  ...['cbor', 'debug', 'list', 'pickle'],
]);

/** 'text' is the form without any template; a template is a byte string. */
export type ChosenForm = 'text' | 'json' | { readonly template: string };

/**
 * Returns the form that the options or else the configuration choose.
 *
 * @throws 'unsupported' for a style of Mercurial, and for a file
 */
export function chosenForm(args: ParsedArguments, config: Configuration, io: CommandIo): ChosenForm {
  const asked = args.values.get('template');
  if (asked !== undefined && asked !== '') return namedForm(asked, config);
  const style = args.values.get('style');
  if (style !== undefined && style !== '') return styleNamed(style);
  // Under HGPLAIN, whatever its exceptions, neither counts.
  if (isPlain(io)) return 'text';
  for (const [section, name] of TEMPLATE_SETTINGS) {
    const template = config.get(section, name)?.value ?? '';
    if (template !== '') return { template: unquoted(template) };
  }
  const configured = config.get('ui', 'style')?.value ?? '';
  return configured === '' ? 'text' : styleNamed(configured);
}

/** The second one is the old name. */
const TEMPLATE_SETTINGS = [
  ['command-templates', 'log'],
  ['ui', 'logtemplate'],
] as const;

function namedForm(name: string, config: Configuration): ChosenForm {
  if (name === 'json') return 'json';
  if (/^(?:json|cbor|pickle|debug)\(/.test(name)) throw unsupported(`the template '${name}' is not supported`);
  if (name.includes('{')) return { template: fromDisplay(name) };
  if (name === 'default' || BUILT_IN.has(name)) return styleNamed(name);
  const configured = config.get('templates', name)?.value;
  if (configured !== undefined) return { template: unquoted(configured) };
  if (!/^(?:[^/\\]|\\[nt])*$/.test(name)) {
    throw unsupported(`a file of templates is not supported: '${name}'`);
  }
  return { template: fromDisplay(name) };
}

function styleNamed(name: string): 'text' {
  if (name === 'default') return 'text';
  throw unsupported(`the style '${name}' is not supported: there are 'default' and 'json'`);
}

/** Returns a setting, a byte string, without the quotes that keep spaces at its ends. */
export function unquoted(bytes: string): string {
  const quote = bytes[0];
  const isQuoted = bytes.length > 1 && (quote === '"' || quote === "'") && bytes.endsWith(quote);
  return isQuoted ? bytes.slice(1, -1) : bytes;
}

function unsupported(message: string): QuicksilverError {
  return new QuicksilverError('unsupported', message);
}
