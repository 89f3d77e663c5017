import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { bytePath } from '../../../../src/base/bytePath.ts';
import { QuicksilverError, type ErrorCode } from '../../../../src/base/errors.ts';
import type { FileStat } from '../../../../src/base/fileStat.ts';
import { NULL_ID, type Dirstate } from '../../../../src/mercurial/dirstate/dirstate.ts';
import { readDirstate } from '../../../../src/mercurial/dirstate/readDirstate.ts';
import { Vfs, type OpenFile } from '../../../../src/files/vfs.ts';
import { encodeV1, encodeV2, P1, P2, type V2Files } from '../../../support/dirstateBytes.ts';

const traits = { executableBit: true, symlinks: true };
const TRACKED = 0x3;

/** Calls `before` with the number of the call, from 1, before each file is opened. */
class RacingVfs extends Vfs {
  opened: string[] = [];
  readonly #before: (call: number) => void;

  constructor(before: (call: number) => void) {
    super();
    this.#before = before;
  }

  override open(file: string): OpenFile | undefined {
    this.opened.push(path.basename(file));
    this.#before(this.opened.length);
    return super.open(file);
  }
}

let directory = '';
beforeEach(() => (directory = fs.mkdtempSync(path.join(os.tmpdir(), 'dirstate-'))));
afterEach(() => fs.rmSync(directory, { recursive: true }));

function write(name: string, bytes: Uint8Array): void {
  fs.writeFileSync(path.join(directory, `${name}.new`), bytes);
  fs.renameSync(path.join(directory, `${name}.new`), path.join(directory, name));
}

function remove(name: string): void {
  fs.rmSync(path.join(directory, name));
}

function v2(id: string, ...paths: string[]): V2Files {
  return encodeV2(
    paths.map(p => ({ path: p, flags: TRACKED })),
    { id },
  );
}

function read(vfs = new Vfs()): Dirstate {
  return readDirstate(vfs, directory, { traits });
}

function paths(dirstate: Dirstate): string[] {
  return [...dirstate.entries()].map(node => dirstate.path(node));
}

