// The contents that the index records, as the engine's base. A working file is clean if Git would record the same
// object.
import { toDisplay, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { ContentSource } from '../../base/fileStat.ts';
import { GitAttributes } from '../attributes/attributes.ts';
import {
  conversionOf,
  isKeptByLfs,
  NO_CONVERSION,
  pointerTo,
  toRecorded,
  type Conversion,
} from '../attributes/conversion.ts';
import { objectId } from '../objects/objectFormat.ts';
import { EXECUTABLE_MODE, SYMLINK_MODE } from '../objects/structures.ts';
import type { GitRepository } from '../repository/repository.ts';
import type { GitIndex } from './gitIndex.ts';

/** A file that is converted is read as a whole; larger ones are unsupported. */
const MAX_CONVERTED_BYTES = 512 * 1024 * 1024;

export interface IndexedFile {
  readonly kind: 'file' | 'executable' | 'symlink';
  /** Names the content and its conversion. */
  readonly revision: string;
  matches(content: ContentSource): boolean;
}

export class IndexFiles {
  readonly #repository: GitRepository;
  readonly #index: GitIndex;
  readonly #attributes: GitAttributes;

  constructor(repository: GitRepository, index: GitIndex) {
    this.#repository = repository;
    this.#index = index;
    this.#attributes = attributesOf(repository, index);
  }

  /** Throws 'unsupported' if the file is converted by a program. */
  find(path: BytePath): IndexedFile | undefined {
    const index = this.#index;
    const node = index.find(path);
    if (node < 0 || index.kind(node) === 'none') return undefined;
    const mode = index.mode(node);
    const id = index.id(node);
    const kind = mode === SYMLINK_MODE ? 'symlink' : mode === EXECUTABLE_MODE ? 'executable' : 'file';
    const { config } = this.#repository;
    const conversion =
      kind === 'symlink' ? NO_CONVERSION : conversionOf(this.#attributes.of(path), config, toDisplay(path));
    const { lineEnds, ident, isLfs } = conversion;
    return {
      kind,
      revision: conversion === NO_CONVERSION ? id : `${id} ${lineEnds} ${ident} ${isLfs}`,
      matches: content => this.#matches(content, id, conversion),
    };
  }

  /** True if Git LFS keeps the content of a file of this name. */
  isLfs(path: BytePath): boolean {
    try {
      return conversionOf(this.#attributes.of(path), this.#repository.config, toDisplay(path)).isLfs;
    } catch (error) {
      // Another program converts it.
      if (error instanceof QuicksilverError && error.code === 'unsupported') return false;
      throw error;
    }
  }

  /** True if the content of a file of this name is, or may be, recorded in another form. */
  isConverted(path: BytePath): boolean {
    try {
      return conversionOf(this.#attributes.of(path), this.#repository.config, toDisplay(path)) !== NO_CONVERSION;
    } catch (error) {
      if (error instanceof QuicksilverError && error.code === 'unsupported') return true;
      throw error;
    }
  }

  /** Returns the content that Git would record of a file in the working tree. */
  recordedContent(path: BytePath, content: Buffer): Buffer {
    const conversion = conversionOf(this.#attributes.of(path), this.#repository.config, toDisplay(path));
    return conversion === NO_CONVERSION ? content : toRecorded(content, conversion, () => this.#recorded(path));
  }

  #recorded(path: BytePath): Buffer {
    const id = recordedId(this.#index, path);
    return id === undefined ? Buffer.alloc(0) : this.#repository.store.readTyped(id, 'blob', MAX_CONVERTED_BYTES);
  }

  #matches(content: ContentSource, id: string, conversion: Conversion): boolean {
    const { format, store } = this.#repository;
    if (conversion === NO_CONVERSION) return objectId(format, 'blob', content.size, content.chunks()) === id;
    const recorded = (): Buffer => store.readTyped(id, 'blob', MAX_CONVERTED_BYTES);
    const whole = (): Buffer => Buffer.concat([...content.chunks()].map(chunk => Buffer.from(chunk)));
    if (conversion.isLfs && isKeptByLfs(content.size, whole)) {
      const pointer = pointerTo(content.chunks());
      return objectId(format, 'blob', pointer.length, [pointer]) === id;
    }
    if (content.size > MAX_CONVERTED_BYTES) {
      throw new QuicksilverError('unsupported', `a file of ${content.size} bytes is too large to be converted`);
    }
    const converted = toRecorded(whole(), conversion, recorded);
    return objectId(format, 'blob', converted.length, [converted]) === id;
  }
}

/** The content that the index has: of a conflict our side, of a file that is intended to be added none. */
function recordedId(index: GitIndex, path: BytePath): string | undefined {
  const node = index.find(path);
  if (node < 0 || index.kind(node) === 'none' || index.isIntentToAdd(node)) return undefined;
  return index.isUnmerged(node) ? index.stages(node)[1]?.id : index.id(node);
}

function attributesOf(repository: GitRepository, index: GitIndex): GitAttributes {
  const { vfs, root, attributeFiles, environment, store } = repository;
  return new GitAttributes(vfs, {
    root,
    own: attributeFiles.own,
    user: attributeFiles.user,
    fold: repository.config.boolean('core.ignorecase', false),
    system: environment.systemConfig !== undefined,
    recorded: path => {
      const id = recordedId(index, path);
      return id === undefined ? undefined : store.readTyped(id, 'blob');
    },
  });
}
