// Twenty tenants are ordered while the portal is killed with signal 9 at random instants and started again. Afterwards every tenant
// is ready, exactly once, and when all are removed (with more killing) nothing is left anywhere. SLIPWAY_KILL9_SEED repeats a run.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { leave, place, program, start } from './story/demo.mjs';
import { Outside } from './story/outside.mjs';
import { Visitor } from './story/visitor.mjs';

const count = Number(process.env.SLIPWAY_KILL9_TENANTS ?? 20);
const seed = Number(process.env.SLIPWAY_KILL9_SEED ?? Date.now() % 2 ** 31);
// Seconds under fire; what is not done by then may end in peace.
const patience = 60;
let last = seed;
// Park and Miller's generator: the same seed, the same instants.
const dice = (below) => ((last = (last * 48271) % 2147483647) % below);
const slugs = Array.from({ length: count }, (_, n) => `yard-${String(n + 1).padStart(2, '0')}`);

// The portal, killed and started until told to stop.
class Victim {
  deaths = 0;
  #going = true;

  constructor(demo) {
    this.demo = demo;
    this.log = openSync(join(demo.logs, 'portal.log'), 'a');
  }

  start() {
    this.child = spawn(program, ['serve', '--config', this.demo.config], { stdio: ['ignore', this.log, this.log] });
    this.ended = new Promise((resolve) => this.child.on('exit', resolve));
  }

  async killing() {
    this.#going = true;
    while (this.#going) {
      this.start();
      await Promise.race([sleep(50 + dice(2500)), this.ended]);
      if (!this.#going) break;
      this.child.kill('SIGKILL');
      await this.ended;
      this.deaths += 1;
    }
  }

  spare() {
    this.#going = false;
  }

  async end() {
    this.child.kill('SIGTERM');
    await this.ended;
  }
}

// Works on the list until each has succeeded; the portal may be dead at any instant.
async function insist(list, act) {
  const open = new Set(list);
  while (open.size) {
    for (const one of open) {
      if (await act(one).catch(() => false)) open.delete(one);
      else await sleep(50);
    }
  }
}

// Waits until every tenant is so; says which are not.
async function until(outside, visitor, wanted, what, seconds) {
  let seen;
  try {
    await outside.until(async () => {
      seen = await visitor.states().catch((error) => ({ error: error.message }));
      return !seen.error && slugs.every((slug) => wanted(seen[slug]));
    }, what, seconds);
  } catch (error) {
    error.message += `; seen: ${JSON.stringify(seen)}`;
    throw error;
  }
}

const ready = (state) => state === 'ready';
const gone = (state) => state === undefined || state === 'deleted';

test(`${count} tenants, a portal that dies all the time (seed ${seed})`, { timeout: 900_000 }, async (t) => {
  const data = place();
  const demo = await start(data, '--reset', '--no-portal');
  const outside = new Outside(demo);
  const victim = new Victim(demo);
  t.after(async () => {
    victim.spare();
    await victim.end();
    await demo.stop();
    leave(data);
  });
  const visitor = new Visitor(demo, 'olivia@example.org');
  const began = Date.now();
  let killing = victim.killing();
  await insist(slugs, (slug) => visitor.order(slug, `Yard ${slug.slice(5)}`, 'ada@example.org'));
  await until(outside, visitor, ready, 'all are ready', patience).catch(() => {});
  victim.spare();
  await killing;
  console.log(`ordered and brought up under ${victim.deaths} deaths in ${Math.round((Date.now() - began) / 1000)} s`);
  await until(outside, visitor, ready, 'all are ready in the end', 180);
  await exactly(outside, slugs);

  const deaths = victim.deaths;
  await victim.end();
  killing = victim.killing();
  await insist(slugs, (slug) => visitor.remove(slug));
  await until(outside, visitor, gone, 'all are gone', patience).catch(() => {});
  victim.spare();
  await killing;
  console.log(`removed under ${victim.deaths - deaths} more deaths`);
  await until(outside, visitor, gone, 'all are gone in the end', 180);
  assert.deepEqual(Object.values(await outside.everything()).flat(), [], 'nothing is left');
});

// Of everything one for each tenant, and nothing else: none lost, none twice, none without an owner.
async function exactly(outside, wanted) {
  const found = await outside.everything();
  const of = (kind) => found[kind].map((name) => wanted.find((slug) => name.replaceAll('_', '-').includes(slug) || name.includes(`Yard ${slug.slice(5)} `)) ?? `?${name}`).sort();
  for (const kind of ['databases', 'clients', 'groups', 'models', 'connections', 'sites', 'php']) assert.deepEqual(of(kind), wanted, kind);
  assert.equal(found.users.length, wanted.length, 'one database user for each');
  const letters = outside.letters().filter((name) => name.startsWith('welcome-'));
  assert.equal(letters.length, wanted.length, 'one letter for each');
}
