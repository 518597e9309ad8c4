// 6. People come and go: a letter, a first sign-in, a place as author, and an end that WordPress knows of at once.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { look } from './look.mjs';
import { chapter, enter, person, pick, press, stage } from './stage.mjs';

// The letters to an address, as text.
const letters = (to) => readdirSync(stage.demo.mail)
  .map((name) => readFileSync(join(stage.demo.mail, name), 'utf8'))
  .filter((letter) => letter.includes(`To: <${to}>`))
  .map((letter) => letter.split('\r\n\r\n').slice(2).join('\n\n').split('\r\n--')[0]);

// Authentik, where it is, lets the same people in as the portal.
const admitted = (people) => stage.demo.authentik && stage.outside.until(async () => {
  const { groups } = await stage.outside.authentik();
  return JSON.stringify([...new Set([...groups['tenant-acme'], ...groups['tenant-acme-admins']])].sort()) === JSON.stringify(people);
}, `Authentik lets ${people} in`);

chapter(test, '6 Ada invites Mia, who comes in by the letter and writes', async () => {
  const ada = await person('ada');
  const page = await enter(ada, '/tenants/acme');
  await page.getByRole('textbox', { name: 'Add a person' }).fill('mia@');
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  assert.equal(await page.getByRole('textbox', { name: 'Add a person' }).evaluate((field) => field.checkValidity()), false, 'half an address does not go through');
  await page.getByRole('textbox', { name: 'Add a person' }).fill('mia@example.org');
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  const row = page.getByRole('row', { name: /mia@example.org/ });
  await row.getByText('E-mail sent').waitFor();
  await look(page, '6-invited');

  const [letter, ...more] = letters('mia@example.org');
  assert.deepEqual(more, [], 'one letter');
  const link = letter.match(new RegExp(`${stage.demo.portal}\\S+`))[0];
  const mia = await person('mia');
  await mia.page.goto(link);
  if (!mia.page.url().startsWith(stage.demo.idp)) await mia.page.getByRole('link', { name: /sign in/i }).first().click();
  await pick(mia.page, 'mia');
  await mia.page.waitForURL(`${stage.demo.portal}/tenants/acme`);
  await look(mia.page, '6-tenant-of-mia');
  await mia.page.getByRole('link', { name: 'Open WordPress' }).click();
  await mia.page.getByText('Howdy, Mia Maler').waitFor();
  await mia.page.waitForLoadState('networkidle'); // what the page asks for as her, it gets
  assert.equal(await mia.page.locator('#menu-plugins').count(), 0, 'an author sees no plugins');
  await admitted(['ada@example.org', 'mia@example.org']);
});

chapter(test, '6 who is removed is out of WordPress without signing out', async () => {
  const ada = await person('ada');
  const mia = await person('mia');
  // A picture asks for nothing more; a page of WordPress would, while she is removed, and would complain of the refusals.
  await mia.page.goto(`${stage.sites.acme}/wp-includes/images/blank.gif`);
  const page = await enter(ada, '/tenants/acme');
  await page.getByRole('button', { name: /^Manage Mia/ }).click();
  await look(page, '6-manage');
  await page.getByRole('button', { name: 'Remove…' }).click();
  await look(page, '6-remove-question');
  await page.getByRole('dialog', { name: /^Remove Mia/ }).getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByRole('row', { name: /Mia/ }).waitFor({ state: 'detached' });
  const out = async () => (await mia.page.evaluate(async () => (await fetch('/wp-admin/')).url)).includes('wp-login.php');
  await stage.outside.until(out, 'WordPress shows Mia the sign-in again');
  await mia.page.goto(`${stage.sites.acme}/wp-admin/`);
  assert.match(mia.page.url(), /wp-login\.php/);
  await admitted(['ada@example.org']);
  mia.expects(/status of 404/);
  assert.equal((await mia.page.goto(`${stage.demo.portal}/tenants/acme`)).status(), 404);
});

chapter(test, '6 Olivia makes a token for a program, and it ends when she says so', async () => {
  const olivia = await person('olivia');
  const page = await enter(olivia, '/tokens');
  await page.getByLabel('Name').fill('nightly report');
  await page.getByRole('radio', { name: 'Auditor' }).check();
  await press(page, page.getByRole('button', { name: 'Make token' }), page.locator('.note code, .note .id').first());
  const token = (await page.locator('.note code, .note .id').first().textContent()).trim();
  await look(page, '6-token-made');
  const ask = async (path, method = 'GET') => (await fetch(`${stage.demo.portal}/api/v1${path}`, { method, headers: { authorization: `Bearer ${token}` } })).status;
  assert.equal(await ask('/tenants'), 200);
  assert.equal(await ask('/tenants/acme/members/ada@example.org', 'DELETE'), 403, 'it reads and changes nothing');
  await enter(olivia, '/tokens');
  assert.equal(await page.getByText(token).count(), 0, 'it is shown once');
  await page.getByRole('button', { name: /^Revoke… nightly report/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('Revoked').first().waitFor();
  assert.equal(await ask('/tenants'), 401);
  await look(page, '6-tokens');
  await enter(olivia, '/account');
  await look(page, '6-account');
});
