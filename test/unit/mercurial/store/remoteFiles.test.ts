import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { parseRemoteFile } from '../../../../src/mercurial/store/remoteFiles.ts';

const NULL = Buffer.alloc(20);

/** A file of remotefilelog, and its node. The source of a copy is `p1`. */
function remoteFile(content: string, { p1 = NULL, copy = '' } = {}): { readonly bytes: Buffer; readonly node: string } {
  const mark = '\x01\n';
  const metadata =
    copy !== ''
      ? `${mark}copy: ${copy}\ncopyrev: ${p1.toString('hex')}\n${mark}`
      : content.startsWith(mark)
        ? mark + mark
        : '';
  const hash = createHash('sha1').update(NULL);
  const node = hash
    .update(copy === '' ? p1 : NULL)
    .update(metadata + content)
    .digest('hex');
  const ancestry = [Buffer.from(node, 'hex'), p1, NULL, Buffer.alloc(20, 7), Buffer.from(`${copy}\0`)];
  return { bytes: Buffer.concat([Buffer.from(`${content.length}\0${content}`), ...ancestry]), node };
}

describe('files of remotefilelog', () => {
  test('contents are checked against the node: first ones, later ones, copies, and such as look like metadata', () => {
    const p1 = Buffer.alloc(20, 0x44);
    const files = [
      remoteFile('text\n'),
      remoteFile(''),
      remoteFile('12\0 3', { p1 }),
      remoteFile('copied\n', { p1, copy: 'a/b' }),
      remoteFile('\x01\nfoo'),
    ];
    const contents = files.map(({ bytes, node }) => parseRemoteFile(bytes, node, 'f').toString());
    assert.deepEqual(contents, ['text\n', '', '12\0 3', 'copied\n', '\x01\nfoo']);
  });

  test('anything else is damage', () => {
    const { bytes, node } = remoteFile('text\n');
    const damaged = [
      Buffer.alloc(0),
      Buffer.from('5'),
      Buffer.from('v1\ns5\0text\n'),
      Buffer.from('99999999999\0'),
      Buffer.from('4294967295\0text\n'),
      Buffer.from('-1\0text\n'),
      bytes.subarray(0, bytes.length - 1),
      Buffer.concat([Buffer.from('4'), bytes.subarray(1)]),
      Buffer.concat([Buffer.from('6'), bytes.subarray(1)]),
    ];
    for (const each of damaged) assert.throws(() => parseRemoteFile(each, node, 'f'), { code: 'corrupt' });
    assert.throws(() => parseRemoteFile(bytes, 'f'.repeat(40), 'f'), {
      code: 'corrupt',
      message: /not the revision f/,
    });
  });
});
