// What portals have to bear: questions, calls of the chat, and kills.

import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { program } from '../story/demo.mjs';
import { stage } from '../story/stage.mjs';

// Park and Miller's generator: the same seed, the same instants.
export function diceOf(seed) {
  let last = seed;
  return (below) => ((last = (last * 48271) % 2147483647) % below);
}

// Asks by the balancer until told to stop: as a probe, as somebody signed in, and as the chat does.
export function asking(olivia) {
  const asked = { answers: {}, going: true };
  const { portal } = stage.demo;
  const count = (what) => { asked.answers[what] = (asked.answers[what] ?? 0) + 1; };
  const ask = async () => {
    while (asked.going) {
      for (const [what, question] of [
        ['page', () => olivia.fetch(`${portal}/tenants`)],
        ['probe', () => fetch(`${portal}/health/live`, { signal: AbortSignal.timeout(20_000) })],
        ['chat', () => fetch(`${portal}/mcp/roll-1`, { method: 'POST', signal: AbortSignal.timeout(20_000) })],
      ]) {
        const status = await question().then((answer) => answer.text().then(() => answer.status), (error) => error.cause?.code ?? error.name);
        count(`${what} ${status}`);
      }
      await sleep(20);
    }
  };
  asked.done = ask();
  asked.stop = async () => {
    asked.going = false;
    await asked.done;
    return asked.answers;
  };
  return asked;
}

// The chat, which calls the gateway for Ada.
export async function chat(slug) {
  const { users } = await stage.outside.chat('/api/v1/users/?query=ada@example.org');
  const { TOOL_SERVER_CONNECTIONS: list } = await stage.outside.chat('/api/v1/configs/tool_servers');
  const { key, url } = list.find((one) => one.info.id === `wp-${slug}`);
  const secret = readFileSync(join(stage.demo.data, 'secrets/openwebui-jwt-secret'), 'utf8').trim();
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const pass = () => {
    const now = Math.floor(Date.now() / 1000);
    const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: users[0].id, email: 'ada@example.org', iss: 'open-webui', iat: now, exp: now + 300 })}`;
    return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
  };
  const heard = {};
  const draft = async (title) => {
    const params = { name: 'create_draft', arguments: { title, markdown: `${title}: flour, water, salt and a night.` } };
    const answer = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'x-openwebui-user-jwt': pass(), 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
      signal: AbortSignal.timeout(20_000),
    });
    const text = await answer.text();
    const said = answer.ok ? JSON.parse(text).result : null;
    const what = !said ? `${answer.status}` : said.isError ? said.content[0].text : 'a draft';
    heard[what] = (heard[what] ?? 0) + 1;
    return said && !said.isError;
  };
  return { draft, heard };
}

// Kills portals, or asks them to end, one after the other, until told to stop; each comes up again at once.
export function fire(dice, victims) {
  let going = true;
  const shots = { killed: 0, ended: 0 };
  const shooting = (async () => {
    while (going) {
      await sleep(300 + dice(2200));
      if (!going) break;
      const all = victims();
      const victim = all[dice(all.length)];
      if (dice(4) === 0) {
        await victim.end();
        shots.ended += 1;
      } else {
        await victim.die();
        shots.killed += 1;
      }
      victim.start(program);
    }
  })();
  return async () => {
    going = false;
    await shooting;
    return shots;
  };
}
