// The OpenID provider of the demo and the tests: the real oidc-provider, with people instead of passwords. It does what a company's
// provider does: authorization code with PKCE, registration of clients by RFC 7591 and 7592, sign-out at the provider and in the
// back channel. It listens on a loopback address and trusts everybody who reaches it.

import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import Provider from 'oidc-provider';
import * as pages from './pages.mjs';
import { Store, adapterOf } from './store.mjs';

const env = (name, fallback) => {
  const value = process.env[name] ?? fallback;
  if (value === undefined) {
    console.error(`${name} is not set`);
    process.exit(2);
  }
  return value;
};
const host = env('PART_HOST', '127.0.0.4');
const port = Number(env('PART_PORT', '8000'));
const data = env('PART_DATA');
const issuer = `http://${host}:${port}`;
mkdirSync(data, { recursive: true, mode: 0o700 });

const hired = JSON.parse(readFileSync(env('IDP_PEOPLE_FILE', new URL('people.json', import.meta.url)), 'utf8'));
const clients = process.env.IDP_CLIENTS_FILE ? JSON.parse(readFileSync(process.env.IDP_CLIENTS_FILE, 'utf8')) : [];
const initialAccessToken = process.env.IDP_INITIAL_ACCESS_TOKEN_FILE && readFileSync(process.env.IDP_INITIAL_ACCESS_TOKEN_FILE, 'utf8').trim();
const store = await Store.open(join(data, 'idp.json'));

async function keys() {
  const old = store.get('secret:keys');
  if (old && process.env.IDP_ROTATE_KEYS !== '1') return old;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: randomBytes(8).toString('hex') };
  await store.put('secret:keys', { keys: [jwk] });
  return { keys: [jwk] };
}

async function cookieKeys() {
  if (!store.get('secret:cookies')) await store.put('secret:cookies', [randomBytes(32).toString('base64url')]);
  return store.get('secret:cookies');
}

// The people of now: what the company's administrator changed since the file was written is kept beside it.
const people = () => hired.map((person) => ({ ...person, ...store.get(`person:${person.sub}`) }));

// What an administrator does to somebody: another address or name, or an account made anew (another subject). Names them by the
// subject of people.json. Sessions at the provider stay, except those of a subject that is no more.
async function change(who, wanted) {
  if (!hired.some((person) => person.sub === who)) return false;
  const kept = Object.entries(wanted).filter(([key]) => ['sub', 'email', 'email_verified', 'name', 'groups'].includes(key));
  await store.put(`person:${who}`, { ...store.get(`person:${who}`), ...Object.fromEntries(kept) });
  return true;
}

// Anybody may come in by an address that is not on the list: with no groups, and under a subject that is always the same.
function personBy(test, email) {
  const known = people().find(test);
  if (known || !email) return known;
  const name = email.split('@')[0].split(/[._+-]+/).filter(Boolean).map((word) => word[0].toUpperCase() + word.slice(1)).join(' ');
  return { sub: `guest-${createHash('sha256').update(email).digest('hex').slice(0, 16)}`, email, name: name || email, groups: [] };
}

// The same software gets the same client again, with the same secret: an answer that was lost costs nothing.
const clientIdOf = (software) => `sw-${createHash('sha256').update(software).digest('hex').slice(0, 32)}`;
const idFactory = (ctx) => (ctx.oidc.body?.software_id ? clientIdOf(String(ctx.oidc.body.software_id)) : randomBytes(16).toString('hex'));
const secretFactory = (ctx) => {
  const software = ctx.oidc.body?.software_id;
  return (software && store.get(`Client:${clientIdOf(String(software))}`)?.client_secret) || randomBytes(32).toString('base64url');
};

const html = (ctx, body) => {
  ctx.type = 'html';
  ctx.set('content-security-policy', policy);
  ctx.body = body;
};
// No form-action: after the sign-in the browser is led to the client, and form-action would forbid that.
const policy = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'";

