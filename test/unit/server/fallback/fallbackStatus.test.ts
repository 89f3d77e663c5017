// When hg is asked, and what is told of its answers. The clock is the real one: what is asserted of times are lower bounds.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { bytePath } from '../../../../src/base/bytePath.ts';
import { QuicksilverError } from '../../../../src/base/errors.ts';
import type { HgStatusAnswer } from '../../../../src/hgCommand/hgStatus.ts';
import {
  FallbackStatus,
  FIRST_WAIT_MS,
  PAUSE_FACTOR,
  QUIET_MS,
} from '../../../../src/server/fallback/fallbackStatus.ts';
import type { PublishedUpdate } from '../../../../src/server/updates.ts';

const problem = new QuicksilverError('unsupported', 'It is too strange.', { file: '/r' });

class Rig {
  readonly status: FallbackStatus;
  readonly told: string[] = [];
  /** When each question was asked, and when it was answered. */
  readonly asked: { readonly at: number; answered?: number }[] = [];
  answer: (() => Promise<HgStatusAnswer> | HgStatusAnswer) | undefined;
  recorded = 'a';
  lock: 'free' | 'held' | 'updating' = 'free';
  /** Asked in parallel. */
  most = 0;
  #now = 0;
  #listeners: (() => void)[] = [];

