// The door to the other bundle, see esbuild.mjs: it is read from the disk when it is first needed.
export const lazy = async () => import('../lazyCommands.ts');
