import { parseCatalogue } from '../../tmdb/catalogues/catalogue.js';
import { openCatalogue } from '../../tmdb/catalogues/open.js';
import { startTmdbServer } from '../../tmdb/server.js';

/** The local TMDB server as a process of its own. Arguments: catalogue, access log. Says `{ url }` when it listens. */
const [catalogueName, accessLog] = process.argv.slice(2) as [string, string];

const catalogue = await openCatalogue(parseCatalogue(catalogueName));
const server = await startTmdbServer({ catalogue, accessLog });
process.once('disconnect', () => void server.close());
process.send?.({ url: server.url });
