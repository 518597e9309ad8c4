// 2. Olivia orders a tenant: the slug is proposed and checked while she types, the plan shows what will exist, and however often
// the form is sent there is one tenant. The same without JavaScript.

import assert from 'node:assert/strict';
import test from 'node:test';
import { look } from './look.mjs';
import { chapter, enter, person, stage } from './stage.mjs';

const rows = (page, name) => page.locator('tbody tr', { has: page.getByRole('link', { name, exact: true }) }).count();

// Sends the form of a page as a second press would, twice at once, and again later.
async function sendAgain(page, fields) {
  const { portal } = stage.demo;
  const post = () => page.request.post(`${portal}/tenants/new`, { form: fields, headers: { origin: portal }, maxRedirects: 0 });
  return (await Promise.all([post(), post()])).map((answer) => [answer.status(), answer.headers().location?.split('?')[0]]);
}

// Goes back to the form and presses once more. The same form is the same order; a fresh one is refused, for the slug is taken.
async function backAndAgain(who, name, email, slug) {
  const { page } = who;
  who.expects(/status of 422.*\/tenants\/new/);
  await page.goBack();
  await page.fill('#name', name);
  await page.fill('#slug', slug);
  await page.fill('#admin_email', email);
  await page.click('button:text("Create tenant")');
  await page.locator('#refused, .badge').first().waitFor();
  const there = new URL(page.url()).pathname;
  if (there === '/tenants/new') await page.getByText(/taken|in use|exists/i).first().waitFor();
  else assert.equal(there, `/tenants/${slug}`);
}

const fieldsOf = (page) => page.$eval('form[action="/tenants/new"]', (form) => Object.fromEntries(new FormData(form)));

chapter(test, '2 Olivia orders a tenant once, however often she presses', async () => {
  const olivia = await person('olivia');
  const page = await enter(olivia, '/tenants/new');
  await page.fill('#name', 'Portal');
  await page.locator('#slug-live[data-s=attention]').waitFor();
  await page.fill('#name', 'Quay & Sons');
  await page.getByText('quay-sons is free.').waitFor();
  await page.fill('#name', 'Acme');
  await page.getByText('acme is free.').waitFor();
  assert.equal(await page.inputValue('#slug'), 'acme');

  await page.click('button[name=preview]');
  await page.getByText('slipway_acme').waitFor();
  for (const name of ['tenant-acme', 'wp-acme']) assert.ok(await page.getByText(name, { exact: true }).first().isVisible(), `the plan names ${name}`);
  await look(page, '2-new-tenant');

  await page.fill('#admin_email', 'nobody');
  await page.fill('#time_zone', 'Nowhere');
  olivia.expects(/status of 422.*\/tenants\/new/);
  await page.click('button:text("Create tenant")');
  await page.locator('[aria-invalid=true]').first().waitFor();
  assert.equal(await page.locator('#refused li').count(), 2, 'all mistakes are named at once');
  assert.equal(await page.inputValue('#name'), 'Acme', 'what was typed is still there');
  await look(page, '2-new-tenant-refused');

  await page.goto(`${stage.demo.portal}/tenants/new`);
  await page.fill('#name', 'Acme');
  await page.getByText('acme is free.').waitFor();
  await page.fill('#admin_email', 'ada@example.org');
  const fields = await fieldsOf(page);
  // The chat stands still, so that the next chapter finds the tenant in the middle of its way.
  process.kill(stage.demo.processes.openwebui, 'SIGSTOP');
  await page.dblclick('button:text("Create tenant")');
  await page.waitForURL(/\/tenants\/acme/);
  assert.deepEqual(await sendAgain(page, fields), Array(2).fill([303, '/tenants/acme']), 'the same order again is the same tenant');
  await backAndAgain(olivia, 'Acme', 'ada@example.org', 'acme');
  await page.reload();
  await enter(olivia, '/tenants');
  assert.equal(await rows(page, 'Acme'), 1);
});

chapter(test, '2 the same without JavaScript', async () => {
  const plain = await person('plain', { javaScriptEnabled: false });
  const page = await enter(plain, '/tenants/new', 'olivia');
  await page.fill('#name', 'Quay & Sons');
  await page.fill('#admin_email', 'ben@example.org');
  await page.click('button[name=preview]');
  await page.getByText(/^slipway_quay_/).waitFor();
  assert.equal(await page.inputValue('#slug'), 'quay-sons', 'an empty slug comes from the name');
  await page.fill('#slug', 'acme');
  await page.click('button[name=preview]');
  await page.locator('#slug-live[data-s=attention]').waitFor();
  await enter(plain, '/tenants/new', 'olivia');
  await page.fill('#name', 'Quay & Sons');
  await page.fill('#admin_email', 'ben@example.org');
  await page.fill('#slug', 'quay');
  await page.click('button:text("Create tenant")');
  await page.waitForURL(/\/tenants\/quay/);
  await backAndAgain(plain, 'Quay & Sons', 'ben@example.org', 'quay');
  await page.reload();
  await enter(plain, '/tenants');
  assert.equal(await rows(page, 'Quay & Sons'), 1);
  const olivia = await person('olivia');
  await enter(olivia, '/tenants');
  await look(olivia.page, '2-tenants');
});
