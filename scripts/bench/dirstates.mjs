// Writes what Mercurial records of a working copy, in both formats, without asking it: a commit of 300,000 files by
// Mercurial itself takes minutes.

const V1_HEADER = 40;
const V1_ENTRY = 17;
const V1_STATE = { normal: 'n', added: 'a', removed: 'r' };

/**
 * A dirstate of version 1.
 *
 * @param entries { path, state, size, seconds }, `state` one of normal, added, removed
 * @returns { bytes, offsets }, where `offsets` has the place of each entry
 */
export function encodeVersion1(parent, entries) {
  const length = entries.reduce((sum, { path }) => sum + V1_ENTRY + path.length, V1_HEADER);
  const bytes = Buffer.alloc(length);
  bytes.write(parent, 0, 'hex');
  const offsets = new Float64Array(entries.length);
  let at = V1_HEADER;
  for (const [index, { path, state, size, seconds }] of entries.entries()) {
    const isNormal = state === 'normal';
    offsets[index] = at;
    bytes.write(V1_STATE[state], at, 'latin1');
    bytes.writeInt32BE(isNormal ? 0o100644 : 0, at + 1);
    bytes.writeInt32BE(isNormal ? size : state === 'added' ? -1 : 0, at + 5);
    bytes.writeInt32BE(isNormal ? seconds : state === 'added' ? -1 : 0, at + 9);
    bytes.writeInt32BE(path.length, at + 13);
    bytes.write(path, at + V1_ENTRY, 'latin1');
    at += V1_ENTRY + path.length;
  }
  return { bytes, offsets };
}

/**
 * Returns the dirstate after a commit or an update: another parent, and other sizes and times at some entries.
 * `seconds` undefined means that the file changed too recently for a reliable time; Mercurial then records none.
 */
export function patchVersion1(bytes, parent, changes) {
  const patched = Buffer.from(bytes);
  patched.write(parent, 0, 'hex');
  for (const { offset, size, seconds } of changes) {
    patched.writeInt32BE(size, offset + 5);
    patched.writeInt32BE(seconds ?? -1, offset + 9);
  }
  return patched;
}

const V2_NODE = 44;
const V2_HEADER = 125;
const TRACKED = 1;
const IN_PARENT = 2;
const HAS_SIZE = 0x400;
const HAS_MTIME = 0x800;
const DIRECTORY = 0x2000;
const ALL_UNKNOWN_RECORDED = 0x4000;
const V2_STATE = { normal: TRACKED | IN_PARENT | HAS_SIZE | HAS_MTIME, added: TRACKED, removed: IN_PARENT };

/**
 * A dirstate of version 2, as { docket, data }; the data belong into the file `dirstate.<id>`.
 *
 * @param entries as above, with `nanoseconds`
 * @param directoryTimes the mtimes, { seconds, nanoseconds }, of directories without unknown or ignored children. With
 *   an unchanged mtime their listing stays valid
 * @param ignoreHash 20 bytes: for which ignore rules that holds
 */
export function encodeVersion2({ parent, id, entries, directoryTimes, ignoreHash }) {
  const root = treeOf(entries);
  const data = Buffer.alloc(sizeOf(root, 0));
  const total = { length: 0, nodes: 0 };
  const top = writeChildren(root, '', { data, total, directoryTimes });
  const docket = Buffer.alloc(V2_HEADER + id.length);
  docket.write('dirstate-v2\n', 0, 'latin1');
  docket.write(parent, 12, 'hex');
  docket.writeUInt32BE(top.offset, 76);
  docket.writeUInt32BE(top.count, 80);
  docket.writeUInt32BE(entries.length, 84);
  ignoreHash.copy(docket, 100);
  docket.writeUInt32BE(total.length, 120);
  docket.writeUInt8(id.length, 124);
  docket.write(id, V2_HEADER, 'latin1');
  return { docket, data: data.subarray(0, total.length) };
}

function treeOf(entries) {
  const root = new Map();
  const directories = new Map([['', root]]);
  const directoryAt = path => {
    let directory = directories.get(path);
    if (directory === undefined) {
      directory = new Map();
      directories.set(path, directory);
      const slash = path.lastIndexOf('/');
      directoryAt(path.slice(0, Math.max(0, slash))).set(path.slice(slash + 1), directory);
    }
    return directory;
  };
  for (const entry of entries) {
    const slash = entry.path.lastIndexOf('/');
    directoryAt(entry.path.slice(0, Math.max(0, slash))).set(entry.path.slice(slash + 1), entry);
  }
  return root;
}

function sizeOf(directory, prefix) {
  let size = 0;
  for (const [name, child] of directory) {
    size += V2_NODE + prefix + name.length;
    if (child instanceof Map) size += sizeOf(child, prefix + name.length + 1);
  }
  return size;
}

/** Writes the children of a directory, descendants first, and returns their place. */
function writeChildren(directory, prefix, context) {
  const { data, total, directoryTimes } = context;
  // Names have only ASCII letters: this order is that of the bytes.
  const names = [...directory.keys()].sort((a, b) => (a < b ? -1 : 1));
  const below = names.map(name => {
    const child = directory.get(name);
    return child instanceof Map ? writeChildren(child, `${prefix}${name}/`, context) : undefined;
  });
  const pathOffsets = names.map(name => {
    const offset = total.length;
    total.length += data.write(prefix + name, offset, 'latin1');
    return offset;
  });
  const offset = total.length;
  let entries = 0;
  let tracked = 0;
  for (const [index, name] of names.entries()) {
    const at = offset + index * V2_NODE;
    const inner = below[index];
    data.writeUInt32BE(pathOffsets[index], at);
    data.writeUInt16BE(prefix.length + name.length, at + 4);
    data.writeUInt16BE(prefix.length, at + 6);
    if (inner === undefined) {
      const { state, size, seconds, nanoseconds } = directory.get(name);
      data.writeUInt16BE(V2_STATE[state], at + 30);
      if (state === 'normal') writeStat(data, at, size, seconds, nanoseconds);
      entries++;
      if (state !== 'removed') tracked++;
    } else {
      data.writeUInt32BE(inner.offset, at + 14);
      data.writeUInt32BE(inner.count, at + 18);
      data.writeUInt32BE(inner.entries, at + 22);
      data.writeUInt32BE(inner.tracked, at + 26);
      const time = directoryTimes.get(prefix + name);
      if (time !== undefined) {
        data.writeUInt16BE(DIRECTORY | HAS_MTIME | ALL_UNKNOWN_RECORDED, at + 30);
        writeStat(data, at, 0, time.seconds, time.nanoseconds);
      }
      entries += inner.entries;
      tracked += inner.tracked;
    }
  }
  total.length += names.length * V2_NODE;
  return { offset, count: names.length, entries, tracked };
}

function writeStat(data, at, size, seconds, nanoseconds) {
  data.writeUInt32BE(size, at + 32);
  data.writeUInt32BE(seconds, at + 36);
  data.writeUInt32BE(nanoseconds, at + 40);
}
