import { builtinModules } from 'node:module';
import tseslint from 'typescript-eslint';

// Workflow code is replayed: it may read no clock, file, network or environment, and it may know
// activities by their types alone. https://docs.temporal.io/develop/typescript/core-application#workflow-logic-requirements
const builtins = builtinModules.flatMap((name) => [name, `node:${name}`]);

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'marquee-data', 'test/output', 'web/vendor', 'examples'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['cli/**/*.ts', 'bench/**/*.ts', 'test/chaos/main.ts', 'test/graphql/fuzz.test.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    // What answers requests.
    files: ['graphql/**/*.ts', 'models/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "ObjectExpression > Property[kind='get']",
          message:
            'V8 makes a hidden class for each object with a getter of its own, and keeps what it reaches until the next full garbage collection: let a class have it.',
        },
      ],
    },
  },
  {
    files: ['workflows/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: builtins.map((name) => ({
            name,
            message: 'Workflow code is deterministic: no Node built-ins.',
          })),
        },
      ],
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '/(activities|dataset|tmdb|graphql|models|cli|temporal)/',
              allowTypeImports: true,
              message: 'Workflows import activities and their data as types only.',
            },
          ],
        },
      ],
      'no-restricted-globals': ['error', 'process', 'fetch', 'performance', 'Buffer'],
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { sourceType: 'module' } },
    rules: { eqeqeq: ['error', 'always', { null: 'ignore' }], 'prefer-const': 'error' },
  },
);
