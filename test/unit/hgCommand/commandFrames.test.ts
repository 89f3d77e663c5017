import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HgArguments } from '../../../src/hgCommand/hgCall.ts';
import { QuicksilverError } from '../../../src/base/errors.ts';
import {
  checkHello,
  decodeResult,
  encodeCommand,
  FrameReader,
  type Frame,
} from '../../../src/hgCommand/commandFrames.ts';

const isCorrupt = (error: unknown): boolean => error instanceof QuicksilverError && error.code === 'corrupt';

function frame(channel: string, data: string, length = data.length): Buffer {
  const header = Buffer.alloc(5);
  header.write(channel, 'latin1');
  header.writeUInt32BE(length, 1);
  return Buffer.concat([header, Buffer.from(data, 'latin1')]);
}

function take(reader: FrameReader, bytes: Buffer): string[] {
  return reader.take(bytes).map(({ channel, data }) => `${channel}:${data.toString('latin1')}`);
}

/** As they are: what is put into them is not the matter here. */
function words(...list: readonly string[]): HgArguments {
  return list as HgArguments;
}

test('frames, however they are cut', () => {
  const stream = Buffer.concat([
    frame('o', 'hello'),
    frame('e', ''),
    frame('I', '', 4096),
    frame('L', '', 9),
    frame('r', 'abcd'),
  ]);
  const expected = ['o:hello', 'e:', 'I:', 'L:', 'r:abcd'];
  assert.deepEqual(take(new FrameReader(), stream), expected);
  for (let size = 1; size < stream.length; size++) {
    const reader = new FrameReader();
    const taken: string[] = [];
    for (let at = 0; at < stream.length; at += size) taken.push(...take(reader, stream.subarray(at, at + size)));
    assert.deepEqual(taken, expected, `pieces of ${size}`);
  }
});

test('what is no frame', () => {
  assert.throws(() => new FrameReader().take(Buffer.from('\0\0\0\0\0', 'latin1')), isCorrupt);
  assert.throws(() => new FrameReader().take(Buffer.from('Welcome to something', 'latin1')), isCorrupt);
  assert.throws(() => new FrameReader().take(frame('o', '', 0xffffffff)), isCorrupt);
});

test('a greeting may say more than is known', () => {
  const hello = (channel: string, text: string): Frame => ({ channel, data: Buffer.from(text, 'latin1') });
  checkHello(hello('o', 'capabilities: getencoding runcommand\nencoding: UTF-8\npid: 7'));
  checkHello(hello('o', 'later: first\ncapabilities: runcommand more\nfuture: a: b\n'));
  for (const bad of [
    hello('o', ''),
    hello('o', 'capabilities: getencoding'),
    hello('o', 'capabilities: noruncommand'),
    hello('e', 'capabilities: runcommand'),
  ]) {
    assert.throws(() => checkHello(bad), isCorrupt);
  }
});

test('commands and results', () => {
  assert.deepEqual(
    encodeCommand(words('status', '\u00e9')),
    Buffer.from('runcommand\n\0\0\0\x09status\0\xc3\xa9', 'latin1'),
  );
  assert.throws(
    () => encodeCommand(words('a\0b')),
    (error: unknown) => error instanceof QuicksilverError && error.code === 'usage',
  );
  assert.equal(decodeResult(Buffer.from([0xff, 0xff, 0xff, 0xff])), -1);
  assert.throws(() => decodeResult(Buffer.from([0])), isCorrupt);
});
