// 5. Ada asks the chat for a post, and it waits as a draft in her WordPress, once. Ben sees nothing of it.

import assert from 'node:assert/strict';
import test from 'node:test';
import { chapter, person, stage } from './stage.mjs';

const words = 'Draft a post about slow bread and send it to my site.';

// From the toolbar of WordPress into the chat, signed in on the way.
async function chat(who, site) {
  await who.page.goto(`${site}/wp-admin/`);
  const [page] = await Promise.all([who.context.waitForEvent('page'), who.page.click('#wp-admin-bar-slipway-chat a')]);
  await page.waitForSelector('#chat-input', { timeout: 60_000 });
  return page;
}

async function say(page, text, answers) {
  await page.click('#chat-input');
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
  const last = page.locator('.chat-assistant').nth(answers - 1);
  await last.getByRole('link', { name: /post\.php\?post=\d+/ }).first().waitFor({ timeout: 60_000 });
  return last.locator('a').evaluateAll((links) => links.map((link) => link.href));
}

// What the chat's server shows a person, asked with their own session.
const asks = (page, path) => page.evaluate(async (url) => {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${localStorage.token}` } });
  return { status: answer.status, text: await answer.text() };
}, path);

chapter(test, '5 the chat drafts a post in the right WordPress under the right name, once', async () => {
  const ada = await person('ada');
  const { outside, sites } = stage;
  const page = await chat(ada, sites.acme);
  await page.getByText('Acme writer').first().waitFor();
  const links = await say(page, words, 1);
  const edit = links.find((link) => link.startsWith(`${sites.acme}/wp-admin/post.php?post=`));
  assert.ok(edit, `a link to the draft among ${links}`);

  const drafts = await outside.posts('acme', "p.post_status = 'draft'");
  assert.equal(drafts.length, 1);
  assert.deepEqual([drafts[0].title, drafts[0].email, `${new URL(edit).searchParams.get('post')}`], ['Slow bread', 'ada@example.org', drafts[0].id]);
  for (const block of ['heading', 'paragraph', 'list', 'quote']) assert.ok(drafts[0].content.includes(`<!-- wp:${block}`), `a block ${block}`);

  const again = await say(page, words, 2);
  assert.ok(again.includes(edit), 'the same words give the same draft');
  assert.equal((await outside.posts('acme', "p.post_status IN ('draft', 'publish', 'pending')  AND p.post_title = 'Slow bread'")).length, 1);
  assert.deepEqual(await outside.posts('quay', "p.post_status = 'draft'"), []);
  await page.close();

  await ada.page.goto(edit);
  await ada.page.locator('iframe[name="editor-canvas"]').contentFrame().locator('h1', { hasText: 'Slow bread' }).waitFor();
  assert.equal(await ada.page.locator('iframe[name="editor-canvas"]').contentFrame().locator('.block-editor-warning').count(), 0, 'every block is a valid one');
});

chapter(test, '5 Ben sees neither tool nor model nor site of hers', async () => {
  const ben = await person('ben');
  const page = await chat(ben, stage.sites.quay);
  const models = await asks(page, '/api/models');
  const tools = await asks(page, '/api/v1/tools/');
  assert.deepEqual([models.status, tools.status], [200, 200]);
  for (const { text } of [models, tools]) {
    assert.ok(text.includes('wp-quay'), 'his own is there');
    assert.ok(!text.includes('wp-acme') && !text.includes('Acme'), 'hers is not');
  }
  // Not by its name either: neither the model, nor the tool under a model of his own, nor the gateway itself.
  ben.expects(/status of 4\d\d.*\/api\/chat\/completions/);
  const forced = (model) => page.evaluate(async (id) => {
    const body = { model: id, messages: [{ role: 'user', content: 'Draft a post about tar.' }], tool_ids: ['server:mcp:wp-acme'], stream: false };
    const headers = { authorization: `Bearer ${localStorage.token}`, 'content-type': 'application/json' };
    return (await fetch('/api/chat/completions', { method: 'POST', headers, body: JSON.stringify(body) })).status;
  }, model);
  assert.ok((await forced('wp-acme')) >= 400, 'her model does not answer him');
  await forced('wp-quay');
  const knock = await fetch(`${stage.demo.portal}/mcp/acme`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}' });
  assert.equal(knock.status, 401);
  assert.equal((await stage.outside.posts('acme', "p.post_status = 'draft'")).length, 1);
  await page.close();
});
