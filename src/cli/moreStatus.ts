// The lines of an unfinished operation, as `hg status --verbose` adds them to the files.
import type { MoreStatus } from '../backends/mercurial/commandLine/moreStatus.ts';
import type { BytePath } from '../base/bytePath.ts';
import type { Operation } from '../base/repositoryState.ts';

const BISECT_ADVICE = [
  'To mark the changeset good:    hg bisect --good',
  'To mark the changeset bad:     hg bisect --bad',
  'To abort:                      hg bisect --reset',
  '',
];

/** Returns how to go on with an operation, in the words of `hg`, one line each. */
export function adviceFor(operation: Operation): readonly string[] {
  if (operation === 'bisect') return BISECT_ADVICE;
  if (operation === 'update') return ['To continue:    hg update .'];
  if (operation === 'merge') return ['To continue:    hg commit', 'To abort:       hg merge --abort'];
  const advice = [`To continue:    hg ${operation} --continue`];
  if (operation !== 'transplant') advice.push(`To abort:       hg ${operation} --abort`);
  const canStop = operation === 'rebase' || operation === 'graft' || operation === 'transplant';
  if (canStop) advice.push(`To stop:        hg ${operation} --stop`);
  return advice;
}

/** Returns the lines that follow the files. Paths are as seen from the current directory. */
export function moreStatusLines({ operation, unresolved }: MoreStatus, show: (path: BytePath) => string): string {
  const lines: string[] = [];
  if (operation !== undefined) lines.push(`# The repository is in an unfinished *${operation}* state.`, '');
  if (unresolved?.length === 0) lines.push('# No unresolved merge conflicts.', '');
  if (unresolved !== undefined && unresolved.length > 0) {
    lines.push('# Unresolved merge conflicts:', '# ', ...unresolved.map(path => `#     ${show(path)}`), '# ');
    lines.push('# To mark files as resolved:  hg resolve --mark FILE', '');
  }
  if (operation !== undefined) {
    lines.push(...adviceFor(operation).map(line => (line === '' ? '' : `# ${line}`)));
    if (lines.at(-1) !== '') lines.push('');
  }
  return lines.map(line => `${line}\n`).join('');
}
