// 6. Somebody is invited again, renamed, re-created and removed, through all four systems: the person stays who they are, nothing is
// doubled, nobody becomes somebody else, and nothing of theirs is thrown away.

import assert from 'node:assert/strict';
import test from 'node:test';
import { look } from './look.mjs';
import { connect, firstVisit, state } from './pairing.mjs';
import { chapter, enter, person, press, stage } from './stage.mjs';

// What the company's administrator changes about somebody at the provider.
async function change(who, to) {
  const answer = await fetch(`${stage.demo.idp}/demo/people/${who}`, { method: 'PUT', body: JSON.stringify(to) });
  assert.equal(answer.status, 204);
}

// The accounts of the tenant's WordPress that somebody of this name has.
async function accounts(name) {
  const wp = await stage.outside.wordpress('acme');
  return stage.outside.sql(`SELECT u.ID AS id, u.user_email AS email, m.meta_value AS roles FROM ${wp}users u
    LEFT JOIN ${wp}usermeta m ON m.user_id = u.ID AND m.meta_key LIKE '%capabilities' WHERE u.display_name = '${name}'`);
}

// A new sign-in at the portal: its cookies are gone, those of the provider stay.
async function again(who, path, as) {
  await who.context.clearCookies({ domain: new URL(stage.demo.portal).hostname });
  return enter(who, path, as);
}

const openWordPress = async (page) => {
  await page.getByRole('link', { name: 'Open WordPress' }).click();
  await page.getByText('Howdy, Mia Maler').waitFor();
  await page.waitForLoadState('networkidle');
};

let account;

chapter(test, '6 Mia is invited again, is who she was, and connects', async () => {
  [account] = await accounts('Mia Maler');
  assert.ok(account, 'her account and what she wrote stayed when she was removed');
  const ada = await person('ada');
  const page = await enter(ada, '/tenants/acme');
  await page.getByRole('textbox', { name: 'Add a person' }).fill('mia@example.org');
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  await page.getByRole('row', { name: /mia@example.org/ }).waitFor();

  const mia = await person('mia');
  await openWordPress(await again(mia, '/tenants/acme'));
  assert.deepEqual((await accounts('Mia Maler')).map(({ id }) => id), [account.id], 'the same account, and no second one');
  await connect(mia, stage.sites.acme);
  await state(mia.page, 'Connecting');
  await (await firstVisit(mia)).close();
  await state(mia.page, 'Connected');
});

chapter(test, '6 her address changes, everything follows her, and nothing is doubled', async () => {
  const { outside } = stage;
  const before = await outside.chatPeople();
  await change('mia', { email: 'mia.maler@example.org' });
  const mia = await person('mia');
  const page = await again(mia, '/tenants/acme');
  await page.getByRole('row', { name: /mia.maler@example.org/ }).getByText('Connected').waitFor();
  await look(page, '6-renamed');
  await outside.until(async () => (await accounts('Mia Maler'))[0].email === 'mia.maler@example.org', 'WordPress follows');
  await outside.until(async () => (await outside.chatPeople()).includes('mia.maler@example.org'), 'the chat follows', 120);
  assert.deepEqual((await accounts('Mia Maler')).map(({ id }) => id), [account.id]);
  const renamed = before.map((email) => (email === 'mia@example.org' ? 'mia.maler@example.org' : email));
  assert.deepEqual((await outside.chatPeople()).sort(), renamed.sort(), 'no second account in the chat');
  assert.deepEqual((await outside.groupMembers('tenant-acme')).sort(), ['ada@example.org', 'mia.maler@example.org']);
});

chapter(test, '6 an address written into a profile makes nobody somebody else', async () => {
  const mia = await person('mia');
  await openWordPress(await enter(mia, '/tenants/acme'));
  mia.expects(/status of 403/);
  const refused = await mia.page.evaluate(async () => {
    const nonce = await (await fetch('/wp-admin/admin-ajax.php?action=rest-nonce')).text();
    const headers = { 'X-WP-Nonce': nonce, 'content-type': 'application/json' };
    return (await fetch('/?rest_route=/wp/v2/users/me', { method: 'POST', headers, body: '{"email": "olivia@example.org"}' })).status;
  });
  assert.equal(refused, 403, 'the address is the sign-in service’s');
  const [now] = await accounts('Mia Maler');
  assert.equal(now.email, 'mia.maler@example.org');
  assert.match(now.roles, /author/);
});

chapter(test, '6 her account is made anew, and an operator says that it is hers', async () => {
  await change('mia', { sub: 'mia-2' });
  const mia = await person('mia-anew');
  const page = await enter(mia, '/tenants', 'mia.maler');
  await page.getByText('under another account').first().waitFor();
  assert.equal(await page.getByRole('link', { name: 'Acme' }).count(), 0, 'an address alone opens nothing');
  await look(page, '6-another-account');

  const olivia = await person('olivia');
  const desk = await enter(olivia, '/tenants/acme');
  await desk.getByRole('button', { name: /^Manage Mia/ }).click();
  await desk.getByRole('button', { name: 'Their account was replaced…' }).click();
  const sheet = desk.getByRole('dialog', { name: /was replaced/ });
  await sheet.getByRole('textbox').fill('mia.maler@example.org');
  await look(desk, '6-replaced-question');
  const done = desk.getByText('The next sign-in with this address takes over the account');
  await press(desk, sheet.getByRole('button', { name: 'Let the new account take over' }), done);
  await done.waitFor();

  await openWordPress(await again(mia, '/tenants/acme', 'mia.maler'));
  assert.deepEqual((await accounts('Mia Maler')).map(({ id }) => id), [account.id], 'her WordPress account came along');
});

chapter(test, '6 she is removed, and nothing of hers is thrown away', async () => {
  const { outside } = stage;
  const ada = await person('ada');
  const page = await enter(ada, '/tenants/acme');
  await page.getByRole('button', { name: /^Manage Mia/ }).click();
  await page.getByRole('button', { name: 'Remove…' }).click();
  await page.getByRole('dialog', { name: /^Remove Mia/ }).getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByRole('row', { name: /Mia/ }).waitFor({ state: 'detached' });
  await outside.until(async () => !(await outside.groupMembers('tenant-acme')).includes('mia.maler@example.org'), 'the chat lets her out');
  // Her account of before was made anew at the sign-in service, and has made way for her first visit by the new one.
  assert.ok((await outside.chatPeople()).some((email) => email.endsWith('@set-aside.invalid')), 'her account in the chat stays, with all she wrote');
  await outside.until(async () => !/author/.test((await accounts('Mia Maler'))[0].roles ?? ''), 'WordPress lets her out');
  assert.deepEqual((await accounts('Mia Maler')).map(({ id }) => id), [account.id], 'her account in WordPress stays, without a role');
});
