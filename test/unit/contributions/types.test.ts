// The typed edges: each expected error is one that `tsc` reports. Without the error, the type check fails here.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { contextKeys } from '../../../src/extension/common/contextKeys.ts';
import type { commandWith, executeCommand } from '../../../src/extension/common/typedCommands.ts';
import type { registerCommand } from '../../../src/extension/commands/commands.ts';
import { and, is, isAny, on, or } from '../../../src/extension/contributions/clauses.ts';
import { command } from '../../../src/extension/contributions/commandEntry.ts';
import type { setting } from '../../../src/extension/common/settings.ts';

/** Never called: only its types count. */
function misuses(
  register: typeof registerCommand,
  execute: typeof executeCommand,
  link: typeof commandWith,
  keys: typeof contextKeys,
  get: typeof setting,
  context: Parameters<typeof registerCommand>[0],
): void {
  // @ts-expect-error There is no such command.
  register(context, 'comit', () => undefined);
  // @ts-expect-error There is no such command.
  void execute('comit');
  // @ts-expect-error The command takes a problem.
  void execute('openProblem', 1);
  // @ts-expect-error The command needs the URI of a report.
  link('copyReport', 'Copy');
  // @ts-expect-error There is no such context key.
  void keys.set('canRunHgg', true);
  // @ts-expect-error The value is true or false.
  void keys.set('canRunHg', 'yes');
  // @ts-expect-error There is no such setting.
  get('statusLimits');
  // @ts-expect-error The setting is a number.
  const limit: string = get('statusLimit');
  // @ts-expect-error 'hide' is no value of the setting.
  if (get('untrackedChanges') === 'hide') assert.fail(limit);
  // @ts-expect-error There is no such key.
  on('quicksilver.merge');
  // @ts-expect-error The key never has this value.
  is('quicksilver.state', 'initialised');
  // @ts-expect-error The key never has this value.
  isAny('scmResourceState', 'modified', 'unknown');
  // @ts-expect-error `||` is weaker than `&&`.
  and(or(on('quicksilver.merging')), on('quicksilver.canRunHg'));
  // @ts-expect-error There is no such menu.
  command({ title: 'Title', menus: [['scm/titel', 'navigation']] });
}

test('clauses read as VS Code reads them', () => {
  assert.equal(typeof misuses, 'function');
  assert.equal(
    and(on('quicksilver.merging'), is('resourceScheme', 'file')),
    'quicksilver.merging && resourceScheme == file',
  );
  assert.equal(isAny('scmResourceState', 'modified'), 'scmResourceState == modified');
  assert.equal(isAny('scmResourceState', 'modified', 'added'), 'scmResourceState =~ /^(modified|added)$/');
});
