import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Vite would take graphql's `module` file where Node takes its `main`, and two copies of graphql would meet.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['**/*.test.ts'],
    exclude: ['node_modules/**', 'dist/**'],
    pool: 'forks',
    // Worker threads that the code under test starts load TypeScript too.
    execArgv: ['--import', 'tsx'],
    server: { deps: { inline: [/type-graphql/] } },
    maxWorkers: 2,
    // What hangs is ended; nothing else may depend on how fast the machine is, or on who else uses it.
    testTimeout: 120_000,
    hookTimeout: 240_000,
  },
});
