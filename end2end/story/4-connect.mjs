// 4. Ada opens her WordPress without a password and connects it with the chat.

import assert from 'node:assert/strict';
import test from 'node:test';
import { look } from './look.mjs';
import { connect, firstVisit, state } from './pairing.mjs';
import { chapter, enter, person, pick, stage } from './stage.mjs';

chapter(test, '4 Ada is in her WordPress without a password and connects it', async () => {
  const ada = await person('ada');
  const site = stage.sites.acme;
  const page = await enter(ada, '/tenants/acme');
  assert.equal(await page.getByRole('link', { name: 'Audit' }).count(), 0, 'an admin of a tenant sees no audit');
  await look(page, '4-tenant-of-ada');
  await page.getByRole('link', { name: 'Open WordPress' }).click();
  await page.waitForURL(`${site}/wp-admin/`);
  await page.getByText('Howdy, Ada Byrne').waitFor();

  await page.locator('#adminmenu').getByRole('link', { name: 'Slipway' }).click();
  await state(page, 'Not connected');
  await look(page, '4-not-connected', { within: '#wpbody-content' });

  await connect(ada, site, 'deny', (consent) => look(consent, '4-consent'));
  await state(page, 'Not connected');
  assert.deepEqual(await stage.outside.passwords('acme'), [], 'a refusal leaves nothing behind');

  await connect(ada, site);
  await state(page, 'Connecting');
  // No look here: the page asks again by itself every second, under the eyes of who measures it.
  await (await firstVisit(ada)).close();
  await state(page, 'Connected');
  await look(page, '4-connected', { within: '#wpbody-content' });
  assert.deepEqual(await stage.outside.passwords('acme'), ['ada@example.org']);
  assert.deepEqual(await stage.outside.groupMembers('tenant-acme'), ['ada@example.org']);
  assert.equal(await page.locator('#wp-admin-bar-slipway-chat a').getAttribute('href'), `${stage.demo.chat.url}/?model=wp-acme`);
  assert.ok(await page.locator('#adminmenu').getByRole('link', { name: 'Chat', exact: true }).isVisible());

  await enter(ada, '/tenants/acme');
  await page.getByRole('row', { name: /Ada Byrne/ }).getByText('Connected').waitFor();
  await look(page, '4-tenant-connected');
});

chapter(test, '4 Ben connects his own, and is a stranger to hers', async () => {
  const ben = await person('ben');
  const { portal } = stage.demo;
  const page = await enter(ben, '/tenants');
  assert.equal(await page.getByText('Acme').count(), 0);
  ben.expects(/status of 404.*\/tenants\/acme/);
  assert.equal((await page.goto(`${portal}/tenants/acme`)).status(), 404);
  await look(page, '4-not-found');

  // Her WordPress sends him to the portal, which sends him back without letting him in.
  ben.expects(/status of 40[34]/);
  await page.goto(`${stage.sites.acme}/wp-login.php?action=slipway&to=/wp-admin/`);
  await page.goto(`${stage.sites.acme}/wp-admin/`);
  assert.match(page.url(), /wp-login\.php/);

  await page.goto(`${stage.sites.quay}/wp-admin/`);
  await page.getByRole('link', { name: /single sign-on|SSO|Slipway/i }).first().click();
  if (page.url().startsWith(stage.demo.idp)) await pick(page, 'ben');
  await page.getByText('Howdy, Ben Bauer').waitFor();
  await connect(ben, stage.sites.quay);
  await (await firstVisit(ben)).close();
  await state(page, 'Connected');
});
