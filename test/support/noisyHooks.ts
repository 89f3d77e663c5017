// Hooks that write all they know: the command line of hg, its options and the environment.

const WRITES_ALL = 'echo "$HG_ARGS"; echo "$HG_OPTS"; env; printf %s "$HG_ARGS"';

/** Returns the section of a configuration in which hooks write around the answer of each of these commands. */
export function noisyHooks(...verbs: readonly string[]): string {
  const hooks = verbs.flatMap(verb => [
    `pre-${verb}.x = ${WRITES_ALL}; printf NOISE`,
    `post-${verb}.x = echo NOISE; ${WRITES_ALL}`,
  ]);
  return `[hooks]\n${hooks.join('\n')}\n`;
}
