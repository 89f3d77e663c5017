#!/usr/bin/env node
// Replaces the executable of desktop VS Code, so that runTests of @vscode/test-electron works with both. It accepts the
// flags that runTests and run.mjs pass. It runs the tests in the VS Code server with headless Chromium, and offers the
// page to them (see ui.mjs).
//
// Exit codes: 0 and 1 as VS Code reports them, 96 if the extension host died, 97 if the tests took too long. The page
// crashed if it is 98, and VS Code did not start if it is 99.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { getVscode } from './get-vscode.mjs';
import { openBrowser, startServer, workbenchUrl } from './launch.mjs';
import { listen } from './messages.mjs';
import { createDriver } from './ui.mjs';

const { values, positionals } = parseArgs({
  strict: false,
  allowPositionals: true,
  options: {
    extensionDevelopmentPath: { type: 'string' },
    extensionTestsPath: { type: 'string' },
    'user-data-dir': { type: 'string' },
    locale: { type: 'string' },
  },
});

process.exit(await runInServer());

async function runInServer() {
  const cleanups = [];
  try {
    const { browser, page } = await openBrowser();
    cleanups.push(() => browser.close());
    // The workbench takes its language, and that of the extensions, from this; its own texts stay English.
    if (values.locale) await page.addInitScript(locale => (globalThis._VSCODE_NLS_LANGUAGE = locale), values.locale);
    const ui = await serveDriver(createDriver(page));
    cleanups.push(() => ui.close());
    const settings = path.join(values['user-data-dir'], 'User', 'settings.json');
    const server = await startServer({
      release: await getVscode(process.env.QUICKSILVER_VSCODE_RELEASE),
      settings: JSON.parse(fs.readFileSync(settings, 'utf8')),
      env: { QUICKSILVER_TEST_UI: String(ui.port) },
      development: true,
    });
    cleanups.push(() => server.stop());
    for (const signal of ['SIGINT', 'SIGTERM'])
      process.once(signal, () => void cleanUp(cleanups).then(() => process.exit(130)));
    return await runPage(page, server);
  } catch (error) {
    console.error(error);
    return 99;
  } finally {
    await cleanUp(cleanups);
  }
}

async function runPage(page, server) {
  const workbenchLog = [];
  let finish;
  const finished = new Promise(resolve => (finish = resolve));
  // VS Code calls these two in a page that runs tests. They are there before the page loads, so nothing is missed.
  await page.exposeFunction('codeAutomationLog', (type, args) => {
    workbenchLog.push(
      `${type}: ${args.map(value => (typeof value === 'string' ? value : JSON.stringify(value))).join(' ')}`,
    );
  });
  await page.exposeFunction('codeAutomationExit', code => finish(Number(code)));
  page.once('crash', () => finish(98));
  void server.hostDied.then(() => finish(96));
  void server.exited.then(() => finish(96));
  const timer = setTimeout(() => finish(97), Number(process.env.QUICKSILVER_TEST_TIMEOUT));
  await page.goto(
    workbenchUrl({
      address: server.address,
      open: positionals[0],
      developmentPath: values.extensionDevelopmentPath,
      testsPath: values.extensionTestsPath,
    }),
  );
  const code = await finished;
  clearTimeout(timer);
  if (code > 1) await explain(page, server, workbenchLog);
  return code;
}

async function explain(page, server, workbenchLog) {
  const picture = path.join(os.tmpdir(), 'quicksilver-vscode-failure.png');
  const taken = await page.screenshot({ path: picture }).then(
    () => `screenshot: ${picture}`,
    error => `no screenshot: ${error.message}`,
  );
  const parts = ['--- workbench', ...workbenchLog.slice(-40), '--- server', server.log().slice(-4000), taken];
  console.error(parts.join('\n'));
}

/** Answers { operation, args } with { result } or { error }, by calling the driver. */
function serveDriver(driver) {
  return listen(async ({ send, messages }) => {
    for await (const { operation, args } of messages) {
      try {
        send({ result: await driver[operation](...args) });
      } catch (error) {
        send({ error: `ui.${operation}: ${error.message}` });
      }
    }
  });
}

async function cleanUp(cleanups) {
  for (const step of cleanups.splice(0).reverse()) {
    try {
      await step();
    } catch (error) {
      console.error(`while stopping VS Code: ${error.message}`);
    }
  }
}
