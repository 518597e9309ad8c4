// A real portal and the real OpenID provider, behind a gate. The database server refuses everybody at once, so each tenant needs
// attention as soon as it is ordered; nothing else is there, and nothing else is needed to watch pages.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { program, root } from '../story/demo.mjs';
import { Gate } from './gate.mjs';

const net = process.env.SLIPWAY_LIVE_NET ?? '127.0.13';
const port = 8000;
const at = { gate: `${net}.1`, portal: `${net}.2`, idp: `${net}.4`, database: `${net}.6`, nobody: `${net}.9` };
const file = (folder, name, text) => {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
  return join(folder, name);
};

// Refuses as MariaDB does: an error packet in place of its greeting ("Client/Server Protocol", ERR_Packet; 1045, access denied).
function refusing() {
  const said = Buffer.concat([Buffer.from([0xff, 0x15, 0x04]), Buffer.from('Access denied')]);
  const packet = Buffer.concat([Buffer.from([said.length, 0, 0, 0]), said]);
  return createServer((socket) => socket.on('error', () => {}).end(packet)).listen(port, at.database);
}

export class House {
  url = `http://${at.gate}:${port}`;
  idp = `http://${at.idp}:${port}`;
  #children = new Map();

  static async open() {
    const house = new House();
    house.folder = mkdtempSync(join(tmpdir(), 'slipway-live-'));
    const secret = randomBytes(24).toString('base64url');
    const client = { client_id: 'portal', client_secret: secret, client_name: 'Slipway', redirect_uris: [`${house.url}/sign-in/callback`], post_logout_redirect_uris: [`${house.url}/signed-out`] };
    mkdirSync(join(house.folder, 'idp'));
    house.env = {
      ...process.env, PART_HOST: at.idp, PART_PORT: String(port), PART_DATA: join(house.folder, 'idp'),
      IDP_CLIENTS_FILE: file(house.folder, 'clients.json', JSON.stringify([client])),
    };
    house.env.SLIPWAY_CONFIG = file(house.folder, 'slipway.toml', house.#settings(secret));
    file(house.folder, 'master.key', randomBytes(32).toString('base64url'));
    house.database = refusing();
    house.gate = new Gate(port, { host: at.portal, port, gate: at.gate });
    house.start('idp', 'node', [join(root, 'end2end/parts/idp/server.mjs')]);
    await house.answers(`${house.idp}/.well-known/openid-configuration`);
    await house.up();
    house.token = (await house.command('token', 'make', 'live', '--scope', 'operator')).trim();
    return house;
  }

  #settings(secret) {
    const away = `http://${at.nobody}:1`;
    return `
[portal]
listen = "${at.portal}:${port}"
metrics_listen = "${at.portal}:9000"
public_url = "${this.url}"
[store]
url = "sqlite://${this.folder}/slipway.db"
[vault]
master_key_file = "${this.folder}/master.key"
[sign_in]
issuer = "${this.idp}"
client_id = "portal"
client_secret = "${secret}"
[database.server]
host = "${at.database}"
port = ${port}
user = "root"
password = "refused"
[identity.rfc7591]
issuer = "${away}"
[site.process]
core = "${this.folder}/core"
wordpress = "${root}/wordpress"
data = "${this.folder}/sites"
[chat.openwebui]
url = "${away}"
api_key = "nobody asks"
base_model = "none"
jwt_secret = "nobody asks, and that for a long time"
[mail.log]
folder = "${this.folder}/mail"
`;
  }

  start(name, ...what) {
    const log = openSync(join(this.folder, `${name}.log`), 'a');
    this.#children.set(name, spawn(...what, { stdio: ['ignore', log, log], env: this.env }));
  }

  async up() {
    this.start('portal', program, ['serve']);
    await this.answers(`http://${at.portal}:${port}/health/ready`);
  }

  async down(name = 'portal') {
    const child = this.#children.get(name);
    this.#children.delete(name);
    const ended = new Promise((resolve) => child.on('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }

  async answers(url) {
    for (let n = 0; n < 200; n += 1) {
      if (await fetch(url).then((answer) => answer.ok, () => false)) return;
      await sleep(100);
    }
    throw new Error(`${url} does not answer; see ${this.folder}`);
  }

  // What the command line prints.
  async command(...args) {
    const child = spawn(program, args, { env: this.env, stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (text) => { said += text; });
    const code = await new Promise((resolve) => child.on('exit', resolve));
    if (code) throw new Error(`slipway ${args.join(' ')} ended with ${code}`);
    return said;
  }

  // What another operator does, by the API.
  async api(method, path, body) {
    const headers = { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' };
    const answer = await fetch(`http://${at.portal}:${port}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? undefined : answer.json().catch(() => undefined);
  }

  order(slug, name = slug) {
    return this.api('POST', '/tenants', { name, slug, plan: 'small', admin_email: 'ada@example.org' });
  }

  skip(slug) {
    return this.api('POST', `/tenants/${slug}/steps/database/skip`, { reason: 'Told by phone.' });
  }

  async close() {
    await Promise.all([...this.#children.keys()].map((name) => this.down(name)));
    this.database.close();
    this.gate.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
