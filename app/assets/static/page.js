// Comfort for every page: clocks that tick, buttons that copy, keys. Nothing here is needed to use the portal.
const root = document.documentElement;
const $ = (selector, within = document) => within.querySelector(selector);
const say = (text) => { const said = $("#said"); if (said) { said.textContent = ""; setTimeout(() => (said.textContent = text), 60); } };
root.classList.add("js");

// The server's clock: how far this machine is off is written down once, for the islands too.
const shown = Number(root.dataset.now);
const restored = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
const skew = shown && !restored ? shown - Date.now() : 0;
root.dataset.skew = Math.abs(skew) > 2000 ? skew : 0;
const now = () => Date.now() + Number(root.dataset.skew);

// Times, in the words of the server.
const two = (big, unit, small, sub) => (small ? `${big} ${unit} ${small} ${sub}` : `${big} ${unit}`);
function span(ms) {
  const s = Math.max(0, Math.floor(ms / 1000)), d = Math.floor(s / 86400);
  if (s < 1) return "< 1 s";
  if (s < 60) return `${s} s`;
  if (s < 3600) return two(Math.floor(s / 60), "min", s % 60, "s");
  if (s < 86400) return two(Math.floor(s / 3600), "h", Math.floor((s % 3600) / 60), "min");
  return two(d, d === 1 ? "day" : "days", Math.floor((s % 86400) / 3600), "h");
}
const words = {
  ago(ms) {
    const s = Math.max(0, Math.floor(ms / 1000));
    if (s < 1) return "just now";
    if (s < 60) return `${s} s ago`;
    if (s < 3600) return `${Math.floor(s / 60)} min ago`;
    return s < 86400 ? `${Math.floor(s / 3600)} h ago` : null;
  },
  for: span,
  in: (ms) => (ms > -1000 ? "now" : `in ${span(-ms)}`),
};
function tick() {
  for (const time of document.querySelectorAll("time[data-tick]")) {
    const text = words[time.dataset.tick]?.(now() - Number(time.dataset.at));
    if (text && time.textContent !== text) time.textContent = text;
  }
  for (const bar of document.querySelectorAll("rect[data-from]")) {
    bar.setAttribute("width", Math.min(1000, Math.round((now() - Number(bar.dataset.from)) / Number(bar.dataset.full) * 1000)));
  }
}
setInterval(() => document.hidden || tick(), 1000);
for (const event of ["visibilitychange", "slipway:tick"]) document.addEventListener(event, tick);

// Rows are found while one types; Enter asks the server, which knows those that are not shown.
function find(field) {
  const rows = field.dataset.finds && document.getElementById(field.dataset.finds);
  if (!rows) return;
  const sought = field.value.trim().toLowerCase();
  for (const row of rows.rows) row.hidden = !row.dataset.sought.includes(sought);
  return [...rows.rows].filter((row) => !row.hidden).length;
}
document.addEventListener("input", ({ target }) => {
  const found = find(target);
  if (found !== undefined) say(`${found} found`);
});
// The page was laid anew (live.js).
document.addEventListener("slipway:shown", () => {
  document.querySelectorAll("[data-finds]").forEach(find);
  tick();
});

// Copy, and say so.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    say("Copied");
    button.dataset.done = "";
    setTimeout(() => delete button.dataset.done, 1500);
  } catch {
    getSelection().selectAllChildren(button.previousElementSibling);
    say("Not copied. The text is selected, copy it with the keyboard");
  }
});

// A second press while the first is on its way does nothing; the way back makes the button whole again.
const sent = new Set();
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  if (sent.has(event.target)) return event.preventDefault();
  sent.add(event.target);
  event.submitter?.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  sent.clear();
  document.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  tick();
});

// What was said once is not said again after a reload; a refusal takes the focus.
const here = new URL(location.href);
if (here.searchParams.has("done")) {
  here.searchParams.delete("done");
  history.replaceState(history.state, "", here);
}
$("#refused")?.focus();
for (const field of document.querySelectorAll("[popover] [aria-invalid]")) field.closest("[popover]").showPopover();

// Keys. Off switch: the account page; none fires while typing or with a modifier.
const places = { t: "/tenants", e: "/activity", a: "/audit", s: "/systems" };
const keysOn = () => { try { return localStorage.getItem("slipway.keys") !== "off"; } catch { return true; } };
const box = $("#keys-on");
if (box) {
  box.checked = keysOn();
  box.addEventListener("change", () => {
    try { localStorage.setItem("slipway.keys", box.checked ? "on" : "off"); } catch { /* private window */ }
    say(box.checked ? "Keys are on" : "Keys are off");
  });
}
let going = 0;
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !keysOn()) return;
  if (going && Date.now() - going < 1200) {
    going = 0;
    if ($(`.nav a[href="${places[event.key]}"]`)) location.assign(places[event.key]);
    return;
  }
  if (event.key === "g") going = Date.now();
  else if (event.key === "/") $("[data-key='/']") ? (event.preventDefault(), $("[data-key='/']").focus()) : location.assign("/tenants");
  else if (event.key === "n") $("[data-key=n]") && location.assign($("[data-key=n]").href);
  else if (event.key === "?") $("[popovertarget=help]")?.click();
  else if (event.key === ".") $("[data-needs]")?.click();
});
