#!/usr/bin/env bash
# mcp 2.3.0 (PyPI): for a parameter of type `str | None` the text "null" becomes None, and a text that holds JSON is refused.
# Exit 0: still so. Exit 1: it changed. Exit 2: the packages could not be had.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install mcp==2.3.0 || { echo "the packages could not be had" >&2; exit 2; }

cat > finding.py <<'PYTHON'
import asyncio
import logging

from mcp import Client
from mcp.server.mcpserver import MCPServer

logging.disable(logging.CRITICAL)
server = MCPServer("finding")


@server.tool()
def required(title: str) -> str:
    return repr(title)


@server.tool()
def optional(title: str | None = None) -> str:
    return repr(title)


async def main():
    async with Client(server) as client:
        for tool in (await client.list_tools()).tools:
            title = tool.input_schema["properties"]["title"]
            print(tool.name, "takes", [kind["type"] for kind in title.get("anyOf", [title])])
        for text in ("bread", "1", "null", '{"a": 1}', "[1]"):
            for tool in ("required", "optional"):
                result = await client.call_tool(tool, {"title": text})
                told = result.content[0].text
                print(f"{text:9}{tool:9}", "refused" if result.is_error and "valid string" in told else told)


asyncio.run(main())
PYTHON
seen=$(venv/bin/python finding.py) || true

read -r -d '' described <<'TEXT' || true
required takes ['string']
optional takes ['string', 'null']
bread    required  'bread'
bread    optional  'bread'
1        required  '1'
1        optional  '1'
null     required  'null'
null     optional  None
{"a": 1} required  '{"a": 1}'
{"a": 1} optional  refused
[1]      required  '[1]'
[1]      optional  refused
TEXT

cat <<TEXT
mcp 2.3.0
expected: a text reaches the function as that text: the tool's own input schema says string, by which every text is valid
          (JSON Schema, validation of "type"), and the same tool with a parameter of type str does so.
seen:
$seen
TEXT
[ "$seen" = "$described" ] || { echo "changed: it was"; echo "$described"; exit 1; }
echo "as described: making a text optional changes which texts can be sent"
