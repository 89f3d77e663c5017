// The environment in which a client's repositories are read: only the variables that change Mercurial's configuration.
import * as path from 'node:path';
import { SENT_VARIABLES } from '../../daemon/shortForm.ts';
import { listedHomeDirectory, type ProcessEnvironment } from '../../files/environment.ts';

/** Variables that are no text of the configuration, so that a name in it may well be one of these. */
const KNOWN: ReadonlySet<string> = new Set(SENT_VARIABLES);

/** Environments in which a variable was read that no client sends. */
const inDoubt = new WeakSet<ProcessEnvironment['variables']>();

/**
 * True if the configuration uses a variable that clients do not send: the answer may be another one for each client. It
 * is known when the configuration has been read. Ask it of the environment that a model was made with: that one is
 * read.
 */
export function usesUnsentVariables({ variables }: ProcessEnvironment): boolean {
  return inDoubt.has(variables);
}

/**
 * @param sent by name; others than {@link SENT_VARIABLES} do not count
 * @param hasHg true for a directory with a program hg: of PATH only that directory matters, for Mercurial's own hgrc
 */
export function clientEnvironment(
  sent: Readonly<Record<string, string>>,
  hasHg: (directory: string) => boolean,
): ProcessEnvironment {
  const variables: Record<string, string> = {};
  for (const name of SENT_VARIABLES) {
    const value = sent[name];
    if (value !== undefined) variables[name] = value;
  }
  const programs = (variables['PATH'] ?? '').split(path.delimiter).find(item => path.isAbsolute(item) && hasHg(item));
  variables['PATH'] = programs ?? '';
  const observed: ProcessEnvironment['variables'] = new Proxy(variables, {
    get: (target, name) => {
      if (typeof name !== 'string') return undefined;
      // Read for Windows only, or a second spelling.
      if (!KNOWN.has(name) && name !== 'Path') inDoubt.add(observed);
      return target[name];
    },
  });
  return {
    variables: observed,
    platform: process.platform,
    homeDirectory: variables[process.platform === 'win32' ? 'USERPROFILE' : 'HOME'] ?? listedHomeDirectory(),
    userId: process.geteuid?.(),
  };
}