const provider = new Provider(issuer, {
  adapter: adapterOf(store),
  clients,
  jwks: await keys(),
  cookies: { keys: await cookieKeys(), long: { signed: true }, short: { signed: true } },
  findAccount: (ctx, sub) => {
    const person = personBy((one) => one.sub === sub) ?? store.get(`guest:${sub}`);
    return person && {
      accountId: sub,
      claims: () => ({ sub, email: person.email, email_verified: person.email_verified ?? true, name: person.name, preferred_username: person.email.split('@')[0], groups: person.groups }),
    };
  },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'preferred_username', 'groups'], groups: ['groups'] },
  scopes: ['openid', 'offline_access', 'email', 'profile', 'groups'],
  conformIdTokenClaims: false, // the claims are in the ID token too, as companies' providers do it
  pkce: { required: () => true },
  clientDefaults: { grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] },
  extraClientMetadata: { properties: ['software_id', 'software_version'] },
  clientBasedCORS: () => false,
  // The library refuses to call loopback addresses; here everything, the back channel too, is on them.
  fetch: (url, { dispatcher: _, ...options }) => fetch(url, options),
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  // Every client here is the company's own: nobody is asked for consent.
  loadExistingGrant: async (ctx) => {
    const { client, session, provider: { Grant } } = ctx.oidc;
    const id = session.grantIdFor(client.clientId);
    const grant = (id && await Grant.find(id)) || new Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope('openid offline_access email profile groups');
    grant.addOIDCClaims(['sub', 'email', 'email_verified', 'name', 'preferred_username', 'groups']);
    await grant.save();
    return grant;
  },
  ttl: { AccessToken: 3600, AuthorizationCode: 60, Grant: 14 * 86400, IdToken: 3600, Interaction: 3600, RefreshToken: 14 * 86400, Session: 14 * 86400 },
  features: {
    devInteractions: { enabled: false },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => html(ctx, pages.signOut(form, ctx.oidc.client?.clientName)),
      postLogoutSuccessSource: (ctx) => html(ctx, pages.signedOut()),
    },
    registration: { enabled: Boolean(initialAccessToken), initialAccessToken, idFactory, secretFactory },
    registrationManagement: { enabled: Boolean(initialAccessToken), rotateRegistrationAccessToken: false },
    revocation: { enabled: true },
    introspection: { enabled: true },
  },
  renderError: (ctx, out) => html(ctx, pages.problem(out)),
});
provider.on('server_error', (ctx, error) => console.error(error));
provider.on('backchannel.error', (ctx, error, client) => console.error(`back-channel sign-out of ${client.clientId}: ${error.message}`));

function send(res, status, body, type = 'text/html; charset=utf-8') {
  res.writeHead(status, { 'content-type': type, 'content-security-policy': policy, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  res.end(body);
}

async function textOf(req) {
  let text = '';
  for await (const chunk of req) if ((text += chunk).length > 4096) throw new Error('form too large');
  return text;
}

async function interaction(req, res, cancel) {
  const { uid, params } = await provider.interactionDetails(req, res);
  const client = (await provider.Client.find(params.client_id))?.clientName ?? params.client_id;
  if (req.method === 'GET') return send(res, 200, pages.signIn({ uid, client, people: people(), email: params.login_hint }));
  if (cancel) return provider.interactionFinished(req, res, { error: 'access_denied', error_description: 'The person cancelled the sign-in.' });

  const email = (new URLSearchParams(await textOf(req)).get('email') ?? '').trim().toLowerCase();
  if (!/^[^@\s]+@[^@\s]+\.[^@\s.]+$/.test(email)) {
    return send(res, 422, pages.signIn({ uid, client, people: people(), email, problem: 'Give a full e-mail address, such as nora@example.org.' }));
  }
  const person = personBy((one) => one.email === email, email);
  if (person.sub.startsWith('guest-')) await store.put(`guest:${person.sub}`, person);
  return provider.interactionFinished(req, res, { login: { accountId: person.sub, remember: true } });
}

const handle = provider.callback();
const server = createServer(async (req, res) => {
  const { pathname } = new URL(req.url, issuer);
  try {
    if (pathname === '/demo/style.css') return send(res, 200, pages.style, 'text/css; charset=utf-8');
    if (pathname === '/demo/clients') {
      const list = store.list('Client').map(([id, { software_id, client_name, redirect_uris }]) => ({ client_id: id, software_id, client_name, redirect_uris }));
      return send(res, 200, JSON.stringify(list), 'application/json');
    }
    const changed = /^\/demo\/people\/([\w-]+)$/.exec(pathname);
    if (changed && req.method === 'PUT') {
      const known = await change(changed[1], JSON.parse(await textOf(req)));
      return send(res, known ? 204 : 404, '');
    }
    const step = /^\/interaction\/[\w-]+(\/cancel)?$/.exec(pathname);
    if (step && ['GET', 'POST'].includes(req.method)) return await interaction(req, res, Boolean(step[1]));
    return handle(req, res);
  } catch (error) {
    if (error.name !== 'SessionNotFound') console.error(error);
    const gone = { error: 'sign_in_ended', error_description: 'This sign-in has ended or was begun in another browser.' };
    return res.headersSent ? res.end() : send(res, 400, pages.problem(gone));
  }
});
server.listen(port, host, () => console.log(`idp: ${issuer}`));
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
}
