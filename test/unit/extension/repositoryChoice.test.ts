import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  discoveryPattern,
  isWanted,
  type ChoiceSettings,
  inWorkspaceOrder,
} from '../../../src/extension/model/repositoryChoice.ts';

const base: ChoiceSettings = {
  folders: [{ key: '/home/project', enabled: true }],
  enabled: true,
  detection: true,
  parentFolders: 'always',
  ignoredFolders: ['node_modules'],
};

function wanted(
  root: string,
  settings: Partial<ChoiceSettings> = {},
  editors: string[] = [],
  forEditor = false,
): boolean {
  return isWanted(root, { ...base, ...settings }, editors, forEditor);
}

test('a workspace folder that is a repository is open unless it is disabled', () => {
  assert.equal(wanted('/home/project', { detection: false }), true);
  assert.equal(wanted('/home/project', { folders: [{ key: '/home/project', enabled: false }] }), false);
});

test('repositories in sub-folders are open when they are searched for, outside of ignored folders', () => {
  assert.equal(wanted('/home/project/sub'), true);
  assert.equal(wanted('/home/project/sub', { detection: 'subFolders' }), true);
  assert.equal(wanted('/home/project/sub', { detection: 'openEditors' }), false);
  assert.equal(wanted('/home/project/sub', { detection: false }), false);
  assert.equal(wanted('/home/project/node_modules/x'), false);
  assert.equal(wanted('/home/project/node_modules/x', {}, ['/home/project/node_modules/x/index.js']), true);
});

test('a repository above a folder is open as the setting says', () => {
  assert.equal(wanted('/home'), true);
  assert.equal(wanted('/home', { parentFolders: 'never' }), false);
  assert.equal(wanted('/home', { parentFolders: 'never' }, ['/home/project/a']), false);
  assert.equal(wanted('/home', { folders: [{ key: '/home/project', enabled: false }] }), false);
});

test('a repository elsewhere is open for a file in an editor, and stays open', () => {
  assert.equal(wanted('/other'), false);
  assert.equal(wanted('/other', {}, ['/other/file']), true);
  assert.equal(wanted('/other', {}, ['/others/file']), false);
  assert.equal(wanted('/other', {}, [], true), true);
  assert.equal(wanted('/other', { detection: 'subFolders' }, ['/other/file']), false);
  assert.equal(wanted('/other', { enabled: false }, ['/other/file']), false);
});

test('of nested workspace folders the deepest one decides', () => {
  const folders = [
    { key: '/home', enabled: true },
    { key: '/home/project', enabled: false },
  ];
  assert.equal(wanted('/home/project', { folders }), false);
  assert.equal(wanted('/home/project/sub', { folders }), false);
  assert.equal(wanted('/home/elsewhere', { folders }), true);
});

test('new repositories are watched for down to the depth of the scan', () => {
  assert.equal(discoveryPattern(['.hg'], 1, false), '.hg');
  assert.equal(discoveryPattern(['.hg'], 0, true), '.hg');
  assert.equal(discoveryPattern(['.hg'], 1, true), '{.hg,*,*/.hg}');
  assert.equal(discoveryPattern(['.hg'], 2, true), '{.hg,*,*/*,*/*/.hg}');
  assert.equal(discoveryPattern(['.hg'], 2_048, true), '**');
  assert.equal(discoveryPattern(['.hg', '.git'], 0, true), '{.hg,.git}');
  assert.equal(discoveryPattern(['.hg', '.git'], 1, true), '{.hg,.git,*,*/.hg,*/.git}');
});

test('repositories stand in the order of the workspace folders, and one around another stays before it', () => {
  const order = (all: readonly string[], folders: readonly string[]): string[] =>
    inWorkspaceOrder(all, key => key, folders);
  assert.deepEqual(order(['/a', '/b', '/c'], ['/c', '/b', '/a']), ['/c', '/b', '/a']);
  assert.deepEqual(order(['/x', '/b/one', '/b/two'], ['/b', '/x']), ['/b/one', '/b/two', '/x']);
  assert.deepEqual(order(['/a', '/outer', '/outer/in'], ['/outer/in', '/a']), ['/outer', '/outer/in', '/a']);
  assert.deepEqual(order(['/elsewhere', '/a'], ['/a']), ['/a', '/elsewhere']);
});
