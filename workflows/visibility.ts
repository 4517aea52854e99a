import { defineSearchAttributeKey } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { PipelineProgress, TaskState } from './messages.js';

/** What a run shows of itself in the Temporal UI. */

export const SEARCH_ATTRIBUTES = {
  catalogue: defineSearchAttributeKey('MarqueeCatalogue', 'KEYWORD'),
  stage: defineSearchAttributeKey('MarqueeStage', 'KEYWORD'),
  paused: defineSearchAttributeKey('MarqueePaused', 'BOOL'),
  snapshot: defineSearchAttributeKey('MarqueeSnapshot', 'KEYWORD'),
  data: defineSearchAttributeKey('MarqueeData', 'KEYWORD'),
  limit: defineSearchAttributeKey('MarqueeLimit', 'INT'),
} as const;

/** Temporal's own, on what a schedule starts. https://docs.temporal.io/search-attribute */
export const SCHEDULED = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME');

/** Shows the run as a table of tasks, and its stage as search attributes where the server has them. */
export function show(progress: PipelineProgress, searchAttributes: boolean): void {
  setCurrentDetails(details(progress));
  if (!searchAttributes) return;
  upsertSearchAttributes([
    { key: SEARCH_ATTRIBUTES.catalogue, value: progress.catalogue ?? '' },
    { key: SEARCH_ATTRIBUTES.stage, value: stage(progress.tasks) },
    { key: SEARCH_ATTRIBUTES.paused, value: progress.paused },
    { key: SEARCH_ATTRIBUTES.snapshot, value: progress.snapshot },
    { key: SEARCH_ATTRIBUTES.data, value: progress.data ?? '' },
    { key: SEARCH_ATTRIBUTES.limit, value: progress.limit ?? 0 },
  ]);
}

/** The tasks that run now; else what the run has come to. */
function stage(tasks: readonly TaskState[]): string {
  const running = tasks.filter((task) => task.status === 'RUNNING').map((task) => task.name);
  if (running.length > 0) return running.join(' ');
  return tasks.some((task) => task.status === 'PENDING') ? 'waiting' : 'ended';
}

function details({ catalogue, limit, paused, notice, ratePerSecond, tasks }: PipelineProgress): string {
  const rate = ratePerSecond === 0 ? 'unlimited' : `${ratePerSecond} requests/s`;
  const films = limit === null ? 'all films' : `the ${limit.toLocaleString('en-US')} most popular films`;
  const rows = tasks.map(
    (task) => `| ${task.name} | ${task.status} | ${(task.reason ?? '').replaceAll('|', '\\|')} |`,
  );
  return [
    `**${catalogue}**, ${films}, ${rate}${paused ? ' — **paused**' : ''}`,
    ...(notice === null ? [] : ['', `> ${notice}`]),
    '',
    '| task | status | |',
    '| --- | --- | --- |',
    ...rows,
    ...checksOf(tasks),
  ].join('\n');
}

/** Every check of temporal.yml that has been made, with what it counted. */
function checksOf(tasks: readonly TaskState[]): string[] {
  const rows = tasks.flatMap(({ name, checks }) =>
    checks.map(
      (check) =>
        `| ${name} | ${check.name.replaceAll('|', '\\|')} | ${check.rows.toLocaleString('en-US')} | ${check.passed ? 'holds' : `**fails** (${check.severity})`} |`,
    ),
  );
  return rows.length === 0 ? [] : ['', '| task | check | counted | |', '| --- | --- | ---: | --- |', ...rows];
}
