import { join } from 'node:path';
import { Command } from 'commander';
import type { Rate } from '../../graphql/http/clients.js';
import { startApi } from '../../graphql/server.js';
import { lazyClient, LOCAL_ADDRESS, readTemporalSettings } from '../../temporal/connection.js';
import { dataId } from '../../temporal/ids.js';
import { createRuns } from '../../temporal/runs.js';
import { startTracing } from '../../temporal/tracing.js';
import { readSettings } from '../config.js';
import { openData } from '../data.js';
import { announceReady, untilAskedToStop } from '../lifetime.js';
import { createLogger } from '../log.js';
import { readOperations } from '../operations.js';
import {
  apiOptions,
  catalogueOption,
  dataOption,
  flagsOf,
  hostOption,
  limitOption,
  portOption,
} from '../options.js';
import { readPlanFile, ROOT } from '../root.js';
import { servedLabel } from '../served.js';

/** The API and the page alone. */
export function serveCommand(): Command {
  const command = new Command('serve');
  for (const option of apiOptions()) command.addOption(option);
  return command
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
      const operations = await readOperations(settings.operations);
      const plan = await readPlanFile(settings.plan);
      const store = await openData(settings);
      const temporal = readTemporalSettings(process.env);
      const tracing = startTracing('api', process.env);
      const client = await lazyClient(temporal, temporal.address ?? LOCAL_ADDRESS, tracing);
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
          uiUrl: settings.uiUrl ?? null,
          taskQueue: plan.connection.taskQueue,
        }),
        adminToken: settings.adminToken,
        files: settings.files,
        web: join(ROOT, 'web'),
        log,
        allowedOrigins: settings.origins ?? [],
        ...(settings.introspection === undefined ? {} : { introspection: settings.introspection }),
        ...(operations === undefined ? {} : { registeredOperations: operations }),
        ...(settings.clientRate === undefined ? {} : { requestRate: rateOf(settings.clientRate) }),
      });
      announceReady({ url: api.url });
      if (process.send === undefined)
        process.stderr.write(`${api.url} · ${api.url}/graphql; Ctrl-C ends it.\n`);
      await untilAskedToStop();
      await api.close();
      await client.connection.close();
      await tracing?.close();
    });
}

/** Five seconds' worth may come at once: a page asks for much when it opens. */
const rateOf = (perSecond: number): Rate | null =>
  perSecond === 0 ? null : { perSecond, burst: Math.max(1, 5 * perSecond) };
