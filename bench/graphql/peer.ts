import { createServer } from 'node:http';
import { ApolloServer } from '@apollo/server';
import fastifyApollo, { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import Fastify from 'fastify';
import { createYoga } from 'graphql-yoga';
import mercurius from 'mercurius';
import { newestSnapshot } from '../../dataset/snapshots.js';
import { openStore } from '../../dataset/store.js';
import { Context, type Services } from '../../graphql/context.js';
import { loadSnapshot } from '../../graphql/data/loadSnapshot.js';
import { apiSchema, typeGraphqlSchema } from '../../graphql/schema.js';

/**
 * Another server over the same schema, resolvers and films: `peer.js <name> <data folder> <catalogue>`. All call the
 * resolvers as Marquee does, but for `stock-apollo`, which leaves that to type-graphql as well. `http` answers every
 * request with the same page of films, which is all that Node's server can do.
 */
const [name, folder, catalogue] = process.argv.slice(2) as [string, string, string];
const store = await openStore(folder);
const manifest = await newestSnapshot(store, catalogue);
if (manifest === null) throw new Error(`${folder} has no snapshot of ${catalogue}`);
const services = { served: { newest: await loadSnapshot(store, manifest) } } as unknown as Services;
const context = (): Context => new Context(services, () => undefined, 60_000);
const schema = name === 'stock-apollo' ? typeGraphqlSchema() : apiSchema();

async function viaFastify(add: (app: ReturnType<typeof Fastify>) => Promise<unknown>): Promise<string> {
  const app = Fastify();
  await add(app);
  return await app.listen({ host: '127.0.0.1', port: 0 });
}

async function viaNode(server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

async function viaApollo(): Promise<string> {
  return await viaFastify(async (app) => {
    const apollo = new ApolloServer<Context>({ schema, plugins: [fastifyApolloDrainPlugin(app)] });
    await apollo.start();
    await app.register(fastifyApollo(apollo), { context: async () => context() });
  });
}

const servers: Readonly<Record<string, () => Promise<string>>> = {
  apollo: viaApollo,
  'stock-apollo': viaApollo,
  async mercurius() {
    // Compiles a query at its second use.
    return await viaFastify(async (app) => await app.register(mercurius, { schema, jit: 1, context }));
  },
  async yoga() {
    // Yoga copies what a context owns, and leaves its methods behind.
    const owned = (): object => {
      const own = context();
      return {
        newest: own.newest,
        trace: own.trace,
        snapshot: own.snapshot.bind(own),
        snapshotOrNull: own.snapshotOrNull.bind(own),
        checkTime: own.checkTime.bind(own),
      };
    };
    const yoga = createYoga({ schema, context: owned, logging: false, graphiql: false });
    return await viaNode(createServer(yoga));
  },
  async http() {
    const body = Buffer.from(process.env.BENCH_BODY ?? '{}');
    return await viaNode(
      createServer((request, response) => {
        request.resume().on('end', () => {
          response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
          response.end(body);
        });
      }),
    );
  },
};
const start = servers[name];
if (start === undefined) throw new Error(`there is no peer ${name}`);
console.log(JSON.stringify({ url: await start() }));
