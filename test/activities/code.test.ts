import { describe, expect, it } from 'vitest';
import { codeHash } from '../../activities/code.js';

describe('the hash of a task’s code', () => {
  it('is the same each time, and another for each task', async () => {
    const tasks = ['rankRoi', 'rankPeople', 'genreTrends', 'cleanFilms', 'listIds'];
    const hashes = await Promise.all(tasks.map((task) => codeHash(`tasks/${task}`)));
    expect(await Promise.all(tasks.map((task) => codeHash(`tasks/${task}`)))).toEqual(hashes);
    expect(new Set(hashes).size).toBe(tasks.length);
    for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is there for what makes blocks, too', async () => {
    expect(await codeHash('block')).toMatch(/^[0-9a-f]{64}$/);
  });

  it('fails for a task that is not there', async () => {
    await expect(codeHash('tasks/none')).rejects.toThrow(/none/);
  });
});
