// Tools for makers of hostile repositories: sound repositories to start from, and parts to damage them with.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { hg, writeFiles } from '../../../scripts/vscode/mercurial.mjs';

/** Modification time of tracked files, in seconds: long ago, so that Mercurial trusts it. */
const OLD_SECONDS = 1_000_000_000;

/** The tracked files of a sound repository. Later steps change `changed.txt` and add `new.txt` without tracking it. */
const FILES = {
  'clean.txt': 'clean\n',
  'changed.txt': 'before\n',
  'sub/deep.txt': 'deep\n',
};

/** Both formats of the dirstate. */
const FORMATS = {
  v1: ['--config', 'format.use-dirstate-v2=no'],
  v2: ['--config', 'format.use-dirstate-v2=yes', '--config', 'storage.dirstate-v2.slow-path=allow'],
};

/** Makes the two sound repositories that all others are copies of: `sound-v1` and `sound-v2` below `folder`. */
export function makeSoundRepositories(folder) {
  for (const [format, options] of Object.entries(FORMATS)) {
    const root = path.join(folder, `sound-${format}`);
    hg(folder, ...options, 'init', root);
    writeFiles(root, FILES);
    for (const name of Object.keys(FILES)) fs.utimesSync(path.join(root, name), OLD_SECONDS, OLD_SECONDS);
    hg(root, ...options, 'commit', '--addremove', '--date', '0 0', '--message', 'First commit');
    // So that the entries of clean files carry their size and time.
    hg(root, ...options, 'status');
    fs.writeFileSync(path.join(root, 'changed.txt'), 'after, and longer\n');
    fs.writeFileSync(path.join(root, 'new.txt'), 'new\n');
  }
}

/** A repository of the gallery while it is made. */
export class Workshop {
  /** The folder of the working copy. */
  root;
  /** A folder beside it, of which nothing may be read unless a configuration or ignore file names it. */
  outside;

  constructor(folder, name) {
    this.root = path.join(folder, name);
    this.outside = path.join(folder, `${name}.outside`);
  }

  /** A path in the working copy, or with `.hg/` in front in the repository. */
  at(name) {
    return path.join(this.root, ...name.split('/'));
  }

  read(name) {
    return fs.readFileSync(this.at(name));
  }

  write(name, content) {
    fs.mkdirSync(path.dirname(this.at(name)), { recursive: true });
    // The old file may be a link to elsewhere, or may block.
    fs.rmSync(this.at(name), { force: true });
    fs.writeFileSync(this.at(name), content);
  }

  /** Changes bytes of a file: `change` is given a copy, and may return another buffer. */
  patch(name, change) {
    const bytes = Buffer.from(this.read(name));
    this.write(name, change(bytes) ?? bytes);
  }

  remove(name) {
    fs.rmSync(this.at(name), { recursive: true, force: true });
  }

  fifo(name) {
    this.remove(name);
    execFileSync('mkfifo', [this.at(name)]);
  }

  /** Puts a symbolic link to something at a place. */
  link(name, target) {
    this.remove(name);
    fs.symlinkSync(target, this.at(name));
  }

  /** A file of that many bytes, none of which takes room. */
  sparse(name, size) {
    this.write(name, '');
    fs.truncateSync(this.at(name), size);
  }

  /** Commits files with the real hg, before anything is hostile. */
  commit(files) {
    writeFiles(this.root, files);
    const names = Object.keys(files);
    for (const name of names) fs.utimesSync(this.at(name), OLD_SECONDS, OLD_SECONDS);
    hg(this.root, 'commit', '--addremove', '--date', '0 0', '--message', 'More', ...names);
    hg(this.root, 'status');
  }

  writeOutside(name, content) {
    fs.mkdirSync(this.outside, { recursive: true });
    const file = path.join(this.outside, name);
    fs.writeFileSync(file, content);
    return file;
  }

  /** Replaces the dirstate by one of version 1 with these entries: { name, size, mtime, mode, state, length }. */
  dirstateV1(entries) {
    const parents = this.read('.hg/dirstate').subarray(0, 40);
    this.write('.hg/dirstate', Buffer.concat([parents, ...entries.map(entryV1)]));
  }

