import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { createEndpoints } from '../../activities/endpoints.js';
import { createActivities } from '../../activities/index.js';
import { storedPlans } from '../../activities/plans.js';
import { startThreads } from '../../activities/threads.js';
import { parseCatalogue } from '../../tmdb/catalogues/catalogue.js';
import {
  connectClient,
  connectWorker,
  LOCAL_ADDRESS,
  readTemporalSettings,
} from '../../temporal/connection.js';
import { dataId } from '../../temporal/ids.js';
import { registerSearchAttributes } from '../../temporal/searchAttributes.js';
import { startTracing } from '../../temporal/tracing.js';
import { installRuntime, startWorkers } from '../../temporal/worker.js';
import { readSettings, UsageError } from '../config.js';
import { openData } from '../data.js';
import { announceReady, untilAskedToStop } from '../lifetime.js';
import { createLogger } from '../log.js';
import { serveMetrics } from '../metrics.js';
import { catalogueOption, dataOption, flagsOf, limitOption } from '../options.js';
import { programVersion, readPlanFile } from '../root.js';

/** A worker alone, against the Temporal server at TEMPORAL_ADDRESS. */
export function workerCommand(): Command {
  return new Command('worker')
    .description('A worker alone: runs workflows and activities for the Temporal server at TEMPORAL_ADDRESS.')
    .addOption(catalogueOption())
    .addOption(limitOption())
    .addOption(dataOption())
    .action(async (_, command: Command) => {
      const settings = readSettings(flagsOf(command), process.env);
      parseCatalogue(settings.catalogue);
      const log = createLogger('worker', settings);
      const plan = await readPlanFile(settings.plan);
      const store = await openData(settings);
      const data = dataId(settings.data);
      const temporal = readTemporalSettings(process.env);
      const address = temporal.address ?? LOCAL_ADDRESS;
      const tracing = startTracing('worker', process.env);
      const client = await connectClient(temporal, address, 10_000, tracing).catch(() => {
        throw new UsageError(
          `No Temporal server answers at ${address}. Start one (\`temporal server start-dev\`), or set TEMPORAL_ADDRESS; \`marquee start\` brings its own.`,
        );
      });
      installRuntime(log);
      const metrics = await serveMetrics(settings.metricsPort);
      if (metrics !== null) log.info({ url: metrics.url }, 'metrics');
      const lacking = await registerSearchAttributes(client);
      if (lacking !== null) log.warn(`runs go on without search attributes: ${lacking}`);

      const endpoints = createEndpoints({
        tmdb: {
          baseUrl: settings.baseUrl.replace(/\/+$/, ''),
          exportUrl: settings.exportUrl.replace(/\/+$/, ''),
          accessToken: settings.accessToken,
          apiKey: settings.apiKey,
        },
        catalogue: settings.catalogue,
        files: settings.files,
      });
      const threads = startThreads(
        Math.max(2, Math.min(availableParallelism(), plan.queues.cpu?.concurrency ?? 2)),
      );
      const connection = await connectWorker(temporal, address);
      const activities = createActivities(
        {
          store,
          data,
          catalogue: settings.catalogue,
          limit: settings.limit ?? null,
          rate: settings.rate ?? null,
          files: settings.files,
          ratings: settings.ratings,
          endpoints,
          plans: storedPlans(store),
          threads,
          version: await programVersion(),
          searchAttributes: lacking === null,
          log,
          plan: () => readPlanFile(settings.plan),
        },
        client,
      );
      const workers = await startWorkers({
        connection,
        namespace: temporal.namespace,
        data,
        plan,
        activities,
        log,
        tracing,
      });
      log.info({ data, address, catalogue: settings.catalogue }, 'worker ready');
      announceReady({ data });
      if (process.send === undefined)
        process.stderr.write(`Worker of ${settings.data} (${data}) at ${address}; Ctrl-C ends it.\n`);
      try {
        await Promise.race([untilAskedToStop(), workers.ended]);
      } finally {
        await workers.stop();
        metrics?.close();
        await endpoints.close();
        await threads.close();
        await connection.close();
        await client.connection.close();
        await tracing?.close();
      }
    });
}
