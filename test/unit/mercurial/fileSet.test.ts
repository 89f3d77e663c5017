import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { readWithFiles } from '../../../src/files/fileSet.ts';
import { Vfs } from '../../../src/files/vfs.ts';
import { temporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory.ts';

interface Read {
  readonly text: string;
  readonly files: readonly string[];
}

/** A file that is read as a whole; `afterRead` is called each time, with the count of readings, from 1. */
function readable(t: TestContext, afterRead: (count: number, directory: TemporaryDirectory) => void) {
  const vfs = new Vfs();
  const directory = temporaryDirectory(t).files({ rules: 'first' });
  const file = `${directory.root}/rules`;
  let count = 0;
  const read = (): Read => {
    const text = Buffer.from(vfs.read(file, 100)?.bytes ?? []).toString();
    afterRead(++count, directory);
    return { text, files: [file] };
  };
  const run = (known: readonly string[]): ReturnType<typeof readWithFiles<Read>> =>
    readWithFiles(vfs, known, read, value => value.files);
  return { directory, file, run, count: () => count };
}

test('files that are known are read once', t => {
  const { directory, file, run, count } = readable(t, () => undefined);
  const { value, files } = run([file]);
  assert.deepEqual([value.text, count(), files.hasChanged()], ['first', 1, false]);
  directory.write('rules', 'other');
  assert.equal(files.hasChanged(), true);
});

test('files that reading makes known are read again when they have been noted', t => {
  const { file, run, count } = readable(t, () => undefined);
  const { value, files } = run([]);
  assert.deepEqual([value.text, count(), files.paths], ['first', 2, [file]]);
});

for (const known of [true, false]) {
  test(`a file that changes just after it was read is read again, ${known ? 'known' : 'not known'} before`, t => {
    const changeAt = known ? 1 : 2;
    const { file, run, count } = readable(t, (number, directory) => {
      if (number === changeAt) directory.write('rules', 'second');
    });
    const { value, files } = run(known ? [file] : []);
    assert.deepEqual([value.text, count(), files.hasChanged()], ['second', changeAt + 1, false]);
  });
}

test('a file that changes each time it is read is an error that says to try later', t => {
  const { file, run, count } = readable(t, (number, directory) => {
    directory.write('rules', `again ${number}`);
  });
  assert.throws(() => run([file]), { code: 'changed-while-reading', message: `files change all the time: ${file}` });
  assert.equal(count(), 5);
});
