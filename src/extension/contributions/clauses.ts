// When-clauses, built from typed keys: a misspelt key or value does not compile.
import type { ContextKeyValues, FileContext, RowGroup } from './contextKeys.ts';
import type { SettingName, SettingValue } from './settings.ts';

/** VS Code's own keys that our menus go by. */
interface VscodeKeys {
  readonly activeEditor: 'mergeEditor';
  readonly editorLangId: 'hg-commit';
  readonly editorTextFocus: boolean;
  readonly explorerResourceIsFolder: boolean;
  readonly explorerResourceIsRoot: boolean;
  readonly inputFocus: boolean;
  readonly isInDiffEditor: boolean;
  readonly isMergeEditor: boolean;
  readonly isWorkspaceTrusted: boolean;
  readonly listFocus: boolean;
  readonly resource: string;
  readonly originalResourceScheme: 'quicksilver';
  readonly resourceScheme: 'file' | 'quicksilver';
  readonly scmProvider: 'quicksilver';
  readonly scmProviderRootUri: string;
  readonly scmResourceGroup: RowGroup;
  readonly scmResourceState: FileContext | 'problem';
  readonly view: 'quicksilver.merge' | 'quicksilver.graph' | 'quicksilver.fileHistory';
  readonly viewItem: 'changed' | 'added' | 'removed' | 'folder';
  readonly webviewId: 'quicksilver.graph';
  readonly webviewSection: 'changeset';
  readonly workspaceFolderCount: number;
}

type Keys = VscodeKeys & { readonly [K in keyof ContextKeyValues as `quicksilver.${K}`]: ContextKeyValues[K] } & {
  readonly [K in SettingName as `config.quicksilver.${K}`]: SettingValue<K>;
};
type Key = keyof Keys;
/** A value that can stand in a clause. */
type Value<K extends Key> = Extract<Keys[K], string | number>;

declare const CLAUSE: unique symbol;
/** Clauses that hold together. */
export type Conjunction = string & { readonly [CLAUSE]: 'conjunction' };
/** Clauses of which one holds: weaker than `&&`, so it stands alone. */
export type Alternative = string & { readonly [CLAUSE]: 'alternative' };
export type Clause = Conjunction | Alternative;

const conjunction = (text: string): Conjunction => text as Conjunction;

/** True if the key has a value other than false, 0 and ''. */
export const on = (key: Key): Conjunction => conjunction(key);
export const off = (key: Key): Conjunction => conjunction(`!${key}`);
export const is = <K extends Key>(key: K, value: Value<K>): Conjunction => conjunction(`${key} == ${value}`);
export const isNot = <K extends Key>(key: K, value: Value<K>): Conjunction => conjunction(`${key} != ${value}`);
/** True if the list that the second key holds contains the value of the first. */
export const isIn = (key: Key, list: Key): Conjunction => conjunction(`${key} in ${list}`);
export const never = conjunction('false');

/** True if the key has one of the values. */
export function isAny<K extends Key>(key: K, first: Value<K>, ...others: readonly Value<K>[]): Conjunction {
  return others.length === 0 ? is(key, first) : conjunction(`${key} =~ /^(${[first, ...others].join('|')})$/`);
}

export const and = (...clauses: readonly Conjunction[]): Conjunction => conjunction(clauses.join(' && '));
export const or = (...clauses: readonly Conjunction[]): Alternative => clauses.join(' || ') as Alternative;

// The clauses that many entries share.

export const isEnabled = on('config.quicksilver.enabled');
export const canRunHg = on('quicksilver.canRunHg');
export const isFile = is('resourceScheme', 'file');
export const hasRepository = and(isEnabled, isNot('quicksilver.repositoryCount', 0));
export const canChangeRepository = and(hasRepository, canRunHg);

export const activeFileIs = (...statuses: Statuses<'quicksilver.activeFile'>): Conjunction =>
  isAny('quicksilver.activeFile', ...statuses);
/** The active editor shows a file of the disk with one of these statuses, and hg may change it. */
export const canChangeActiveFile = (...statuses: Statuses<'quicksilver.activeFile'>): Conjunction =>
  and(canChangeRepository, isFile, activeFileIs(...statuses));

/** On one of our source controls. */
export const isQuicksilver = is('scmProvider', 'quicksilver');
export const groupIs = (...groups: Statuses<'scmResourceGroup'>): Conjunction => isAny('scmResourceGroup', ...groups);
export const rowIs = (...statuses: Statuses<'scmResourceState'>): Conjunction => isAny('scmResourceState', ...statuses);

type Statuses<K extends Key> = readonly [Value<K>, ...Value<K>[]];
