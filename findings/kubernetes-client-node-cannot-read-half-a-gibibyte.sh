#!/usr/bin/env bash
# @kubernetes/client-node 2.0.1 (npm): a quantity with a fraction is read with the suffix m, and refused with k to Ei.
# Exit 0: still so. Exit 1: it changed. Exit 2: the packages could not be had.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund @kubernetes/client-node@2.0.1 || { echo "the packages could not be had" >&2; exit 2; }

# The module is taken by its path, because the package as a whole wants a newer Node.js than some machines have.
cat > finding.mjs <<'JS'
import { quantityToScalar, totalMemory } from './node_modules/@kubernetes/client-node/dist/util.js';

const say = (what, read) => {
  try {
    console.log(what, read());
  } catch (error) {
    console.log(what, `${error.name}: ${error.message}`);
  }
};
for (const quantity of ['512Mi', '0.5', '0.5m', '0.5Gi', '1.5Gi', '1.5G', '2.5k']) say(quantity, () => quantityToScalar(quantity));
for (const memory of ['1536Mi', '1.5Gi'])
  say(`memory of a pod that asks for ${memory}:`, () =>
    totalMemory({ spec: { containers: [{ name: 'site', resources: { requests: { memory }, limits: { memory } } }] } }).request);
JS
seen=$(node finding.mjs) || true

read -r -d '' described <<'TEXT' || true
512Mi 536870912n
0.5 0.5
0.5m 0.0005
0.5Gi SyntaxError: Cannot convert 0.5 to a BigInt
1.5Gi SyntaxError: Cannot convert 1.5 to a BigInt
1.5G SyntaxError: Cannot convert 1.5 to a BigInt
2.5k SyntaxError: Cannot convert 2.5 to a BigInt
memory of a pod that asks for 1536Mi: 1610612736n
memory of a pod that asks for 1.5Gi: SyntaxError: Cannot convert 1.5 to a BigInt
TEXT

cat <<TEXT
@kubernetes/client-node 2.0.1
expected: 1.5Gi is 1610612736. The grammar in the Kubernetes API reference (Quantity) lets a number with a decimal point stand
          before every suffix, and this function reads such numbers itself without a suffix and with m.
seen:
$seen
TEXT
[ "$seen" = "$described" ] || { echo "changed: it was"; echo "$described"; exit 1; }
echo "as described: fractions before k to Ei are refused with an error that names no quantity"
