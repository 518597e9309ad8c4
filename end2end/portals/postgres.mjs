// PostgreSQL with one database for all portals, and questions to it.

import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { root } from '../story/demo.mjs';

const run = promisify(execFile);

export class Postgres {
  // Listens there. Its folder is one of its own: it runs as another user, who must reach it.
  static async start(host, logs, port = 5432) {
    const data = mkdtempSync(join(tmpdir(), 'slipway-postgres-'));
    chmodSync(data, 0o711);
    const server = new Postgres();
    const password = randomBytes(18).toString('base64url');
    const file = join(data, 'password');
    writeFileSync(file, password, { mode: 0o600 });
    mkdirSync(join(data, 'part'));
    const log = openSync(join(logs, 'postgres.log'), 'a');
    const env = { ...process.env, PART_DATA: join(data, 'part'), PART_HOST: host, PART_PORT: `${port}`, POSTGRES_PASSWORD_FILE: file };
    server.child = spawn(join(root, 'end2end/parts/postgres/start'), { stdio: ['ignore', log, log], env });
    server.ended = new Promise((resolve) => server.child.on('exit', resolve));
    server.data = data;
    server.env = { ...process.env, PGPASSWORD: password, PGHOST: host, PGPORT: `${port}`, PGUSER: 'slipway', PGDATABASE: 'postgres' };
    server.url = `postgres://slipway:${password}@${host}:${port}/postgres`;
    for (const end = Date.now() + 30_000; ; await sleep(100)) {
      if (await server.rows('SELECT 1').catch(() => null)) return server;
      if (Date.now() > end || server.child.exitCode !== null) throw new Error(`PostgreSQL did not come up; see ${logs}/postgres.log`);
    }
  }

  // Rows as lists of texts.
  async rows(query) {
    const { stdout } = await run('psql', ['--no-psqlrc', '--tuples-only', '--no-align', '--field-separator=\t', '--command', query], { env: this.env, maxBuffer: 2 ** 24 });
    return stdout.split('\n').filter(Boolean).map((line) => line.split('\t'));
  }

  async one(query) {
    return (await this.rows(query))[0]?.[0];
  }

  async stop() {
    this.child.kill('SIGINT'); // ends its connections and itself
    await this.ended;
    rmSync(this.data, { recursive: true, force: true });
  }
}
