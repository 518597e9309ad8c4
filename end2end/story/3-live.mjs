// 3. The timeline moves by itself. A browser that was away comes back, misses nothing and shows nothing twice.

import assert from 'node:assert/strict';
import test from 'node:test';
import { look } from './look.mjs';
import { chapter, enter, person, stage, down, up } from './stage.mjs';

const steps = (page) => page.$$eval('.step[id]', (list) => Object.fromEntries(list.map((step) => [step.id, step.dataset.s])));

chapter(test, '3 the timeline is live and survives being offline', async (t) => {
  t.after(() => process.kill(stage.demo.processes.openwebui, 'SIGCONT'));
  const olivia = await person('olivia');
  const page = await enter(olivia, '/tenants/acme');
  await page.getByText('Live, last event').waitFor();
  await page.locator('#chat[data-s=running], #chat[data-s=retrying]').waitFor({ timeout: 60_000 });
  assert.equal((await steps(page)).site, 'done');
  await look(page, '3-tenant-provisioning');

  olivia.expects(/ERR_(CONNECTION|INCOMPLETE|EMPTY|SOCKET|HTTP2).*\/(live|tenants\/acme)/);
  await page.evaluate(() => { globalThis.untouched = true; });
  await stage.wire.cut();
  await page.locator('#paused').waitFor({ timeout: 30_000 });
  process.kill(stage.demo.processes.openwebui, 'SIGCONT');
  await stage.outside.until(async () => (await stage.outside.connections()).includes('wp-acme'), 'the chat is prepared meanwhile');
  assert.notEqual((await steps(page)).welcome, 'done', 'the page is offline');
  await stage.wire.mend();

  await page.locator('.badge:text("Ready")').waitFor({ timeout: 60_000 });
  await page.waitForFunction(() => !document.getElementById('live'));
  const shown = await page.$$eval('.step[id]', (list) => list.map((step) => [step.id, step.dataset.s, [...step.querySelectorAll('.lines li')].map((line) => line.textContent)]));
  assert.deepEqual(shown.map(([id]) => id), ['database', 'identity', 'site', 'wordpress', 'chat', 'welcome'], 'each step once');
  for (const [id, state, lines] of shown) {
    assert.equal(state, 'done', id);
    assert.deepEqual(lines, [...new Set(lines)], `each line of ${id} once`);
  }
  assert.equal(await page.evaluate(() => globalThis.untouched), true, 'the page was not loaded again');

  stage.sites.acme = new URL(await page.getByRole('link', { name: 'Open site' }).getAttribute('href')).origin;
  await stage.outside.until(async () => (await stage.outside.answer(stage.sites.acme)) === 200, 'the site answers');
  assert.ok(stage.outside.letters().some((name) => name.startsWith('welcome-')), 'the first admin got a letter');
  await look(page, '3-tenant-ready');
  await enter(olivia, '/activity');
  await look(page, '3-activity');
});

chapter(test, '3 a demo that was stopped goes on where it was', async () => {
  const olivia = await person('olivia');
  const before = await stage.outside.everything();
  await olivia.page.goto('about:blank');
  await down();
  await up();
  await stage.outside.until(async () => (await stage.outside.answer(stage.sites.acme)) === 200, 'the site is back');
  assert.deepEqual(await stage.outside.everything(), before);
  const page = await enter(olivia, '/tenants/quay');
  // The portal's first look may come before the site is back; the next one comes within 10 s, and a degraded tenant's page is not live.
  await stage.outside.until(async () => (await page.reload()) && (await page.locator('.badge:text("Ready")').count()) > 0, 'quay is ready');
  stage.sites.quay = new URL(await page.getByRole('link', { name: 'Open site' }).getAttribute('href')).origin;
});
