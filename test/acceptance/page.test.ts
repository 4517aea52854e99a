import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../support/browser.js';
import {
  launch,
  removeFolder,
  ROOT,
  startTemporalServer,
  temporaryFolder,
  type Running,
  type TemporalServer,
} from '../support/system.js';
import { freePort } from '../../temporal/ports.js';

/** What people see: the page over the sample, in Chromium. Screenshots lie in test/output. */
describe('the page', () => {
  const folder = temporaryFolder('page');
  let temporal: TemporalServer;
  let system: Running;
  let browser: Browser;
  let page: Page;
  let url: string;
  const problems: string[] = [];
  const text = async (selector: string): Promise<string> => (await page.locator(selector).innerText()).trim();
  const output = join(ROOT, 'test/output');

  beforeAll(async () => {
    mkdirSync(output, { recursive: true });
    temporal = await startTemporalServer(folder);
    url = `http://127.0.0.1:${await freePort()}`;
    system = launch(['start'], {
      MARQUEE_DATA: join(folder, 'data'),
      MARQUEE_PORT: new URL(url).port,
      TEMPORAL_ADDRESS: temporal.address,
    });
    await system.ready;
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(url);
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
    await system?.stop();
    await temporal?.stop();
    removeFolder(folder);
  });

  it('shows each finding of the sample', async () => {
    for (const section of [
      'findings',
      'genres',
      'trends',
      'people',
      'roi',
      'forecast',
      'films',
      'models',
      'runs',
    ])
      await page.locator(`#${section}[data-state=ready]`).waitFor();
    expect(await text('#snapshot-id')).toContain('sample/1');
    expect(await text('#findings')).toContain('Comedy');
    expect(await text('#genres')).toContain('Drama');
    // The sample has no cast, so the page asks who directed.
    expect(await page.locator('#people tbody tr').count()).toBe(10);
    expect(await text('#roi')).toContain('Avatar');
    expect(await text('#forecast')).toMatch(/\d\.\d\d/);
    expect(await text('#models')).toContain('forest50');
    expect(await text('#unanswerable')).toMatch(/cast/);
    await page.screenshot({ path: join(output, 'page.png'), fullPage: true });
    expect(readFileSync(join(output, 'page.png')).length).toBeGreaterThan(50_000);
  });

  it('finds films and predicts a planned one', async () => {
    await page.locator('#films input[type=search], #films input[name=title]').first().fill('titanic');
    await page.keyboard.press('Enter');
    await page.locator('#films', { hasText: 'Titanic' }).waitFor();
    await page.locator('#predict button[type=submit]').click();
    await page.locator('#predict[data-state=ready]').waitFor();
    expect(await text('#predict')).toMatch(/\d\.\d/);
  });

  it('gives a GraphQL page to browsers and the pictures of the snapshot', async () => {
    const explorer = await browser.newPage();
    await explorer.goto(`${url}/graphql`);
    await explorer.locator('.graphiql-container').waitFor();
    await explorer.screenshot({ path: join(output, 'explorer.png') });
    for (const name of ['system', 'people', 'forecast']) {
      const response = await fetch(`${url}/pictures/${name}.svg`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toContain('image/svg+xml');
      expect(await response.text()).toContain('<svg');
    }
  });

  it('starts a run, holds it, lets it go on at another rate and cancels it', async () => {
    const said = async (sentence: string): Promise<void> =>
      await page.locator('#action', { hasText: sentence }).waitFor();
    const press = async (action: string): Promise<void> =>
      await page.locator(`#runs [data-action=${action}]`).click();
    await page.locator('#start-form input[name=catalogue]').fill('synthetic:20000');
    await page.locator('#start-form button[type=submit]').click();
    await said('Start a run: asked for.');
    await page.locator('#runs .run[data-status=RUNNING]').waitFor();
    await press('pause');
    await page.locator('#runs .run[data-status=PAUSED]').waitFor();
    await press('resume');
    await page.locator('#runs .run[data-status=RUNNING]').waitFor();
    await page.getByLabel('Requests per second').fill('7');
    await press('rate');
    await said('Set the rate: asked for.');
    await press('cancel');
    await page.locator('#runs .run[data-status=CANCELED]').waitFor();
    expect(await page.locator('#runs [data-action]').count()).toBe(0);
  });

  it('meets no error and no refusal of its content security policy', () => {
    expect(problems).toEqual([]);
  });
});
