// Attributes of paths: .gitattributes files of the directories, info/attributes, the files of user and system.
import { baseName, joinPath, parentPath, type BytePath } from '../../base/bytePath.ts';
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
    const bytes = readRuleFile(this.#vfs, this.#places.root, path) ?? this.#places.recorded(path);
    const rules = bytes === undefined ? [] : this.#parse(bytes, directory === '');
    this.#own.set(directory, rules);
    return rules;
  }

  #common(files: readonly (string | undefined)[]): readonly Rule[] {
    return files.flatMap(file => {
      if (file === undefined || this.#vfs.isDirectory(file)) return [];
      const found = this.#vfs.read(file, MAX_RULE_BYTES);
      return found === undefined ? [] : this.#parse(found.bytes, true);
    });
  }

  #parse(bytes: Buffer, allowsMacros: boolean): readonly Rule[] {
    const rules = parseAttributes(bytes.toString('latin1'), allowsMacros, this.#places.fold);
    this.#limits.add(bytes.length, rules.length);
    return rules;
  }
}

const BOM = '\xef\xbb\xbf';
const MACRO = '[attr]';

function parseAttributes(text: string, allowsMacros: boolean, fold: boolean): Rule[] {
  const rules: Rule[] = [];
  const lines = (text.startsWith(BOM) ? text.slice(BOM.length) : text).split('\n');
  lines.forEach((raw, i) => {
    const line = raw.replace(/^[ \t\r]+/, '');
    if (line === '' || line.startsWith('#')) return;
    const words = line.split(/[ \t\r]+/).filter(word => word !== '');
    let name = words.shift()!;
    if (line.startsWith('"')) {
      const quoted = /^"((?:[^"\\]|\\.)*)"(.*)$/s.exec(line);
      if (quoted !== null) {
        name = unquote(quoted[1]!);
        words.splice(0, words.length, ...quoted[2]!.split(/[ \t\r]+/).filter(word => word !== ''));
      }
    }
    const assignments = words.flatMap(assignmentOf);
    if (name.startsWith(MACRO)) {
      const macro = name === MACRO ? words[0] : name.slice(MACRO.length);
      if (!allowsMacros || macro === undefined) return;
      rules.push({ pattern: undefined, macro, assignments: name === MACRO ? assignments.slice(1) : assignments });
    } else if (!name.startsWith('!')) {
      rules.push({ pattern: compilePattern(name, false, fold, line, i + 1), macro: undefined, assignments });
    }
  });
  return rules;
}

function assignmentOf(word: string): Assignment[] {
  if (word.startsWith('-')) return [{ name: word.slice(1), value: false }];
  if (word.startsWith('!')) return [{ name: word.slice(1), value: undefined }];
  const equals = word.indexOf('=');
  if (equals < 0) return [{ name: word, value: true }];
  return [{ name: word.slice(0, equals), value: word.slice(equals + 1) }];
}

function unquote(text: string): string {
  return text.replace(/\\([0-7]{3}|.)/gs, (_, escape: string) =>
    escape.length === 3 ? String.fromCharCode(Number.parseInt(escape, 8) & 0xff) : (LETTER_ESCAPES[escape] ?? escape),
  );
}

/** The macros that Git has by itself. */
const BUILT_IN = parseAttributes('[attr]binary -diff -merge -text', true, false);
