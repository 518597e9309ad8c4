// A stand-in for a language model, so that the demo and the tests need none: it speaks enough of OpenAI's interface for OpenWebUI,
// drafts a small article when a tool for drafts is at hand, and says in every answer that it is a stub.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const host = process.env.PART_HOST ?? '127.0.0.7';
const port = Number(process.env.PART_PORT ?? '8000');
const key = process.env.LLM_KEY_FILE && readFileSync(process.env.LLM_KEY_FILE, 'utf8').trim();
const model = 'stub-writer';
const stub = 'I am the stub writer of this demo, not a language model.';

const textOf = (content) => (Array.isArray(content) ? content.map((part) => part.text ?? '').join(' ') : String(content ?? ''));

// “Write a post about slow bread and send it to my site” → “Slow bread”
function topicOf(words) {
  const quoted = /[“"«]([^”"»]{3,90})[”"»]/.exec(words);
  const about = /\b(?:about|on|titled|called|über|zu)\s+(.{3,90}?)(?=[.!?\n]|,|\s+(?:and|und|then|for)\s|$)/is.exec(words);
  const topic = (quoted ?? about)?.[1].trim().replace(/\s+/g, ' ') ?? 'a first look at the harbour';
  return topic[0].toUpperCase() + topic.slice(1);
}

function article(words) {
  const title = topicOf(words);
  const markdown = `## Why it matters

This article was **drafted by the stub writer** from one sentence in the chat. It has the parts that a real article has, so that you can see what arrives in WordPress.

### What you will find

- a heading and a sub-heading
- a paragraph with **bold** and *italic* words
- a list, and a [link to the WordPress documentation](https://wordpress.org/documentation/)

> A draft is a beginning: read it, change it, publish it when it is yours.

The words you gave were: ${words.replace(/\s+/g, ' ').replace(/[*_`<>[\]]/g, '').trim().slice(0, 280)}
`;
  return { title, markdown };
}

// Each paragraph as a block, without marks.
function blocks({ title, markdown }) {
  const plain = (text) => text.replace(/[#*_>`-]/g, '').replace(/&/g, '&amp;').replace(/</g, '&lt;').trim();
  const content = markdown.split(/\n\n+/).map(plain).filter(Boolean).map((text) => `<!-- wp:paragraph -->\n<p>${text}</p>\n<!-- /wp:paragraph -->`);
  return { title, content: content.join('\n\n') };
}

// Links as the tool wrote them, whether its result is text or JSON.
const linksIn = (text) => [...new Set(text.replaceAll('\\/', '/').match(/https?:\/\/[^\s"'<>\\)\]}]+/g) ?? [])].map((link) => link.replace(/[.,;]+$/, ''));

function afterTool(result) {
  const links = linksIn(result);
  if (links.length) return `Done. The draft waits for you in WordPress: ${links.join(' and ')} (${stub})`;
  return `The tool answered: ${result.replace(/\s+/g, ' ').slice(0, 400) || 'nothing'} (${stub})`;
}

// What to answer: either { text } or { call: { name, arguments } }.
export function answer({ messages = [], tools = [] }) {
  const asked = messages.findLastIndex((message) => message.role === 'user');
  const words = textOf(messages[asked]?.content);
  const results = messages.slice(asked + 1).filter((message) => message.role === 'tool');
  if (results.length) return { text: afterTool(results.map((result) => textOf(result.content)).join(' ')) };

  // OpenWebUI's own questions in the background want JSON of a certain shape.
  if (/^### Task:/.test(words)) {
    if (/"title"/.test(words)) return { text: JSON.stringify({ title: 'Stub writer' }) };
    if (/"tags"/.test(words)) return { text: JSON.stringify({ tags: ['Stub writer'] }) };
    if (/"follow_ups"/.test(words)) return { text: JSON.stringify({ follow_ups: [] }) };
    if (/"queries"/.test(words)) return { text: JSON.stringify({ queries: [] }) };
    return { text: '{}' };
  }

  const wanted = /\b(draft|post|article|blog|write|beitrag|artikel|entwurf|schreib\w*)\b/i.test(words);
  const named = (end) => tools.map((one) => one.function?.name ?? '').find((name) => name.replaceAll('-', '_').endsWith(end));
  const [gateway, site] = [named('create_draft'), named('wp_add_post')];
  if (wanted && gateway) return { call: { name: gateway, arguments: JSON.stringify(article(words)) } };
  // wordpress-mcp in the site takes blocks.
  if (wanted && site) return { call: { name: site, arguments: JSON.stringify({ ...blocks(article(words)), status: 'draft' }) } };
  if (wanted) {
    const { title, markdown } = article(words);
    return { text: `${stub} No tool for drafts is switched on in this chat, so here is the text only.\n\n# ${title}\n\n${markdown}` };
  }
  return { text: `${stub} Ask me to write a post about something, with your site's tools switched on, and I will make a draft.` };
}

function completion(asked, { text, call }) {
  const id = `chatcmpl-${process.hrtime.bigint().toString(36)}`;
  const base = { id, created: Math.floor(Date.now() / 1000), model: asked.model ?? model };
  const calls = call && [{ index: 0, id: `call_${id.slice(9)}`, type: 'function', function: call }];
  return { base, calls, text, reason: call ? 'tool_calls' : 'stop' };
}

function whole({ base, calls, text, reason }) {
  const message = { role: 'assistant', content: text ?? null, ...(calls ? { tool_calls: calls.map(({ index: _, ...one }) => one) } : {}) };
  return { ...base, object: 'chat.completion', choices: [{ index: 0, message, finish_reason: reason }], usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } };
}

function* chunks({ base, calls, text, reason }) {
  const chunk = (delta, finish_reason = null) => ({ ...base, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] });
  yield chunk({ role: 'assistant', ...(calls ? { tool_calls: calls } : { content: '' }) });
  for (const piece of text?.match(/\S+\s*|\s+/g) ?? []) yield chunk({ content: piece });
  yield chunk({}, reason);
}

async function bodyOf(req) {
  let text = '';
  for await (const part of req) text += part;
  return JSON.parse(text || '{}');
}

const json = (res, status, value) => {
  res.writeHead(status, { 'content-type': 'application/json' });
  res.end(JSON.stringify(value));
};

const server = createServer(async (req, res) => {
  try {
    if (req.url === '/health') return json(res, 200, { status: 'ok' });
    if (key && req.headers.authorization !== `Bearer ${key}`) return json(res, 401, { error: { message: 'wrong key', type: 'invalid_request_error' } });
    if (req.method === 'GET' && req.url === '/v1/models') return json(res, 200, { object: 'list', data: [{ id: model, object: 'model', created: 0, owned_by: 'slipway' }] });
    if (req.method !== 'POST' || req.url !== '/v1/chat/completions') return json(res, 404, { error: { message: 'not found', type: 'invalid_request_error' } });
    const asked = await bodyOf(req);
    const made = completion(asked, answer(asked));
    if (!asked.stream) return json(res, 200, whole(made));
    res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    for (const chunk of chunks(made)) res.write(`data: ${JSON.stringify(chunk)}\n\n`);
    return res.end('data: [DONE]\n\n');
  } catch (error) {
    return json(res, 400, { error: { message: error.message, type: 'invalid_request_error' } });
  }
});
server.listen(port, host, () => console.log(`llm: http://${host}:${port}/v1`));
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
}
