import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A program that tests run beside Marquee: from its variable, the PATH, or the cache that .ci/run fills. */
export function findProgram(name: string, variable: string): string | null {
  const given = process.env[variable];
  if (given) return given;
  try {
    return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
  } catch {
    const cached = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'marquee', 'bin', name);
    return existsSync(cached) ? cached : null;
  }
}
