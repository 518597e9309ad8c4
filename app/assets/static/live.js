// Keeps a page that shows tenants current while somebody looks at it. A worker (worker.js) hears *that* something changed; the page
// then asks for itself again and lays what comes over what is there, without touching what the person is at. While nothing is told
// it says so and asks every few seconds.
const main = document.getElementById("main");
const address = document.getElementById("current").dataset.worker;
const sheet = document.querySelector("link[rel=stylesheet]").href;
const note = document.getElementById("paused");
const PACE = 300, ASK = 5000, LOOK = 60_000, BEAT = 20_000, DEAF = 45_000, YOUNG = 8000;
const ALONE = 3_600_000; // nobody has touched the page for so long: it does not go by the sign-in service to go on
const WHY = {
  reach: "the connection to the portal is broken.",
  many: "too many live pages of yours are open.",
  kept: "something between this browser and the portal keeps them back.",
  not: "this page is not followed.",
  out: "your sign-in has to be confirmed.",
  stay: "your sign-in has to be confirmed, or this page is not there any more.",
};
const follows = () => main.dataset.follows.split(" ").filter(Boolean);
let paused = ""; // a key of WHY
let asOf = Date.now(), touched = Date.now(), heard = Date.now();
let running = false, behind = false, timer = 0, due = 0, held = 0, refused = 0;
const begun = Date.now();

// What the person is at stays as it is: what was typed or refused, open questions, what was just said.
const typed = new Set();
document.addEventListener("input", ({ target }) => typed.add(target.form ?? target));
for (const event of ["pointerdown", "keydown"]) addEventListener(event, () => (touched = Date.now()), { passive: true });
const open = CSS.supports("selector(:popover-open)") ? ":popover-open" : ":not(*)";
function stays(old) {
  if (old.id === "paused" || old.id === "refused" || old.matches(open)) return true;
  if (old.matches("section") && old.querySelector(open)) return true; // a menu leads to questions beside it
  if (old.matches(".note[data-done]")) return Date.now() - begun < 15_000;
  return old.matches("form") && (typed.has(old) || old.querySelector(":is(input, select, textarea):focus, [aria-invalid], [aria-busy]"));
}
const holds = (old) => stays(old) || [...old.querySelectorAll("form, [popover]")].some(stays);
// What was left out for an open question is caught up with when it is closed.
let left = false;
document.addEventListener("toggle", ({ newState }) => newState === "closed" && left && plan(PACE), true);
const busy = () => typed.size > 0 || document.getElementById("refused");

