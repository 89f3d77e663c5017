// The template for messages in Mercurial's own configuration: the section [committemplate], see `hg help config`. Pure
// functions, for tests.
import { framedTemplate } from '../../../hgCommand/answerFrame.ts';
import type { HgCall } from '../../../hgCommand/hgCall.ts';

export interface ConfigItem {
  readonly name: string;
  readonly value: string;
}

const SECTION = 'committemplate.';

/**
 * The command that renders it, between frames; undefined if there is none. Items of the section may stand in one
 * another, which templates of a log know as aliases.
 * @param configured the items of the section, with their whole names
 */
export function templateCall(configured: readonly ConfigItem[], isMerge: boolean): HgCall | undefined {
  const items = new Map(configured.map(({ name, value }) => [name.replace(SECTION, ''), value]));
  const form = `changeset.commit.normal.${isMerge ? 'merge' : 'normal'}`.split('.');
  const names = form.map((_, i) => form.slice(0, form.length - i).join('.'));
  const template = names.map(name => items.get(name)).find(value => value !== undefined);
  if (template === undefined) return undefined;
  const aliases = [...items].filter(([name]) => /^[a-z_]\w*$/i.test(name) && name !== 'changeset');
  return {
    verb: 'log',
    settings: aliases.map(([name, value]) => `templatealias.${name}=${quoted(withoutQuotes(value))}` as const),
    options: [
      ['--rev', 'wdir()'],
      ['--template', framedTemplate(withoutQuotes(template))],
    ],
  };
}

/** A template as a string inside of a template. */
function quoted(template: string): string {
  return `"${template.replaceAll(/(\\*)"/g, '$1$1\\"')}"`;
}

/** Quotation marks around a whole template are none of it. */
function withoutQuotes(value: string): string {
  return /^(["']).*\1$/s.test(value) ? value.slice(1, -1) : value;
}
