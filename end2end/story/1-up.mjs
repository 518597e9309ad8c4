// 1. One command brings everything up and says in one table what is where and who comes in how.

import assert from 'node:assert/strict';
import { statSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { look } from './look.mjs';
import { chapter, enter, person, pick, stage } from './stage.mjs';

chapter(test, '1 the demo comes up and prints its table', async () => {
  const { demo, outside } = stage;
  for (const part of ['MariaDB', 'Single sign-on', 'Stub writer', 'OpenWebUI', 'Portal']) {
    assert.match(demo.printed, new RegExp(`✓ ${part} +\\d+\\.\\d s`), `a line with the time of ${part}`);
  }
  for (const words of [demo.portal, demo.chat.url, demo.idp, `${demo.mariadb.host}:${demo.mariadb.port}`, 'Olivia', 'Theo', 'Ada', 'Mia', 'Ben', 'a stub', 'Ctrl-C stops all of it', '--reset']) {
    assert.ok(demo.printed.includes(words), `the table says ${words}`);
  }
  const secrets = join(demo.data, 'secrets');
  for (const name of readdirSync(secrets)) assert.equal(statSync(join(secrets, name)).mode & 0o077, 0, `${name} is readable by others`);
  assert.deepEqual(Object.values(await outside.everything()).flat(), [], 'a fresh demo holds nothing');

  const olivia = await person('olivia');
  await olivia.page.goto(demo.portal);
  await olivia.page.waitForURL(`${demo.portal}/welcome**`);
  await look(olivia.page, '1-welcome');
  await olivia.page.click('a[href^="/sign-in"]');
  await olivia.page.waitForURL(`${demo.idp}/interaction/**`);
  await look(olivia.page, '1-single-sign-on');
  await pick(olivia.page, 'olivia');
  await olivia.page.waitForURL(`${demo.portal}/tenants`);
  await look(olivia.page, '1-tenants-empty');
  await enter(olivia, '/systems');
  await olivia.page.getByText('OpenWebUI 0.12').waitFor();
  await look(olivia.page, '1-systems');
});