  /** The name of the data file that a version 2 docket points to, as `patch` takes it. */
  get dataFile() {
    const docket = this.read('.hg/dirstate');
    return `.hg/dirstate.${docket.toString('latin1', 125, 125 + docket[124])}`;
  }

  /** Where the nodes of the root begin in the data file of version 2. */
  get rootOffset() {
    return this.read('.hg/dirstate').readUInt32BE(76);
  }

  /** Replaces a revlog in the store by an inline one of these revisions (see {@link revlog}). */
  revlog(name, revisions) {
    const { bytes, nodes } = revlog(revisions);
    this.write(`.hg/store/${name}`, bytes);
    return nodes;
  }

  /** The node of the only revision of a revlog in the store. */
  nodeOf(name) {
    return this.read(`.hg/store/${name}`).subarray(32, 52);
  }

  /** Replaces the history by one changeset with this manifest, and makes it the parent in a version 1 dirstate. */
  history(manifestText) {
    const [manifest] = this.revlog('00manifest.i', [{ text: manifestText }]);
    const text = `${manifest.toString('hex')}\nAda\n0 0\nclean.txt\n\nOnly commit`;
    const [changeset] = this.revlog('00changelog.i', [{ text: Buffer.from(text) }]);
    this.patch('.hg/dirstate', bytes => void changeset.copy(bytes, 0));
  }
}

function entryV1({ name, state = 'n', mode = 0o100644, size = 6, mtime = OLD_SECONDS, length }) {
  const bytes = Buffer.from(name, 'latin1');
  const header = Buffer.alloc(17);
  header.write(state, 0, 'latin1');
  header.writeInt32BE(mode, 1);
  header.writeInt32BE(size, 5);
  header.writeInt32BE(mtime, 9);
  header.writeInt32BE(length ?? bytes.length, 13);
  return Buffer.concat([header, bytes]);
}

const NULL_NODE = Buffer.alloc(20);

function nodeOf(text, first, second) {
  const [a, b] = first.compare(second) < 0 ? [first, second] : [second, first];
  return createHash('sha1').update(a).update(b).update(text).digest();
}

/**
 * An inline revlog with general delta. A revision is { text }, or any wrong values for it: { chunk, node, base,
 * fullLength, compressedLength, link, p1 }.
 */
function revlog(revisions) {
  const nodes = [];
  const parts = [];
  let offset = 0;
  for (const [number, revision] of revisions.entries()) {
    const { text = Buffer.alloc(0), p1 = -1 } = revision;
    const chunk = revision.chunk ?? Buffer.concat([Buffer.from('u'), text]);
    const node = revision.node ?? nodeOf(text, nodes[p1] ?? NULL_NODE, NULL_NODE);
    nodes.push(node);
    const entry = Buffer.alloc(64);
    entry.writeUIntBE(offset, 0, 6);
    entry.writeInt32BE(revision.compressedLength ?? chunk.length, 8);
    entry.writeInt32BE(revision.fullLength ?? text.length, 12);
    entry.writeInt32BE(revision.base ?? number, 16);
    entry.writeInt32BE(revision.link ?? 0, 20);
    entry.writeInt32BE(p1, 24);
    entry.writeInt32BE(-1, 28);
    node.copy(entry, 32);
    if (number === 0) entry.writeUInt32BE(0x0003_0001, 0);
    parts.push(entry, chunk);
    offset += chunk.length;
  }
  return { bytes: Buffer.concat(parts), nodes };
}

/** A delta that replaces bytes `start` to `end` by others. */
export function delta(start, end, bytes) {
  const header = Buffer.alloc(12);
  header.writeUInt32BE(start, 0);
  header.writeUInt32BE(end, 4);
  header.writeUInt32BE(bytes.length, 8);
  return Buffer.concat([header, bytes]);
}

/** A zstd frame that stands for `count` blocks of 128 KiB of zeros, of four bytes each. */
export function zstdBomb(count) {
  // Magic number; no content size, a window of 128 KiB; blocks that repeat one byte, the last one marked.
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38]);
  const blocks = Buffer.alloc(count * 4);
  for (let block = 0; block < count; block++) {
    blocks.writeUIntLE((0x20000 << 3) | 2 | (block === count - 1 ? 1 : 0), block * 4, 3);
  }
  return Buffer.concat([head, blocks]);
}
