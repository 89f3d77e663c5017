import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeStorePath, storeLayout, type StoreLayout } from '../../../../src/mercurial/store/storePath.ts';

const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

test('fncache with dotencode: every rule', () => {
  const vectors: [string, string][] = [
    ['UPPER/Case_File', 'data/_u_p_p_e_r/_case___file.i'],
    ['aux', 'data/au~78.i'],
    ['con.txt', 'data/co~6e.txt.i'],
    ['foo.', 'data/foo..i'],
    ['foo./x', 'data/foo~2e/x.i'],
    ['foo /x', 'data/foo~20/x.i'],
    [' lead', 'data/~20lead.i'],
    ['.dot/.f', 'data/~2edot/~2ef.i'],
    ['a.i/b', 'data/a.i.hg/b.i'],
    ['a.d/b', 'data/a.d.hg/b.i'],
    ['a.hg/b', 'data/a.hg.hg/b.i'],
    ['a.i', 'data/a.i.i'],
    ['tilde~', 'data/tilde~7e.i'],
    [latin1('é'), 'data/~c3~a9.i'],
    ['com9/lpt0', 'data/co~6d9/lpt0.i'],
    ['auxx/aux.d/prn.', 'data/auxx/au~78.d.hg/pr~6e..i'],
    ['a:b*c?d"e<f>g|h\\i', 'data/a~3ab~2ac~3fd~22e~3cf~3eg~7ch~5ci.i'],
    ['\x01\x1f\x7f}', 'data/~01~1f~7f}.i'],
    ['x'.repeat(112), `data/${'x'.repeat(112)}.i`],
    ['x'.repeat(113), `data/${'x'.repeat(113)}.i`],
    ['x'.repeat(115), `dh/${'x'.repeat(75)}f1c321927a2a24b8480ad26bc6ffb3d8f8599558.i`],
    [
      `AUX/AUX.aux/${'L'.repeat(130)}.ext`,
      `dh/au~78/au~78.au/${'l'.repeat(60)}00187b23b91b52d657cf44f62265459dbe93d639.i`,
    ],
    [
      `${'d'.repeat(40)}/${'E'.repeat(40)}/${'f'.repeat(40)}.txt`,
      `dh/dddddddd/eeeeeeee/${'f'.repeat(40)}.txt.if497c65a2d4d3374f0df99e01ca1774f2d030a9b.i`,
    ],
  ];
  for (const [path, encoded] of vectors) assert.equal(encodeStorePath(`data/${path}.i`, 'hashed-dots'), encoded);
});

test('the hash of a long path is that of the index or of the data file', () => {
  const index = encodeStorePath(`data/${'x'.repeat(115)}.i`, 'hashed-dots');
  const data = encodeStorePath(`data/${'x'.repeat(115)}.d`, 'hashed-dots');
  assert.equal(index.slice(-2), '.i');
  assert.equal(data.slice(-2), '.d');
  assert.notEqual(index.slice(0, -2), data.slice(0, -2));
});

test('the other layouts leave out what came later', () => {
  const path = 'data/.Dot/aux/a.i/x .i';
  const expected: [StoreLayout, string][] = [
    ['plain', 'data/.Dot_/aux_/a.i_/x .i'],
    ['directories', 'data/.Dot/aux/a.i.hg/x .i'],
    ['escaped', 'data/._dot/aux/a.i.hg/x .i'],
    ['hashed', 'data/._dot/au~78/a.i.hg/x .i'],
    ['hashed-dots', 'data/~2e_dot/au~78/a.i.hg/x .i'],
  ];
  for (const [layout, encoded] of expected) assert.equal(encodeStorePath(path, layout), encoded);
  assert.equal(encodeStorePath(`data/${'X'.repeat(200)}.i`, 'escaped'), `data/${'_x'.repeat(200)}.i`);
});

test('the plain layout, as Mercurial 7.2 writes it', () => {
  for (const [path, encoded] of [
    ['data/d/e.i/f/g.i', 'data/d_/e.i_/f_/g.i'],
    ['data/d_/x_.i', 'data/d__/x_.i'],
    ['data/top.d.i', 'data/top.d.i'],
    ['meta/d/e.i/00manifest.i', 'meta/d/e.i/00manifest.i'],
    ['00changelog.i', '00changelog.i'],
  ] as const) {
    assert.equal(encodeStorePath(path, 'plain'), encoded);
  }
});

test('no name leads out of the store', () => {
  for (const path of ['data/../x.i', 'data/./x.i', 'data//x.i', '/data/x.i', 'data/a\0b.i', 'data/..', '']) {
    assert.throws(() => encodeStorePath(path, 'directories'), { code: 'corrupt' }, path);
  }
});

test('the layout follows from the requirements', () => {
  const layout = (...requirements: string[]): StoreLayout => storeLayout(new Set(requirements));
  assert.equal(layout('revlogv1'), 'directories');
  assert.equal(layout('store'), 'escaped');
  assert.equal(layout('store', 'fncache'), 'hashed');
  assert.equal(layout('store', 'fncache', 'dotencode'), 'hashed-dots');
  assert.equal(layout('store', 'fileindex-v1'), 'hashed-dots');
  assert.equal(layout('store', 'exp-very-fragile-and-unsafe-plain-store-encoding'), 'plain');
});