function assertFails(action: () => unknown, code: ErrorCode, message: RegExp): void {
  assert.throws(action, (error: unknown) => {
    assert.ok(error instanceof QuicksilverError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  });
}

describe('reading the dirstate', () => {
  test('a missing or empty file is an empty dirstate without parents', () => {
    const missing = read();
    assert.equal(missing.identity, undefined);
    write('dirstate', Buffer.alloc(0));
    const empty = read();
    assert.equal(empty.identity?.size, 0n);
    for (const dirstate of [missing, empty]) {
      assert.equal(dirstate.format, 'none');
      assert.equal(dirstate.entryCount, 0);
      assert.equal(dirstate.p1, NULL_ID);
      assert.equal(dirstate.p2, NULL_ID);
      assert.equal(dirstate.isMerge, false);
    }
  });

  test('version 1', () => {
    write('dirstate', encodeV1([{ state: 'n', path: 'a/b' }], P1, P2));
    const dirstate = read();
    assert.equal(dirstate.format, 'v1');
    assert.equal(dirstate.p1, P1);
    assert.equal(dirstate.p2, P2);
    assert.equal(dirstate.isMerge, true);
    assert.deepEqual(paths(dirstate), ['a/b']);
    assert.deepEqual(dirstate.identity, new Vfs().identity(path.join(directory, 'dirstate')));
  });

  test('version 2, with stray data files beside the one that counts', () => {
    const files = v2('abcd', 'a/b', 'c');
    write('dirstate.1234', Buffer.from('left behind'));
    write('dirstate.abcd', files.data);
    write('dirstate', files.docket);
    const dirstate = read();
    assert.equal(dirstate.format, 'v2');
    assert.equal(dirstate.p1, P1);
    assert.deepEqual(paths(dirstate).sort(), ['a/b', 'c']);
    assert.deepEqual(dirstate.identity, new Vfs().identity(path.join(directory, 'dirstate')));
  });

  test('times of the present second, and up to a day ahead, prove nothing', () => {
    const now = 1_700_000_000;
    const ahead = [-1, 0, 1, 86_400, 86_401, -86_400];
    const proving = (dirstate: Dirstate): boolean[] =>
      ahead.map((seconds, i) => {
        const stat = { kind: 'file', size: 5, executable: false, mtimeSeconds: now + seconds, mtimeNanoseconds: 0 };
        return dirstate.compareStat(dirstate.find(bytePath(`f${i}`)), stat as FileStat) === 'clean';
      });
    const expected = [true, false, false, false, true, true];
    const entries = ahead.map((seconds, i) => ({ state: 'n', size: 5, mtime: now + seconds, path: `f${i}` }));
    write('dirstate', encodeV1(entries));
    const first = readDirstate(new Vfs(), directory, { traits, now: now + 0.9 });
    assert.deepEqual(proving(first), expected);
    // The table of an older dirstate stays as it is.
    const later = readDirstate(new Vfs(), directory, { traits, now: now - 1, previous: first });
    assert.deepEqual([proving(first), proving(later)[0]], [expected, false]);
    const flags = TRACKED | 0x0c00;
    const nodes = ahead.map((seconds, i) => ({ path: `f${i}`, flags, size: 5, seconds: now + seconds }));
    const { docket, data } = encodeV2(nodes, { id: 'x' });
    write('dirstate.x', data);
    write('dirstate', docket);
    assert.deepEqual(proving(readDirstate(new Vfs(), directory, { traits, now })), expected);
  });

  test('1 to 39 bytes are damaged, 40 are parents without entries', () => {
    const bytes = encodeV1([]);
    for (let length = 1; length < 40; length++) {
      write('dirstate', bytes.subarray(0, length));
      assertFails(read, 'corrupt', /appears damaged/);
    }
    write('dirstate', bytes);
    assert.equal(read().p1, P1);
  });

  test('a file that is too large is refused before it is read', () => {
    write('dirstate', encodeV1([{ state: 'n', path: 'a' }]));
    const vfs = new Vfs();
    assertFails(() => readDirstate(vfs, directory, { traits, maxBytes: 50 }), 'unsupported', /58 bytes are more/);
    assert.equal(vfs.bytesRead, 12);
    const files = v2('abcd', 'a');
    write('dirstate.abcd', files.data);
    write('dirstate', files.docket);
    assertFails(() => readDirstate(vfs, directory, { traits, maxBytes: 44 }), 'unsupported', /45 bytes are more/);
  });

  test('something that is no file is an error, not a wait', () => {
    fs.mkdirSync(path.join(directory, 'dirstate'));
    assertFails(read, 'io', /not a regular file/);
  });
});

describe('reading the dirstate while it is replaced', () => {
  test('version 1: replaced once is read again', () => {
    write('dirstate', encodeV1([{ state: 'n', path: 'old' }]));
    const vfs = new RacingVfs(call => {
      if (call === 2) write('dirstate', encodeV1([{ state: 'n', path: 'new' }]));
    });
    assert.deepEqual(paths(read(vfs)), ['new']);
    assert.deepEqual(vfs.opened, ['dirstate', 'dirstate', 'dirstate', 'dirstate']);
  });

  test('version 1: damaged only while it is being written', () => {
    const whole = encodeV1([{ state: 'n', path: 'a' }]);
    write('dirstate', whole.subarray(0, 50));
    const vfs = new RacingVfs(call => {
      if (call === 2) fs.writeFileSync(path.join(directory, 'dirstate'), whole);
    });
    assert.deepEqual(paths(read(vfs)), ['a']);
  });

  test('version 1: replaced every time', () => {
    const vfs = new RacingVfs(call => write('dirstate', encodeV1([{ state: 'n', path: `f${call}` }])));
    assertFails(() => read(vfs), 'changed-while-reading', /replaced each of the 5 times/);
    assert.equal(vfs.opened.length, 10);
  });

  test('appears, or disappears, while it is looked for', () => {
    const appears = new RacingVfs(call => {
      if (call === 2) write('dirstate', encodeV1([{ state: 'n', path: 'a' }]));
    });
    assert.deepEqual(paths(read(appears)), ['a']);
    const disappears = new RacingVfs(call => {
      if (call === 2) remove('dirstate');
    });
    assert.equal(read(disappears).format, 'none');
  });

  test('version 2: a new docket, and the old data file gone before it was opened', () => {
    const old = v2('aaaa', 'old');
    const replacement = v2('bbbb', 'new');
    write('dirstate.aaaa', old.data);
    write('dirstate', old.docket);
    const vfs = new RacingVfs(call => {
      if (call !== 2) return;
      write('dirstate.bbbb', replacement.data);
      write('dirstate', replacement.docket);
      remove('dirstate.aaaa');
    });
    assert.deepEqual(paths(read(vfs)), ['new']);
    assert.deepEqual(vfs.opened, ['dirstate', 'dirstate.aaaa', 'dirstate', 'dirstate', 'dirstate.bbbb', 'dirstate']);
  });

  test('version 2: from version 1 while it is read', () => {
    const files = v2('aaaa', 'new');
    write('dirstate', encodeV1([{ state: 'n', path: 'old' }]));
    const vfs = new RacingVfs(call => {
      if (call !== 2) return;
      write('dirstate.aaaa', files.data);
      write('dirstate', files.docket);
    });
    const dirstate = read(vfs);
    assert.equal(dirstate.format, 'v2');
    assert.deepEqual(paths(dirstate), ['new']);
  });

  test('version 2: appended to meanwhile is the state of the docket that was read, or of the next', () => {
    const old = v2('aaaa', 'old');
    write('dirstate.aaaa', old.data);
    write('dirstate', old.docket);
    const vfs = new RacingVfs(call => {
      if (call === 2) fs.appendFileSync(path.join(directory, 'dirstate.aaaa'), Buffer.alloc(300, 0xff));
    });
    assert.deepEqual(paths(read(vfs)), ['old']);
    assert.equal(vfs.opened.length, 3);
  });

  test('version 2: a data file that stays away, or too short, is corrupt after a second look', () => {
    const files = v2('aaaa', 'a');
    write('dirstate', files.docket);
    const vfs = new RacingVfs(() => undefined);
    assertFails(() => read(vfs), 'corrupt', /names the data file .*dirstate\.aaaa, which does not exist/);
    assert.deepEqual(vfs.opened, ['dirstate', 'dirstate.aaaa', 'dirstate', 'dirstate', 'dirstate.aaaa', 'dirstate']);
    for (const length of [0, 1, files.data.length - 1]) {
      write('dirstate.aaaa', files.data.subarray(0, length));
      assertFails(read, 'corrupt', /but it is shorter/);
    }
  });

  test('version 2: replaced every time without its data file', () => {
    const vfs = new RacingVfs(call => write('dirstate', v2(`id${call}`, 'a').docket));
    assertFails(() => read(vfs), 'changed-while-reading', /replaced each of the 5 times/);
  });
});
