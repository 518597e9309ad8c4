#!/usr/bin/env node
// order.mjs: how long tenants take from the order to Ready, and where the time goes, read from their own logs.
//   end2end/bench/order.mjs [--slipway target/release/slipway] [--net 127.0.13] [--data /tmp/slipway-bench] [--count 3]
// Starts a demo of its own, orders tenants one after the other, prints a table, stops the demo and removes its folder.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const { values: asked } = parseArgs({
  options: {
    slipway: { type: 'string', default: join(root, 'target/release/slipway') },
    net: { type: 'string', default: '127.0.13' },
    data: { type: 'string', default: '/tmp/slipway-bench' },
    count: { type: 'string', default: '3' },
  },
});
const die = (say) => { console.error(`order.mjs: ${say}`); process.exit(1); };
if (!existsSync(asked.slipway)) die(`${asked.slipway} is not there. Next: make release`);

const ready = join(asked.data, 'ready.json');
rmSync(ready, { force: true });
const demo = spawn(asked.slipway, ['demo', '--reset', '--net', asked.net, '--data', asked.data, '--json-ready', ready], {
  cwd: root, stdio: ['ignore', 'ignore', 'inherit'],
});
const ended = new Promise((done) => demo.on('exit', done));
const stop = async () => {
  demo.kill('SIGTERM');
  await ended;
  rmSync(asked.data, { recursive: true, force: true });
};
process.on('SIGINT', () => stop().then(() => process.exit(130)));

for (let waited = 0; !existsSync(ready); waited += 0.2) {
  if (demo.exitCode !== null || waited > 300) die('the demo did not come up; its logs are in ' + asked.data);
  await sleep(200);
}
const { config } = JSON.parse(readFileSync(ready, 'utf8'));
const slipway = (...args) => {
  const run = spawnSync(asked.slipway, ['-c', config, ...args], { cwd: root, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`slipway ${args.join(' ')}: ${run.stderr}${run.stdout}`);
  return run.stdout;
};

const seconds = (us) => us / 1e6;
const rows = new Map();
const put = (what, value) => rows.set(what, [...(rows.get(what) ?? []), value]);
try {
  for (let n = 1; n <= Number(asked.count); n += 1) {
    const slug = `bench-${n}`;
    slipway('tenant', 'create', slug, '--name', `Bench ${n}`, '--admin', 'ada@lab.test', '--wait');
    const { timeline, status } = JSON.parse(slipway('tenant', 'show', slug, '--json'));
    if (status !== 'ready') throw new Error(`${slug} is ${status}`);
    // The way through the plan that took longest: of each rank its slowest step.
    let longest = 0;
    for (const rank of timeline.ranks) {
      const took = rank.map((step) => seconds(step.ended_at - step.started_at));
      rank.forEach((step, i) => put(step.title + (step.attempt > 1 ? ` (looked ${step.attempt} times)` : ''), took[i]));
      longest += Math.max(...took);
    }
    const whole = seconds(timeline.ended_at - timeline.began_at);
    put('Order to Ready', whole);
    put('… of which between steps: claim, log, engine', whole - longest);
  }
  const [one, five] = loadavg();
  console.log(`\nLoad of this machine: ${one.toFixed(2)} ${five.toFixed(2)} (1, 5 minutes).\n`);
  const names = Array.from({ length: Number(asked.count) }, (_, n) => `Tenant ${n + 1}`);
  console.log(`| Seconds | ${names.join(' | ')} |\n|---|${'---|'.repeat(names.length)}`);
  for (const [what, took] of rows) console.log(`| ${what} | ${took.map((t) => t.toFixed(3)).join(' | ')} |`);
} finally {
  await stop();
}
