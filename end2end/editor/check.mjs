// check.mjs FOLDER: judges every block of every file in the folder as the block editor of WordPress would when it opens a post: a block
// that is not valid is one with "This block contains unexpected or invalid content". Prints how many blocks are valid, or each fault.
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { JSDOM } from 'jsdom';

const folder = process.argv[2];
if (!folder) {
  console.error('Usage: node check.mjs FOLDER');
  process.exit(2);
}
const { window } = new JSDOM('<!doctype html><body></body>', { url: 'https://site.example/' });
// What the editor's packages ask of a browser while they are loaded.
window.matchMedia = () => ({ matches: false, addListener() {}, removeListener() {}, addEventListener() {}, removeEventListener() {} });
window.ResizeObserver = globalThis.ResizeObserver = class { observe() {} unobserve() {} disconnect() {} };
window.CSS ??= { supports: () => false, escape: (text) => text };
globalThis.CSS = window.CSS;
const own = (name) => name === 'window' || name in globalThis;
for (const name of Object.getOwnPropertyNames(window)) {
  if (!own(name)) {
    Object.defineProperty(globalThis, name, { get: () => window[name], set: (value) => { window[name] = value; }, configurable: true });
  }
}
globalThis.window = window;
globalThis.requestAnimationFrame = (then) => setTimeout(then, 0);
globalThis.requestIdleCallback = (then) => setTimeout(then, 0);

const said = [];
for (const level of ['error', 'warn', 'info', 'log', 'group', 'groupCollapsed', 'groupEnd', 'debug']) {
  console[level] = (...words) => said.push(words.join(' '));
}
// Their modules import JSON without saying so, which Node.js refuses; the other build does not.
const require = createRequire(import.meta.url);
const { parse } = require('@wordpress/blocks');
const { registerCoreBlocks } = require('@wordpress/block-library');
registerCoreBlocks();

const faults = [];
let count = 0;
const judge = (file, block) => {
  count += 1;
  // HTML outside of blocks, and a block that nobody registered, are none of the editor's own.
  if (!block.isValid || block.name === 'core/freeform' || block.name === 'core/missing') {
    const why = (block.validationIssues ?? []).map(({ args }) => args.map(String).join(' ').slice(0, 300));
    faults.push(`${file}: ${block.name}: ${[...why, block.originalContent].filter(Boolean).join('\n    ')}`);
  }
  block.innerBlocks.forEach((inner) => judge(file, inner));
};
for (const file of readdirSync(folder).sort()) {
  parse(readFileSync(join(folder, file), 'utf8')).forEach((block) => judge(file, block));
}
process.stdout.write(faults.length ? `${faults.join('\n')}\n${faults.length} of ${count} blocks are not valid\n` : `${count} blocks are valid\n`, () =>
  process.exit(faults.length || !count ? 1 : 0));
