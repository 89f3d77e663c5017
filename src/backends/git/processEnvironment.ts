import type { ProcessEnvironment } from '../../files/environment.ts';
import { gitEnvironment, type GitEnvironment } from '../../git/config/gitConfig.ts';

/** Returns the part of an environment that Git's configuration depends on. */
export function gitEnvironmentOf({ variables, homeDirectory }: ProcessEnvironment): GitEnvironment {
  return gitEnvironment(variables, homeDirectory);
}
