#!/usr/bin/env bash
# Authlib 1.9.10 (PyPI): the address of RFC 8414 metadata keeps the slash at the end of an issuer like Authentik's.
# Exit 0: still so. Exit 1: it changed. Exit 2: the packages could not be had.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
{ venv/bin/pip -q --disable-pip-version-check install Authlib==1.9.10 && npm install --silent --no-audit --no-fund oauth4webapi@3.8.8; } ||
    { echo "the packages could not be had" >&2; exit 2; }

cat > finding.py <<'PYTHON'
from authlib.oauth2.rfc8414 import get_well_known_url as rfc8414
from authlib.oidc.discovery import get_well_known_url as oidc

for issuer in ("https://id.example", "https://id.example/", "https://id.example/application/o/shop", "https://id.example/application/o/shop/"):
    print(f"Authlib {issuer}\n  rfc8414 {rfc8414(issuer, external=True)}\n  oidc    {oidc(issuer, external=True)}")
PYTHON
cat > finding.mjs <<'JS'
import * as oauth from 'oauth4webapi';

const issuer = 'https://id.example/application/o/shop/';
console.log(`oauth4webapi ${issuer}`);
for (const [name, algorithm] of [['rfc8414', 'oauth2'], ['oidc   ', 'oidc']]) {
  const customFetch = async (url) => { console.log(`  ${name} ${url}`); return new Response("{}"); };
  await oauth.discoveryRequest(new URL(issuer), { algorithm, [oauth.customFetch]: customFetch });
}
JS
seen=$(venv/bin/python finding.py; node finding.mjs) || true

read -r -d '' described <<'TEXT' || true
Authlib https://id.example
  rfc8414 https://id.example/.well-known/oauth-authorization-server
  oidc    https://id.example/.well-known/openid-configuration
Authlib https://id.example/
  rfc8414 https://id.example/.well-known/oauth-authorization-server
  oidc    https://id.example/.well-known/openid-configuration
Authlib https://id.example/application/o/shop
  rfc8414 https://id.example/.well-known/oauth-authorization-server/application/o/shop
  oidc    https://id.example/application/o/shop/.well-known/openid-configuration
Authlib https://id.example/application/o/shop/
  rfc8414 https://id.example/.well-known/oauth-authorization-server/application/o/shop/
  oidc    https://id.example/application/o/shop/.well-known/openid-configuration
oauth4webapi https://id.example/application/o/shop/
  rfc8414 https://id.example/.well-known/oauth-authorization-server/application/o/shop
  oidc    https://id.example/application/o/shop/.well-known/openid-configuration
TEXT

cat <<TEXT
Authlib 1.9.10, beside it oauth4webapi 3.8.8
expected: where the issuer has a path, its last slash is removed before the well-known part is put in (RFC 8414, section 3.1,
          a MUST), as Authlib's own function for OpenID Connect Discovery and oauth4webapi do.
seen:
$seen
TEXT
[ "$seen" = "$described" ] || { echo "changed: it was"; echo "$described"; exit 1; }
echo "as described: Authlib's rfc8414 address of the last issuer ends in a slash"
