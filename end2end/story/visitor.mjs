// Somebody at the portal without a browser: forms and cookies, nothing more.

import { randomUUID } from 'node:crypto';

export class Visitor {
  #jars = new Map();
  #keys = new Map();

  constructor(demo, email) {
    this.demo = demo;
    this.email = email;
  }

  // One exchange with cookies; redirects are for the caller.
  async fetch(url, { form, ...options } = {}) {
    const { origin } = new URL(url);
    const jar = this.#jars.get(origin) ?? new Map();
    this.#jars.set(origin, jar);
    const headers = { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '), ...(form ? { origin } : {}) };
    const body = form && new URLSearchParams(form);
    const answer = await fetch(url, { redirect: 'manual', method: form ? 'POST' : 'GET', headers, body, signal: AbortSignal.timeout(20_000), ...options });
    for (const line of answer.headers.getSetCookie()) {
      const [pair] = line.split(';');
      const at = pair.indexOf('=');
      if (/max-age=0|expires=thu, 01 jan 1970/i.test(line)) jar.delete(pair.slice(0, at));
      else jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return answer;
  }

  // Goes by the sign-in service, from the portal's page that leads there or by itself, and comes back.
  async signIn(url = `${this.demo.portal}/sign-in?to=/tenants`) {
    for (let hop = 0; hop < 12; hop += 1) {
      const answer = await this.fetch(url);
      const leads = answer.headers.get('location') ?? (await answer.text()).match(/content="0;url=([^"]+)"/)?.[1].replaceAll('&#38;', '&');
      if (!leads) return answer.ok;
      url = new URL(leads, url).href;
      if (url === `${this.demo.portal}/tenants` || url.startsWith(`${this.demo.portal}/sign-in/form/`)) return true;
      if (url.startsWith(`${this.demo.idp}/interaction/`)) {
        const picked = await this.fetch(url, { form: { email: this.email } });
        url = new URL(picked.headers.get('location'), url).href;
      }
    }
    return false;
  }

  // A page or form of the portal, signed in first when need be. A form that is kept meanwhile is sent anew, as a program would.
  async portal(path, options) {
    const answer = await this.fetch(`${this.demo.portal}${path}`, options);
    const to = answer.headers.get('location') ?? '';
    if (answer.status !== 401 && !/^\/(welcome|sign-in)/.test(to) && !to.startsWith(this.demo.idp)) return answer;
    const from = to.startsWith(this.demo.idp) ? to : to.startsWith('/sign-in/again') ? `${this.demo.portal}${to}` : undefined;
    if (!await this.signIn(from)) throw new Error('the sign-in did not work');
    return this.fetch(`${this.demo.portal}${path}`, options);
  }

  // Sends the order with the same key each time, as one form in one browser would. True when the portal has it.
  async order(slug, name, admin) {
    if (!this.#keys.has(slug)) this.#keys.set(slug, randomUUID());
    const answer = await this.portal('/tenants/new', { form: { name, slug, plan: 'small', admin_email: admin, key: this.#keys.get(slug) } });
    return answer.status === 303 && answer.headers.get('location').startsWith(`/tenants/${slug}`);
  }

  async remove(slug) {
    const answer = await this.portal(`/tenants/${slug}/remove`, { form: { typed: slug } });
    return answer.status === 303 || (await this.states())[slug] === undefined;
  }

  // { slug: state } of all tenants in the list.
  async states() {
    const states = {};
    for (let page = 1; page < 20; page += 1) {
      const answer = await this.portal(`/tenants?page=${page}`);
      if (!answer.ok) throw new Error(`the list answers ${answer.status}`);
      const rows = [...(await answer.text()).matchAll(/<tr[\s\S]*?<small class="mono">([^<]+)<[\s\S]*?data-s="([a-z-]+)"/g)];
      const fresh = rows.filter(([, slug]) => !(slug in states));
      for (const [, slug, state] of fresh) states[slug] = state;
      if (!fresh.length) return states;
    }
    return states;
  }
}
