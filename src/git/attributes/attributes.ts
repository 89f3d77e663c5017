// Attributes of paths: .gitattributes files of the directories, info/attributes, the files of user and system.
import { baseName, joinPath, parentPath, toFsPath, type BytePath } from '../../base/bytePath.ts';
import { LETTER_ESCAPES } from '../../base/letterEscapes.ts';
import type { Vfs } from '../../files/vfs.ts';
import { MAX_RULE_BYTES, readRuleFile, RuleLimits } from '../ignore/gitIgnore.ts';
import { compilePattern, type PathPattern } from '../ignore/ignorePattern.ts';

export const ATTRIBUTES_FILE = '.gitattributes';
const SYSTEM_FILE = '/etc/gitattributes';
/** A macro that names itself, by way of others, ends here. */
const MAX_EXPANSION = 100;

/** Set, unset or a value; an attribute that is not specified is undefined. */
export type AttributeValue = true | false | string;

interface Assignment {
  readonly name: string;
  /** 'unspecified' takes back what was assigned before. */
  readonly value: AttributeValue | undefined;
}

interface Rule {
  readonly pattern: PathPattern | undefined;
  /** The name of a macro. */
  readonly macro: string | undefined;
  readonly assignments: readonly Assignment[];
}

export interface AttributePlaces {
  readonly root: string;
  /** Absolute path of `info/attributes`, which wins over all. */
  readonly own: string;
  /** Absolute path of the user's file; undefined if there is none. */
  readonly user: string | undefined;
  readonly fold: boolean;
  /** True if the file of the system counts. */
  readonly system: boolean;
  /** Reads a file that is recorded and not there: unlike rules about ignored files, its attributes still count. */
  readonly recorded: (path: BytePath) => Buffer | undefined;
}

/** Reads attribute files when they are first needed, and keeps them. */
export class GitAttributes {
  readonly #vfs: Vfs;
  readonly #places: AttributePlaces;
  readonly #own = new Map<BytePath, readonly Rule[]>();
  readonly #limits = new RuleLimits();
  #highest: readonly Rule[] | undefined;
  #lowest: readonly Rule[] | undefined;
  #macros: Map<string, readonly Assignment[]> | undefined;

  constructor(vfs: Vfs, places: AttributePlaces) {
    this.#vfs = vfs;
    this.#places = places;
  }

  /** Returns the attributes of a file, by name. */
  of(path: BytePath): ReadonlyMap<string, AttributeValue> {
    const found = new Map<string, AttributeValue | undefined>();
    const { own, user, system } = this.#places;
    this.#highest ??= this.#common([own]);
    this.#lowest ??= this.#common([system ? SYSTEM_FILE : undefined, user]);
    this.#macros ??= this.#collectMacros();
    const name = baseName(path);
    this.#apply(this.#highest, path, name, found);
    for (let directory = parentPath(path); ; directory = parentPath(directory)) {
      const below = directory === '' ? path : path.slice(directory.length + 1);
      this.#apply(this.#ownRules(directory), below, name, found);
      if (directory === '') break;
    }
    this.#apply(this.#lowest, path, name, found);
    const result = new Map<string, AttributeValue>();
    for (const [attribute, value] of found) if (value !== undefined) result.set(attribute, value);
    return result;
  }

