import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProblemLog } from '../../../src/server/problemLog.ts';

test('the last troubles of a repository, without those of others', () => {
  let now = 0;
  const troubles = new ProblemLog(() => ++now);
  const roots = ['/w/a', '/w/a/nested', '/w/b'];
  troubles.add('warn', '/w/a/.hg cannot be watched');
  troubles.add('error', '/w/b/.hg/dirstate: damaged');
  troubles.add('warn', '/w/a/nested/.hg cannot be watched');
  troubles.add('warn', 'Not every directory can be watched');
  assert.deepEqual(
    troubles.of('/w/a', roots).map(({ time, level }) => [time, level]),
    [
      [1, 'warn'],
      [4, 'warn'],
    ],
  );
  assert.deepEqual(
    troubles.of('/w/a/nested', roots).map(({ time }) => time),
    [1, 3, 4],
  );
  assert.deepEqual(
    troubles.of('/w/b', roots).map(({ time }) => time),
    [2, 4],
  );
});

test('a repository whose name begins like another one has troubles of its own', () => {
  const troubles = new ProblemLog(() => 0);
  const roots = ['/w/app', '/w/app2', '/w/app.old'];
  for (const root of roots) troubles.add('warn', `${root}/.hg cannot be watched`);
  troubles.add('error', 'no space for /w/app.');
  const of = (root: string): string[] => troubles.of(root, roots).map(({ message }) => message);
  assert.deepEqual(of('/w/app'), ['/w/app/.hg cannot be watched', 'no space for /w/app.']);
  assert.deepEqual(of('/w/app2'), ['/w/app2/.hg cannot be watched']);
  assert.deepEqual(of('/w/app.old'), ['/w/app.old/.hg cannot be watched']);
});

test('there are not too many of them, and none is too long', () => {
  const troubles = new ProblemLog(() => 0);
  for (let i = 0; i < 200; i++) troubles.add('warn', `${i} ${'x'.repeat(1000)}`);
  const last = troubles.of('/w', []);
  assert.deepEqual(
    last.map(({ message }) => message.split(' ')[0]),
    ['190', '191', '192', '193', '194', '195', '196', '197', '198', '199'],
  );
  assert.ok(last.every(({ message }) => message.length === 500));
});
