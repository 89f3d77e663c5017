// What is explained about other extensions for the same repositories, and that it is explained once.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { ExtensionContext } from 'vscode';
import { extensions, shown } from './fakeVscode.ts';

const { tellOfOtherExtension } = await import('../../../src/extension/commands/conflictingExtensions.ts');

const OTHER = {
  id: 'other.hg',
  packageJSON: { displayName: 'Other', contributes: { commands: [{ command: 'hg.commit' }] } },
};

/** A context with this state, which sessions share. */
function contextWith(state: Map<string, unknown>): ExtensionContext {
  const globalState = {
    get: (key: string) => state.get(key),
    update: (key: string, value: unknown) => Promise.resolve(state.set(key, value)),
  };
  return { extension: { id: 'quicksilver.quicksilver' }, globalState } as unknown as ExtensionContext;
}

const messages = (): string[] => shown.map(({ given }) => String(given[0]));

beforeEach(() => {
  shown.length = 0;
  extensions.all.length = 0;
});

test('the first Git repository explains what the built-in extension does, and no later one does', async () => {
  const state = new Map<string, unknown>();
  const context = contextWith(state);
  await Promise.all([
    tellOfOtherExtension(context, 'bzr'),
    tellOfOtherExtension(context, 'git'),
    tellOfOtherExtension(context, 'git'),
  ]);
  await tellOfOtherExtension(contextWith(state), 'git');
  assert.equal(messages().length, 1);
  assert.match(messages()[0]!, /The built-in Git extension .* has the commands to stage, commit, and push/);
});

test('another extension for Mercurial is named once, beside the first repository of Mercurial', async () => {
  const state = new Map<string, unknown>();
  await tellOfOtherExtension(contextWith(state), 'hg');
  assert.deepEqual(messages(), []);
  extensions.all.push(OTHER);
  await tellOfOtherExtension(contextWith(state), 'git');
  await tellOfOtherExtension(contextWith(state), 'hg');
  await tellOfOtherExtension(contextWith(state), 'hg');
  assert.equal(messages().length, 2);
  assert.match(messages()[1]!, /'Other' also shows Mercurial repositories/);
});
