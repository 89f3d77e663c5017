// The branch that the current one follows.
import { QuicksilverError } from '../../base/errors.ts';
import { textOf, type GitConfig } from '../config/gitConfig.ts';
import type { Refs } from './refs.ts';

/** Where Git looks up a short name, in order: see gitrevisions. */
const PLACES: readonly (readonly [before: string, after: string])[] = [
  ['', ''],
  ['refs/', ''],
  ['refs/tags/', ''],
  ['refs/heads/', ''],
  ['refs/remotes/', ''],
  ['refs/remotes/', '/HEAD'],
];

export interface GitUpstream {
  /** The whole name of the reference, as a byte string. */
  readonly ref: string;
  /** Its commit; undefined if there is no such reference. */
  readonly id: string | undefined;
}

/**
 * Returns the upstream of a branch: the first `branch.<name>.merge` after the mapping of the remote's `fetch`. In the
 * repository itself (the remote `.`) that may be a short name, and a symbolic reference stands for its target.
 * Returns undefined if there is none, or no mapping fits. Throws 'invalid-config' where Git fails.
 * @param branch the short name, as a byte string
 */
export function upstreamOf(config: GitConfig, refs: Refs, branch: string): GitUpstream | undefined {
  const ref = upstreamReference(config, refs, branch);
  if (ref === undefined) return undefined;
  const found = refs.resolve(ref);
  const isOwn = config.get(`branch.${branch}.remote`) === '.';
  return { ref: (isOwn ? found?.name : undefined) ?? ref, id: found?.id };
}

/** Returns the reference of {@link upstreamOf} before symbolic ones are followed. */
export function upstreamReference(config: GitConfig, refs: Refs, branch: string): string | undefined {
  const remote = config.get(`branch.${branch}.remote`);
  const merge = config.all(`branch.${branch}.merge`)[0];
  if (remote === undefined || remote === '' || merge === undefined || merge === '') return undefined;
  if (remote !== '.') return mappedRef(config.all(`remote.${remote}.fetch`), merge);
  const found = refs.existing(PLACES.map(([before, after]) => before + merge + after));
  return found.length === 1 ? found[0] : merge;
}

/** A line of `remote.<name>.fetch`, each side with at most one `*`. */
interface Mapping {
  readonly from: string;
  /** Empty if the remote's references are not kept. */
  readonly to: string;
}

function mappedRef(lines: readonly string[], merge: string): string | undefined {
  const mappings = lines.filter(line => !line.startsWith('^')).map(parseMapping);
  const left = lines.filter(line => line.startsWith('^')).map(line => line.slice(1));
  // Git looks for lines that leave a reference out as if the name were that of the copy.
  const originals = mappings.map(({ from, to }) =>
    from.includes('*') ? mapped(to, from, merge) : mapped(from, from, merge),
  );
  if (originals.some(name => name !== undefined && left.some(each => mapped(each, '', name) !== undefined))) {
    return undefined;
  }
  for (const { from, to } of mappings) {
    const found = to === '' ? undefined : mapped(from, to, merge);
    if (found !== undefined) return found;
  }
  return undefined;
}

function parseMapping(line: string): Mapping {
  const [from = '', to = ''] = line.replace(/^\+/, '').split(':');
  if (to !== '' && from.includes('*') !== to.includes('*')) {
    throw new QuicksilverError('invalid-config', `invalid refspec '${textOf(line)}'`);
  }
  return { from, to };
}

/** Returns what stands for a name: `to`, with the part that `*` in `from` matches. Undefined if none matches. */
function mapped(from: string, to: string, name: string): string | undefined {
  const star = from.indexOf('*');
  if (star < 0) return from === name ? to : undefined;
  const suffix = from.slice(star + 1);
  const fits = name.length >= from.length - 1 && name.startsWith(from.slice(0, star)) && name.endsWith(suffix);
  return fits ? to.replace('*', () => name.slice(star, name.length - suffix.length)) : undefined;
}

/** Returns the shortest name of a reference that Git does not take for another one, as a byte string. */
export function shortReference(refs: Refs, ref: string): string {
  for (let place = PLACES.length - 2; place > 0; place--) {
    const [before] = PLACES[place]!;
    if (!ref.startsWith(before)) continue;
    const short = ref.slice(before.length);
    if (refs.existing(PLACES.slice(0, place).map(([earlier]) => earlier + short)).length === 0) return short;
  }
  return ref;
}
