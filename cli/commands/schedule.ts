import { Command } from 'commander';
import { connectClient, LOCAL_ADDRESS, readTemporalSettings } from '../../temporal/connection.js';
import { dataId, pipelineId } from '../../temporal/ids.js';
import { applySchedule } from '../../temporal/schedule.js';
import { parseCatalogue } from '../../tmdb/catalogues/catalogue.js';
import { readSettings, UsageError } from '../config.js';
import { catalogueOption, dataOption, flagsOf, limitOption } from '../options.js';
import { readPlanFile } from '../root.js';

/** The schedule of temporal.yml on the Temporal server. */
export function scheduleCommand(): Command {
  const schedule = new Command('schedule').description(
    'The schedule of temporal.yml on the Temporal server.',
  );
  schedule
    .command('apply')
    .description('Creates the schedule or brings it up to date; a pause that an operator has set stays.')
    .addOption(catalogueOption())
    .addOption(limitOption())
    .addOption(dataOption())
    .action(async (_, command: Command) => {
      const settings = readSettings(flagsOf(command), process.env);
      parseCatalogue(settings.catalogue);
      const plan = await readPlanFile(settings.plan);
      const temporal = readTemporalSettings(process.env);
      const address = temporal.address ?? LOCAL_ADDRESS;
      const client = await connectClient(temporal, address).catch(() => {
        throw new UsageError(`No Temporal server answers at ${address}; set TEMPORAL_ADDRESS, or start one.`);
      });
      try {
        const data = dataId(settings.data);
        const limit = settings.limit ?? null;
        const { scheduleId, created, nextRun, paused } = await applySchedule(client, plan, {
          data,
          workflowId: pipelineId(data, settings.catalogue, limit),
          input: { catalogue: settings.catalogue, data, ...(limit === null ? {} : { limit }) },
        });
        console.log(
          `${created ? 'Created' : 'Updated'} ${scheduleId}${paused ? ' (paused)' : ''}; next run ${nextRun?.toISOString() ?? 'none'}.`,
        );
      } finally {
        await client.connection.close();
      }
    });
  return schedule;
}
