// Three portals on one PostgreSQL behind HAProxy, with sites as pods of a real cluster. They are replaced one by one by another
// version while people ask; then, for a minute, they are killed all the time while tenants are ordered, removed and written to, and
// one of them stands still in the middle of its work. Afterwards everything is there once, and when all is removed nothing is left.
//   SLIPWAY_END2END_CLUSTER   the cluster; without one there is nothing to do: processes are for one portal
//   SLIPWAY_BIN_BEFORE        the program of the release before, which comes up first; else the same program
//   SLIPWAY_PORTALS_ROUNDS, SLIPWAY_PORTALS_SEED   how often the minute comes, 1 (0: never); the instants

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Balancer, Portal, hasHaproxy } from './portals/balanced.mjs';
import { Postgres } from './portals/postgres.mjs';
import { asking, chat, diceOf, fire } from './portals/traffic.mjs';
import { cluster, leave, place, program, start } from './story/demo.mjs';
import { Outside } from './story/outside.mjs';
import { connect, firstVisit, state } from './story/pairing.mjs';
import { browse, enter, person, stage } from './story/stage.mjs';
import { Visitor } from './story/visitor.mjs';

const rounds = Number(process.env.SLIPWAY_PORTALS_ROUNDS ?? 1);
const seed = Number(process.env.SLIPWAY_PORTALS_SEED ?? Date.now() % 2 ** 31);
const before = process.env.SLIPWAY_BIN_BEFORE ?? program;
const dice = diceOf(seed);
const began = Date.now();
const say = (text) => console.log(`${String(Math.round((Date.now() - began) / 1000)).padStart(4)} s  ${text}`);

// What runs.
const house = { database: null, balancer: null, portals: [], olivia: null };
const ready = (state) => state === 'ready';
const gone = (state) => state === undefined || state === 'deleted';

// Works on it until it has succeeded; any portal may be dead at any instant.
async function insist(act, pause = 100) {
  while (!(await act().catch(() => false))) await sleep(pause);
}

async function until(slugs, wanted, what, seconds) {
  let seen;
  try {
    await stage.outside.until(async () => {
      seen = await house.olivia.states().catch((error) => ({ error: error.message }));
      return !seen.error && slugs.every((slug) => wanted(seen[slug]));
    }, what, seconds);
  } catch (error) {
    error.message += `; seen: ${JSON.stringify(seen)}`;
    throw error;
  }
}

const order = (slug) => insist(() => house.olivia.order(slug, `Yard ${slug}`, 'ada@example.org'));
const remove = (slug) => insist(() => house.olivia.remove(slug));

async function up() {
  stage.data = place();
  stage.demo = await start(stage.data, '--reset', '--no-portal');
  stage.outside = new Outside(stage.demo);
  const [, number] = new URL(stage.demo.portal).hostname.split('.');
  house.database = await Postgres.start(`127.${number}.1.5`, stage.demo.logs);
  house.portals = ['a', 'b', 'c'].map((name, n) => new Portal(name, `127.${number}.1.${11 + n}`, before, stage.demo, house.database));
  house.balancer = Balancer.start(stage.demo, house.portals);
  // All at the same moment on an empty database: one of them lays it out, and one makes the key.
  house.portals.forEach((portal) => portal.start());
  await Promise.all(house.portals.map((portal) => portal.ready()));
  house.olivia = new Visitor(stage.demo, 'olivia@example.org');
}

async function down() {
  await stage.browser?.close();
  await Promise.allSettled(house.portals.filter((portal) => portal.child).map((portal) => portal.end()));
  await house.balancer?.stop();
  await house.database?.stop();
  await stage.demo?.stop();
  if (stage.data) leave(stage.data);
}

// Each portal in turn ends and comes up again as the new program. Nobody who asks meanwhile is turned away.
async function roll() {
  const asked = asking(house.olivia);
  for (const [n, portal] of house.portals.entries()) {
    assert.equal(await portal.end(), 0, 'it ends well when it is asked to');
    await portal.start(program).ready();
    // One is new, two are as before.
    if (n === 0) await order('roll-2');
    await sleep(1500); // until the balancer has seen it
  }
  const answers = await asked.stop();
  say(`rolled from ${before === program ? 'the same program' : before}: ${JSON.stringify(answers)}`);
  assert.deepEqual(Object.keys(answers).sort(), ['chat 401', 'page 200', 'probe 200'], 'every question was answered');
}

