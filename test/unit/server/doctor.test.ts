import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toMarkdown, type DoctorReport } from '../../../src/server/doctor.ts';

const report: DoctorReport = {
  root: '/repo',
  facts: [],
  refusals: [],
  problem: undefined,
  warnings: [],
  ignoreFiles: [],
  answer: undefined,
  comparison: { kind: 'not-asked' },
  live: undefined,
};

test('names in sentences are no markup', () => {
  const warnings = ['/repo/a_b/*x*: <img src=x> [y](z) `c`', '# 1', '12. x', '_em_ &lt; a\\b', 'two\nlines'];
  const shown = toMarkdown({ ...report, warnings });
  assert.deepEqual(shown.split('\n').slice(6, -1), [
    '- /repo/a_b/\\*x\\*: \\<img src=x> \\[y\\](z) \\`c\\`',
    '- \\# 1',
    '- 12\\. x',
    '- \\_em\\_ \\&lt; a\\\\b',
    '- two⏎lines',
  ]);
});

test('nor are those of a problem, and of reasons to refuse', () => {
  assert.match(toMarkdown({ ...report, problem: '/repo/<b>' }), /cannot be read: \/repo\/\\<b>/);
  assert.match(toMarkdown({ ...report, refusals: ['it uses *x*'] }), /not supported: it uses \\\*x\\\*/);
  assert.match(toMarkdown({ ...report, refusals: ['a', '<b>'] }), /^- \\<b>$/m);
});

test('what is shown as code may contain backticks', () => {
  const shown = toMarkdown({ ...report, root: '/a``b`c', ignoreFiles: ['/x`'] });
  assert.match(shown, /^# ``` \/a``b`c ```$/m);
  assert.match(shown, /^- `` \/x` ``$/m);
});
