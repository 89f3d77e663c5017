// The names that a changeset has in templates: `hg help templates.keywords`.
import type { ChangesetLog } from '../../backends/mercurial/commandLine/changesetLog.ts';
import { fromDisplay } from '../../base/bytePath.ts';
import { listOf, type Scope, type TemplateItem, type TemplateList, type TemplateValue } from './templateValues.ts';

type Shown = (bytes: string) => string;
type Keyword = (revision: number, model: ChangesetLog, shown: Shown) => TemplateValue;

const PHASES = ['public', 'draft', 'secret'];

function user(revision: number, model: ChangesetLog, shown: Shown): string {
  return revision < 0 ? '' : shown(fromDisplay(model.changeset(revision).user));
}

/** A list of names in display form. */
function names(texts: readonly string[], name: string, shown: Shown): TemplateList {
  return listOf(
    texts.map(text => shown(fromDisplay(text))),
    name,
  );
}

function parentAt(index: 0 | 1): Keyword {
  return (revision, model, shown) => changesetItem(parentOf(revision, model, index), model, shown);
}

function parentOf(revision: number, model: ChangesetLog, index: 0 | 1): number {
  return revision < 0 ? -1 : model.parents[revision * 2 + index]!;
}

const KEYWORDS: Readonly<Record<string, Keyword>> = {
  author: user,
  bookmarks: (revision, model, shown) => names(revision < 0 ? [] : model.row(revision).bookmarks, 'bookmark', shown),
  branch: (revision, model, shown) => (revision < 0 ? 'default' : shown(fromDisplay(model.changeset(revision).branch))),
  branches: (revision, model, shown) => {
    const branch = revision < 0 ? 'default' : model.changeset(revision).branch;
    return names(branch === 'default' ? [] : [branch], 'branch', shown);
  },
  children: (revision, model) =>
    listOf(
      model.children(revision).map(child => idOf(child, model)),
      'child',
    ),
  date: (revision, model) => {
    const { time, timezone } = revision < 0 ? { time: 0, timezone: 0 } : model.row(revision);
    return { kind: 'date', time, timezone };
  },
  desc: (revision, model, shown) =>
    revision < 0 ? '' : fromDisplay(model.changeset(revision).description).split('\n').map(shown).join('\n'),
  extras: (revision, model, shown) => ({
    kind: 'list',
    between: '',
    items: model.extras(revision).map(([key, value]) => {
      const [name, content] = [shown(key), shown(value)];
      const own = (asked: string): TemplateValue =>
        asked === 'key' ? name : asked === 'value' || asked === 'extra' ? content : undefined;
      return { kind: 'item', text: `${name}=${escaped(content)}`, names: own };
    }),
  }),
  file_copies: (revision, model, shown) => ({
    kind: 'list',
    between: '',
    items: (revision < 0 ? [] : model.copies(revision)).map(copy => {
      const [name, source] = [shown(copy.path), shown(copy.source)];
      const own = (asked: string): TemplateValue => (asked === 'name' ? name : asked === 'source' ? source : undefined);
      return { kind: 'item', text: `${name} (${source})`, names: own };
    }),
  }),
  files: (revision, model, shown) => listOf(revision < 0 ? [] : model.changeset(revision).files.map(shown), 'file'),
  graphnode: (revision, model) => (revision < 0 ? 'o' : model.graphSymbol(revision)),
  instabilities: (revision, model) => listOf(revision < 0 ? [] : model.row(revision).instabilities, 'instability'),
  node: (revision, model) => model.node(revision),
  obsolete: (revision, model) => (revision >= 0 && model.row(revision).isObsolete ? 'obsolete' : ''),
  p1: parentAt(0),
  p1node: (revision, model) => model.node(parentOf(revision, model, 0)),
  p1rev: (revision, model) => parentOf(revision, model, 0),
  p2: parentAt(1),
  p2node: (revision, model) => model.node(parentOf(revision, model, 1)),
  p2rev: (revision, model) => parentOf(revision, model, 1),
  parents: (revision, model, shown) => {
    const [first, second] = [parentOf(revision, model, 0), parentOf(revision, model, 1)];
    if (second >= 0) return parentList([first, second], model, shown);
    // One parent is shown only where it is not the changeset before.
    return parentList(first >= revision - 1 ? [] : [first], model, shown);
  },
  phase: (revision, model) => model.phase(revision),
  phaseidx: (revision, model) => PHASES.indexOf(model.phase(revision)),
  rev: revision => revision,
  tags: (revision, model, shown) => names(revision < 0 ? [] : model.row(revision).tags, 'tag', shown),
  topic: (revision, model, shown) => (revision < 0 ? '' : shown(fromDisplay(model.topic(revision)))),
  user,
};

/** Names of the items of lists. */
const ITEM_NAMES = [
  'bookmark',
  'child',
  'extra',
  'file',
  'index',
  'instability',
  'key',
  'line',
  'name',
  'parent',
  'source',
  'tag',
  'value',
];

/** All names that have a meaning here. */
export const CHANGESET_NAMES: ReadonlySet<string> = new Set([...Object.keys(KEYWORDS), ...ITEM_NAMES]);

/**
 * Returns the names of a changeset.
 *
 * @param shown how the place that is written to shows text
 * @param index how many changesets were written before
 */
export function changesetNames(revision: number, model: ChangesetLog, shown: Shown, index?: number): Scope {
  return name => {
    if (name === 'index') return index;
    return Object.hasOwn(KEYWORDS, name) ? KEYWORDS[name]!(revision, model, shown) : undefined;
  };
}

function changesetItem(revision: number, model: ChangesetLog, shown: Shown): TemplateItem {
  return { kind: 'item', text: idOf(revision, model), names: changesetNames(revision, model, shown) };
}

function parentList(revisions: readonly number[], model: ChangesetLog, shown: Shown): TemplateList {
  const items = revisions.map((revision): TemplateItem => {
    const { kind, text, names: own } = changesetItem(revision, model, shown);
    return { kind, text, names: name => (name === 'parent' ? `${text} ` : own(name)) };
  });
  return { kind: 'list', items, after: ' ' };
}

function idOf(revision: number, model: ChangesetLog): string {
  return `${revision}:${model.node(revision).slice(0, 12)}`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\\': '\\\\', "'": "\\'" };

/** Extra facts are written as they are stored: in ASCII, on one line. */
function escaped(bytes: string): string {
  return bytes.replace(
    /[^\x20-\x26\x28-\x5b\x5d-\x7e]/g,
    byte => ESCAPES[byte] ?? `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
