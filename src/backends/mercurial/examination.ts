// Examines a Mercurial repository for a report: its facts, the reasons why it is unsupported, and its status.
import { toDisplay } from '../../base/bytePath.ts';
import type { ProcessEnvironment } from '../../files/environment.ts';
import type { Vfs } from '../../files/vfs.ts';
import { unknownExtensions } from '../../mercurial/repository/knownExtensions.ts';
import { MercurialRepository } from '../../mercurial/repository/repository.ts';
import type { StatusEntry } from '../../status/status.ts';
import type { WorkCounters } from '../../status/types.ts';
import { settledStatus } from './snapshot.ts';

/** A value is a phrase, or names from the repository. */
export interface Fact {
  readonly name: string;
  readonly value: string | { readonly names: readonly string[] };
}

export interface ExaminedStatus {
  /** All files, those that are ignored or clean included. */
  readonly entries: readonly StatusEntry[];
  readonly outcome: WorkCounters;
  readonly warnings: readonly string[];
  readonly milliseconds: number;
}

export class Examination {
  readonly #vfs: Vfs;
  readonly #environment: ProcessEnvironment;
  readonly #lenient: MercurialRepository;
  #supported: MercurialRepository | undefined;

  /** Opens an unsupported repository too, so that all reasons appear together and beside the other facts. */
  constructor(root: string, vfs: Vfs, environment: ProcessEnvironment) {
    this.#vfs = vfs;
    this.#environment = environment;
    this.#lenient = MercurialRepository.open(root, { vfs, environment, allowUnsupported: true });
  }

  /** Yields the facts in the order in which they are shown. Throws a QuicksilverError where one cannot be read. */
  *facts(): Generator<Fact> {
    const repository = this.#lenient;
    const { config, sharedSource } = repository;
    yield names('Requirements', [...repository.requirements].sort());
    yield names('Store', [repository.storeDirectory]);
    if (sharedSource !== undefined) yield names('Share of', [sharedSource]);
    yield names('Configuration', this.#existing(config.files));
    if (config.untrustedFiles.length > 0)
      yield names('Configuration left out, its owner is not trusted', config.untrustedFiles);
    const unknown = unknownExtensions(config);
    if (unknown.length > 0) yield names('Extensions of which nothing is known here', unknown);
    const { branch, bookmark, topic } = repository.names();
    yield names('Branch', [branch]);
    if (bookmark !== undefined) yield names('Active bookmark', [bookmark]);
    if (topic !== undefined) yield names('Topic', [topic]);
    yield { name: 'Lock', value: repository.lockHolder().description ?? 'free' };
    const dirstate = repository.readDirstate();
    const { format, entryCount, p1, p2 } = dirstate;
    yield { name: 'Dirstate', value: format === 'none' ? 'none' : `version ${format.slice(1)}` };
    yield { name: 'Entries', value: String(entryCount) };
    const parents = [p1, p2].filter(parent => !/^0*$/.test(parent));
    yield names('Parents', parents);
    const operation = repository.unfinished(dirstate);
    if (operation !== undefined) yield { name: 'Unfinished', value: operation };
    const { excluded } = repository.treeRules(dirstate);
    if (excluded.size > 0) yield names('Subrepositories', [...excluded].map(toDisplay));
  }

  /** Absolute paths of the ignore files that exist. */
  ignoreFiles(): readonly string[] {
    return this.#existing(this.#lenient.ignoreFiles);
  }

  /** Returns why the repository is unsupported, as sentences. */
  refusals(): readonly string[] {
    return this.#lenient.checkSupported();
  }

  /** Returns the status as it is now. Throws a QuicksilverError, or the reason of an aborted `signal`. */
  async status(signal: AbortSignal | undefined): Promise<ExaminedStatus> {
    const { root } = this.#lenient;
    this.#supported ??= MercurialRepository.open(root, { vfs: this.#vfs, environment: this.#environment });
    const started = performance.now();
    const { result, snapshot, settled } = await settledStatus(this.#supported, { rules: 'at-once' }, () => ({
      ignored: 'all',
      clean: true,
      signal,
    }));
    const milliseconds = performance.now() - started;
    const warnings = [
      ...(snapshot.ignore()?.warnings ?? []),
      ...result.unreadable.map(({ path, code }) => `${toDisplay(path)} cannot be read (${code})`),
      ...result.undecided.map(({ path, why }) => `${toDisplay(path)} may be modified: ${why.message}`),
      ...(settled ? [] : ['The repository was changed all the time; the answer may mix two states.']),
    ];
    return { entries: result.entries, outcome: result.outcome, warnings, milliseconds };
  }

  #existing(files: readonly string[]): string[] {
    return files.filter(file => this.#vfs.lstat(file) !== undefined);
  }
}

function names(name: string, values: readonly string[]): Fact {
  return { name, value: values.length === 0 ? 'none' : { names: values } };
}
