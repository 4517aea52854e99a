import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codegen } from '@graphql-codegen/core';
import { preset } from '@graphql-codegen/client-preset';
import { build } from 'esbuild';
import {
  buildClientSchema,
  getIntrospectionQuery,
  parse,
  printSchema,
  type IntrospectionQuery,
} from 'graphql';
import type * as React from 'react';
import type * as Server from 'react-dom/server';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { emptyFolder, serveFolder, type Api } from '../graphql/api.js';
import { testFilms, writeSnapshot } from '../graphql/snapshot.js';
import { removeFolder, ROOT } from '../support/system.js';

/** The recipe of docs/api.md for a typed client, with examples/client as its program, against the real server. */
describe('examples/client', () => {
  const films = testFilms(120);
  const folder = join(ROOT, `test/output/client-${process.pid}`);
  const file = (name: string): string => join(folder, name);
  let api: Api;

  beforeAll(async () => {
    const data = emptyFolder();
    writeSnapshot(join(data, 'data'), films);
    api = await serveFolder(data);
    mkdirSync(folder, { recursive: true });
    cpSync(join(ROOT, 'examples/client'), folder, { recursive: true });
    await generate();
  }, 120_000);
  afterAll(async () => {
    await api.close();
    removeFolder(folder);
  });

  /** What the command line of graphql-codegen does with codegen.yml; it itself needs packages that want Node 22. */
  async function generate(): Promise<void> {
    const config = parseYaml(readFileSync(file('codegen.yml'), 'utf8')) as {
      generates: Record<string, { preset: string; presetConfig: object; config: object }>;
    };
    const target = config.generates['./gql/']!;
    expect(target.preset).toBe('client');
    const introspection = await api.ask<IntrospectionQuery>(getIntrospectionQuery());
    const schema = buildClientSchema(introspection);
    const source = readFileSync(file('films.tsx'), 'utf8');
    const text = /graphql\(`([^`]*)`\)/.exec(source)?.[1] as string;
    const outputs = await preset.buildGeneratesSection({
      baseOutputDir: `${file('gql')}/`,
      schema: parse(printSchema(schema)),
      schemaAst: schema,
      documents: [{ location: file('films.tsx'), document: parse(text), rawSDL: text }],
      presetConfig: target.presetConfig,
      config: { ...target.config, emitLegacyCommonJSImports: false, importExtension: '.js' },
      plugins: [],
      pluginMap: {},
    });
    for (const output of outputs) {
      mkdirSync(dirname(output.filename), { recursive: true });
      writeFileSync(output.filename, await codegen(output));
    }
  }

  const problems = (): string[] => {
    const program = ts.createProgram([file('films.tsx')], {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      jsx: ts.JsxEmit.ReactJSX,
      types: ['node'],
    });
    return ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  };

  it('has the types of the schema: a field that is not asked for does not compile', () => {
    expect(problems()).toEqual([]);
    const right = readFileSync(file('films.tsx'), 'utf8');
    writeFileSync(file('films.tsx'), right.replace('voteAverage?.toFixed', 'runtime?.toFixed'));
    expect(problems().join()).toContain('runtime');
    writeFileSync(file('films.tsx'), right);
  }, 120_000);

  it('shows the films of the server, page by page', async () => {
    await build({
      stdin: {
        contents: `export * from './films.js'; export { createElement } from 'react'; export { renderToStaticMarkup } from 'react-dom/server';`,
        resolveDir: folder,
        loader: 'ts',
      },
      outfile: file('bundle.cjs'),
      bundle: true,
      platform: 'node',
      format: 'cjs',
      jsx: 'automatic',
    });
    const bundle = (await import(file('bundle.cjs'))) as {
      default: Pick<typeof React, 'createElement'> &
        Pick<typeof Server, 'renderToStaticMarkup'> & {
          loadFilms(url: string, genre: string, after?: string | null): Promise<Films>;
          Films: React.FunctionComponent<{ films: Films }>;
        };
    };
    const { loadFilms, Films, createElement, renderToStaticMarkup } = bundle.default;
    interface Films {
      movies: { pageInfo: { endCursor: string | null } };
    }
    const dramas = films
      .filter(({ genres }) => genres.includes('Drama'))
      .sort((a, b) => (b.voteAverage ?? -1) - (a.voteAverage ?? -1) || a.id - b.id);
    const escaped = (title: string): string =>
      renderToStaticMarkup(createElement('i', null, title)).slice(3, -4);
    let after: string | null = null;
    for (const page of [0, 1]) {
      const answer: Films = await loadFilms(`${api.url}/graphql`, 'Drama', after);
      const html = renderToStaticMarkup(createElement(Films, { films: answer }));
      expect(html).toContain(`<h2>${dramas.length} films</h2>`);
      for (const { title } of dramas.slice(5 * page, 5 * page + 5)) expect(html).toContain(escaped(title));
      after = answer.movies.pageInfo.endCursor;
    }
    await expect(loadFilms(`${api.url}/graphql`, 'x'.repeat(300))).rejects.toThrow('legal');
  }, 60_000);

  it('writes the operations that a server may be limited to', async () => {
    const operations = JSON.parse(readFileSync(file('gql/persisted-documents.json'), 'utf8')) as Record<
      string,
      string
    >;
    const own = await serveFolder(emptyFolder(), { registeredOperations: Object.values(operations) });
    const codes = async (query: string): Promise<string[]> =>
      (await own.post({ query, variables: { genre: 'Drama', first: 1 } })).errors.map(
        ({ extensions }) => extensions.code,
      );
    // There is no snapshot, but the operation is answered.
    expect(await codes(Object.values(operations)[0]!)).toEqual(['SNAPSHOT_NOT_READY']);
    expect(await codes('{ genres { name } }')).toEqual(['FORBIDDEN']);
    await own.close();
  });
});
