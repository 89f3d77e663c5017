// Writes the history of a repository for the benchmark: a first changeset with all files, and two that follow it.
// Changelog and manifests are complete. Only files whose contents are needed have a filelog.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { deflateSync } from 'node:zlib';

const NULL = Buffer.alloc(20);
const ENTRY = 64;
const INLINE = 0x0003_0001;
const SEPARATE = 0x0002_0001;
const USER = 'Ada Example <ada@example.org>';

/** The node of a revision: the hash of its parents, the smaller first, and its text. */
export function nodeOf(text, parent = NULL) {
  return createHash('sha1').update(NULL).update(parent).update(text).digest();
}

/**
 * Writes changelog, manifests and filelogs.
 *
 * @param store absolute path of `.hg/store`
 * @param files { path, node } of all files of the first changeset, in any order
 * @param children for each following changeset the files that it changes: { path, node }
 * @param filelogs { file, texts: [{ text, link }] } with `file` relative to the store; each later revision has the
 *   previous one as its parent
 * @param cacheFile where Mercurial keeps the manifests it used last
 * @returns the nodes of the changesets, hexadecimal
 */
export function writeHistory({ store, cacheFile, files, children, filelogs }) {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const lines = sorted.map(({ path: name, node }) => Buffer.from(`${name}\0${node.toString('hex')}\n`, 'latin1'));
  const text = Buffer.concat(lines);
  const root = nodeOf(text);
  const manifests = [{ node: root, text, chunk: compressed(text), link: 0 }];
  const places = new Map();
  let offset = 0;
  for (const [index, line] of lines.entries()) {
    places.set(sorted[index].path, offset);
    offset += line.length;
  }
  for (const [index, changed] of children.entries()) {
    const hunks = changed
      .map(({ path: name, node }) => ({ at: places.get(name), line: `${name}\0${node.toString('hex')}\n` }))
      .sort((a, b) => a.at - b.at);
    const next = Buffer.from(text);
    for (const { at, line } of hunks) next.write(line, at, 'latin1');
    manifests.push({
      node: nodeOf(next, root),
      text: next,
      chunk: compressed(deltaOf(hunks)),
      link: index + 1,
      parent: 0,
      base: 0,
    });
  }
  const changesets = [];
  for (const [index, { node }] of manifests.entries()) {
    const names = index === 0 ? sorted : [...children[index - 1]].sort((a, b) => (a.path < b.path ? -1 : 1));
    const list = names.map(file => `${file.path}\n`).join('');
    const bytes = Buffer.from(`${node.toString('hex')}\n${USER}\n0 0\n${list}\nChangeset ${index}`, 'latin1');
    const parent = index === 0 ? {} : { parent: 0 };
    const own = nodeOf(bytes, index === 0 ? undefined : changesets[0].node);
    changesets.push({ node: own, text: bytes, chunk: compressed(bytes), link: index, ...parent });
  }
  writeRevlog(path.join(store, '00changelog'), changesets, SEPARATE);
  writeRevlog(path.join(store, '00manifest'), manifests, SEPARATE);
  for (const { file, texts } of filelogs) writeFilelog(path.join(store, file), texts);
  fs.mkdirSync(path.dirname(cacheFile), { recursive: true });
  const cached = manifests.flatMap(({ node, text: full }) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(full.length);
    return [node, length, full];
  });
  fs.writeFileSync(cacheFile, Buffer.concat(cached));
  return changesets.map(({ node }) => node.toString('hex'));
}

function writeFilelog(file, texts) {
  let before;
  const revisions = texts.map(({ text, link }, index) => {
    const node = nodeOf(text, before);
    before = node;
    return { node, text, chunk: compressed(text), link, parent: index - 1 };
  });
  fs.mkdirSync(path.dirname(file), { recursive: true });
  writeRevlog(file.slice(0, -'.i'.length), revisions, INLINE);
}

export function writeRevlog(base, revisions, header) {
  const isInline = header === INLINE;
  const index = [];
  const data = [];
  let offset = 0;
  for (const [number, { node, text, chunk, link, parent = -1, base: deltaBase = number }] of revisions.entries()) {
    const entry = Buffer.alloc(ENTRY);
    entry.writeUIntBE(offset, 0, 6);
    entry.writeInt32BE(chunk.length, 8);
    entry.writeInt32BE(text.length, 12);
    entry.writeInt32BE(deltaBase, 16);
    entry.writeInt32BE(link, 20);
    entry.writeInt32BE(parent, 24);
    entry.writeInt32BE(-1, 28);
    node.copy(entry, 32);
    if (number === 0) entry.writeUInt32BE(header, 0);
    index.push(entry);
    (isInline ? index : data).push(chunk);
    offset += chunk.length;
  }
  fs.writeFileSync(`${base}.i`, Buffer.concat(index));
  if (!isInline) fs.writeFileSync(`${base}.d`, Buffer.concat(data));
}

/** Lines of the same length take the place of those at `at`. */
export function deltaOf(hunks) {
  return Buffer.concat(
    hunks.flatMap(({ at, line }) => {
      const head = Buffer.alloc(12);
      head.writeInt32BE(at, 0);
      head.writeInt32BE(at + line.length, 4);
      head.writeInt32BE(line.length, 8);
      return [head, Buffer.from(line, 'latin1')];
    }),
  );
}

export function compressed(text) {
  const packed = deflateSync(text);
  return packed.length < text.length ? packed : Buffer.concat([Buffer.from('u'), text]);
}
