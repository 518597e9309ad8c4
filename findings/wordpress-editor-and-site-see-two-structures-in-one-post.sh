#!/usr/bin/env bash
# WordPress's block parsers (npm): a no-break space inside a block delimiter is a space in JavaScript (the editor), and is none
# in PHP (the site) and in the grammar, so one post has two structures.
# Exit 0: still so. Exit 1: it changed. Exit 2: the packages could not be had.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
command -v php > /dev/null || { echo "needs php (Debian: php-cli)" >&2; exit 2; }
# 5.36.0 still brings the parser in both languages; the newest version has JavaScript only.
npm install --silent --no-audit --no-fund both@npm:@wordpress/block-serialization-default-parser@5.36.0 \
    @wordpress/block-serialization-default-parser@5.56.0 @wordpress/block-serialization-spec-parser@5.53.0 ||
    { echo "the packages could not be had" >&2; exit 2; }

cat > finding.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import { parse as newest } from '@wordpress/block-serialization-default-parser';
import { parse as same } from 'both';
import spec from '@wordpress/block-serialization-spec-parser';

const post = (space) => `<!-- wp:paragraph -->\n<p>Bread</p>\n<!-- /wp:paragraph${space}-->\n<!-- wp:latest-posts /-->`;
const shape = (blocks) =>
  blocks
    .filter(({ blockName }) => blockName)
    .map(({ blockName, innerBlocks }) => (innerBlocks.length ? `${blockName}(${shape(innerBlocks)})` : blockName))
    .join(' ');
for (const [name, text] of [['space', post(' ')], ['no-break space', post('\u00a0')]]) {
  writeFileSync(`${name}.html`, text);
  console.log(`${name}: JavaScript 5.56.0: ${shape(newest(text))}`);
  console.log(`${name}: JavaScript 5.36.0: ${shape(same(text))}`);
  console.log(`${name}: grammar 5.53.0:    ${shape(spec.parse(text)) || 'no block at all'}`);
}
JS
cat > finding.php <<'PHP'
<?php
foreach (['', '-block', '-frame'] as $part) {
    $file = "node_modules/both/class-wp-block-parser$part.php";
    is_file($file) && require_once $file;
}
function shape(array $blocks): string
{
    $named = array_filter($blocks, fn ($block) => $block['blockName'] !== null);
    return implode(' ', array_map(fn ($block) => $block['blockName'] . ($block['innerBlocks'] ? '(' . shape($block['innerBlocks']) . ')' : ''), $named));
}
foreach (['space', 'no-break space'] as $name) {
    echo "$name: PHP 5.36.0:        ", shape((new WP_Block_Parser())->parse(file_get_contents("$name.html"))), "\n";
}
PHP
seen=$(node finding.mjs; php finding.php) || true

read -r -d '' described <<'TEXT' || true
space: JavaScript 5.56.0: core/paragraph core/latest-posts
space: JavaScript 5.36.0: core/paragraph core/latest-posts
space: grammar 5.53.0:    core/paragraph core/latest-posts
no-break space: JavaScript 5.56.0: core/paragraph core/latest-posts
no-break space: JavaScript 5.36.0: core/paragraph core/latest-posts
no-break space: grammar 5.53.0:    core/latest-posts
space: PHP 5.36.0:        core/paragraph core/latest-posts
no-break space: PHP 5.36.0:        core/paragraph(core/latest-posts)
TEXT

cat <<TEXT
@wordpress/block-serialization-default-parser 5.56.0 and 5.36.0, @wordpress/block-serialization-spec-parser 5.53.0
expected: one structure in both languages. The spec parser's README calls its grammar the specification of the format; there
          a delimiter is spaced with space, tab, CR and LF only.
seen:
$seen
TEXT
[ "$seen" = "$described" ] || { echo "changed: it was"; echo "$described"; exit 1; }
echo "as described: the editor shows two blocks side by side, the site has the second inside the first"
