// What the chapters share: the demo, the browser, and the people in it, each with cookies of their own.

import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import * as demo from './demo.mjs';
import { Outside } from './outside.mjs';
import { Wire } from './wire.mjs';

export const out = fileURLToPath(new URL('../out', import.meta.url));
const flags = '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

// Filled by open().
export const stage = { data: null, demo: null, browser: null, outside: null, wire: null, broken: false, sites: {} };

export async function open() {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  stage.data = demo.place();
  await up('--reset');
  const { hostname, port: said, protocol } = new URL(stage.demo.portal);
  const port = said || { 'http:': 80, 'https:': 443 }[protocol];
  const relay = hostname.replace(/\d+$/, '99');
  stage.wire = new Wire({ host: relay, port }, { host: hostname, port });
  await stage.wire.mend();
  await browse(`MAP ${hostname} ${relay}`);
}

// The browser, to which some names lead elsewhere.
export async function browse(...names) {
  // What the line in /etc/hosts does for people.
  if (stage.demo.cluster) names.push(`MAP *.local ${stage.demo.cluster.ingress}`);
  const args = [...flags.split(' '), `--host-resolver-rules=${names.join(',')}`];
  stage.browser = await chromium.launch({ executablePath: process.env.SLIPWAY_CHROMIUM ?? '/usr/bin/chromium', args });
}

export async function up(...extra) {
  stage.demo = await demo.start(stage.data, ...extra);
  stage.outside = new Outside(stage.demo);
}

export async function down() {
  const status = await stage.demo.stop();
  assert.equal(status, 0, `The demo did not end well: ${stage.demo.printed}`);
}

export async function close() {
  await stage.browser?.close();
  await stage.wire?.cut();
  if (stage.demo) await down();
  if (stage.data) demo.leave(stage.data);
}

// chapter(title, story): a test that is skipped, aloud, when an earlier one failed.
export function chapter(test, title, story) {
  test(title, { timeout: 180_000 }, async (t) => {
    if (stage.broken) {
      console.log(`!! SKIPPED, because an earlier chapter failed: ${title}`);
      return t.skip('an earlier chapter failed');
    }
    let done = false;
    t.signal.addEventListener('abort', () => { stage.broken ||= !done; });
    try {
      await story(t);
      await settle();
      done = true;
    } catch (error) {
      stage.broken = true;
      await Promise.allSettled(contexts().map(async ([name, person]) => {
        for (const [n, page] of person.context.pages().entries()) {
          await page.screenshot({ path: `${out}/failed-${name}-${n}.png`, fullPage: true, timeout: 5000 });
          console.log(`!! ${name} was at ${page.url()}; see end2end/out/failed-${name}-${n}.png`);
        }
      }));
      throw error;
    }
  });
}

const people = new Map();
const contexts = () => [...people];

// What a page of ours must never do. Chromium reports every answer of 400 and more as an error; where one is expected,
// the chapter says so with person.expects(/…/).
class Person {
  constructor(name, context) {
    this.name = name;
    this.context = context;
    this.complaints = [];
    this.allowed = [];
    context.on('console', (message) => {
      if (message.type() === 'error') this.complain(`${message.text()} (${message.location().url})`);
    });
    context.on('weberror', (error) => this.complain(`${error.error().stack}`));
  }

  complain(text) {
    if (![...vendors(), ...this.allowed].some((pattern) => pattern.test(text))) this.complaints.push(text);
  }

  expects(pattern) {
    this.allowed.push(pattern);
  }

  get page() {
    return this.context.pages()[0];
  }
}

// Errors of other people's pages that say nothing about ours.
const vendors = () => [
  /https:\/\/(\w+\.gravatar\.com|s\.w\.org)\//, // WordPress shows pictures from there; the machine may have no network
  /'serialize'\)\s+at \S+\/wp-admin\/js\/user-profile/, // WordPress's profile page, when it is left before it was ready
  ...(stage.demo.cluster ? [/Cross-Origin-Opener-Policy header has been ignored/] : []), // plain HTTP, and not on loopback
  /\/api\/v1\/auths\/admin\/details/, // OpenWebUI asks for its administrator's address while somebody waits to be let in
  /favicon\.ico/, // PHP's own server has none for a site without an icon
];

// A person with a browser of their own: await person('ada'); options as for a Playwright context.
export async function person(name, options = {}) {
  if (people.has(name)) return people.get(name);
  const context = await stage.browser.newContext({ viewport: { width: 1440, height: 900 }, ignoreHTTPSErrors: stage.demo.portal.startsWith('https:'), ...options });
  context.setDefaultTimeout(20_000);
  const one = new Person(name, context);
  await context.newPage();
  people.set(name, one);
  return one;
}

// Signs in at the provider's page where the person stands.
export async function pick(page, name) {
  await page.waitForURL((url) => url.href.startsWith(`${stage.demo.idp}/interaction/`));
  await page.click(`button[value="${name}@example.org"]`);
}

// Goes to a page of the portal, signing in on the way.
export async function enter(who, path, as = who.name) {
  await who.page.goto(`${stage.demo.portal}/sign-in?to=${encodeURIComponent(path)}`);
  if (who.page.url().startsWith(stage.demo.idp)) await pick(who.page, as);
  await who.page.waitForURL(`${stage.demo.portal}${path}`);
  return who.page;
}

// Presses a button whose form may have to wait for the sign-in service first; then what was typed is sent with one more press.
export async function press(page, button, then) {
  await button.click();
  const kept = page.locator('form[action*="?kept="] button');
  await then.or(kept).first().waitFor({ timeout: 60_000 });
  if (await kept.count()) await kept.click();
}

// Nobody's console may have complained.
async function settle() {
  for (const [name, one] of people) assert.deepEqual(one.complaints, [], `${name}'s browser complained`);
}
