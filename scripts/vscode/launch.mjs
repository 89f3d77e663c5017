// Starts the VS Code server and opens its workbench in headless Chromium.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { PlainError, findProgram, projectRoot } from '../lib/processes.mjs';
import { removeTree } from '../lib/remove-tree.mjs';

const serverStartTimeout = 180_000; // A cold disk needs about ten seconds.
const serverStopTimeout = 3_000; // After that the extension host is taken down with the server.

/** Settings for a VS Code that shows and does nothing of its own accord. */
export const quietSettings = {
  'security.workspace.trust.enabled': false,
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'never',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'git.enabled': false,
  'chat.disableAIFeatures': true,
};

/**
 * Starts a server with a profile of its own in a temporary folder.
 *
 * `release` is what getVscode resolved to. `installed` is the folder of an extension that shall be there as if it had
 * been installed. `vsix` is a packaged extension to install. `development` allows the workbench to load an extension
 * and tests named in its URL; VS Code shows no notification toasts then. `env` is added to the environment of the
 * extension host. Resolves to { address, extensions, exited, hostDied, log, stop }.
 */
export async function startServer({
  release,
  settings = {},
  env = {},
  installed,
  vsix,
  development = false,
  host = '127.0.0.1',
  port = 0,
}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-vscode-'));
  const data = path.join(folder, 'server');
  const extensions = path.join(folder, 'extensions');
  const allSettings = { ...quietSettings, ...settings };
  fs.mkdirSync(extensions, { recursive: true });
  writeSettings(path.join(data, 'data'), allSettings);
  if (installed) linkExtension(installed, extensions);

  const token = randomBytes(16).toString('hex');
  const options = ['--server-data-dir', data, '--extensions-dir', extensions, '--accept-server-license-terms'];
  if (vsix) options.push('--install-extension', path.resolve(vsix), '--start-server');
  options.push('--host', host, '--port', String(port), '--connection-token', token, '--telemetry-level', 'off');
  // VS Code would ask a login shell for the environment and let its PATH win over ours.
  options.push('--force-disable-user-env');
  if (allSettings['security.workspace.trust.enabled'] === false) options.push('--disable-workspace-trust');
  if (development) options.push('--enable-smoke-test-driver');

  // A process group of its own, so that stopping it takes the extension hosts along.
  const child = spawn(release.node, [path.join(release.directory, 'out', 'server-main.js'), ...options], {
    // A shared server of this user may run another version of the engine.
    env: serverEnvironment({ QUICKSILVER_RUNTIME_DIRECTORY: path.join(folder, 'shared'), ...env }),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const exited = new Promise(resolve => child.once('exit', resolve));
  const output = followOutput(child);
  const stop = async () => {
    signalGroup(child, 'SIGTERM');
    await Promise.race([exited, after(serverStopTimeout)]);
    signalGroup(child, 'SIGKILL');
    removeTree(folder);
  };
  const ready = output.when(/Extension host agent listening on (\d+)/);
  const failed = Promise.race([
    exited.then(code => `exited with ${code}`),
    after(serverStartTimeout).then(() => `was not ready after ${serverStartTimeout / 1000} s`),
  ]);
  const outcome = await Promise.race([ready, failed]);
  if (typeof outcome === 'string') {
    await stop();
    throw new PlainError(`the VS Code server ${outcome}\n${output.text()}`);
  }
  const address = { authority: `${host === '0.0.0.0' ? '127.0.0.1' : host}:${outcome[1]}`, token };
  const hostDied = output.when(/Extension Host Process exited with code: (?!0\b)/);
  return { address, extensions, exited, hostDied, log: output.text, stop };
}

/** The URL that opens a folder or *.code-workspace file in the workbench of a server. */
export function workbenchUrl({ address, open, developmentPath, testsPath }) {
  const remote = file => `vscode-remote://${address.authority}${pathToFileURL(path.resolve(file)).pathname}`;
  const payload = [['skipWelcome', 'true']];
  if (developmentPath) payload.push(['extensionDevelopmentPath', remote(developmentPath)]);
  if (testsPath) payload.push(['extensionTestsPath', remote(testsPath)]);
  const url = new URL(`http://${address.authority}/`);
  url.searchParams.set('tkn', address.token);
  url.searchParams.set(open.endsWith('.code-workspace') ? 'workspace' : 'folder', path.resolve(open));
  url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

/** The Chromium or Chrome of this machine; undefined when there is none. CHROMIUM_PATH names another. */
export function findChromium() {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  return findProgram(['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']);
}

/** Starts headless Chromium; resolves to { browser, page }, with nothing loaded yet. */
export async function openBrowser({ width = 1280, height = 800, scale = 1 } = {}) {
  const executablePath = findChromium();
  if (!executablePath) throw new PlainError('Chromium is missing: install it, or name it in CHROMIUM_PATH.');
  // Imported here because this module is also used before playwright-core is certain to be installed.
  const { chromium } = await import('playwright-core');
  // No sandbox: Chromium refuses to start with it as root, and it loads nothing here but the server's own pages.
  const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking'];
  const browser = await chromium.launch({ executablePath, args: [...args, '--disable-component-update'] });
  const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor: scale });
  return { browser, page: await context.newPage() };
}

/**
 * Writes each setting where a window of a server reads it. The machine's settings come from the machine. In the user's
 * file they count only until VS Code knows their scope, which may be before or after an extension reads them.
 */
function writeSettings(folder, settings) {
  const names = new Set(machineSettings());
  const isOfMachine = ([name]) => names.has(name);
  const files = {
    User: Object.entries(settings).filter(entry => !isOfMachine(entry)),
    Machine: Object.entries(settings).filter(isOfMachine),
  };
  for (const [kind, entries] of Object.entries(files)) {
    fs.mkdirSync(path.join(folder, kind), { recursive: true });
    const text = JSON.stringify(Object.fromEntries(entries), undefined, 2);
    fs.writeFileSync(path.join(folder, kind, 'settings.json'), text);
  }
}

/** The names of the extension's settings that VS Code takes from the machine alone. */
function machineSettings() {
  const { contributes } = JSON.parse(fs.readFileSync(path.join(projectRoot, 'package.json'), 'utf8'));
  const all = Object.entries(contributes.configuration.properties);
  return all.filter(([, { scope }]) => scope === 'machine').map(([name]) => name);
}

function linkExtension(source, extensions) {
  const { publisher, name, version } = JSON.parse(fs.readFileSync(path.join(source, 'package.json'), 'utf8'));
  fs.symlinkSync(path.resolve(source), path.join(extensions, `${publisher}.${name}-${version}`));
}

function serverEnvironment(env) {
  const all = { ...process.env, EXTENSIONS_GALLERY: '{}', ...env };
  // Variables of a surrounding VS Code would change how this one starts.
  for (const name of Object.keys(all)) if (/^(VSCODE|CODE_SERVER|ELECTRON)_/.test(name)) delete all[name];
  return all;
}

/** Collects the output of a process, and resolves when it matches. */
function followOutput(child) {
  let text = '';
  const waiting = new Set();
  const onData = chunk => {
    text += chunk;
    for (const check of waiting) check();
  };
  child.stdout.on('data', onData);
  child.stderr.on('data', onData);
  return {
    text: () => text,
    when: pattern =>
      new Promise(resolve => {
        const check = () => {
          const match = pattern.exec(text);
          if (!match) return;
          waiting.delete(check);
          resolve(match);
        };
        waiting.add(check);
        check();
      }),
  };
}

function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error; // ESRCH: nothing of the group is left, which is what we want.
  }
}

function after(milliseconds) {
  return new Promise(resolve => setTimeout(resolve, milliseconds).unref());
}
