// Wakes the islands of this page, and only of this page: the two addresses come from the script's own tag.
const { js, wasm } = document.getElementById("boot").dataset;
const portal = await import(js);
await portal.default({ module_or_path: wasm });
portal.hydrate();
for (const island of document.querySelectorAll("leptos-island")) await portal[island.dataset.component]?.(island);
