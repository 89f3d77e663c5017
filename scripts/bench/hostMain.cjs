// Runs inside of VS Code's extension host, as its tests do, and writes what it measured to a file.
const fs = require('node:fs');
const { Session } = require('node:inspector/promises');
const path = require('node:path');
const { performance } = require('node:perf_hooks');
const { setTimeout: delay } = require('node:timers/promises');
const vscode = require('vscode');

const ID = 'quicksilver.quicksilver';
/** Between two saves. */
const IDLE = 250;

exports.run = async () => {
  const { output, root, other, changes, saved, cpuProfile } = JSON.parse(process.env.QUICKSILVER_BENCH);
  const extension = vscode.extensions.getExtension(ID);
  const api = (await extension.activate()).getAPI(1);
  await api.initialized;
  // VS Code is busy with its own start for a while.
  await delay(5000);
  const blockOthers = await longestBlock(async () => {
    addFolder(other);
    await delay(2000);
  });
  const session = cpuProfile === undefined ? undefined : await startProfile();
  const block = await longestBlock(async () => {
    addFolder(root);
    await until(
      () => repositoryAt(api, root)?.counts.modified >= changes,
      api.onDidOpenRepository,
      listener => onAnyChange(api, listener),
    );
    await repositoryAt(api, root).settle();
    // The rows are shown in portions.
    await delay(2000);
  });
  if (session !== undefined) {
    const { profile: taken } = await session.post('Profiler.stop');
    fs.writeFileSync(cpuProfile, JSON.stringify(taken));
  }
  const repository = repositoryAt(api, root);
  const told = [];
  const alone = [];
  for (const file of saved) {
    const uri = vscode.Uri.file(path.join(root, file.path));
    const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
    const original = editor.document.getText();
    for (const text of [file.text, original]) {
      await delay(IDLE);
      const wanted = text === original ? undefined : 'modified';
      const count = repository.counts.modified + (wanted === undefined ? -1 : 1);
      const last = editor.document.lineAt(editor.document.lineCount - 1).range.end;
      await editor.edit(edit => edit.replace(new vscode.Range(new vscode.Position(0, 0), last), text));
      const shown = until(
        () =>
          repository.counts.modified === count &&
          repository.entries.get(file.path)?.status === wanted &&
          api.view.decoration(uri)?.badge === (wanted === undefined ? undefined : 'M'),
        api.view.onDidChangeDecorations,
        repository.onDidChange,
      );
      const started = performance.now();
      const isSaved = editor.document.save().then(() => alone.push(performance.now() - started));
      told.push((await shown) - started);
      await isSaved;
    }
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  }
  const measured = {
    block: [block],
    blockOthers: [blockOthers],
    saves: told,
    savesAlone: alone,
    activate: marked('ActivateExtension'),
    load: marked('LoadExtensionCode'),
  };
  fs.writeFileSync(output, JSON.stringify(measured));
};

async function startProfile() {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 500 });
  await session.post('Profiler.start');
  return session;
}

function addFolder(folder) {
  const { length } = vscode.workspace.workspaceFolders;
  vscode.workspace.updateWorkspaceFolders(length, 0, { uri: vscode.Uri.file(folder) });
}

function repositoryAt(api, root) {
  return api.repositories.find(({ rootUri }) => rootUri.fsPath === root);
}

function onAnyChange(api, listener) {
  const listeners = api.repositories.map(repository => repository.onDidChange(listener));
  listeners.push(api.onDidOpenRepository(repository => listeners.push(repository.onDidChange(listener))));
  return { dispose: () => listeners.forEach(one => one.dispose()) };
}

/** Resolves to the moment at which the condition was found to hold, asked after each of the events. */
function until(condition, ...events) {
  return new Promise(resolve => {
    const listeners = [];
    const check = () => {
      if (!condition()) return;
      const now = performance.now();
      for (const listener of listeners) listener.dispose();
      resolve(now);
    };
    for (const event of events) listeners.push(event(check));
    check();
  });
}

/** How long nothing else could run on this thread, at most, while the work went on: by a timer that is always due. */
async function longestBlock(work) {
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return longest;
}

/** Between two marks that VS Code sets around what it does with an extension; in whole milliseconds. */
function marked(what) {
  const marks = globalThis.MonacoPerformanceMarks?.getMarks() ?? [];
  const times = ['will', 'did'].map(
    when => marks.find(({ name }) => name === `code/extHost/${when}${what}/${ID}`)?.startTime,
  );
  return times.includes(undefined) ? [] : [times[1] - times[0]];
}
