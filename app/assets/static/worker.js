// One stream of hints for all tabs of this browser: it opens six connections to a host (HTTP/1.1), and one for each tab would leave
// none for pages. A tab says which tenants it shows, as an array of slugs or "*"; none: it does not listen now. It hears {live},
// what changed while it was on its way; {changed, word}; {away}, why nothing is told; and {} as the sign that somebody is here.
// Where a browser shares no workers, each tab has one of its own.
const BEAT = 20_000; // tabs say so often that they are there; the timers of hidden ones are slow
const GONE = 150_000; // a tab that said nothing for so long is gone
const SILENT = 40_000; // a stream says something every 15 s
const FIRST = 10_000; // its first words come at once, unless a proxy keeps them; and a page is on its way for so long at most
const MOST = 100; // as many as the portal follows
const tabs = new Map(); // port: { follows, seen, live }
const changes = new Map(); // what changed, and when
let told = null; // the stream that tells now
let next = null; // the one that takes over once it speaks
let away = ""; // why nothing is told
let gap = false; // something may have been missed
let wait = 1000, again = 0, grace = 0;

self.onconnect = ({ ports: [port] }) => listen(port);
if (self.DedicatedWorkerGlobalScope) listen(self);
setInterval(() => sync(true), BEAT);

function listen(port) {
  port.onmessage = ({ data }) => {
    const before = tabs.get(port);
    const live = Boolean(before?.live) && String(before.follows) === String(data);
    if (data.length) tabs.set(port, { follows: data, seen: Date.now(), live });
    else tabs.delete(port);
    port.postMessage({});
    tell(port);
    sync(false);
  };
}

const wanted = () => [...new Set([...tabs.values()].flatMap((tab) => tab.follows))].sort().slice(0, MOST);
const covers = (list, tab) => tab.follows.every((one) => list.includes(one));

// Tells a tab how it stands.
function tell(port) {
  const tab = tabs.get(port);
  if (!tab || tab.live) return;
  tab.live = Boolean(told) && covers(told.follows, tab);
  const lately = () => [...changes].filter(([, at]) => Date.now() - at < FIRST).map(([one]) => one);
  if (tab.live) port.postMessage({ live: lately() });
  else if (told && covers(told.asked, tab)) port.postMessage({ away: "not" }); // out of sight: the page finds out by asking
  else if (!covers(wanted(), tab)) port.postMessage({ away: "many" });
  else if (away) port.postMessage({ away });
}

// Opens a stream when one lacks something; one that follows too much is narrowed when there is time for it.
function sync(calm) {
  for (const [port, tab] of tabs) if (Date.now() - tab.seen > GONE) tabs.delete(port);
  const all = wanted();
  if (!all.length) {
    for (const stream of [told, next]) stream?.abort.abort();
    clearTimeout(again);
    [told, next, again] = [null, null, 0];
    return;
  }
  const asked = (next ?? told)?.asked;
  const fits = asked && (calm ? String(asked) === String(all) : all.every((one) => asked.includes(one)));
  if (!fits && !again) open(all);
}

async function open(asked) {
  next?.abort.abort();
  const stream = (next = { asked, follows: [], abort: new AbortController() });
  let why = "reach", alarm = 0;
  const expect = (ms, reason) => { clearTimeout(alarm); alarm = setTimeout(() => { why = reason; stream.abort.abort(); }, ms); };
  expect(FIRST, "kept");
  try {
    const answer = await fetch(`/live?tenants=${asked.map(encodeURIComponent).join()}`, {
      headers: { accept: "text/event-stream" }, cache: "no-store", redirect: "manual", signal: stream.abort.signal,
    });
    if (answer.status === 429) why = "many";
    if (answer.type === "opaqueredirect" || [401, 403].includes(answer.status)) why = "out";
    if (answer.ok) await read(answer.body, (name, data) => {
      expect(SILENT, "reach");
      if (name === "here") here(stream, data);
      if (name === "changed") changed(data);
    });
  } catch { /* `why` says it */ }
  clearTimeout(alarm);
  if (stream === told) told = null;
  else if (stream === next) next = null;
  else return; // another one took over
  lost(why);
}

// A stream speaks, so it takes over.
function here(stream, { follows, lately }) {
  if (told !== stream) told?.abort.abort();
  stream.follows = follows;
  for (const one of gap ? stream.asked : lately) changes.set(one, Date.now());
  clearTimeout(grace);
  [told, next, gap, away, wait, grace] = [stream, null, false, "", 1000, 0];
  for (const port of tabs.keys()) tell(port);
  sync(false);
}

function changed({ tenant, word }) {
  changes.set(tenant, Date.now());
  for (const [port, tab] of tabs) if (tab.follows.includes(tenant)) port.postMessage({ changed: tenant, word });
}

// Nothing is told, to some tabs or to all. A portal that starts again is back in a moment, and nobody need hear of it.
function lost(why) {
  gap ||= !told;
  for (const tab of tabs.values()) tab.live &&= Boolean(told) && covers(told.follows, tab);
  const say = () => { [away, grace] = [why, 0]; for (const port of tabs.keys()) tell(port); };
  if (why === "reach" && !away) grace ||= setTimeout(say, 3000);
  else clearTimeout(grace), say();
  again = setTimeout(() => { again = 0; sync(true); }, why === "kept" ? 60_000 : wait * (0.5 + Math.random()));
  wait = Math.min(wait * 2, 30_000);
}

// The messages of a stream, until it ends; a comment is a message without a name.
async function read(body, hear) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ""; ;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    for (let end; (end = text.indexOf("\n\n")) >= 0; text = text.slice(end + 2)) {
      const lines = text.slice(0, end).split("\n");
      const field = (name) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      hear(field("event"), JSON.parse(field("data") ?? "null"));
    }
  }
}
