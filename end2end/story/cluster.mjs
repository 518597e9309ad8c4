// Bad days of a cluster, where sites are pods: its API server dies while a tenant comes up, and its node is cut off. Between
// chapters 5 and 6, on a node of our own (end2end/cluster); that of kind cannot be cut.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { cluster, program, root } from './demo.mjs';
import { look } from './look.mjs';
import { chapter, enter, person, stage } from './stage.mjs';

const run = promisify(execFile);
const slipway = (...args) => run(program, ['tenant', ...args, '--config', stage.demo.config]);
// Starts what is missing and puts right what differs.
const mend = () => run(join(root, 'end2end/cluster/up'), [cluster]);
const of = (file) => readFileSync(join(cluster, file), 'utf8').trim();
const addresses = () => Object.fromEntries(of('addresses').split(/\s+/).map((pair) => pair.split('=')));
const badge = (page, word) => page.locator(`header .badge:text("${word}"), main .badge:text("${word}")`).first();

// A tenant whose steps are done has no live page.
async function comesTo(page, word, seconds) {
  await stage.outside.until(async () => {
    await page.reload();
    return badge(page, word).isVisible();
  }, `the tenant is ${word}`, seconds);
}

chapter(test, '5 an API server that dies delays a tenant and harms none', async (t) => {
  t.after(mend);
  const olivia = await person('olivia');
  await slipway('create', 'dock', '--name', 'Dock', '--admin', 'ada@example.org');
  const page = await enter(olivia, '/tenants/dock');
  await page.locator('#site[data-s=running], #site[data-s=retrying]').waitFor({ timeout: 60_000 });
  process.kill(Number(of('run/apiserver.pid')), 'SIGKILL');
  await page.locator('#site[data-s=retrying]').waitFor({ timeout: 60_000 });
  await look(page, '5-cluster-away');
  assert.equal(await stage.outside.answer(stage.sites.acme), 200, 'sites that are up go on');
  await mend();
  await page.locator('.badge:text("Ready")').first().waitFor({ timeout: 120_000 });
  stage.sites.dock = new URL(await page.getByRole('link', { name: 'Open site' }).getAttribute('href')).origin;
  await stage.outside.until(async () => (await stage.outside.answer(stage.sites.dock)) === 200, 'the site answers');
});

chapter(test, '5 a node that is gone is told, and comes back by itself', async (t) => {
  t.after(mend);
  const olivia = await person('olivia');
  // WordPress's own pages ask their site again and again.
  await (await person('ada')).page.goto('about:blank');
  const page = await enter(olivia, '/tenants/dock');
  await run('ip', ['-n', addresses().name, 'link', 'set', 'eth0', 'down']);
  await comesTo(page, 'Degraded', 60);
  await look(page, '5-node-away');
  await mend();
  await comesTo(page, 'Ready', 90);
  assert.equal(await stage.outside.answer(stage.sites.dock), 200);
  await slipway('remove', 'dock', '--confirm', 'dock', '--wait');
});
