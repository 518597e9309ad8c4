// Pages stay current, in a real browser: many tabs by one stream, each page in each state, and honest words when nothing is told.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import test, { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { House } from './live/house.mjs';
import { look } from './story/look.mjs';
import { out } from './story/stage.mjs';

const slugs = Array.from({ length: 10 }, (_, n) => `team-${n + 1}`);
let house, browser, olivia;

before(async () => {
  mkdirSync(out, { recursive: true });
  house = await House.open();
  for (const slug of slugs) await house.order(slug);
  browser = await chromium.launch({ executablePath: process.env.SLIPWAY_CHROMIUM ?? '/usr/bin/chromium', args: ['--headless', '--no-sandbox', '--disable-gpu'] });
  olivia = await person('olivia');
}, { timeout: 120_000 });
after(async () => {
  await browser?.close();
  await house?.close();
});

async function person(name) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  await page.goto(`${house.url}/sign-in?to=/account`);
  await page.click(`button[value="${name}@example.org"]`);
  await page.waitForURL(`${house.url}/account`);
  return context;
}

// A tab that would notice a reload.
async function tab(path, context = olivia) {
  const page = await context.newPage();
  await page.goto(`${house.url}${path}`);
  await page.evaluate(() => { globalThis.untouched = true; });
  return page;
}
const step = (page, name, state) => page.locator(`#${name}[data-s=${state}]`).waitFor();
const live = (page) => page.getByText('Live, last event').waitFor();
const hide = (page, hidden) => page.evaluate((value) => {
  Object.defineProperty(document, 'hidden', { value, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}, hidden);
const close = (pages) => Promise.all(pages.map((page) => page.close()));
const untouched = async (page) => assert.equal(await page.evaluate(() => globalThis.untouched), true, 'it was not loaded again');

test('ten tabs on ten tenants are live by one stream, and an eleventh page answers at once', { timeout: 120_000 }, async () => {
  const tabs = [];
  for (const slug of slugs) tabs.push(await tab(`/tenants/${slug}`));
  await Promise.all(tabs.map(live));
  await Promise.all(tabs.map((page) => step(page, 'database', 'attention')));
  assert.equal(house.gate.streams.size, 1, [...house.gate.streams].map(({ url }) => url).join('\n'));
  const begun = Date.now();
  const eleventh = await tab('/activity');
  const took = Date.now() - begun;
  assert.ok(took < 3000, `the eleventh page took ${took} ms`);
  const before = house.gate.seen.length;
  await house.skip(slugs[0]);
  await step(tabs[0], 'database', 'skipped');
  const asked = house.gate.seen.slice(before).filter((path) => path.startsWith('/tenants/'));
  // Other steps of other tenants try again now and then; a change of one is no reason for all.
  assert.ok(asked.includes(`/tenants/${slugs[0]}`) && new Set(asked).size < slugs.length / 2, `the other pages sleep: ${asked}`);
  await Promise.all(slugs.slice(1).map(async (slug, n) => {
    await house.skip(slug);
    await step(tabs[n + 1], 'database', 'skipped');
  }));
  await Promise.all(tabs.map(untouched));
  await close([...tabs, eleventh]);
});

test('a page that waits for a person follows what another operator does, and leaves alone what somebody is at', { timeout: 60_000 }, async () => {
  await house.order('acme', 'Acme');
  const page = await tab('/tenants/acme');
  await step(page, 'database', 'attention');
  await page.locator('.badge:text("Needs attention")').waitFor();
  await live(page);
  await look(page, 'live-attention');
  await page.setViewportSize({ width: 1440, height: 900 });
  // Somebody is about to skip; somebody else retries meanwhile, and the step fails again.
  await page.getByRole('button', { name: 'Skip…' }).click();
  await page.fill('#skip-reason', 'It is known');
  const lines = await page.locator('#database .lines li').count();
  await house.api('POST', '/tenants/acme/steps/database/retry');
  await page.waitForFunction((n) => document.querySelectorAll('#database .lines li').length > n, lines);
  await step(page, 'database', 'attention');
  assert.equal(await page.inputValue('#skip-reason'), 'It is known');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'skip-reason');
  assert.ok(await page.locator('#skip-database').isVisible());
  await house.skip('acme');
  await page.waitForFunction(() => !document.title.startsWith('Acme: Needs attention'));
  await step(page, 'database', 'skipped');
  assert.ok(await page.locator('#skip-database').isVisible(), 'an open question stays until its person answers');
  await page.keyboard.press('Escape');
  await untouched(page);
  await page.close();
});

test('a page that nobody looks at asks for nothing, says its state in its title, and catches up', { timeout: 60_000 }, async () => {
  await house.order('globex', 'Globex');
  const page = await tab('/tenants/globex');
  await step(page, 'database', 'attention');
  await live(page);
  await hide(page, true);
  await sleep(1000);
  const before = house.gate.seen.length;
  await house.skip('globex');
  await page.waitForFunction(() => !document.title.includes('Needs attention'));
  await sleep(1000);
  assert.deepEqual(house.gate.seen.slice(before).filter((path) => path.startsWith('/tenants/')), []);
  assert.equal(await page.locator('#database[data-s=attention]').count(), 1);
  await hide(page, false);
  await step(page, 'database', 'skipped');
  await untouched(page);
  await page.close();
});

test('the list is live', { timeout: 60_000 }, async () => {
  const [all, ada] = [await tab('/tenants'), await person('ada')];
  const hers = await tab('/tenants', ada);
  await hers.locator('#t-acme').waitFor();
  await house.order('team-11', 'Team 11');
  await all.locator('#t-team-11 .badge:text("Needs attention")').waitFor();
  await house.skip('team-11');
  await all.locator('#t-team-11 .badge:not(:text("Needs attention"))').waitFor();
  await house.api('POST', '/tenants/acme/remove', { slug: 'acme' });
  await hers.locator('#t-acme .badge:text("Deleting"), main:not(:has(#t-acme))').first().waitFor();
  // By another process, of which no hint tells; the portal looks for itself.
  await house.command('tenant', 'create', 'team-12', '--name', 'Team 12', '--admin', 'ada@example.org');
  await all.locator('#t-team-12').waitFor();
  await Promise.all([all, hers].map(untouched));
  await all.close();
  await ada.close();
});

const paused = (page, why) => page.locator('#paused', { hasText: `Live updates are paused: ${why}` }).waitFor();

test('with too many streams the page says so, and asks', { timeout: 60_000 }, async () => {
  house.gate.become('many');
  const page = await tab('/tenants/team-12');
  await paused(page, 'too many live pages of yours are open.');
  await page.getByText('The page asks every few seconds.').waitFor();
  await look(page, 'live-paused');
  await page.setViewportSize({ width: 1440, height: 900 });
  await house.skip('team-12');
  await step(page, 'database', 'skipped');
  house.gate.become('pass');
  await page.locator('#paused').waitFor({ state: 'hidden', timeout: 45_000 });
  await untouched(page);
  await page.close();
});

test('behind a proxy that keeps streams back the page says so, and asks', { timeout: 90_000 }, async () => {
  house.gate.become('keep');
  await house.order('team-13', 'Team 13');
  const page = await tab('/tenants/team-13');
  await step(page, 'database', 'attention');
  await paused(page, 'something between this browser and the portal keeps them back.');
  await house.skip('team-13');
  await step(page, 'database', 'skipped');
  house.gate.become('pass');
  await untouched(page);
  await page.close();
});

test('a portal that is away is said, and what happened meanwhile is caught up with', { timeout: 90_000 }, async () => {
  await house.order('team-14', 'Team 14');
  const pages = [await tab('/tenants/team-14'), await tab('/tenants')];
  await step(pages[0], 'database', 'attention');
  await live(pages[0]);
  house.gate.become('cut');
  await Promise.all(pages.map((page) => paused(page, 'the connection to the portal is broken.')));
  await look(pages[1], 'live-list-paused');
  await house.down();
  await house.up();
  await house.skip('team-14');
  house.gate.become('pass');
  await step(pages[0], 'database', 'skipped');
  for (const page of pages) await page.locator('#paused').waitFor({ state: 'hidden', timeout: 45_000 });
  await Promise.all(pages.map(untouched));
  await close(pages);
});

test('whoever signs out in one tab is signed out in all, and nothing goes on', { timeout: 60_000 }, async () => {
  const theo = await person('theo');
  const [one, other] = [await tab('/tenants/team-13', theo), await tab('/tenants/globex', theo)];
  await Promise.all([one, other].map(live));
  await one.evaluate(() => fetch('/sign-out', { method: 'POST', redirect: 'manual' }));
  await sleep(5000);
  await house.api('POST', '/tenants/globex/remove', { slug: 'globex' });
  await other.waitForURL(/\/welcome|\/interaction\//);
  await theo.close();
});

test('whoever has to be confirmed is, by loading the page, unless somebody is writing on it', { timeout: 90_000 }, async () => {
  const [writes, reads] = [await tab('/tenants/team-12'), await tab('/tenants/team-13')];
  await Promise.all([writes, reads].map(live));
  await writes.fill('#add-email', 'mia@');
  await sleep(5000);
  house.gate.become('old');
  await reads.waitForFunction(() => !globalThis.untouched);
  await paused(writes, 'your sign-in has to be confirmed, or this page is not there any more.');
  await writes.getByText('Reload the page to go on.').waitFor();
  assert.equal(await writes.inputValue('#add-email'), 'mia@');
  house.gate.become('pass');
  await writes.locator('#paused').waitFor({ state: 'hidden', timeout: 45_000 });
  await untouched(writes);
  await close([writes, reads]);
});

test('where a browser shares no workers, a tab has a stream while it is looked at', { timeout: 60_000 }, async () => {
  const old = await person('theo');
  await old.addInitScript(() => { delete globalThis.SharedWorker; });
  const page = await tab('/tenants/team-14', old);
  await live(page);
  assert.equal(house.gate.streams.size, 1);
  await hide(page, true);
  while (house.gate.streams.size) await sleep(100);
  await hide(page, false);
  while (!house.gate.streams.size) await sleep(100);
  await house.api('POST', '/tenants/team-14/remove', { slug: 'team-14' });
  await page.locator('.badge:text("Deleting")').waitFor();
  await untouched(page);
  await old.close();
});

test('a menu stays whose it is while people come and go', { timeout: 60_000 }, async () => {
  await house.api('PUT', '/tenants/team-13/members/mia@example.org', { role: 'member' });
  const page = await tab('/tenants/team-13');
  await live(page);
  const row = page.locator('tr[data-row="mia@example.org"]');
  await row.getByRole('button', { name: 'Manage' }).click();
  await house.api('PUT', '/tenants/team-13/members/ben@example.org', { role: 'member' });
  await sleep(2000);
  await page.locator('.menu:popover-open .risk').click();
  await page.locator('.sheet:popover-open', { hasText: 'mia@example.org' }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape'); // the question, then the menu
  await page.locator('tr[data-row="ben@example.org"]').waitFor();
  await untouched(page);
  await page.close();
});
