// Starts the shared server as a process of its own, and waits for nothing.
import { spawn } from 'node:child_process';
import { SENT_VARIABLES } from './shortForm.ts';
import { runtimeDirectory, type Variables } from './runtimeDirectory.ts';

/** Other variables than these do not reach the server: it lives longer than the shell or window that started it. */
const PASSED_ON = [
  ...SENT_VARIABLES,
  ...['XDG_RUNTIME_DIR', 'TMPDIR', 'QUICKSILVER_RUNTIME_DIRECTORY', 'LANG', 'LC_ALL'],
  // They name the socket of a Watchman that runs.
  ...['WATCHMAN_SOCK', 'USER', 'LOGNAME', 'XDG_STATE_HOME', 'TMP'],
  // On Windows, where Node needs the first one.
  ...['SystemRoot', 'LOCALAPPDATA', 'TEMP'],
];

/**
 * Starts a server, which ends by itself if one runs already. False where there can be none.
 * @param program absolute path of the worker's bundle
 */
export function startServer(program: string, variables: Variables, options: readonly string[] = []): boolean {
  if (runtimeDirectory(variables)?.make() !== true) return false;
  const child = spawn(process.execPath, [program, 'serve', ...options], {
    ...{ detached: true, windowsHide: true, stdio: 'ignore', cwd: '/', env: serverVariables(variables) },
  });
  // The caller can do without it.
  child.on('error', () => undefined);
  child.unref();
  return true;
}

/** Runs a server in the foreground until it ends, or `signal` is aborted. Resolves with its exit code. */
export function runForeground(
  program: string,
  variables: Variables,
  options: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, 'serve', '--foreground', ...options], {
      ...{ stdio: 'inherit', cwd: '/', env: serverVariables(variables) },
    });
    const stop = (): void => void child.kill();
    signal.addEventListener('abort', stop);
    child.on('error', reject);
    child.on('exit', code => {
      signal.removeEventListener('abort', stop);
      resolve(code ?? 1);
    });
  });
}

function serverVariables(variables: Variables): Record<string, string> {
  const env: Record<string, string> = { ELECTRON_RUN_AS_NODE: '1' };
  for (const name of PASSED_ON) {
    const value = variables[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}
