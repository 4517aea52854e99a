import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Bundles the GraphQL page from npm's packages into web/vendor: the last step of `npm run build`. */

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

await build({
  entryPoints: [here('graphiql.js')],
  outdir: here('vendor'),
  bundle: true,
  splitting: true,
  format: 'esm',
  minify: true,
  target: 'es2022',
  define: { 'process.env.NODE_ENV': '"production"' },
  loader: { '.woff': 'file', '.woff2': 'file', '.ttf': 'file', '.svg': 'dataurl' },
  legalComments: 'linked',
  logLevel: 'warning',
});
