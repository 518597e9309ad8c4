#!/usr/bin/env bash
# mcp 2.3.0 (PyPI) against @modelcontextprotocol/sdk 1.32.2 and /server 2.4.0 (npm): one resource template, one address,
# and the function behind it gets the name "Käse Brot" in Python and "K%C3%A4se%20Brot" in TypeScript.
# Exit 0: still so. Exit 1: it changed. Exit 2: the packages could not be had.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
{ venv/bin/pip -q --disable-pip-version-check install mcp==2.3.0 &&
    npm install --silent --no-audit --no-fund @modelcontextprotocol/sdk@1.32.2 @modelcontextprotocol/server@2.4.0 @modelcontextprotocol/client@2.4.0; } ||
    { echo "the packages could not be had" >&2; exit 2; }

cat > finding.py <<'PYTHON'
import asyncio

from mcp import Client
from mcp.server.mcpserver import MCPServer

server = MCPServer("finding")


@server.resource("recipe://book/{name}")
def recipe(name: str) -> str:
    return name


async def main():
    async with Client(server) as client:
        for address in ("recipe://book/bread", "recipe://book/K%C3%A4se%20Brot", "recipe://book/50%25"):
            print(f"mcp 2.3.0     {address} -> {(await client.read_resource(address)).contents[0].text}")


asyncio.run(main())
PYTHON
cat > finding.mjs <<'JS'
import * as one from '@modelcontextprotocol/sdk/server/mcp.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { UriTemplate } from '@modelcontextprotocol/sdk/shared/uriTemplate.js';
import * as two from '@modelcontextprotocol/server';
import * as twoClient from '@modelcontextprotocol/client';

const template = 'recipe://book/{name}';
for (const [version, sdk, ClientOf, Transport] of [
  ['sdk 1.32.2   ', one, Client, InMemoryTransport],
  ['server 2.4.0 ', two, twoClient.Client, twoClient.InMemoryTransport],
]) {
  const server = new sdk.McpServer({ name: 'finding', version: '0' });
  server.registerResource('recipe', new sdk.ResourceTemplate(template, { list: undefined }), {}, (uri, { name }) => ({
    contents: [{ uri: uri.href, text: name }],
  }));
  const [here, there] = Transport.createLinkedPair();
  await server.connect(there);
  const client = new ClientOf({ name: 'finding', version: '0' });
  await client.connect(here);
  for (const name of ['bread', 'Käse Brot', '50%']) {
    const uri = new UriTemplate(template).expand({ name });
    console.log(`${version} ${uri} -> ${(await client.readResource({ uri })).contents[0].text}`);
  }
}
JS
seen=$(venv/bin/python finding.py; node finding.mjs) || true

read -r -d '' described <<'TEXT' || true
mcp 2.3.0     recipe://book/bread -> bread
mcp 2.3.0     recipe://book/K%C3%A4se%20Brot -> Käse Brot
mcp 2.3.0     recipe://book/50%25 -> 50%
sdk 1.32.2    recipe://book/bread -> bread
sdk 1.32.2    recipe://book/K%C3%A4se%20Brot -> K%C3%A4se%20Brot
sdk 1.32.2    recipe://book/50%25 -> 50%25
server 2.4.0  recipe://book/bread -> bread
server 2.4.0  recipe://book/K%C3%A4se%20Brot -> K%C3%A4se%20Brot
server 2.4.0  recipe://book/50%25 -> 50%25
TEXT

cat <<TEXT
mcp 2.3.0, @modelcontextprotocol/sdk 1.32.2, @modelcontextprotocol/server and /client 2.4.0
expected: the value that the client put into the template. MCP's templates are those of RFC 6570, whose simple expansion
          percent-encodes a value (3.2.2); the TypeScript SDK's own expand() made these addresses from "Käse Brot" and "50%".
seen:
$seen
TEXT
[ "$seen" = "$described" ] || { echo "changed: it was"; echo "$described"; exit 1; }
echo "as described: only the Python SDK gives the value back, so a server moved from one SDK to the other looks for other names"
