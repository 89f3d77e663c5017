// Runs one scenario: builds its workspace, starts a VS Code on it, and runs its tests inside.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { runTests } from '@vscode/test-electron';
import { projectRoot } from '../lib/processes.mjs';
import { removeTree } from '../lib/remove-tree.mjs';
import { quietSettings } from './launch.mjs';
import { listen } from './messages.mjs';
import { findHg, hg, initRepository, writeFiles } from './mercurial.mjs';

const scenarioTimeout = 900_000; // A scenario takes 10 to 60 s on two cores, ten times that on a busy machine.

/** The folder of the scenarios. */
export const scenariosFolder = path.join(projectRoot, 'test', 'vscode');

/** Where the bundled tests are. */
export const bundlesFolder = path.join(projectRoot, '.vscode-test', 'tests');

/** The names of all scenarios: the folders of test/vscode that have a workspace.mjs. */
export function scenarioNames() {
  return fs
    .readdirSync(scenariosFolder)
    .filter(name => fs.existsSync(path.join(scenariosFolder, name, 'workspace.mjs')))
    .sort();
}

/**
 * Runs a scenario in a VS Code release. `desktop` takes the desktop VS Code that @vscode/test-electron downloads
 * instead of the server. `extension` is the folder of the extension, `grep` restricts the tests by their titles.
 * Resolves to { passed, failed, skipped, problem }; `problem` is a sentence when the tests could not run to their end.
 */
export async function runScenario(name, { version, desktop, extension = projectRoot, grep }) {
  const temporary = fs.realpathSync.native(fs.mkdtempSync(path.join(os.tmpdir(), `quicksilver-${name}-`)));
  const results = await collectResults();
  try {
    const scenario = await buildWorkspace(name, temporary);
    const restricted = scenario.trusted === false;
    if (restricted && desktop) {
      console.log('skipped: runTests always trusts the workspace in the desktop VS Code');
      return { passed: 0, failed: 0, skipped: 0, problem: undefined };
    }
    const profile = path.join(temporary, 'profile');
    writeFiles(profile, {
      'User/settings.json': JSON.stringify({
        ...quietSettings,
        'security.workspace.trust.enabled': restricted,
        ...scenario.settings,
      }),
    });
    const exitCode = await exitCodeOfTests({
      version,
      vscodeExecutablePath: desktop ? undefined : path.join(import.meta.dirname, 'shim.mjs'),
      extensionDevelopmentPath: extension,
      extensionTestsPath: path.join(bundlesFolder, 'index.cjs'),
      launchArgs: [
        scenario.open,
        '--disable-extensions',
        '--force-disable-user-env',
        `--user-data-dir=${profile}`,
        `--extensions-dir=${path.join(temporary, 'extensions')}`,
        ...(scenario.locale === undefined ? [] : [`--locale=${scenario.locale}`]),
      ],
      extensionTestsEnv: {
        QUICKSILVER_VSCODE_RELEASE: version,
        QUICKSILVER_TEST_RESULTS: String(results.port),
        QUICKSILVER_TEST_TIMEOUT: String(scenarioTimeout),
        QUICKSILVER_TEST_FILES: path.join(bundlesFolder, name),
        QUICKSILVER_TEST_GREP: grep,
        QUICKSILVER_SCENARIO: JSON.stringify({
          directory: scenario.directory,
          data: scenario.data ?? {},
          settings: scenario.settings ?? {},
        }),
        HGRCPATH: path.join(temporary, 'hgrc'),
        ...scenario.env,
      },
    });
    return await results.verdict(exitCode);
  } finally {
    results.close();
    removeTree(temporary);
  }
}

async function buildWorkspace(name, temporary) {
  const directory = path.join(temporary, 'workspace');
  fs.mkdirSync(directory);
  writeFiles(temporary, { hgrc: '[ui]\nusername = Ada Example <ada@example.org>\n' });
  const { prepare } = await import(pathToFileURL(path.join(scenariosFolder, name, 'workspace.mjs')).href);
  const fakeHg = options => fakeHgEnvironment(path.join(temporary, 'hg-calls.jsonl'), options);
  const scenario = await prepare({ directory, hg, initRepository, writeFiles, fakeHg });
  return { ...scenario, directory };
}

/** The environment in which a recording hg is the first on the PATH; `passThrough` lets it start the real one. */
function fakeHgEnvironment(log, { passThrough = false } = {}) {
  const folder = path.join(projectRoot, 'test', 'support', 'fake-hg');
  fs.writeFileSync(log, '');
  // Anybody may append: the tests may run as another user than the one who built the workspace.
  fs.chmodSync(log, 0o666);
  return {
    PATH: `${folder}${path.delimiter}${process.env.PATH}`,
    QUICKSILVER_FAKE_HG_LOG: log,
    QUICKSILVER_FAKE_HG_REAL: passThrough ? findHg() : undefined,
  };
}

async function exitCodeOfTests(options) {
  try {
    return await runTests(options);
  } catch (error) {
    if (error.name !== 'TestRunFailedError' && error.code === undefined && error.signal === undefined) throw error;
    return error.code ?? error.signal;
  }
}

/** Shows the test output as it comes, and keeps the verdict that the tests themselves send when they are through. */
async function collectResults() {
  let verdict;
  const connections = [];
  const server = await listen(({ messages }) => {
    connections.push(
      (async () => {
        for await (const message of messages) {
          if (message.output !== undefined) process.stdout.write(message.output);
          if (message.verdict !== undefined) verdict = message.verdict;
        }
      })(),
    );
  });
  return {
    port: server.port,
    close: server.close,
    // VS Code's exit code alone proves nothing: it is 0 even when the extension host was killed.
    verdict: async exitCode => {
      await Promise.all(connections);
      if (!verdict)
        return { passed: 0, failed: 0, skipped: 0, problem: `no verdict from the tests (exit code ${exitCode})` };
      const contradiction = verdict.failed === 0 && exitCode !== 0;
      return {
        ...verdict,
        problem: contradiction ? `the tests passed, yet VS Code ended with ${exitCode}` : undefined,
      };
    },
  };
}