  /** Later rules win over earlier ones, and what is known wins over all. */
  #apply(rules: readonly Rule[], path: string, name: string, found: Map<string, AttributeValue | undefined>): void {
    for (let i = rules.length - 1; i >= 0; i--) {
      const { pattern, assignments } = rules[i]!;
      if (pattern === undefined || pattern.isForDirectories || !pattern.matches(path, name)) continue;
      this.#assign(assignments, found, 0);
    }
  }

  #assign(assignments: readonly Assignment[], found: Map<string, AttributeValue | undefined>, depth: number): void {
    for (let i = assignments.length - 1; i >= 0; i--) {
      const { name, value } = assignments[i]!;
      if (found.has(name)) continue;
      found.set(name, value);
      const macro = value === true ? this.#macros!.get(name) : undefined;
      if (macro !== undefined && depth < MAX_EXPANSION) this.#assign(macro, found, depth + 1);
    }
  }

  #collectMacros(): Map<string, readonly Assignment[]> {
    const macros = new Map<string, readonly Assignment[]>();
    for (const rules of [BUILT_IN, this.#lowest!, this.#ownRules('' as BytePath), this.#highest!]) {
      for (const { macro, assignments } of rules) if (macro !== undefined) macros.set(macro, assignments);
    }
    return macros;
  }

  #ownRules(directory: BytePath): readonly Rule[] {
    const known = this.#own.get(directory);
    if (known !== undefined) return known;
    const path = joinPath(directory, ATTRIBUTES_FILE);
    const { root, recorded } = this.#places;
    const found = readRuleFile(this.#vfs, root, path);
    // Git takes a directory of this name for an empty file.
    const isMissing = found === undefined && this.#vfs.lstat(toFsPath(root, path))?.isDirectory() !== true;
    const rules = this.#parse(isMissing ? recorded(path) : found && withoutBom(found), directory === '');
    this.#own.set(directory, rules);
    return rules;
  }

  #common(files: readonly (string | undefined)[]): readonly Rule[] {
    return files.flatMap(file => {
      if (file === undefined || this.#vfs.isDirectory(file)) return [];
      const found = this.#vfs.read(file, MAX_RULE_BYTES);
      return this.#parse(found && withoutBom(found.bytes), true);
    });
  }

  #parse(bytes: Buffer | undefined, allowsMacros: boolean): readonly Rule[] {
    if (bytes === undefined) return [];
    const rules = parseAttributes(bytes.toString('latin1'), allowsMacros, this.#places.fold);
    this.#limits.add(bytes.length, rules.length);
    return rules;
  }
}

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const MACRO = '[attr]';
/** With any other escape, the quotes are part of the pattern. */
const QUOTED = /^"((?:[^"\\]|\\(?:[abfnrtv"\\]|[0-3][0-7]{2}))*)"(.*)$/s;
/** In bytes. Git leaves longer lines out. */
const MAX_LINE = 2047;

/** Git skips it in files, not in what is recorded. */
function withoutBom(bytes: Buffer): Buffer {
  return bytes.subarray(0, BOM.length).equals(BOM) ? bytes.subarray(BOM.length) : bytes;
}

function parseAttributes(text: string, allowsMacros: boolean, fold: boolean): Rule[] {
  const rules: Rule[] = [];
  text.split('\n').forEach((raw, i) => {
    // For Git a line ends at a NUL.
    const [whole = ''] = raw.split('\0', 1);
    const line = whole.replace(/^[ \t\r]+/, '');
    if (line === '' || line.startsWith('#') || whole.length > MAX_LINE) return;
    const quoted = line.startsWith('"') ? QUOTED.exec(line) : null;
    const [, name, rest] = quoted === null ? /^([^ \t\r]+)(.*)$/s.exec(line)! : [line, unquote(quoted[1]!), quoted[2]!];
    const assignments = assignmentsOf(rest);
    if (assignments === undefined) return;
    if (name.startsWith(MACRO) && name !== MACRO) {
      const macro = /^[ \t\r]*([^ \t\r]*)/.exec(name.slice(MACRO.length))![1]!;
      if (allowsMacros && isValidName(macro)) rules.push({ pattern: undefined, macro, assignments });
    } else if (!name.startsWith('!')) {
      rules.push({ pattern: compilePattern(name, false, fold, line, i + 1), macro: undefined, assignments });
    }
  });
  return rules;
}

/** Undefined if a name is invalid: then Git leaves the whole line out. */
function assignmentsOf(text: string): Assignment[] | undefined {
  const assignments: Assignment[] = [];
  for (const word of text.split(/[ \t\r]+/)) {
    if (word === '') continue;
    const [, sign, name, value] = /^([-!]?)([^=]*)(?:=(.*))?$/s.exec(word)!;
    if (!isValidName(name!)) return undefined;
    assignments.push({ name: name!, value: sign === '-' ? false : sign === '!' ? undefined : (value ?? true) });
  }
  return assignments;
}

function isValidName(name: string): boolean {
  return /^[\w.][-\w.]*$/.test(name);
}

function unquote(text: string): string {
  return text.replace(/\\([0-7]{3}|.)/gs, (_, escape: string) =>
    escape.length === 3 ? String.fromCharCode(Number.parseInt(escape, 8) & 0xff) : (LETTER_ESCAPES[escape] ?? escape),
  );
}

/** The macros that Git has by itself. */
const BUILT_IN = parseAttributes('[attr]binary -diff -merge -text', true, false);
