// A look at a page: no accessibility fault of consequence, and a picture at three widths, light and dark.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { out } from './stage.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const widths = [360, 768, 1440];

// look(page, 'tenant-ready'); within: a selector, for pages that are only partly ours.
export async function look(page, name, { within } = {}) {
  if (process.env.SLIPWAY_END2END_PICTURES === 'none') return;
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: `${out}/${name}-${width}-${colorScheme}.png`, fullPage: true, animations: 'disabled' });
      const wide = within ? 0 : await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(wide <= 0, `${name} is ${wide} pixels too wide at ${width}`);
      if (width !== 768) await check(page, `${name} at ${width}, ${colorScheme}`, within);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

async function check(page, what, within) {
  await page.evaluate(axe);
  const found = await page.evaluate(async (selector) => {
    const { violations } = await globalThis.axe.run(selector ?? document, { resultTypes: ['violations'] });
    return violations.filter((v) => ['serious', 'critical'].includes(v.impact)).map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
  }, within ?? null);
  assert.deepEqual(found, [], `accessibility of ${what}`);
}
