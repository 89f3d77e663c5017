import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeCommand } from '../../../src/hgCommand/commandFrames.ts';
import { ownWords, SERVE, toArguments, type HgCall } from '../../../src/hgCommand/hgCall.ts';
import { globalOptions } from '../../../src/hgCommand/hgVariables.ts';
import { runProcess } from '../../../src/hgCommand/runProcess.ts';

const HOSTILE = ['--config=alias.log', '!touch marker'].join('=');

test('settings, root and folder come before the command, and texts are values of options or behind "--"', () => {
  const where = globalOptions({ root: '/r', cwd: '/r/sub', isInteractive: false, changes: false, editor: 'ours' });
  const call: HgCall = {
    verb: 'tag',
    settings: ['ui.askusername=True'],
    options: ['--force', ['--rev', HOSTILE]],
    operands: [HOSTILE],
  };
  const words = toArguments(where, call, [`path:${HOSTILE}`]);
  assert.deepEqual(words.slice(words.indexOf('--config=ui.askusername=True')), [
    '--config=ui.askusername=True',
    '--noninteractive',
    '--repository=/r',
    '--cwd=/r/sub',
    'tag',
    '--force',
    `--rev=${HOSTILE}`,
    '--',
    HOSTILE,
    `path:${HOSTILE}`,
  ]);
  assert.equal(words[0], '--config=ui.editor=ours');
  assert.deepEqual(ownWords({ verb: 'status' }), ['status']);
  assert.equal(SERVE.at(-2), 'serve');
});

/** Never called: each line that expects an error is one that must not compile. */
export function mistakes(): void {
  const calls: HgCall[] = [
    // @ts-expect-error a text in the place of a command
    { verb: HOSTILE },
    // @ts-expect-error a text among the options
    { verb: 'log', options: [HOSTILE] },
    // @ts-expect-error an option and its value as two words
    { verb: 'log', options: ['--rev', HOSTILE] },
    // @ts-expect-error an option with its value that nobody has parted
    { verb: 'log', options: [`--rev=${HOSTILE}`] },
    // @ts-expect-error an option that hg has and we never give
    { verb: 'log', options: ['--debugger'] },
    // @ts-expect-error a name of an option that comes from elsewhere
    { verb: 'log', options: [[HOSTILE, 'x']] },
    // @ts-expect-error a tool, which is a program, from elsewhere
    { verb: 'merge', options: [`--tool=${HOSTILE}`] },
    // @ts-expect-error a setting that can name a program
    { verb: 'log', settings: ['alias.log=!touch marker'] },
    // @ts-expect-error a setting from elsewhere
    { verb: 'log', settings: [HOSTILE] },
    // @ts-expect-error an editor, which is a program: only the runner names one
    { verb: 'log', settings: [`ui.editor=${HOSTILE}`] },
  ];
  assert.ok(calls);
  // @ts-expect-error words that were not put together by hgCall.ts
  void runProcess({ hg: '/hg', args: ['log', HOSTILE], cwd: '/', variables: {} });
  // @ts-expect-error the same for a server
  encodeCommand(['log', HOSTILE]);
}
