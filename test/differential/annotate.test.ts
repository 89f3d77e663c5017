// Every line of every file of random histories is attributed as `hg annotate` attributes it. More repositories:
// QUICKSILVER_ANNOTATE_REPOSITORIES=500; the same again: QUICKSILVER_ANNOTATE_SEED.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { test } from 'node:test';
import { bytePath } from '../../src/base/bytePath.ts';
import { annotateRevision, type Annotation, type AnnotateOptions } from '../../src/mercurial/annotate/annotate.ts';
import { currentEnvironment } from '../../src/mercurial/config/environment.ts';
import { MercurialRepository } from '../../src/mercurial/repository.ts';
import { Vfs } from '../../src/mercurial/vfs.ts';
import { HgServer } from '../support/hgServer.ts';
import { Random, seedFromEnvironment } from '../support/random.ts';
import { RandomEdits } from '../support/randomEdits.ts';
import { hgAtOnce } from '../support/hgAtOnce.ts';
import { hgEnvironment } from '../support/hgServer.ts';

const REPOSITORIES = Number(process.env['QUICKSILVER_ANNOTATE_REPOSITORIES'] ?? 6);

interface HgLine {
  readonly rev: number;
  readonly path: string;
  readonly lineno: number;
}

interface Variant {
  readonly flags: readonly string[];
  readonly options: AnnotateOptions;
}

const PLAIN = { all: false, amount: false, endOfLine: false };
const VARIANTS: readonly Variant[] = [
  { flags: [], options: {} },
  { flags: ['--no-follow'], options: { followsCopies: false } },
  { flags: ['-w'], options: { whitespace: { ...PLAIN, all: true } } },
  { flags: ['-b'], options: { whitespace: { ...PLAIN, amount: true } } },
  { flags: ['-Z'], options: { whitespace: { ...PLAIN, endOfLine: true } } },
  { flags: ['--skip', '1+4+5'], options: { skips: changeset => [1, 4, 5].includes(changeset) } },
];

function finish<Result>(steps: Generator<void, Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function describe(annotation: Annotation | undefined): string[] {
  if (annotation === undefined) return [];
  const { sources, lineNumbers, revisions } = annotation;
  return Array.from(sources, (source, line) => {
    const revision = revisions[source];
    return `${revision?.changeset ?? 'wdir'} ${revision?.path ?? ''}:${lineNumbers[line]}`;
  });
}

test('every line is attributed as hg annotate attributes it', async t => {
  const seed = seedFromEnvironment('QUICKSILVER_ANNOTATE_SEED');
  t.diagnostic(`QUICKSILVER_ANNOTATE_SEED=${seed}`);
  let annotations = 0;
  for (let i = 0; i < REPOSITORIES; i++) {
    const random = new Random(seed + i);
    const root = fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-annotate-'));
    t.after(() => fs.rmSync(root, { recursive: true, force: true }));
    hgAtOnce(['init', root], { cwd: os.tmpdir(), env: hgEnvironment(), options: [] });
    const hg = new HgServer(root);
    try {
      const history = new RandomEdits(root, hg, random);
      await history.grow(24);
      const repository = MercurialRepository.open(root, { vfs: new Vfs(), environment: currentEnvironment() });
      const source = repository.history(repository.readDirstate()).fileHistory();
      for (let changeset = 0; changeset < history.count; changeset++) {
        const files = (await hg.run('files', '-0', '-r', String(changeset))).output.split('\0').filter(Boolean);
        for (const file of files) {
          if (!random.chance(0.3)) continue;
          const { flags, options } = random.chance(0.5) ? VARIANTS[0]! : random.pick(VARIANTS);
          const args = ['annotate', '-T', 'json', '-n', '-f', '-l', '-r', String(changeset), ...flags];
          const { output, errors } = await hg.runBytes([...args, `${root}/${file}`]);
          assert.equal(errors, '');
          const lines = (JSON.parse(output) as { lines: HgLine[] }[])[0]?.lines ?? [];
          const expected = lines.map(line => `${line.rev} ${line.path}:${line.lineno}`);
          const actual = describe(finish(annotateRevision(source, bytePath(file), changeset, options)));
          const of = `repository ${seed + i}, ${file} in ${changeset}, ${flags.join(' ')}`;
          assert.deepEqual(actual, expected, of);
          annotations++;
        }
      }
    } finally {
      await hg.close();
    }
  }
  t.diagnostic(`${annotations} annotations`);
  assert.ok(annotations > REPOSITORIES * 5);
});
