import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureOf, hookOutput, type FailureKind } from '../../../src/hgCommand/hgErrors.ts';
import { BoundedText, MAX_ERROR_BYTES } from '../../../src/hgCommand/hgResult.ts';
import { withoutSecrets } from '../../../src/hgCommand/secrets.ts';
import { processorMs } from '../../support/processorTime.ts';

test('what hg 6.3.2 says is recognized', () => {
  const cases: readonly (readonly [code: number, errors: string, kind: FailureKind])[] = [
    [20, "abort: working directory of /r: timed out waiting for lock held by 'host:12846'", 'locked'],
    [20, "abort: unresolved merge conflicts (see 'hg help resolve')", 'other'],
    [40, 'abort: pretxncommit.no hook exited with status 3', 'hook'],
    [255, "abort: no username supplied\n(use 'hg config --edit' to set your username)", 'no-username'],
    [255, 'abort: authorization failed', 'authentication'],
    [255, 'remote: joe@host: Permission denied (publickey,password).', 'authentication'],
    [255, "abort: Permission denied: '/r/.hg/store/data/.a.i-pzlknx2w~'", 'other'],
    [255, 'abort: could not lock working directory of /r: Permission denied', 'other'],
    [10, 'abort: cannot amend changeset, as that will orphan 2 descendants', 'other'],
    [20, "abort: push creates new remote head 9e305cdc27a2\n(merge or see 'hg help push')", 'new-heads'],
    [20, 'abort: uncommitted changes', 'uncommitted-changes'],
    [
      255,
      'abort: uncommitted changes in subrepository "sub"\n(use --subrepos for recursive commit)',
      'dirty-subrepository',
    ],
    [20, 'abort: outstanding uncommitted merge', 'uncommitted-changes'],
    [20, "abort: rebase in progress\n(use 'hg rebase --continue')", 'unfinished'],
    [10, "hg: unknown command 'nosuch'", 'unknown-command'],
    [10, 'hg uncommit: option --no-keep not recognized', 'unknown-command'],
    [255, "abort: No space left on device: '/r/.hg/store/00changelog.i'", 'no-space'],
    [255, "abort: abandoned transaction found\n(run 'hg recover' to clean up transaction)", 'abandoned'],
    [255, 'interrupted!', 'interrupted'],
    [255, 'abort: response expected', 'unanswered'],
    [255, 'abort: something else', 'other'],
  ];
  for (const [code, errors, kind] of cases) assert.equal(failureOf(code, errors).kind, kind, errors);
  assert.equal(failureOf(1, '', 'nothing changed\n').kind, 'nothing-changed');
});

test('the sentence, the advice, and who holds the lock', () => {
  const warned = "waiting for lock on working directory of /r held by process '7' on host 'host'\n";
  const errors = `${warned}abort: working directory of /r: timed out waiting for lock held by 'host:7'`;
  assert.deepEqual(failureOf(20, errors), {
    kind: 'locked',
    message: "working directory of /r: timed out waiting for lock held by 'host:7'",
    holder: 'host:7',
  });
  assert.deepEqual(failureOf(255, 'abort: no\n(do this)'), { kind: 'other', message: 'no', hint: 'do this' });
  assert.deepEqual(failureOf(1, 'one\ntwo\n'), { kind: 'other', message: 'one two' });
  assert.deepEqual(failureOf(7, ''), { kind: 'other', message: '' });
});

test('passwords in addresses are not shown', () => {
  assert.equal(withoutSecrets('pulling from https://joe:s3:cr@t@host/x'), 'pulling from https://joe:***@host/x');
  assert.equal(
    withoutSecrets('ssh://joe:pw@host:22//r and http://a:b@c'),
    'ssh://joe:***@host:22//r and http://a:***@c',
  );
  assert.equal(withoutSecrets('https://joe@host:443/a:b@c'), 'https://joe@host:443/a:b@c');
  assert.equal(withoutSecrets('https://joe@mail.example:pw@host/x'), 'https://joe@mail.example:***@host/x');
  assert.equal(withoutSecrets(`${'x'.repeat(30)}+https://joe:pw@host`), `${'x'.repeat(30)}+https://joe:***@host`);
});

test('a password is not told where the text of a command is cut in the middle of it', () => {
  for (let length = MAX_ERROR_BYTES - 30; length <= MAX_ERROR_BYTES; length++) {
    const text = new BoundedText();
    text.add(Buffer.from(`${'x'.repeat(length - 1)} http://joe:secret@host/ more`));
    assert.doesNotMatch(text.toString(), /joe:s/);
  }
});

test('passwords are looked for in bounded time', () => {
  const message = 'a'.repeat(1_000_000);
  const took = processorMs(() => assert.equal(withoutSecrets(message), message));
  assert.ok(took < 2000, `${took} ms`);
});

test('the last lines of a hook are its reason', () => {
  assert.equal(hookOutput('one\ntwo\n\nthree\nfour\n', ''), 'two · three · four');
  assert.equal(hookOutput('ssh://joe:p@ss@host/x is closed\n', ''), 'ssh://joe:***@host/x is closed');
  assert.equal(hookOutput('', 'remote: no\nabort: pretxn hook exited with status 1\n'), 'no');
  assert.equal(hookOutput('remote: a\n', 'transaction abort!\n'), 'a');
  assert.equal(hookOutput('', ''), '');
  assert.equal(hookOutput('x'.repeat(1000), '').length, 300);
});
