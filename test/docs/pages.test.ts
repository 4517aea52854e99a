import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/system.js';
import { snippetsOf } from './snippets.js';

const PAGES = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
];
const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const schema = buildSchema(text('graphql/schema.graphql'));
const scripts = (JSON.parse(text('package.json')) as { scripts: Record<string, string> }).scripts;
const COMMANDS = [
  'start',
  'serve',
  'worker',
  'tmdb-server',
  'inspect',
  'export',
  'schedule',
  'vacuum',
  'dead-letters',
];

/** As GitHub makes them: lower case, spaces to dashes, other signs dropped. */
function anchorsOf(page: string): string[] {
  return [...text(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe.each(PAGES)('%s', (page) => {
  it('links to files and headings that are there', () => {
    for (const [, target = ''] of text(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [file = '', anchor] = target.split('#');
      const path = file === '' ? page : join(dirname(page), file);
      expect([target, existsSync(join(ROOT, path))]).toEqual([target, true]);
      if (anchor !== undefined) expect(anchorsOf(path)).toContain(anchor);
    }
  });

  it('asks queries that the API has', () => {
    for (const { language, text: query } of snippetsOf(page))
      if (language === 'graphql')
        expect(validate(schema, parse(query)).map(({ message }) => message)).toEqual([]);
  });

  it('names commands that there are', () => {
    for (const [, command = ''] of text(page).matchAll(/(?:npx |`)marquee ([a-z][a-z-]*)/g))
      expect(COMMANDS).toContain(command);
    for (const [, script = ''] of text(page).matchAll(/npm run ([a-z][a-z-]*)/g))
      expect(Object.keys(scripts)).toContain(script);
  });
});

describe('README.md', () => {
  it('shows an answer that has the fields of its query', () => {
    const [query, answer] = ['graphql', 'json'].map(
      (language) => snippetsOf('README.md').find((snippet) => snippet.language === language)?.text as string,
    );
    for (const field of Object.keys(JSON.parse(answer as string) as object)) expect(query).toContain(field);
  });
});
