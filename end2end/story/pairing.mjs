// How somebody connects their WordPress account with the chat, in a browser.

import { stage } from './stage.mjs';

export const settings = '/wp-admin/admin.php?page=slipway-connect';

// Presses Connect and answers the question; ends on the plugin's page.
export async function connect(who, site, answer = 'approve', seen = () => {}) {
  const { page } = who;
  await page.goto(`${site}${settings}`);
  await page.locator('#wpbody-content').getByRole('button', { name: 'Connect', exact: true }).click();
  await page.waitForURL(`${stage.demo.portal}/connect/**`);
  await seen(page);
  await page.click(`button[value=${answer}]`);
  await page.waitForURL(`${site}/wp-admin/admin.php**`);
}

// The first visit makes somebody's account in the chat; the page of WordPress says so, gives the way, and follows along.
export async function firstVisit(who) {
  const link = who.page.locator('#wpbody-content').getByRole('link', { name: /\/oauth\/oidc\/login/ });
  const [chat] = await Promise.all([who.context.waitForEvent('page'), link.click()]);
  await chat.waitForURL(`${stage.demo.chat.url}/**`);
  // The portal may have let them in before the page asks.
  await chat.getByText('You are signed in').or(chat.locator('#chat-input')).first().waitFor({ timeout: 60_000 });
  return chat;
}

export const state = (page, words) => page.locator('#slipway-state', { hasText: words }).waitFor();
