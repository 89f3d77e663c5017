// The status of a Git working tree as lines: those of the real git, and those that a live model has published.
import { bytePath, type BytePath } from '../../src/base/bytePath.ts';
import type { LiveHarness } from './liveHarness.ts';
import type { GitRoot } from './gitSandbox.ts';

const FLAGS = ['--porcelain=v2', '--branch', '-z', '--untracked-files=all', '--ignored=matching'] as const;
const STAGED = { modified: 'M', added: 'A', removed: 'D' } as const;
const WORKING = {
  modified: 'M',
  added: 'A',
  deleted: 'D',
  unknown: '?',
  ignored: '!',
  removed: 'R',
  clean: 'C',
} as const;

/**
 * Returns sorted lines; undefined where git itself fails. A change of the kind counts as a modification. Only staged
 * renames count: in the working tree, the model shows both files.
 */
export function gitLines(repository: GitRoot): string[] | undefined {
  try {
    const staged = linesOf(repository.git('status', ...FLAGS)).filter(line => line.startsWith('staged '));
    const rest = linesOf(repository.git('status', ...FLAGS, '--no-renames')).filter(
      line => !line.startsWith('staged '),
    );
    return [...staged, ...rest].sort();
  } catch {
    return undefined;
  }
}

function linesOf(output: string): string[] {
  const lines: string[] = [];
  const records = output.split('\0');
  for (let at = 0; at < records.length; at++) {
    const record = records[at]!;
    const path = (fields: number): string => JSON.stringify(record.split(' ').slice(fields).join(' '));
    const [staged = '.', working = '.'] = (record.split(' ')[1] ?? '').replaceAll('T', 'M');
    const change = (shown: string): void => {
      if (working !== '.') lines.push(`working ${working} ${shown}`);
    };
    if (record.startsWith('# branch.oid') || record.startsWith('# branch.head')) lines.push(record);
    else if (record.startsWith('1 ')) {
      if (staged !== '.') lines.push(`staged ${staged} ${path(8)}`);
      change(path(8));
    } else if (record.startsWith('2 ')) {
      const from = JSON.stringify(records[++at]);
      if (staged === 'R') lines.push(`staged R ${path(9)} <- ${from}`);
      else if (staged !== '.') lines.push(`staged ${staged} ${path(9)}`);
      change(path(9));
    } else if (record.startsWith('u ')) lines.push(`conflict ${path(10)}`);
    else if (record.startsWith('? ') || record.startsWith('! ')) lines.push(`working ${record[0]} ${path(1)}`);
  }
  return lines;
}

/** Returns the lines that a client of the model knows. */
export function liveLines(live: LiveHarness): string[] {
  const { model, told, staged } = live;
  const { head, mergeState, input } = model.snapshot!;
  const lines: string[] = [];
  const isInitial = /^0*$/.test(head.firstParent);
  lines.push(`# branch.oid ${isInitial ? '(initial)' : head.firstParent}`);
  const isDetached = head.branch === head.firstParent.slice(0, 8);
  lines.push(`# branch.head ${isDetached ? '(detached)' : head.branch}`);
  for (const { path, status, source } of staged) {
    const shown = JSON.stringify(path);
    lines.push(
      source === undefined ? `staged ${STAGED[status]} ${shown}` : `staged R ${shown} <- ${JSON.stringify(source)}`,
    );
  }
  const conflicts = new Set<BytePath>((mergeState?.conflicts ?? []).map(({ path }) => path));
  for (const path of conflicts) lines.push(`conflict ${JSON.stringify(path)}`);
  for (const [path, { status, directory }] of told) {
    if (!conflicts.has(path)) lines.push(`working ${WORKING[status]} ${JSON.stringify(directory ? `${path}/` : path)}`);
  }
  for (const path of live.nested) {
    if (input.statCache.find(bytePath(path)) < 0) lines.push(`working ? ${JSON.stringify(`${path}/`)}`);
  }
  return lines.sort();
}
