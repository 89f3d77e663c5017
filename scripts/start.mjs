// `npm start`: opens a real VS Code with the extension, on a folder or on a sample repository.
//   npm start -- [FOLDER] [--web] [--host ADDRESS] [--port NUMBER] [--vscode VERSION] [--screenshot FILE.png]
// Uses the desktop VS Code if there is one. Otherwise, or with --web, VS Code runs as a server, and its address for a
// browser is printed. With --screenshot it writes a picture of the page, and ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readOptions } from './lib/options.mjs';
import { buildExtension, ensureModules, ensurePrograms } from './lib/prerequisites.mjs';
import { PlainError, findProgram, projectRoot, reportFailure } from './lib/processes.mjs';
import { makeSample, sampleFolders } from './sample-repository.mjs';
import { getVscode } from './vscode/get-vscode.mjs';
import { findChromium, startServer, workbenchUrl } from './vscode/launch.mjs';

const { values: options, positionals } = readOptions(
  'npm start --',
  {
    web: { type: 'boolean', default: false },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '0' },
    vscode: { type: 'string' },
    screenshot: { type: 'string' },
  },
  '[FOLDER]',
);

await main().catch(reportFailure);

async function main() {
  const given = positionals[0] && path.resolve(positionals[0]);
  if (given && !fs.existsSync(given)) throw new PlainError(`${given} does not exist.`);
  await ensureModules();
  await buildExtension();
  const temporary = fs.realpathSync.native(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-start-')));
  const folder = given ?? path.join(temporary, 'orchard');
  if (!given) await makeSample(folder);
  const executable = options.screenshot || options.web ? undefined : await findDesktop();
  if (executable) {
    // The window outlives this program, and so does the sample.
    openDesktop(executable, folder, temporary);
    return;
  }
  try {
    if (options.screenshot) await takeScreenshots(folder, given === undefined ? sampleFolders : []);
    else await serve(folder);
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
}

async function findDesktop() {
  const hasScreen = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  const executable = hasScreen ? findProgram(['code']) : undefined;
  if (executable || process.platform === 'linux') return executable;
  // The server from npm is for Linux alone; elsewhere the desktop VS Code is downloaded.
  const { downloadAndUnzipVSCode } = await import('@vscode/test-electron');
  return downloadAndUnzipVSCode(options.vscode ?? 'stable');
}

function openDesktop(executable, folder, temporary) {
  const args = [`--extensionDevelopmentPath=${projectRoot}`, folder];
  // Started by root, VS Code insists on a profile of its own and on no sandbox.
  if (process.getuid?.() === 0) args.push('--no-sandbox', `--user-data-dir=${path.join(temporary, 'profile')}`);
  const shell = process.platform === 'win32';
  const quoted = shell ? args.map(arg => `"${arg}"`) : args;
  spawn(shell ? `"${executable}"` : executable, quoted, { detached: true, stdio: 'ignore', shell }).unref();
  console.log(`VS Code opens ${folder} with the extension from this checkout.`);
}

async function serve(folder) {
  const release = await getVscode(options.vscode);
  const { host } = options;
  const server = await startServer({ release, installed: projectRoot, host, port: Number(options.port) });
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), server.exited]);
  console.log(`VS Code ${release.version} shows ${folder}. Open this address in a browser on this machine:\n`);
  console.log(`  ${workbenchUrl({ address: server.address, open: folder })}\n`);
  console.log('Ctrl+C ends it.');
  await stopped;
  await server.stop();
}

/** Writes FILE.png with the Source Control view and FILE-explorer.png with the Explorer. */
async function takeScreenshots(folder, expanded) {
  await ensurePrograms([
    { found: () => findChromium() !== undefined, packageName: 'chromium', title: 'Chromium or Chrome' },
  ]);
  const { withWorkbench } = await import('./vscode/workbench.mjs');
  const file = path.resolve(options.screenshot);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  await withWorkbench({ version: options.vscode, open: folder, installed: projectRoot }, async driver => {
    await driver.waitForStatus();
    console.log((await driver.sourceControlRows()).join('\n'));
    await driver.screenshot(file);
    for (const name of expanded) await driver.expandFolder(name);
    await driver.showExplorer();
    const { dir, name, ext } = path.parse(file);
    const explorer = path.join(dir, `${name}-explorer${ext}`);
    await driver.screenshot(explorer);
    console.log(`Written: ${file} and ${explorer}`);
  });
}
