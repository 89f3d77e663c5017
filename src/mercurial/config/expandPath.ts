// Variables and '~' in paths of Mercurial's configuration.
import { withoutTrailing } from '../../base/lines.ts';
import type { ProcessEnvironment } from '../../files/environment.ts';

/**
 * The text with environment variables ($NAME, ${NAME}, on Windows %NAME% too) and a leading '~' replaced, as Mercurial
 * does it for paths in its configuration. Unknown variables stay as they are.
 */
export function expandPath(text: string, environment: ProcessEnvironment): string {
  return expandHome(expandVariables(text, environment), environment);
}

function expandVariables(text: string, { variables, platform }: ProcessEnvironment): string {
  // Longer names belong to no variable. Without this bound, many unclosed braces would take quadratic time.
  const pattern =
    platform === 'win32' ? /\$(\w+)|\$\{([^}]{0,255})\}|%([^%]{1,255})%/g : /\$(\w+)|\$\{([^}]{0,255})\}/g;
  return text.replace(pattern, (whole: string, plain?: string, braced?: string, percent?: string) => {
    const name = plain ?? braced ?? percent ?? '';
    return variableOf(variables, name, platform) ?? whole;
  });
}

/** Names of variables do not have case on Windows. */
function variableOf(
  variables: ProcessEnvironment['variables'],
  name: string,
  platform: NodeJS.Platform,
): string | undefined {
  if (platform !== 'win32') return variables[name];
  const upper = name.toUpperCase();
  const key = Object.keys(variables).find(candidate => candidate.toUpperCase() === upper);
  return key === undefined ? undefined : variables[key];
}

/** '~' alone or before a slash. Another user's home ('~name') is left alone. */
function expandHome(text: string, { homeDirectory, platform }: ProcessEnvironment): string {
  if (!/^~(?:$|\/)/.test(text) && !(platform === 'win32' && text.startsWith('~\\'))) return text;
  return withoutTrailing(homeDirectory, '/') + text.slice(1) || '/';
}