// A program that is older than the schema refuses to open it, and says so.
function refused() {
  const [, number] = new URL(stage.demo.portal).hostname.split('.');
  const late = new Portal('late', `127.${number}.1.14`, before, stage.demo, house.database);
  const run = spawnSync(before, ['serve', '--config', stage.demo.config], { env: late.environment(), encoding: 'utf8', timeout: 60_000 });
  assert.equal(run.status, 1, run.stderr);
  say(`the release before, started on the new schema: ${run.stderr.trim().split('\n').slice(-3).join(' / ')}`);
}

// The command line, beside the portals; gives what it says.
function slipway(...args) {
  const run = spawnSync(program, ['--config', stage.demo.config, ...args], { env: house.portals[0].environment(), encoding: 'utf8', timeout: 120_000 });
  assert.equal(run.status, 0, `${args.join(' ')}: ${run.stdout}${run.stderr}`);
  return run.stdout.trim();
}

const newest = () => house.database.one('SELECT max(version) FROM _sqlx_migrations');

async function connectAda(site) {
  await browse();
  const ada = await person('ada');
  const page = await enter(ada, '/tenants/roll-1');
  await page.getByRole('link', { name: 'Open WordPress' }).click();
  await page.waitForURL(`${site}/wp-admin/`);
  await connect(ada, site);
  await state(page, 'Connecting');
  await (await firstVisit(ada)).close();
  await page.locator('#slipway-state', { hasText: 'Connected' }).waitFor({ timeout: 60_000 });
}

// A step that has begun and not ended, of each of these tenants.
async function underWay(slugs) {
  const open = await house.database.one(`SELECT count(DISTINCT t.slug) FROM tenant t JOIN event e ON e.tenant = t.id
    WHERE t.slug IN (${slugs.map((slug) => `'${slug}'`)}) AND e.kind = 'started'
    AND NOT EXISTS (SELECT 1 FROM event d WHERE d.tenant = e.tenant AND d.step = e.step AND d.kind = 'done')`);
  return Number(open) === slugs.length;
}

// One minute: the first portal stands still in the middle of making, the others take over, remove what it made, and go on with all else.
async function minute(round) {
  const [still, ...others] = house.portals;
  const late = [1, 2, 3].map((n) => `late-${round}-${n}`);
  const fresh = [1, 2, 3].map((n) => `yard-${round}-${n}`);
  const posts = Array.from({ length: 12 }, (_, n) => `Bread ${round}.${n + 1}`);
  const { draft, heard } = await chat('roll-1');

  // Alone, so that it has them all in hand.
  await Promise.all(others.map((portal) => portal.end()));
  for (const slug of late) await order(slug);
  await stage.outside.until(() => underWay(late), 'a step of each is under way', 30);
  still.signal('SIGSTOP');
  const stopped = Date.now();
  say(`round ${round}: stopped in the middle of ${late.length} tenants`);
  others.forEach((portal) => portal.start(program));

  let standing = true;
  const cease = fire(dice, () => (standing ? others : house.portals));
  // One person's pace is a call a second; a call that died with its portal is somebody else's to do after two minutes.
  const writing = posts.map(async (title, n) => {
    await sleep(n * 2000);
    await insist(() => draft(title), 15_000);
  });
  await Promise.all([...late.map(remove), ...fresh.map(order)]);
  say('ordered and removed');
  await sleep(60_000 - (Date.now() - stopped));
  still.signal('SIGCONT');
  standing = false;
  const continued = Date.now();
  say(`goes on after ${Math.round((continued - stopped) / 1000)} s`);
  await sleep(15_000);
  const shots = await cease();
  say(`under ${shots.killed} kills and ${shots.ended} ends`);
  await Promise.all(writing);
  say(`the chat heard ${JSON.stringify(heard)}`);
  assert.ok(!Object.keys(heard).some((text) => text.includes('press Connect')), 'an outage is never told as a missing pairing');
  return { late, fresh, posts, continued };
}

// Of everything one for each tenant, and nothing else: none lost, none twice, none without an owner.
async function exactly(wanted) {
  const found = await stage.outside.everything();
  const slugs = [...wanted].sort();
  const of = (kind) => found[kind].map((name) => slugs.find((slug) => name.replaceAll('_', '-').includes(slug)) ?? `?${name}`).sort();
  for (const kind of ['databases', 'clients', 'groups', 'models', 'connections', 'sites', 'php']) assert.deepEqual(of(kind), slugs, kind);
  assert.equal(found.users.length, slugs.length, 'one database user for each');
}