  constructor(t: TestContext) {
    this.status = new FallbackStatus({
      program: 'hg',
      ask: () => this.#ask(),
      recorded: () => this.recorded,
      head: () => ({ head: undefined, tracked: 5, subrepositories: [] }),
      lock: () => this.lock,
      auditMs: 0,
    });
    this.status.onDidUpdate(update => {
      this.told.push(shown(update));
      for (const listener of this.#listeners) listener();
    });
    t.after(() => this.status.dispose());
  }

  /** Resolves when the last thing told is this. */
  until(text: string): Promise<void> {
    return new Promise(resolve => {
      const check = (): void => {
        if (this.told.at(-1) === text) resolve();
      };
      this.#listeners.push(check);
      check();
    });
  }

  async #ask(): Promise<HgStatusAnswer> {
    const question: { at: number; answered?: number } = { at: performance.now() };
    this.asked.push(question);
    this.most = Math.max(this.most, ++this.#now);
    const answer = (await this.answer?.()) ?? entries();
    this.#now--;
    question.answered = performance.now();
    return answer;
  }
}

function entries(...lines: readonly string[]): HgStatusAnswer {
  return {
    kind: 'answer',
    entries: lines.map(line => {
      const [status, path, source] = line.split(' ');
      const entry = { path: bytePath(path!), status: status! };
      return source === undefined ? entry : { ...entry, source: bytePath(source) };
    }),
  };
}

function shown({ state, reset, changes, counts, tracked, settled }: PublishedUpdate): string {
  const files = changes.map(
    ({ path, entry }) => `${entry?.status ?? 'gone'} ${path}${entry?.source ? ` < ${entry.source}` : ''}`,
  );
  const total = Object.values(counts).reduce((sum, value) => sum + value, 0);
  const why = 'problem' in state ? `: ${state.problem.message}` : '';
  return [
    `${state.kind}${why}`,
    ...(reset ? ['reset'] : []),
    ...files,
    `${total} of ${tracked}`,
    ...(settled ? [] : ['more to come']),
  ].join(', ');
}

test('a refusal that has not stood for a while has nobody ask hg', async t => {
  const rig = new Rig(t);
  const began = performance.now();
  rig.status.start(problem);
  rig.status.hint();
  rig.status.focus();
  // Still being made, it is refused for another reason, and then not any more.
  rig.status.start(new QuicksilverError('unsupported', 'It is half made.'));
  rig.status.stop();
  rig.status.start(problem);
  await rig.until('fallback: It is too strange., 0 of 5');
  assert.equal(rig.asked.length, 1);
  assert.ok(rig.asked[0]!.at - began >= FIRST_WAIT_MS - 5);
});

test('hg is asked at once where somebody waits, and its answer is told as changes', async t => {
  const rig = new Rig(t);
  rig.answer = () => entries('M a', 'A b a', 'R c', '! d', '? e');
  rig.status.start(problem);
  assert.deepEqual(rig.told, ['fallback: It is too strange., reset, 0 of 5, more to come']);
  await rig.status.settle();
  const all = 'modified a, added b < a, removed c, deleted d, unknown e';
  assert.deepEqual(rig.told.slice(1), [`fallback: It is too strange., ${all}, 5 of 5`]);
  rig.answer = () => entries('M a', 'A b c', '? e');
  await rig.status.refresh('test');
  assert.deepEqual(rig.told.slice(2), ['fallback: It is too strange., gone c, gone d, added b < c, 3 of 5']);
  // The same answer again is no news.
  await rig.status.refresh('test');
  assert.equal(rig.told.length, 3);
  assert.equal(rig.asked.length, 3);
});

test('it is asked when it has been quiet for a while, once for all that happened', async t => {
  const rig = new Rig(t);
  rig.status.start(problem);
  await rig.status.settle();
  rig.answer = () => entries('M a');
  const began = performance.now();
  for (let i = 0; i < 100; i++) rig.status.hint();
  await rig.until('fallback: It is too strange., modified a, 1 of 5');
  assert.equal(rig.asked.length, 2);
  assert.ok(rig.asked[1]!.at - began >= QUIET_MS - 5);
});

test('where something happens all the time, hg is asked for a quarter of it at most, and never twice at once', async t => {
  const rig = new Rig(t);
  rig.answer = async () => {
    await new Promise(resolve => setTimeout(resolve, 300));
    return entries(`? file${rig.asked.length}`);
  };
  rig.status.start(problem);
  const hints = setInterval(() => rig.status.hint(), 10);
  t.after(() => clearInterval(hints));
  await new Promise<void>(resolve => rig.status.onDidUpdate(() => rig.asked.length === 4 && resolve()));
  clearInterval(hints);
  assert.equal(rig.most, 1);
  for (const [i, { at }] of rig.asked.entries()) {
    const before = rig.asked[i - 1];
    if (before === undefined) continue;
    assert.ok(at - before.answered! >= PAUSE_FACTOR * (before.answered! - before.at) - 5, `pause ${i}`);
  }
});

test('what hg itself writes does not have it asked again', async t => {
  const rig = new Rig(t);
  let writes = 1;
  rig.answer = () => {
    if (writes-- > 0) rig.recorded += 'x';
    // The event comes in the middle of it, and once more when it has ended.
    rig.status.control();
    return entries();
  };
  rig.status.start(problem);
  await rig.status.settle();
  rig.status.control();
  assert.equal(rig.asked.length, 2, 'the answer is confirmed once, since a command may have written at the same time');
  await rig.status.settle();
  assert.equal(rig.asked.length, 2);
  rig.recorded += 'y';
  rig.status.control();
  await rig.status.settle();
  assert.equal(rig.asked.length, 3);
});

test('even an hg that writes each time is asked a bounded number of times', async t => {
  const rig = new Rig(t);
  rig.answer = () => {
    rig.recorded += 'x';
    return entries();
  };
  rig.status.start(problem);
  await rig.status.settle();
  rig.status.control();
  await rig.status.settle();
  assert.equal(rig.asked.length, 3);
  assert.equal(rig.told.at(-1), 'fallback: It is too strange., 0 of 5');
});

test('while a command holds the lock, hg is not asked', async t => {
  const rig = new Rig(t);
  rig.lock = 'updating';
  rig.status.start(problem);
  const settled = rig.status.settle();
  await new Promise(resolve => setTimeout(resolve, 2 * QUIET_MS));
  assert.equal(rig.asked.length, 0);
  rig.lock = 'free';
  await settled;
  assert.equal(rig.asked.length, 1);
});

test('failures say what hg said, and end', async t => {
  const rig = new Rig(t);
  rig.answer = () => ({ kind: 'failed', message: 'abort: no' });
  rig.status.start(problem);
  await rig.status.settle();
  const failed = 'failed: It is too strange. hg was asked instead and did not answer: abort: no';
  assert.equal(rig.told.at(-1), `${failed}, reset, 0 of 5`);
  rig.answer = () => entries('M a');
  rig.status.hint();
  await rig.status.settle();
  assert.equal(rig.told.at(-1), 'fallback: It is too strange., reset, modified a, 1 of 5');
  rig.answer = () => entries('X a');
  await rig.status.refresh('test');
  assert.match(rig.told.at(-1)!, /^failed: .* it uses a status that is not known\., reset, 0 of 5$/);
  rig.answer = () => ({ kind: 'unavailable', message: 'Install it.' });
  await rig.status.refresh('test');
  assert.equal(rig.told.at(-1), 'refused: It is too strange. Install it., reset, 0 of 5');
});

test('an answer that comes when the repository is supported again is not told', async t => {
  const rig = new Rig(t);
  let release: (answer: HgStatusAnswer) => void = () => undefined;
  rig.answer = () => new Promise(resolve => (release = resolve));
  rig.status.start(problem);
  const settled = rig.status.settle();
  while (rig.asked.length < 1) await new Promise(setImmediate);
  rig.status.stop();
  await settled;
  // Refused again, for another reason, before the old answer has come.
  rig.answer = () => entries('? new');
  rig.status.start(new QuicksilverError('unsupported', 'Stranger still.'));
  release(entries('M old'));
  await rig.status.settle();
  assert.deepEqual(rig.told.slice(1), [
    'fallback: Stranger still., reset, 0 of 5, more to come',
    'fallback: Stranger still., unknown new, 1 of 5',
  ]);
  rig.status.stop();
  rig.status.hint();
  await rig.status.refresh('test');
  rig.status.focus();
  assert.equal(rig.asked.length, 2);
});
