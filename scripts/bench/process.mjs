// `quicksilver status` as a process of its own, beside `hg status`: both from their start to their end.
import path from 'node:path';
import { projectRoot } from '../lib/processes.mjs';
import { COMPARED, findHg, hgEnvironment, linesOf, timed } from './programs.mjs';
import { makeRow } from './report.mjs';
import { inTurns, summarize } from './statistics.mjs';
import { checkAnswer } from './status.mjs';

const CLI = path.join(projectRoot, 'dist', 'cli.cjs');
/** The target is about this many files: in larger repositories the start of the process no longer matters. */
const SMALL = 10_000;

export async function measureProcess(repository, { rounds, rhg }) {
  const { root, plan } = repository;
  const cases = [];
  const program = (name, title, command, args, env) =>
    cases.push({
      name,
      title,
      run: async () => {
        const { milliseconds, stdout } = await timed(command, args, { cwd: root, env });
        if (name !== 'rhg') checkAnswer(title, linesOf(stdout), repository.expected);
        return milliseconds;
      },
    });
  repository.use('v1');
  program('hg', 'hg status, as a process', findHg(), COMPARED, hgEnvironment);
  program('own', 'quicksilver status, as a process', process.execPath, [CLI, ...COMPARED], hgEnvironment);
  program('own-js', 'quicksilver status, as a process, no native code', process.execPath, [CLI, ...COMPARED], {
    ...hgEnvironment,
    QUICKSILVER_NATIVE: '0',
  });
  if (rhg !== undefined) program('rhg', 'rhg status, as a process', rhg, ['status'], hgEnvironment);
  // They are short: more rounds for a median that stands still.
  const values = await inTurns(plan.count <= SMALL ? 3 * rounds : rounds, cases);
  const base = { name: 'hg status', value: summarize(values.hg).median };
  return cases.map(({ name, title }) =>
    makeRow({
      id: `process.${name}`,
      files: plan.count,
      title,
      values: values[name],
      targets: name === 'own' && plan.count === SMALL ? [{ of: 'median', limit: 0.6, base }] : [],
    }),
  );
}
