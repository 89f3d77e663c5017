// The decoders of Git's files.
import { bytePath } from '../../src/base/bytePath.ts';
import { conversionOf, toRecorded } from '../../src/git/attributes/conversion.ts';
import { GitAttributes } from '../../src/git/attributes/attributes.ts';
import { GitConfig } from '../../src/git/config/gitConfig.ts';
import { parseConfig } from '../../src/git/config/configParser.ts';
import { lastMatch, parseIgnoreFile } from '../../src/git/ignore/ignorePattern.ts';
import { readIndex } from '../../src/git/index/readIndex.ts';
import { SHA1 } from '../../src/git/objects/objectFormat.ts';
import { ObjectStore } from '../../src/git/objects/objectStore.ts';
import { parseCommit, parseTree } from '../../src/git/objects/structures.ts';
import { agreeOnGitIndex } from '../support/nativeGitIndex.ts';
import { LINES, NUMBERS, seed, seeds, tried } from './decoderInputs.ts';
import type { Decoder } from './fuzzer.ts';
import { MemoryVfs } from './memoryVfs.ts';

const GIT = '/r/.git';
const OBJECTS = `${GIT}/objects`;
const SETTINGS = { executableBit: true, symlinks: true, ctime: true, inode: true, sparse: true };

/** The shared index that the split seed names. */
const SHARED = seed('gitSharedIndex', 'shared.bin');
const SHARED_NAME = `sharedindex.${SHARED.toString('hex', SHARED.length - 20)}`;

function walkIndex(bytes: Buffer): void {
  agreeOnGitIndex(withoutHash(bytes));
  const vfs = new MemoryVfs({ [`${GIT}/index`]: withoutHash(bytes), [`${GIT}/${SHARED_NAME}`]: SHARED });
  const store = new ObjectStore(vfs, OBJECTS, SHA1, false);
  const index = readIndex(vfs, store, { file: `${GIT}/index`, settings: SETTINGS });
  tried(() => void index.cachedTrees());
  let found = 0;
  for (const node of index.entries()) {
    const path = index.path(node);
    if (found++ < 100 && index.find(path) !== node) throw new Error(`${JSON.stringify(path)} is not found again`);
    index.kind(node);
    if (index.isUnmerged(node)) index.stages(node);
  }
}

/** With a hash of zeros, which is not compared: mutations would stop there. */
function withoutHash(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.fill(0, Math.max(0, copy.length - 20));
  return copy;
}

const PACK = seed('gitPack', 'pack.bin');
const PACK_INDEX = seed('gitPackIndex', 'idx.bin');
const COUNT = PACK_INDEX.readUInt32BE(8 + 255 * 4);
const NAMES = Array.from({ length: COUNT }, (_, i) => PACK_INDEX.toString('hex', 1032 + i * 20, 1052 + i * 20));

/** A pack's directory in memory, which MemoryVfs cannot list by itself. */
class PackVfs extends MemoryVfs {
  override list(path: string): string[] {
    return path.endsWith('/pack') ? ['p.idx', 'p.pack'] : [];
  }
}

function readPack(pack: Buffer, index: Buffer): void {
  const vfs = new PackVfs({ [`${OBJECTS}/pack/p.pack`]: pack, [`${OBJECTS}/pack/p.idx`]: index });
  const store = new ObjectStore(vfs, OBJECTS, SHA1, false);
  let read = 0;
  for (const name of NAMES) {
    tried(() => {
      const { type, data } = store.read(name);
      if (type === 'tree') parseTree(data, SHA1, name);
      if (type === 'commit') parseCommit(data, SHA1, name);
      read++;
    });
  }
  // One that no object can be read of counts as rejected.
  if (read === 0) store.read(NAMES[0]!);
}

const CONFIG =
  '[core]\n\tautocrlf = true\n[remote "o"] fetch = "+refs/heads/*:refs/remotes/o/*" ; c\n[x]\n a = b\\\n c\n';
const RULES = '*.o\n!keep\n/dir/\na/**/b\n[a-z[:upper:]]?\\*\n# c\nx\\ \n';
const ATTRIBUTES = '[attr]m text eol=crlf\n* text=auto\n*.c m ident\n"a\\tb" -text filter=lfs\n';

export const GIT_DECODERS: readonly Decoder[] = [
  { name: 'gitIndex', seeds: seeds('gitIndex'), stride: 72, run: walkIndex },
  { name: 'gitPack', seeds: [PACK], run: bytes => readPack(bytes, PACK_INDEX) },
  { name: 'gitPackIndex', seeds: [PACK_INDEX], stride: 20, run: bytes => readPack(PACK, bytes) },
  {
    name: 'gitConfig',
    seeds: [Buffer.from(CONFIG)],
    tokens: [...NUMBERS, ...LINES, '[', ']', '"', '\\', '='],
    run: bytes => void parseConfig(bytes.toString('latin1'), 'config'),
  },
  {
    name: 'gitIgnore',
    seeds: [Buffer.from(RULES)],
    tokens: [...LINES, '**/', '[', '[:', ':]', '\\', '!', '*'],
    run: bytes => {
      const rules = parseIgnoreFile(bytes.toString('latin1'), false);
      for (const path of ['a', 'dir/x.o', 'a/b/c/d/b']) lastMatch(rules, path, path.slice(-1), false);
    },
  },
  {
    name: 'gitAttributes',
    seeds: [Buffer.from(ATTRIBUTES)],
    tokens: [...LINES, '"', '[attr]', '=', '-', '!'],
    run: bytes => {
      const vfs = new MemoryVfs({ [`${GIT}/info/attributes`]: bytes });
      const attributes = new GitAttributes(vfs, {
        root: '/r',
        own: `${GIT}/info/attributes`,
        user: undefined,
        fold: false,
        system: false,
        recorded: () => undefined,
      }).of(bytePath('a.c'));
      const conversion = conversionOf(attributes, new GitConfig(new Map(), []), 'a.c');
      toRecorded(Buffer.from('a\r\n$Id: x $\r\n'), conversion, () => Buffer.from('a\n'));
    },
  },
];
