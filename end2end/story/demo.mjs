// One demo for all chapters, started as a person would start it.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const program = process.env.SLIPWAY_BIN ?? join(root, 'target/debug/slipway');
// Folder of a running cluster: sites are pods there, and it says which addresses pods reach.
export const cluster = process.env.SLIPWAY_END2END_CLUSTER;
const where = cluster ? ['--cluster', cluster] : ['--net', process.env.SLIPWAY_END2END_NET ?? '127.0.9'];
// Where sites' sign-in clients are made: provider, authentik.
if (process.env.SLIPWAY_END2END_IDENTITY) where.push('--identity', process.env.SLIPWAY_END2END_IDENTITY);

// What that cluster is: node, kind; nothing without one.
export const shape = () => (cluster ? readFileSync(join(cluster, 'shape'), 'utf8').trim() : null);

export const place = () => process.env.SLIPWAY_END2END_DATA ?? mkdtempSync(join(tmpdir(), 'slipway-end2end-'));

export function leave(data) {
  if (!process.env.SLIPWAY_END2END_DATA) rmSync(data, { recursive: true, force: true });
}

// start(place(), '--reset') → { ...what the demo says of itself, printed, pid, ended, stop() }
export async function start(data, ...extra) {
  const ready = join(data, 'ready.json');
  const args = ['demo', ...where, '--data', join(data, 'demo'), '--json-ready', ready, '--parts', join(root, 'end2end/parts'), ...extra];
  rmSync(ready, { force: true });
  // A chapter waits for what the portal sees by itself.
  const env = cluster ? { ...process.env, SLIPWAY_ENGINE__LOOK_EVERY_SECS: '10' } : process.env;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  let printed = '';
  child.stdout.on('data', (text) => { printed += text; });
  child.stderr.on('data', (text) => { printed += text; });
  const ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));
  let over = false;
  ended.then(() => { over = true; });
  while (!existsSync(ready)) {
    if (over) throw new Error(`The demo did not come up:\n${printed}`);
    await sleep(100);
  }
  return {
    ...JSON.parse(readFileSync(ready, 'utf8')),
    get printed() { return printed; },
    pid: child.pid,
    ended,
    // Resolves with the exit status.
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