// Numbers without gaps, epochs that never go back, and each step done as often as it had to be.
async function linear() {
  assert.deepEqual(await house.database.rows(`SELECT tenant, count(*), min(seq), max(seq) FROM event GROUP BY tenant
    HAVING count(*) <> max(seq) OR min(seq) <> 1`), [], 'no log has a gap');
  assert.deepEqual(await house.database.rows(`SELECT tenant, seq, epoch, earlier FROM (SELECT tenant, seq, epoch,
    max(epoch) OVER (PARTITION BY tenant ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS earlier FROM event) AS e
    WHERE epoch < earlier`), [], 'nothing is written by whoever had lost its lease');
}

// An allowance is one for all portals.
async function shared() {
  await Promise.all(house.portals.map((portal) => portal.ready()));
  const token = `slipway_${'x'.repeat(43)}`;
  const begun = Date.now();
  const ask = (portal) => fetch(`${portal.url}/api/v1/tenants`, { headers: { authorization: `Bearer ${token}` } }).then((answer) => answer.text().then(() => answer.status));
  const statuses = (await Promise.all(house.portals.map(async (portal) => {
    const all = [];
    for (let n = 0; n < 60; n += 1) all.push(await ask(portal));
    return all;
  }))).flat();
  const read = statuses.filter((status) => status === 401).length;
  const most = 120 + Math.ceil((Date.now() - begun) / 500);
  assert.equal(read + statuses.filter((status) => status === 429).length, 180, `${statuses}`);
  assert.ok(read >= 120 && read <= most, `${read} of 180 refused tokens were read, at most ${most} may be`);
}

const missing = [!cluster && 'a cluster with a node (end2end/cluster/up)', !hasHaproxy && 'HAProxy (Debian: haproxy)'].filter(Boolean);
if (missing.length) console.log(`!! SKIPPED: several portals are NOT tried; missing: ${missing.join(', ')}`);

test(`three portals on one PostgreSQL (seed ${seed})`, { timeout: 900_000 + rounds * 240_000, skip: missing.length > 0 }, async (t) => {
  t.after(down);
  await up();
  const known = await newest();
  say('three portals are up');
  await order('roll-1');
  await until(['roll-1'], ready, 'the first is ready', 120);
  await roll();
  if (await newest() !== known) refused();
  // What the page about upgrades says: a site that runs with older settings is degraded at the next look, and a retry brings it along.
  if (before !== program) {
    for (const slug of ['roll-1', 'roll-2']) {
      spawnSync(program, ['--config', stage.demo.config, 'tenant', 'retry', slug, 'site', '--wait'], { env: house.portals[0].environment(), timeout: 120_000 });
      slipway('tenant', 'retry', slug, 'site', '--wait');
    }
  }
  await until(['roll-1', 'roll-2'], ready, 'both are ready', 120);
  const site = (await (await house.olivia.portal('/tenants/roll-1')).text()).match(/href="(http:\/\/wordpress-tenant-roll-1[^"/]*)/)[1];
  await connectAda(site);
  say('Ada is connected');

  const tenants = ['roll-1', 'roll-2'];
  const posts = [];
  let went;
  for (let round = 1; round <= rounds; round += 1) {
    const { late, fresh, posts: more, continued } = await minute(round);
    tenants.push(...fresh);
    posts.push(...more);
    await until(tenants, ready, 'all are ready', 180);
    await until(late, gone, 'what was removed is gone', 120);
    went = continued;
    say('all are ready');
  }
  // Whoever lost a lease has what it had in hand looked for a minute later.
  if (went) await stage.outside.until(async () => Date.now() > went + 75_000, 'the look for what came late', 90);
  await exactly(tenants);
  await linear();
  const drafts = (await stage.outside.posts('roll-1', "p.post_status = 'draft' AND p.post_title LIKE 'Bread %'")).map((post) => post.title);
  assert.deepEqual(drafts.sort(), posts.sort(), 'each post once');
  assert.equal(stage.outside.letters().filter((name) => name.startsWith('welcome-')).length, tenants.length, 'one letter for each');
  await shared();
  say(`one of everything; ${posts.length} posts, each once; one allowance for all`);

  const cease = fire(dice, () => house.portals);
  await Promise.all(tenants.map(remove));
  await until(tenants, gone, 'all are gone', 60).catch(() => {});
  const shots = await cease();
  await until(tenants, gone, 'all are gone in the end', 180);
  await linear();
  assert.deepEqual(Object.values(await stage.outside.everything()).flat(), [], 'nothing is left');
  const verified = slipway('audit', 'verify');
  say(`removed under ${shots.killed} kills and ${shots.ended} ends; nothing is left; ${verified}`);
});