// Lays one element over another of the same kind.
const unfolded = new WeakSet(document.querySelectorAll("details[open]"));
function lay(old, fresh) {
  if (stays(old)) return void (left ||= old.id !== "paused");
  const own = (name) => (name === "open" && old.localName === "details") || (name === "data-done" && old.localName === "button");
  for (const { name } of [...old.attributes]) if (!own(name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (!own(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  if (fresh.localName === "details" && fresh.open && !unfolded.has(old)) {
    unfolded.add(old);
    old.open = true;
  }
  inside(old, fresh);
}

// Children are found by their ids, rows by whose they are, the others by kind and class in their order; what is found stays where it
// is if that can be.
const key = (node) => node.id || node.dataset?.row || "";
const alike = (old, fresh) => old.nodeName === fresh.nodeName && !key(old) && old.getAttribute("class") === fresh.getAttribute("class");
function inside(old, fresh) {
  const coming = new Set([...fresh.children].map(key).filter(Boolean));
  const named = new Map([...old.children].filter(key).map((child) => [key(child), child]));
  let at = old.firstChild;
  const drop = (until) => {
    while (at !== until) {
      const gone = at;
      at = at.nextSibling;
      if (!(gone.nodeType === 1 && (coming.has(key(gone)) || holds(gone)))) gone.remove();
    }
  };
  for (const child of fresh.childNodes) {
    while (at && key(at) && !coming.has(key(at))) drop(at.nextSibling);
    const mine = key(child);
    let match = mine ? named.get(mine) : at;
    named.delete(mine);
    if (child.nodeType === 1 && !mine) while (match && !alike(match, child)) match = match.nextSibling;
    if (!match || match.nodeName !== child.nodeName || (!mine && key(match))) {
      old.insertBefore(document.importNode(child, true), at);
      continue;
    }
    if (!mine) drop(match);
    if (match === at) at = at.nextSibling;
    else old.insertBefore(match, at);
    if (match.nodeType === 1) lay(match, child);
    else if (match.data !== child.data) match.data = child.data;
  }
  coming.clear();
  drop(null);
}

// The page as it is now.
function show(page) {
  const fresh = page.getElementById("main");
  const newer = page.getElementById("current")?.dataset.worker !== address || page.querySelector("link[rel=stylesheet]").href !== sheet;
  if (newer && !busy() && Date.now() - begun > 60_000) return location.reload();
  const [before, focused] = [states(), document.activeElement];
  left = false;
  lay(main, fresh);
  if (focused !== document.activeElement && focused?.isConnected) focused.focus({ preventScroll: true });
  document.title = page.title;
  document.dispatchEvent(new Event("slipway:shown"));
  const news = [...states()].filter(([what, state]) => before.get(what) !== state);
  if (news.length && main.dataset.name) say(news.map(([what, state]) => `${what}: ${state}`).join(", "));
  if (String(follows()) !== String(topics)) listen();
}
function states() {
  const text = (element, part) => element.querySelector(part)?.textContent ?? "";
  const steps = [...main.querySelectorAll(".step[id]")].map((step) => [text(step, "h3"), text(step, ".state")]);
  return new Map([[main.dataset.name, text(main, ".badge")], ...steps]);
}
function say(text) {
  const said = document.getElementById("said");
  if (said) said.textContent = text;
}

// Asks for the page. Nothing moves under the pointer of somebody who is about to press.
function plan(pause) {
  const at = Date.now() + pause;
  if (timer && due <= at) return;
  clearTimeout(timer);
  [due, timer] = [at, setTimeout(ask, pause)];
}
async function ask() {
  timer = 0;
  if (document.hidden || running) return void (behind = true);
  if (main.querySelector("tbody :is(a, button):hover, .acts :is(a, button):hover") && (held += 1) < 10) return plan(1000);
  [held, running, behind] = [0, true, false];
  try {
    const answer = await fetch(main.dataset.path, {
      headers: { accept: "text/html", "x-slipway-by-itself": "1" }, cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(20_000),
    });
    if (answer.type === "opaqueredirect" || [401, 403, 404].includes(answer.status)) leave();
    else {
      if (!answer.ok) throw answer.status;
      show(new DOMParser().parseFromString(await answer.text(), "text/html"));
      [asOf, refused] = [Date.now(), 0];
      if (told || !topics.length) go();
    }
  } catch {
    if (paused !== "stay") pause("reach");
  }
  running = false;
  mark();
  if (paused) plan(ASK * (0.8 + Math.random() * 0.4)); // unless it is planned sooner
  else if (behind) plan(PACE);
  else if ("looks" in main.dataset) plan(LOOK);
}

// The page is to be had in another way only: by the sign-in, or not at all. Loading it shows which, unless somebody is at something.
// Another tab may have been there meanwhile: of many that learn it at once, one or two go.
function leave() {
  const now = Date.now();
  if ((refused += 1) === 1) return plan(500 + Math.random() * 4000);
  if (busy() || now - begun < 5000 || now - touched > ALONE) pause("stay");
  else location.reload();
}

// How the page stands, in words.
function pause(why) {
  if (!paused) note.hidden = false;
  if (paused !== why) say(`Live updates are paused: ${WHY[why]}`);
  paused = why;
  mark();
}
function go() {
  paused = "";
  note.hidden = true;
  mark();
}
function mark() {
  const since = (time, at) => {
    time.dataset.at = at;
    time.dataset.tick = "ago";
    time.removeAttribute("title");
  };
  const skew = Number(document.documentElement.dataset.skew) || 0;
  note.querySelector("[data-why]").textContent = WHY[paused] ?? "";
  note.querySelector("[data-next]").textContent = paused === "stay" ? "Reload the page to go on." : "The page asks every few seconds.";
  since(note.querySelector("time"), asOf + skew);
  const live = document.getElementById("live");
  if (live && (paused || told)) {
    live.dataset.s = paused ? "retrying" : "ready";
    live.querySelector("[data-word]").textContent = paused ? "Paused, as of " : "Live, last event ";
    since(live.querySelector("time"), paused ? asOf + skew : live.dataset.last);
  }
  document.dispatchEvent(new Event("slipway:tick"));
}

// The worker.
let port = null, topics = [], told = false;
const shared = "SharedWorker" in self;
const listen = () => {
  topics = follows();
  port?.postMessage(document.hidden && !shared ? [] : topics);
};
function begin(share) {
  try {
    const worker = share ? new SharedWorker(address, { name: "slipway" }) : new Worker(address);
    worker.onerror = () => (share ? begin(false) : pause("reach"));
    port = share ? worker.port : worker;
    port.onmessage = ({ data }) => hear(data);
    heard = Date.now();
    listen();
  } catch {
    if (share) begin(false);
  }
}
function hear({ live, changed, word, away }) {
  heard = Date.now();
  if (live) {
    told = true;
    go();
    if (Date.now() - asOf > YOUNG || live.some((one) => topics.includes(one))) plan(0);
  }
  if (changed) {
    if (document.hidden && word && main.dataset.name) document.title = `${main.dataset.name}: ${word}, Slipway`;
    plan(0);
  }
  if (away) {
    told = false;
    if (paused !== "stay") pause(away);
    plan(away === "out" || away === "not" ? 0 : ASK);
  }
}
setInterval(() => {
  if (!document.hidden && Date.now() - heard > DEAF) {
    pause("reach");
    plan(0);
    begin(shared);
  } else listen();
}, BEAT);
document.addEventListener("visibilitychange", () => {
  heard = Date.now();
  listen();
  if (!document.hidden && (behind || paused)) plan(0);
});
addEventListener("pagehide", () => port?.postMessage([]));
addEventListener("pageshow", ({ persisted }) => persisted && (listen(), plan(0)));
begin(shared);
if ("looks" in main.dataset) plan(LOOK);
