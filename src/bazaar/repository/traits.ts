// The abilities of a working tree's file system, as Breezy sees them.
import type { Vfs } from '../../files/vfs.ts';

/** The file systems that Breezy takes for ones without execute bits: the numbers that Linux has for them. */
const WITHOUT_EXECUTE_BIT: ReadonlySet<number> = new Set([
  0x4d44, // FAT
  0x5346544e, // NTFS
]);

/**
 * False if Breezy compares the execute bits that it recorded, instead of those on disk. It goes by the name of the file
 * system: `vfat` and `ntfs` are such, while `exfat`, `ntfs3`, `fuseblk` and `cifs` are not. Verified with brz 3.3.2.
 */
export function comparesExecuteBit(vfs: Vfs, root: string, platform: NodeJS.Platform): boolean {
  if (platform === 'win32') return false;
  const type = platform === 'linux' ? vfs.fileSystemType(root) : undefined;
  return type === undefined || !WITHOUT_EXECUTE_BIT.has(type);
}
