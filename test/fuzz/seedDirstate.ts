/** A version 1 dirstate in which these paths are tracked. */
export function dirstateBytes(paths: readonly string[]): Buffer {
  const entries = paths.flatMap(path => {
    const header = Buffer.alloc(17);
    header.write('n', 0);
    header.writeInt32BE(0o100644, 1);
    header.writeInt32BE(path.length, 13);
    return [header, Buffer.from(path, 'latin1')];
  });
  return Buffer.concat([Buffer.alloc(40, 1), ...entries]);
}
