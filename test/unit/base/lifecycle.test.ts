import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorMessage, QuicksilverError, systemErrorCode } from '../../../src/base/errors.ts';
import { DisposableStore, Emitter, toDisposable } from '../../../src/base/lifecycle.ts';

test('a store disposes of what it owns, last made first, once', () => {
  const store = new DisposableStore();
  const log: string[] = [];
  for (const name of ['a', 'b', 'c']) store.add(toDisposable(() => log.push(name)));
  assert.equal(store.isDisposed, false);
  store.dispose();
  store.dispose();
  assert.equal(store.isDisposed, true);
  assert.deepEqual(log, ['c', 'b', 'a']);
});

test('what is added to a disposed store is disposed of at once', () => {
  const store = new DisposableStore();
  store.dispose();
  let disposed = 0;
  const item = toDisposable(() => disposed++);
  assert.equal(store.add(item), item);
  assert.equal(disposed, 1);
});

test('what a dispose adds is not lost', () => {
  const store = new DisposableStore();
  const log: string[] = [];
  store.add(toDisposable(() => void store.add(toDisposable(() => log.push('late')))));
  store.dispose();
  assert.deepEqual(log, ['late']);
});

test('one that cannot be disposed of does not save the others, and its error is not lost', () => {
  const store = new DisposableStore();
  const log: string[] = [];
  const broken = new Error('broken');
  store.add(toDisposable(() => log.push('first')));
  store.add(
    toDisposable(() => {
      throw broken;
    }),
  );
  store.add(toDisposable(() => log.push('last')));
  assert.throws(
    () => store.dispose(),
    error => error === broken,
  );
  assert.deepEqual(log, ['last', 'first']);
  store.dispose();

  const two = new DisposableStore();
  for (const error of [broken, new Error('also broken')]) {
    two.add(
      toDisposable(() => {
        throw error;
      }),
    );
  }
  assert.throws(
    () => two.dispose(),
    error => error instanceof AggregateError && error.errors.length === 2 && error.errors[1] === broken,
  );
});

test('listeners are told in order until they are disposed of', () => {
  const emitter = new Emitter<number>();
  const log: string[] = [];
  const first = emitter.event(value => log.push(`first ${value}`));
  emitter.event(value => log.push(`second ${value}`));
  emitter.fire(1);
  first.dispose();
  emitter.fire(2);
  emitter.dispose();
  emitter.fire(3);
  assert.deepEqual(log, ['first 1', 'second 1', 'second 2']);
});

test('one function may listen twice and stop once', () => {
  const emitter = new Emitter<string>();
  const log: string[] = [];
  const listener = (value: string): void => void log.push(value);
  const one = emitter.event(listener);
  emitter.event(listener);
  emitter.fire('a');
  one.dispose();
  one.dispose();
  emitter.fire('b');
  assert.deepEqual(log, ['a', 'a', 'b']);
});

test('a listener that comes while others are told is told from the next time on', () => {
  const emitter = new Emitter<number>();
  const log: number[] = [];
  const once = emitter.event(() => {
    once.dispose();
    emitter.event(value => log.push(value));
  });
  emitter.fire(1);
  assert.deepEqual(log, []);
  emitter.fire(2);
  assert.deepEqual(log, [2]);
});

test('a listener that throws does not stop the others, and its error is not lost', () => {
  const emitter = new Emitter<number>();
  const log: number[] = [];
  const broken = new Error('broken');
  emitter.event(() => {
    throw broken;
  });
  emitter.event(value => log.push(value));
  assert.throws(
    () => emitter.fire(7),
    error => error === broken,
  );
  assert.deepEqual(log, [7]);

  const also = new Error('also broken');
  emitter.event(() => {
    throw also;
  });
  assert.throws(
    () => emitter.fire(8),
    error => error instanceof AggregateError && error.errors[0] === broken && error.errors[1] === also,
  );
  assert.deepEqual(log, [7, 8]);
});

test('errors carry a code, a place and their cause', () => {
  const cause = new Error('inner');
  const error = new QuicksilverError('invalid-config', 'bad pattern', { file: '.hgignore', line: 3, cause });
  assert.equal(error.name, 'QuicksilverError');
  assert.deepEqual(
    [error.code, error.message, error.file, error.line],
    ['invalid-config', 'bad pattern', '.hgignore', 3],
  );
  assert.equal(error.cause, cause);
  assert.equal('cause' in new QuicksilverError('io', 'x'), false);
});

test('system error codes are told from other errors', () => {
  assert.equal(systemErrorCode(Object.assign(new Error('x'), { code: 'ENOENT' })), 'ENOENT');
  assert.equal(systemErrorCode(Object.assign(new Error('x'), { code: 7 })), undefined);
  assert.equal(systemErrorCode(new Error('x')), undefined);
  assert.equal(systemErrorCode({ code: 'ENOENT' }), undefined);
  assert.equal(errorMessage(new Error('x')), 'x');
  assert.equal(errorMessage('y'), 'y');
});
