// 7. Connections end from either side, and a removed tenant leaves nothing behind.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import test from 'node:test';
import { promisify } from 'node:util';
import { program } from './demo.mjs';
import { look } from './look.mjs';
import { connect, settings, state } from './pairing.mjs';
import { chapter, enter, person, press, stage } from './stage.mjs';

// Nothing of the connection is left, wherever it was ended.
async function parted(who, word = 'Not connected') {
  const { outside, sites } = stage;
  await outside.until(async () => (await outside.passwords('acme')).length === 0, 'the application password is gone');
  await outside.until(async () => (await outside.groupMembers('tenant-acme')).length === 0, 'Ada is in no group');
  await enter(who, '/tenants/acme');
  await who.page.getByRole('row', { name: /Ada Byrne/ }).getByText('Not connected').waitFor();
  await who.page.goto(`${sites.acme}${settings}`);
  await state(who.page, word);
  assert.equal(await who.page.locator('#wp-admin-bar-slipway-chat').count(), 0);
}

chapter(test, '7 Ada disconnects in WordPress, and another time in the portal', async () => {
  const ada = await person('ada');
  const { page } = ada;
  await page.goto(`${stage.sites.acme}${settings}`);
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await state(page, 'Not connected');
  await look(page, '7-disconnected', { within: '#wpbody-content' });
  await parted(ada);

  await connect(ada, stage.sites.acme);
  await state(page, 'Connected');
  await enter(ada, '/tenants/acme');
  await page.getByRole('button', { name: /^Disconnect… Ada/ }).click();
  await look(page, '7-disconnect-question');
  await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click();
  await page.waitForLoadState();
  await parted(ada, /Not connected/);
});

chapter(test, '7 a removed tenant leaves nothing behind', async () => {
  const olivia = await person('olivia');
  const { outside } = stage;
  // WordPress's own pages ask for their site now and then, and complain when it is gone.
  for (const name of ['ada', 'ben', 'mia-anew']) await (await person(name)).page.goto('about:blank');
  const page = await enter(olivia, '/tenants/acme');
  await page.getByRole('button', { name: 'Delete…' }).click();
  await look(page, '7-delete-question');
  await page.fill('#delete-typed', 'acm');
  await page.getByRole('button', { name: 'Delete tenant' }).click();
  assert.equal(await page.$eval('#delete-typed', (field) => field.checkValidity()), false, 'a wrong slug does not go through');
  await page.fill('#delete-typed', 'acme');
  const certificate = page.getByText('Certificate of removal');
  await press(page, page.getByRole('button', { name: 'Delete tenant' }), certificate);
  await certificate.waitFor({ timeout: 60_000 });
  await look(page, '7-certificate');

  const left = JSON.stringify(await outside.everything());
  assert.ok(!left.includes('acme') && !left.includes('Acme'), `nothing of Acme is left: ${left}`);
  assert.ok(left.includes('quay'), 'and Quay is untouched');
  // An ingress controller says that it knows no such site.
  assert.equal(await outside.answer(stage.sites.acme), stage.demo.cluster ? 404 : null, 'nobody answers at the address of the site');

  await promisify(execFile)(program, ['tenant', 'remove', 'quay', '--confirm', 'quay', '--wait', '--config', stage.demo.config]);
  assert.deepEqual(Object.values(await outside.everything()).flat(), [], 'nothing at all is left');
  // Mia's of before made way for one that she has not made yet.
  const people = (await outside.chatPeople()).map((email) => email.replace(/^.*(?=@set-aside)/, ''));
  assert.deepEqual(people.sort(), ['@set-aside.invalid', 'ada@example.org', 'ben@example.org', stage.demo.chat.admin], 'what people wrote in the chat is theirs, and they are there');
  await enter(olivia, '/audit');
  await look(page, '7-audit');
  const { stdout } = await promisify(execFile)(program, ['audit', 'verify', '--config', stage.demo.config]);
  assert.match(stdout, /All \d+ entries are as they were written/);
});
