// Maps a tracked path to its revlog in the store. File systems that fold case, reject names or limit lengths must
// still keep every path apart, so Mercurial encodes them. A requirement of the repository names the encoding.
import { createHash } from 'node:crypto';
import { QuicksilverError } from '../../base/errors.ts';

/**
 * - plain: the directories of a file get an underscore at their end, those of a manifest nothing (Mercurial 7.2).
 * - directories: only directories that resemble a revlog are renamed (a repository without a store directory).
 * - escaped: and capitals and reserved bytes are escaped.
 * - hashed: and names reserved by Windows, trailing dots and spaces are escaped, and long paths are hashed (`fncache`).
 * - hashed-dots: and leading dots and spaces are escaped (`dotencode`).
 */
export type StoreLayout = 'plain' | 'directories' | 'escaped' | 'hashed' | 'hashed-dots';

/** The layout that a repository with these requirements has. */
export function storeLayout(requirements: ReadonlySet<string>): StoreLayout {
  if (!requirements.has('store')) return 'directories';
  if (requirements.has('exp-very-fragile-and-unsafe-plain-store-encoding')) return 'plain';
  if (requirements.has('fileindex-v1')) return 'hashed-dots';
  if (!requirements.has('fncache')) return 'escaped';
  return requirements.has('dotencode') ? 'hashed-dots' : 'hashed';
}

/**
 * The path of a store file, as a byte string relative to the store directory.
 *
 * @param path a byte string such as 'data/dir/name.i' or 'meta/dir/00manifest.i'. Index ('.i') and data file ('.d') of
 *   one revlog are encoded separately, because the hash of a long path differs
 * @throws a 'corrupt' error if a component is empty, '.' or '..', so that no name can lead out of the store
 */
export function encodeStorePath(path: string, layout: StoreLayout): string {
  for (const component of path.split('/')) {
    if (component === '' || component === '.' || component === '..' || component.includes('\0')) {
      throw new QuicksilverError('corrupt', `${JSON.stringify(path)} cannot be the name of a file in a store`);
    }
  }
  if (layout === 'plain') return path.startsWith(FILES) ? FILES + path.slice(FILES.length).replaceAll('/', '_/') : path;
  const directories = encodeDirectories(path);
  if (layout === 'directories') return directories;
  if (layout === 'escaped') return escape(directories, ESCAPED);
  const dots = layout === 'hashed-dots';
  // Escaping only lengthens, so a path that is already too long need not be escaped to know that.
  if (directories.length <= MAX_LENGTH) {
    const encoded = escapeComponents(escape(directories, ESCAPED), dots).join('/');
    if (encoded.length <= MAX_LENGTH) return encoded;
  }
  return hashPath(directories, dots);
}

/** Filelogs are below this. */
const FILES = 'data/';
const MAX_LENGTH = 120;
/** Bytes of each directory in a hashed path, and of all together with their slashes. */
const DIRECTORY_PREFIX = 8;
const MAX_DIRECTORIES = 68;
/** 'data/' and 'meta/' are equally long; a hashed path leaves them out. */
const KIND_PREFIX = 5;

/** Without this, a file 'a.i/b' and the index of a file 'a' would want the same name. */
function encodeDirectories(path: string): string {
  return path.includes('.') ? path.replace(/(\.(?:hg|i|d))\//g, '$1.hg/') : path;
}

function reservedByte(code: number): boolean {
  return code < 32 || code > 125 || '\\:*?"<>|'.includes(String.fromCharCode(code));
}

function hexEscape(code: number): string {
  return `~${code.toString(16).padStart(2, '0')}`;
}

function byteTable(of: (code: number, character: string) => string): readonly string[] {
  return Array.from({ length: 256 }, (_, code) =>
    reservedByte(code) ? hexEscape(code) : of(code, String.fromCharCode(code)),
  );
}

const isCapital = (code: number): boolean => code >= 0x41 && code <= 0x5a;

/** Reversible: a capital is '_' and its small letter. */
const ESCAPED = byteTable((code, character) =>
  isCapital(code) ? `_${character.toLowerCase()}` : character === '_' ? '__' : character,
);

/** Not reversible; used where a hash keeps the names apart. */
const LOWERED = byteTable((code, character) => (isCapital(code) ? character.toLowerCase() : character));

function escape(path: string, table: readonly string[]): string {
  let out = '';
  for (let i = 0; i < path.length; i++) out += table[path.charCodeAt(i) & 0xff]!;
  return out;
}

const DEVICE_NAME = /^(?:aux|con|prn|nul|com[1-9]|lpt[1-9])(?=\.|$)/;

function escapeComponents(path: string, dots: boolean): string[] {
  return path.split('/').map(component => {
    let out = component;
    const first = out.charCodeAt(0);
    if (dots && (first === 0x2e || first === 0x20)) out = hexEscape(first) + out.slice(1);
    else if (DEVICE_NAME.test(out)) out = out.slice(0, 2) + hexEscape(out.charCodeAt(2)) + out.slice(3);
    const last = out.charCodeAt(out.length - 1);
    return last === 0x2e || last === 0x20 ? out.slice(0, -1) + hexEscape(last) : out;
  });
}

function hashPath(path: string, dots: boolean): string {
  const digest = createHash('sha1').update(Buffer.from(path, 'latin1')).digest('hex');
  const components = escapeComponents(escape(path.slice(KIND_PREFIX), LOWERED), dots);
  const name = components.pop() ?? '';
  let directories = '';
  for (const component of components) {
    const prefix = component.slice(0, DIRECTORY_PREFIX).replace(/[. ]$/, '_');
    // The slash that follows the last one is not counted.
    if (directories.length + prefix.length > MAX_DIRECTORIES) break;
    directories += `${prefix}/`;
  }
  const start = `dh/${directories}`;
  const end = digest + name.slice(name.lastIndexOf('.'));
  return start + name.slice(0, Math.max(0, MAX_LENGTH - start.length - end.length)) + end;
}
