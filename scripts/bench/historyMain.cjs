// Runs inside of VS Code's extension host, and writes the times of graph and blame to a file.
const fs = require('node:fs');
const net = require('node:net');
const { setTimeout: delay } = require('node:timers/promises');
const vscode = require('vscode');

const KEYS = 60;
const LINE_BREAKS = 20;
/** Milliseconds after which a window has nothing left to do. */
const QUIET = 3000;
/** Milliseconds between two keys: less than the pause after which the engine is asked. */
const BETWEEN_KEYS = 50;

exports.run = async () => {
  const { output, rounds, graph, file } = JSON.parse(process.env.QUICKSILVER_BENCH);
  const api = (await vscode.extensions.getExtension('quicksilver.quicksilver').activate()).getAPI(1);
  await api.initialized;
  const root = folder => api.repositories.find(({ rootUri }) => rootUri.fsPath === folder);
  while (root(graph) === undefined || api.repositories.length < 2) await delay(100);
  for (const repository of api.repositories) await repository.settle();
  await delay(QUIET);
  const painted = [];
  const emptyPages = [];
  const emptyProcessor = [];
  const graphProcessor = [];
  for (let round = 0; round <= rounds; round++) {
    const shown = ask('graphShown');
    const [started, before] = [Date.now(), process.cpuUsage()];
    await vscode.commands.executeCommand('quicksilver.graph.openInEditor');
    painted.push((await shown) - started);
    graphProcessor.push(processorTime(before));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await delay(QUIET);
  }
  for (let round = 0; round <= rounds; round++) {
    const { time, processor } = await showEmptyPage();
    emptyPages.push(time);
    emptyProcessor.push(processor);
  }
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
  const editor = await vscode.window.showTextDocument(document);
  await delay(QUIET);
  const keysWithout = await type(editor, 'x', KEYS);
  await vscode.commands.executeCommand('quicksilver.blame.toggleFileAnnotations');
  await delay(QUIET);
  const keys = await type(editor, 'x', KEYS);
  const lineBreaks = await type(editor, '\n', LINE_BREAKS);
  await vscode.commands.executeCommand('workbench.action.files.revert');
  const [first, ...again] = painted;
  const measured = {
    graph: [first],
    again,
    emptyPages: emptyPages.slice(1),
    graphProcessor: graphProcessor.slice(1),
    emptyProcessor: emptyProcessor.slice(1),
    keys,
    keysWithout,
    lineBreaks,
  };
  fs.writeFileSync(output, JSON.stringify(measured));
};

/** Returns the milliseconds until VS Code has painted a page that has one word and a script, and its processor time. */
async function showEmptyPage() {
  const [started, before] = [Date.now(), process.cpuUsage()];
  const panel = vscode.window.createWebviewPanel('empty', 'Empty', vscode.ViewColumn.Active, { enableScripts: true });
  const told = new Promise(resolve => panel.webview.onDidReceiveMessage(resolve));
  const send = 'requestAnimationFrame(() => vscode.postMessage(performance.timeOrigin + performance.now()))';
  panel.webview.html = `<!DOCTYPE html><body>Empty<script>const vscode = acquireVsCodeApi(); ${send}</script></body>`;
  const time = (await told) - started;
  const processor = processorTime(before);
  panel.dispose();
  await delay(QUIET);
  return { time, processor };
}

/** Milliseconds for which all threads of this process have run since then. */
function processorTime(before) {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Types a text again and again; returns the milliseconds for which this thread ran with each. */
async function type(editor, text, count) {
  editor.selection = new vscode.Selection(10, 3, 10, 3);
  const times = [];
  for (let key = 0; key < count; key++) {
    await delay(BETWEEN_KEYS);
    const before = threadTime();
    await vscode.commands.executeCommand('type', { text });
    // Listeners of the change run before the answer, and those of the selection soon after it.
    await delay(BETWEEN_KEYS);
    times.push(threadTime() - before);
  }
  return times;
}

/** Milliseconds for which this thread has run. */
function threadTime() {
  return Number(fs.readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6;
}

/** Asks the driver of the window: see scripts/vscode/ui.mjs. */
function ask(operation) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(process.env.QUICKSILVER_TEST_UI), '127.0.0.1');
    let text = '';
    socket.once('error', reject);
    socket.on('data', data => {
      text += data;
      if (!text.includes('\n')) return;
      socket.destroy();
      const { result, error } = JSON.parse(text);
      if (error === undefined) resolve(result);
      else reject(new Error(error));
    });
    socket.write(`${JSON.stringify({ operation, args: [] })}\n`);
  });
}
