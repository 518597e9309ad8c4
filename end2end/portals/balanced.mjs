// Portals that share one PostgreSQL, and HAProxy in front of them with the configuration of docs/operations/behind-a-proxy.md.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cluster, program, root } from '../story/demo.mjs';

// One portal of several.
export class Portal {
  deaths = 0;

  constructor(name, host, first, demo, database) {
    Object.assign(this, { name, host, program: first, first, demo, database });
    this.url = `http://${host}:8000`;
    this.log = join(demo.logs, `portal-${name}.log`);
  }

  environment() {
    // The rights of the portal's account are those that this version needs; the one before may need others.
    const account = this.first === program ? {} : { SLIPWAY_SITE__KUBERNETES__KUBECONFIG: join(cluster, 'kubeconfig') };
    return {
      ...process.env,
      ...account,
      SLIPWAY_STORE__URL: this.database.url,
      SLIPWAY_PORTAL__LISTEN: `${this.host}:8000`,
      SLIPWAY_PORTAL__METRICS_LISTEN: `${this.host}:9000`,
    };
  }

  start(program = this.program) {
    this.program = program;
    const log = openSync(this.log, 'a');
    this.child = spawn(program, ['serve', '--config', this.demo.config], { stdio: ['ignore', log, log], env: this.environment() });
    this.ended = new Promise((resolve) => this.child.on('exit', (code, signal) => resolve(code ?? signal)));
    return this;
  }

  async ready(seconds = 60) {
    for (const end = Date.now() + seconds * 1000; ; await sleep(50)) {
      const answer = await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(2000) }).catch(() => null);
      if (answer?.ok) return this;
      if (this.child.exitCode !== null) throw new Error(`The portal ${this.name} ended; see ${this.log}`);
      if (Date.now() > end) throw new Error(`The portal ${this.name} did not get ready: ${await answer?.text()}; see ${this.log}`);
    }
  }

  signal(name) {
    this.child.kill(name);
  }

  // Dies at once, as a crash does.
  async die() {
    this.signal('SIGKILL');
    await this.ended;
    this.deaths += 1;
  }

  // Ends as it does when it is asked to; gives the status.
  end() {
    this.signal('SIGCONT');
    this.signal('SIGTERM');
    return this.ended;
  }
}

// The balancer, at the portals' public address.
export class Balancer {
  static start(demo, portals) {
    const { hostname, port } = new URL(demo.portal);
    const balancer = new Balancer();
    const file = join(demo.data, 'haproxy.cfg');
    const page = readFileSync(join(root, 'docs/operations/behind-a-proxy.md'), 'utf8');
    const [, backend] = page.match(/<!-- haproxy-portals -->\n```haproxy\n([\s\S]*?)```/);
    const servers = portals.map(({ name, host }) => `    server ${name} ${host}:8000 check`).join('\n');
    const lines = backend.replaceAll('portal.example.org', hostname).replace(/( +server .*\n)+/, `${servers}\n`);
    // The rest of the page's configuration is about TLS, which is not what is tried here.
    writeFileSync(file, `global
    maxconn 2000
defaults
    mode http
    timeout connect 5s
    timeout http-request 10s
    timeout client 75s
    timeout server 75s
frontend web
    bind ${hostname}:${port}
    default_backend slipway
${lines}`);
    const log = openSync(join(demo.logs, 'haproxy.log'), 'a');
    balancer.child = spawn(haproxy, ['-db', '-f', file], { stdio: ['ignore', log, log] });
    balancer.ended = new Promise((resolve) => balancer.child.on('exit', resolve));
    return balancer;
  }

  async stop() {
    this.child.kill('SIGTERM');
    await this.ended;
  }
}

const haproxy = ['/usr/sbin/haproxy', '/usr/local/sbin/haproxy', '/usr/bin/haproxy'].find((one) => existsSync(one));
export const hasHaproxy = haproxy !== undefined && spawnSync(haproxy, ['-v']).status === 0;
