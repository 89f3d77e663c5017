// Which other extensions are for Mercurial, too. Pure, so that it has a test.

/** The commands of the best known one, and of those that are made from it, begin with "hg.". */
export function isForMercurial(packageJson: unknown): boolean {
  const { contributes } = (packageJson ?? {}) as { readonly contributes?: { readonly commands?: unknown } };
  const list = contributes?.commands;
  const all: readonly unknown[] = Array.isArray(list) ? list : [];
  return all.some(each => {
    const { command } = (each ?? {}) as { readonly command?: unknown };
    return typeof command === 'string' && command.startsWith('hg.');
  });
}
