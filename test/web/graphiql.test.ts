import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyFolder, serveFolder, type Api } from '../graphql/api.js';
import { testFilms, writeSnapshot } from '../graphql/snapshot.js';
import { openBrowser } from '../support/browser.js';
import { ROOT } from '../support/system.js';

/** The GraphQL page as `npm run build` bundles it, in Chromium, with the API's own content security policy. */
describe('the GraphQL page', () => {
  const output = join(ROOT, 'test/output');
  const problems: string[] = [];
  const elsewhere: string[] = [];
  let api: Api;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    expect(existsSync(join(ROOT, 'web/vendor/graphiql.js')), 'npm run build makes web/vendor').toBe(true);
    mkdirSync(output, { recursive: true });
    const folder = emptyFolder();
    writeSnapshot(join(folder, 'data'), testFilms(60));
    api = await serveFolder(folder, { web: join(ROOT, 'web') });
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => {
      if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(api.url))
        elsewhere.push(request.url());
    });
    await page.goto(`${api.url}/graphql`);
    await page.locator('.graphiql-container').waitFor();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await api?.close();
  });

  it('asks a ready question and shows its answer', async () => {
    await page.getByLabel('Show Ready questions').click();
    await page.getByRole('button', { name: 'How many films has each genre, and which has most?' }).click();
    await page.locator('.graphiql-query-editor', { hasText: 'movieCount' }).waitFor();
    await page.locator('.graphiql-execute-button').click();
    await page.locator('.result-window', { hasText: 'Drama' }).waitFor();
    expect(await page.locator('.questions button').count()).toBeGreaterThan(15);
    await page.screenshot({ path: join(output, 'graphiql.png') });
  });

  it('shows the schema with its descriptions', async () => {
    await page.getByLabel('Show Documentation Explorer').click();
    await page.locator('.graphiql-doc-explorer', { hasText: 'Query' }).first().waitFor();
  });

  it('needs no other server and keeps the content security policy', () => {
    expect(elsewhere).toEqual([]);
    expect(problems).toEqual([]);
  });
});
