import { join } from 'node:path';
import { Command } from 'commander';
import { startApi } from '../../graphql/server.js';
import { lazyClient, LOCAL_ADDRESS, readTemporalSettings } from '../../temporal/connection.js';
import { dataId } from '../../temporal/ids.js';
import { createRuns } from '../../temporal/runs.js';
import { readSettings } from '../config.js';
import { openData } from '../data.js';
import { announceReady, untilAskedToStop } from '../lifetime.js';
import { createLogger } from '../log.js';
import { catalogueOption, dataOption, flagsOf, hostOption, limitOption, portOption } from '../options.js';
import { readPlanFile, ROOT } from '../root.js';
import { servedLabel } from '../served.js';

/** The API and the page alone. */
export function serveCommand(): Command {
  return new Command('serve')
    .description(
      'The API and the page alone, over the snapshots in the data folder; queries need no Temporal.',
    )
    .addOption(catalogueOption())
    .addOption(limitOption())
    .addOption(dataOption())
    .addOption(portOption())
    .addOption(hostOption())
    .action(async (_, command: Command) => {
      const settings = readSettings(flagsOf(command), process.env);
      const log = createLogger('api', settings);
      const plan = await readPlanFile(settings.plan);
      const store = await openData(settings);
      const temporal = readTemporalSettings(process.env);
      const client = await lazyClient(temporal, temporal.address ?? LOCAL_ADDRESS);
      const api = await startApi({
        store,
        catalogue: await servedLabel(settings),
        host: settings.host,
        port: settings.port,
        plan,
        runs: createRuns({
          client,
          data: dataId(settings.data),
          catalogue: settings.catalogue,
          limit: settings.limit ?? null,
          rate: settings.rate ?? null,
          uiUrl: process.env.TEMPORAL_UI_URL || null,
          taskQueue: plan.connection.taskQueue,
        }),
        adminToken: process.env.MARQUEE_ADMIN_TOKEN || undefined,
        files: settings.files,
        web: join(ROOT, 'web'),
        log,
      });
      announceReady({ url: api.url });
      if (process.send === undefined)
        process.stderr.write(`${api.url} · ${api.url}/graphql; Ctrl-C ends it.\n`);
      await untilAskedToStop();
      await api.close();
      await client.connection.close();
    });
}
