// What VS Code loads to run the tests of one scenario inside its extension host. The output and the verdict go over a
// connection to the program that started VS Code, because neither the console nor the exit code can be relied on.
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { format, isDeepStrictEqual } from 'node:util';
import Mocha from 'mocha';
import { commands, workspace } from 'vscode';
import { hasUi, scenario, setting, ui, until } from './harness.ts';

/** Milliseconds. Far above what any test needs: a slow machine is not a failure. Longer than any single wait. */
const testTimeout = 180_000;

/** Resolves when VS Code has read the scenario's settings for the extension: with those that were not there at once. */
async function settingsRead(): Promise<string[]> {
  const own = Object.entries(scenario().settings).filter(([name]) => name.startsWith('quicksilver.'));
  const missing = (): string[] =>
    own.flatMap(([name, value]) =>
      isDeepStrictEqual(workspace.getConfiguration().inspect(name)?.globalValue, value) ? [] : [name],
    );
  const late = missing();
  await until('the settings are read', () => missing().length === 0, workspace.onDidChangeConfiguration);
  return late;
}

/** Returns what the window shows. While tests run, VS Code shows notifications in their list only. */
async function windowText(): Promise<string> {
  await commands.executeCommand('notifications.showList');
  return ui.shown();
}

/** Called by VS Code once. Rejects when a test failed, which becomes VS Code's exit code 1. */
export async function run(): Promise<void> {
  const results = connect(Number(setting('QUICKSILVER_TEST_RESULTS')), '127.0.0.1');
  await once(results, 'connect');
  const send = (message: object): boolean => results.write(`${JSON.stringify(message)}\n`);

  Mocha.reporters.Base.consoleLog = (...values: unknown[]) => send({ output: `${format(...values)}\n` });
  const grep = process.env['QUICKSILVER_TEST_GREP'];
  // The tests of a scenario share one window and go on where the one before has stopped: after a failure the rest would
  // only wait in vain, each for its time.
  const mocha = new Mocha({ ui: 'bdd', color: false, timeout: testTimeout, bail: true, ...(grep ? { grep } : {}) });
  const folder = setting('QUICKSILVER_TEST_FILES');
  for (const name of readdirSync(folder).sort()) if (name.endsWith('.test.cjs')) mocha.addFile(join(folder, name));

  let picture: Promise<string> | undefined;
  const late = await settingsRead();
  if (late.length > 0) send({ output: `\nread after the start: ${late.join(', ')}\n` });
  const stats = await new Promise<Mocha.Stats | undefined>(resolve => {
    const runner = mocha.run(() => resolve(runner.stats));
    runner.on('fail', () => {
      if (hasUi()) picture = windowText().catch(String);
    });
  });
  if (picture !== undefined) send({ output: `The window shows: ${await picture}\n` });
  const { passes = 0, failures = 0, pending = 0 } = stats ?? {};
  send({ verdict: { passed: passes, failed: failures, skipped: pending } });
  results.end();
  await once(results, 'close');
  if (failures > 0) throw new Error(`${failures} of the tests failed`);
}
