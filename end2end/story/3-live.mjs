// 3. The timeline moves by itself. A browser that was away comes back, misses nothing and shows nothing twice.

import assert from 'node:assert/strict';
import test from 'node:test';
import { look } from './look.mjs';
import { chapter, enter, person, stage, down, up } from './stage.mjs';

const steps = (page) => page.$$eval('.step[id]', (list) => Object.fromEntries(list.map((step) => [step.id, step.dataset.s])));

chapter(test, '3 the timeline is live and survives being offline', async (t) => {
  t.after(() => process.kill(stage.demo.processes.openwebui, 'SIGCONT'));
  const olivia = await person('olivia');
  const events = [];
  await olivia.context.exposeBinding('heard', (_, event) => events.push(event));
  await olivia.context.addInitScript(() => {
    const Native = globalThis.EventSource;
    globalThis.EventSource = class extends Native {
      constructor(url, options) {
        super(url, options);
        globalThis.heard({ what: 'asked', url: String(url) });
        for (const what of ['open', 'step', 'head', 'settled']) {
          this.addEventListener(what, (event) => globalThis.heard({ what, seq: event.data && JSON.parse(event.data).seq }));
        }
        // The page loads itself again when all is settled: what it showed until then is told before.
        this.addEventListener('settled', () => {
          const lines = (step) => [...step.querySelectorAll('.lines li')].map((line) => line.textContent);
          globalThis.heard({ what: 'shown', steps: [...document.querySelectorAll('.step[id]')].map((step) => [step.id, step.dataset.s, lines(step)]) });
        });
      }
    };
  });
  const page = await enter(olivia, '/tenants/acme');
  await page.getByText('Live, last event').waitFor();
  await page.locator('#chat[data-s=running], #chat[data-s=retrying]').waitFor({ timeout: 60_000 });
  assert.equal((await steps(page)).site, 'done');
  await look(page, '3-tenant-provisioning');

  olivia.expects(/ERR_(CONNECTION|INCOMPLETE|EMPTY|SOCKET|HTTP2).*\/events/);
  await stage.wire.cut();
  await page.getByText('Reconnecting').waitFor({ timeout: 30_000 });
  process.kill(stage.demo.processes.openwebui, 'SIGCONT');
  await stage.outside.until(async () => (await stage.outside.connections()).includes('wp-acme'), 'the chat is prepared meanwhile');
  assert.notEqual((await steps(page)).welcome, 'done', 'the page is offline');
  await stage.wire.mend();

  await page.locator('.badge:text("Ready")').waitFor({ timeout: 60_000 });
  await page.waitForFunction(() => !document.getElementById('live'));
  const seqs = events.filter((event) => event.what === 'step').map((event) => event.seq);
  assert.deepEqual(seqs, [...seqs].sort((a, b) => a - b), 'events never go back');
  assert.ok(events.filter((event) => event.what === 'open').length >= 2, 'the browser came back by itself');
  const { steps: live } = events.find((event) => event.what === 'shown');
  assert.deepEqual(live.map(([id]) => id), ['database', 'identity', 'site', 'wordpress', 'chat', 'welcome'], 'each step once');
  for (const [id, state, lines] of live) {
    assert.equal(state, 'done', id);
    assert.deepEqual(lines, [...new Set(lines)], `each line of ${id} once`);
  }

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
