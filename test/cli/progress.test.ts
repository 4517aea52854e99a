import { describe, expect, it } from 'vitest';
import {
  createPainter,
  duration,
  formatChanges,
  formatTasks,
  type TaskProgress,
} from '../../cli/progress.js';

const task = (name: string, status: string, more: Partial<TaskProgress> = {}): TaskProgress => ({
  name,
  status,
  ...more,
});

describe('a duration', () => {
  it.each([
    [0.04, '0.0 s'],
    [9.94, '9.9 s'],
    [59.4, '59 s'],
    [75, '1 min 15 s'],
    [3599.7, '1 h 0 min'],
    [7384, '2 h 3 min'],
  ])('%d s reads %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});

describe('the progress of a run', () => {
  it('is one line a task: what it does, how far, how long still', () => {
    const lines = formatTasks(
      [
        task('ids', 'COMPLETED', {
          reason: '3,201 films',
          startedAt: '2026-01-01T00:00:00Z',
          closedAt: '2026-01-01T00:00:02.5Z',
        }),
        task('documents', 'RUNNING', { done: 1200, total: 3201, ratePerSecond: 39.8, etaSeconds: 75 }),
        task('films', 'PENDING'),
        task('roi', 'CACHED', { reason: 'same input as sample/1' }),
        task('rating', 'RUNNING', { attempt: 3, lastFailure: 'the worker was gone' }),
        task('people', 'FAILED', { reason: 'check unique(id) does not hold' }),
        task('pictures', 'SKIPPED', { reason: 'needs people' }),
      ],
      120,
    );
    expect(lines).toEqual([
      '  ✓ ids        3,201 films · 2.5 s',
      '  ▸ documents  1,200 of 3,201 · 40/s · 1 min 15 s to go',
      '  · films',
      '  = roi        CACHED · same input as sample/1',
      '  ▸ rating     attempt 3 · last failure: the worker was gone',
      '  ✗ people     check unique(id) does not hold',
      '  - pictures   needs people',
    ]);
  });

  it('is cut to the width of the terminal', () => {
    const [line] = formatTasks([task('films', 'FAILED', { reason: 'x'.repeat(200) })], 40);
    expect(line).toHaveLength(40);
    expect(line?.endsWith('x…')).toBe(true);
  });

  it('tells what changed since the last look', () => {
    const before = [task('ids', 'RUNNING'), task('films', 'PENDING')];
    const now = [
      task('ids', 'COMPLETED', { reason: '3 films' }),
      task('films', 'RUNNING', { done: 1, total: 3 }),
    ];
    expect(formatChanges([], before, 80)).toEqual(['  ▸ ids']);
    expect(formatChanges(before, now, 80)).toEqual(['  ✓ ids    3 films', '  ▸ films  1 of 3']);
    expect(formatChanges(now, now, 80)).toEqual([]);
  });
});

describe('the painter', () => {
  const screen = (isTTY: boolean) => {
    const texts: string[] = [];
    return { texts, isTTY, columns: 60, write: (text: string) => texts.push(text) };
  };
  const first = [task('ids', 'RUNNING'), task('films', 'PENDING')];
  const second = [task('ids', 'COMPLETED'), task('films', 'RUNNING')];

  it('writes plain lines into a pipe, one for each change', () => {
    const out = screen(false);
    const painter = createPainter(out);
    for (const tasks of [first, first, [], second]) painter.paint(tasks);
    expect(out.texts).toEqual(['  ▸ ids\n', '  ✓ ids\n', '  ▸ films\n']);
  });

  it('redraws in place on a terminal, and leaves the last picture standing', () => {
    const out = screen(true);
    const painter = createPainter(out);
    painter.paint(first);
    painter.paint(second);
    painter.end();
    painter.paint(first);
    expect(out.texts).toEqual([
      '\u001b[2K  ▸ ids\n\u001b[2K  · films\n',
      '\u001b[2A\u001b[2K  ✓ ids\n\u001b[2K  ▸ films\n',
      '\u001b[2K  ▸ ids\n\u001b[2K  · films\n',
    ]);
  });
});
