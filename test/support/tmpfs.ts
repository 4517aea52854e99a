import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

/** A small file system of its own: it can be full, and it can be read-only, also for root. */
export interface SmallDisk {
  readonly folder: string;
  remount(mode: 'ro' | 'rw'): void;
  unmount(): void;
}

const mount = (...args: string[]): string | null => {
  const { status, stderr, error } = spawnSync('mount', args, { encoding: 'utf8' });
  return status === 0 ? null : (error?.message ?? stderr.trim());
};

/** The disk, or why this machine lets nobody mount one. */
export function mountSmallDisk(folder: string, megabytes: number): SmallDisk | string {
  if (process.platform !== 'linux') return 'only Linux mounts a tmpfs';
  mkdirSync(folder, { recursive: true });
  const refusal = mount('-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder);
  if (refusal !== null) return `mounting a tmpfs is not allowed here: ${refusal}`;
  return {
    folder,
    remount(mode) {
      const refused = mount('-o', `remount,${mode}`, folder);
      if (refused !== null) throw new Error(refused);
    },
    unmount() {
      spawnSync('umount', ['-l', folder]);
    },
  };
}
