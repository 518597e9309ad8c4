// What really exists outside of the portal, asked of the servers themselves.

import { execFile } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { cluster, root } from './demo.mjs';

const run = promisify(execFile);
const read = (file) => readFileSync(file, 'utf8').trim();

export class Outside {
  constructor(demo) {
    this.demo = demo;
    this.key = read(demo.chat.api_key_file);
    const { host, port, user, password_file } = demo.mariadb;
    // The password goes in by a file: arguments are visible to everybody on the machine.
    this.login = join(demo.data, 'secrets/end2end.cnf');
    writeFileSync(this.login, `[client]\nprotocol=tcp\nhost=${host}\nport=${port}\nuser=${user}\npassword=${read(password_file)}\n`, { mode: 0o600 });
  }

  // Waits until it is so; chapters say what they wait for.
  async until(test, what, seconds = 60) {
    for (const end = Date.now() + seconds * 1000; !(await test());) {
      if (Date.now() > end) throw new Error(`Waited ${seconds} s in vain: ${what}`);
      await sleep(100);
    }
  }

  // Rows as objects.
  async sql(query) {
    const { stdout } = await run('mariadb', [`--defaults-file=${this.login}`, '--batch', '--default-character-set=utf8mb4', '-e', query], { maxBuffer: 2 ** 24 });
    const [head, ...rows] = stdout.trimEnd().split('\n').map((line) => line.split('\t'));
    const plain = (text) => text.replace(/\\([nt\\0])/g, (_, sign) => ({ n: '\n', t: '\t', '\\': '\\', 0: '\0' })[sign]);
    return rows.map((row) => Object.fromEntries(row.map((value, n) => [head[n], plain(value)])));
  }

  async databases() {
    return (await this.sql("SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name LIKE 'slipway\\_%'")).map((row) => row.name);
  }

  async databaseUsers() {
    const rows = await this.sql("SELECT DISTINCT user AS name FROM mysql.global_priv WHERE user NOT IN ('root', 'mariadb.sys')");
    return rows.map((row) => row.name);
  }

  // The prefix of WordPress's tables in a tenant's database.
  async wordpress(slug) {
    const database = (await this.databases()).find((name) => name.startsWith(`slipway_${slug.replaceAll('-', '_')}`));
    const [{ name }] = await this.sql(`SELECT table_name AS name FROM information_schema.tables WHERE table_schema = '${database}' AND table_name LIKE '%posts'`);
    return `${database}.${name.slice(0, -'posts'.length)}`;
  }

  async posts(slug, where) {
    const wp = await this.wordpress(slug);
    return this.sql(`SELECT p.ID AS id, p.post_status AS status, p.post_title AS title, p.post_content AS content, u.user_email AS email
      FROM ${wp}posts p JOIN ${wp}users u ON u.ID = p.post_author WHERE p.post_type = 'post' AND ${where}`);
  }

  // People with an application password in a tenant's WordPress.
  async passwords(slug) {
    const wp = await this.wordpress(slug);
    const rows = await this.sql(`SELECT u.user_email AS email, m.meta_value AS value FROM ${wp}usermeta m JOIN ${wp}users u ON u.ID = m.user_id
      WHERE m.meta_key = '_application_passwords'`);
    return rows.filter((row) => row.value !== 'a:0:{}').map((row) => row.email);
  }

  // Names of the sites' clients, and of the groups that let people in at Authentik.
  async clients() {
    if (!this.demo.authentik) {
      const all = await (await fetch(`${this.demo.idp}/demo/clients`)).json();
      return all.filter((client) => client.software_id).map((client) => client.client_name);
    }
    const { providers, applications, groups, flaws } = await this.authentik();
    if (flaws.length) throw new Error(`Authentik's description was broken: ${flaws}`);
    return [...providers, ...applications, ...Object.keys(groups)];
  }

  // What the simulated Authentik has; groups with their members' addresses.
  async authentik() {
    return (await fetch(`${this.demo.authentik}/everything`)).json();
  }

  async chat(path) {
    const answer = await fetch(`${this.demo.chat.url}${path}`, { headers: { authorization: `Bearer ${this.key}` } });
    if (!answer.ok) throw new Error(`OpenWebUI answers ${answer.status} to ${path}`);
    return answer.json();
  }

  async groups() {
    return (await this.chat('/api/v1/groups/')).map((group) => group.name);
  }

  async groupMembers(name) {
    const group = (await this.chat('/api/v1/groups/')).find((one) => one.name === name);
    if (!group) return [];
    const { users } = await this.chat('/api/v1/users/?page=1');
    return users.filter((user) => user.group_ids?.includes(group.id)).map((user) => user.email);
  }

  async models() {
    const list = await this.chat('/api/v1/models/export');
    return list.filter((model) => model.base_model_id).map((model) => model.id);
  }

  async connections() {
    const { TOOL_SERVER_CONNECTIONS: list } = await this.chat('/api/v1/configs/tool_servers');
    return list.map((connection) => connection.info?.id ?? connection.url);
  }

  async chatPeople() {
    return (await this.chat('/api/v1/users/?page=1')).users.map((user) => user.email);
  }

  // Status of a site's front page, or null when nobody answers. Names of a cluster's sites lead to its ingress.
  answer(site) {
    const { hostname, host, port } = new URL(site);
    const at = this.demo.cluster?.ingress ?? hostname;
    return new Promise((resolve) => {
      get({ host: at, port, headers: { host }, timeout: 20_000 }, (answer) => resolve(answer.resume().statusCode))
        .on('timeout', function () { this.destroy(); })
        .on('error', () => resolve(null));
    });
  }

  // Names of namespaces, of all or of those that have pods.
  async #namespaces(of) {
    const query = { sites: ['namespaces', '-o', 'name'], pods: ['pods', '-A', '-o', 'jsonpath={range .items[*]}{.metadata.namespace}{"\\n"}{end}'] }[of];
    const { stdout } = await run(join(root, 'end2end/cluster/kubectl'), [cluster, 'get', ...query, '-l', 'app.kubernetes.io/managed-by=slipway']);
    return [...new Set(stdout.split('\n').filter(Boolean).map((name) => name.replace(/^namespace\//, '')))];
  }

  // Each site's place: a folder, or a namespace.
  async sites() {
    if (cluster) return this.#namespaces('sites');
    try {
      return readdirSync(join(this.demo.data, 'sites'));
    } catch (error) {
      if (error.code === 'ENOENT') return [];
      throw error;
    }
  }

  // Places in which PHP runs: processes are known by their environment.
  async php() {
    if (cluster) return this.#namespaces('pods');
    const mark = `SLIPWAY_SITE_TREE=${join(this.demo.data, 'sites')}/`;
    return [...new Set(readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
      try {
        const found = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').find((one) => one.startsWith(mark));
        return found ? [found.slice(mark.length)] : [];
      } catch {
        return [];
      }
    }))];
  }

  letters() {
    return readdirSync(this.demo.mail, { recursive: true }).map(String);
  }

  // Everything that Slipway ever made and that is still there; empty when nothing is.
  async everything() {
    const [databases, users, clients, groups, models, connections, sites, php] = await Promise.all([
      this.databases(), this.databaseUsers(), this.clients(), this.groups(), this.models(), this.connections(), this.sites(), this.php(),
    ]);
    return Object.fromEntries(Object.entries({
      databases, users, clients, groups, models, connections, sites, php,
    }).map(([kind, list]) => [kind, [...list].sort()]));
  }
}
