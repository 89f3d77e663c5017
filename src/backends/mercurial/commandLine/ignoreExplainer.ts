// Which rule ignores a path, as `quicksilver debugignore` explains it.
import type { BytePath } from '../../../base/bytePath.ts';
import type { HgConfig } from '../../../mercurial/config/hgConfig.ts';
import type { Dirstate } from '../../../mercurial/dirstate/dirstate.ts';
import type { IgnoreRules } from '../../../mercurial/ignore/ignoreRules.ts';
import { openRepository, type RepositoryPlace } from './open.ts';

export interface IgnoreExplanation {
  readonly isTracked: boolean;
  /** The path, or a directory that it is in; undefined if no rule ignores it. */
  readonly ignored: { readonly path: BytePath; readonly rule: IgnoringRule } | undefined;
}

export interface IgnoringRule {
  /** Absolute path of the file with the rule. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** A byte string. */
  readonly text: string;
}

export class IgnoreExplainer {
  readonly #dirstate: Dirstate;
  readonly #ignore: IgnoreRules;
  readonly config: HgConfig;

  /** Throws QuicksilverErrors. */
  constructor(place: RepositoryPlace) {
    const repository = openRepository(place);
    this.config = repository.config;
    this.#dirstate = repository.readDirstate();
    this.#ignore = repository.readIgnore();
  }

  /** Warnings about ignore files. */
  get warnings(): readonly string[] {
    return this.#ignore.warnings;
  }

  /** Throws a QuicksilverError where `hg debugignore` aborts. */
  explain(path: BytePath): IgnoreExplanation {
    const node = this.#dirstate.find(path);
    const isTracked = node >= 0 && this.#dirstate.kind(node) !== 'none';
    const { matcher } = this.#ignore;
    const ignored = path === '' ? undefined : matcher.explainIgnored(path);
    if (ignored !== undefined) matcher.checkSingly(ignored.rule);
    return { isTracked, ignored };
  }
}
