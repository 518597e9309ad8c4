// The product's story, told to real servers through a real browser: seven chapters on one demo, in order. A chapter goes on where the
// one before it ended, so the first failure skips the rest. See README.md.

import { after, before } from 'node:test';
import { shape } from './story/demo.mjs';
import { close, open } from './story/stage.mjs';

before(open, { timeout: 180_000 });
after(close, { timeout: 60_000 });

await import('./story/1-up.mjs');
await import('./story/2-order.mjs');
await import('./story/3-live.mjs');
await import('./story/4-connect.mjs');
await import('./story/5-draft.mjs');
if (shape() === 'node') await import('./story/cluster.mjs');
await import('./story/6-people.mjs');
await import('./story/6-identity.mjs');
await import('./story/7-gone.mjs');
