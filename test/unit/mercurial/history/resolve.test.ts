import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveRevision, type RevisionNames } from '../../../../src/mercurial/history/resolve.ts';
import { mergeTag, parseTags } from '../../../../src/mercurial/history/tags.ts';

const NODES = ['a', 'ab', 'b', 'f0', '5'].map(start => start.padEnd(40, '1'));

function names(given: Partial<RevisionNames> = {}): RevisionNames {
  return {
    count: NODES.length,
    parents: () => [3, -1],
    isHidden: () => false,
    node: hex => NODES.indexOf(hex),
    prefix: (hex, limit) => NODES.flatMap((node, i) => (node.startsWith(hex) ? [i] : [])).slice(0, limit),
    bookmark: () => undefined,
    tag: () => undefined,
    branch: () => undefined,
    nodeOf: revision => NODES[revision]!,
    ...given,
  };
}

test('numbers, nodes and what is built in', () => {
  const expected: Record<string, number | 'working-copy'> = {
    '0': 0,
    '-1': 4,
    '-5': 0,
    '5': 4,
    [NODES[1]!]: 1,
    [NODES[1]!.toUpperCase()]: 1,
    ab: 1,
    AB1: 1,
    b: 2,
    '.': 3,
    tip: 4,
    null: -1,
    '00': -1,
    ['0'.repeat(40)]: -1,
    'p1()': 3,
    ' p1( ) ': 3,
    'wdir()': 'working-copy',
    ff: 'working-copy',
    '2147483647': 'working-copy',
    '"tip"': 4,
    ' 2 ': 2,
  };
  for (const [text, revision] of Object.entries(expected)) assert.equal(resolveRevision(text, names()), revision, text);
});

test('an abbreviation of several nodes is an error that lists them', () => {
  assert.throws(() => resolveRevision('a', names()), {
    code: 'unknown-revision',
    message: `'a' is ambiguous: it can be 0:${NODES[0]}, 1:${NODES[1]}`,
  });
  assert.throws(() => resolveRevision('f', names()), { message: /3:f01+, the working copy$/ });
});

test('a bookmark comes before a tag, a tag before a branch, a branch before an abbreviation', () => {
  const all = { bookmark: () => 1, tag: () => 2, branch: () => 3 };
  assert.equal(resolveRevision('b', names(all)), 1);
  assert.equal(resolveRevision('b', names({ ...all, bookmark: () => undefined })), 2);
  assert.equal(resolveRevision('b', names({ branch: () => 3 })), 3);
  assert.equal(resolveRevision('1', names(all)), 1);
  assert.equal(resolveRevision('4', names({ bookmark: () => 0 })), 4);
  assert.equal(resolveRevision('with (space)', names({ tag: name => (name === 'with (space)' ? 2 : undefined) })), 2);
});

test('what does not exist, is hidden, or is another expression', () => {
  for (const text of ['nosuch', '7', '-6', 'p2()', '01', 'c'.repeat(40)]) {
    assert.throws(() => resolveRevision(text, names()), { code: 'unknown-revision' }, text);
  }
  for (const text of ['.^', 'a and b', '0:2', 'branch(default)', '', '  ', '::tip', 'not 1']) {
    assert.throws(() => resolveRevision(text, names()), { code: 'usage' }, text);
  }
  const hidden = names({ isHidden: revision => revision === 4 });
  assert.equal(resolveRevision('tip', hidden), 3);
  for (const text of ['-1', '4', NODES[4]!, '51']) {
    assert.throws(() => resolveRevision(text, hidden), { code: 'unknown-revision', message: /is hidden/ }, text);
  }
});

test('a later file of tags wins, unless it names what the earlier one replaced', () => {
  const [a, b, c] = ['a', 'b', 'c'].map(digit => digit.repeat(40)) as [string, string, string];
  assert.deepEqual(
    parseTags(`${a} x\nnonsense\n${b}  x \n${'1'.repeat(39)} y\n`),
    new Map([['x', { node: b, earlier: [a] }]]),
  );
  assert.equal(mergeTag(undefined, { node: a, earlier: [] }).node, a);
  assert.equal(mergeTag({ node: a, earlier: [] }, { node: b, earlier: [] }).node, b);
  assert.equal(mergeTag({ node: b, earlier: [a] }, { node: a, earlier: [] }).node, b);
  assert.equal(mergeTag({ node: b, earlier: [a] }, { node: a, earlier: [b] }).node, a);
  assert.equal(mergeTag({ node: b, earlier: [a, c] }, { node: a, earlier: [b] }).node, b);
  assert.deepEqual(mergeTag({ node: a, earlier: [c] }, { node: b, earlier: [a] }).earlier, [a, c]);
});
