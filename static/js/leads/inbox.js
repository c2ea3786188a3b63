// The inbox and a lead's own page: what arrives while one looks, the keys 1 to 6 for states, how many leads are ticked.

const LOOK_EVERY = 15_000;
const title = document.title;
const list = () => document.getElementById("results");
const ticks = () => [...document.querySelectorAll("[data-row] input[name=lead]")];

setInterval(() => {
  const place = document.getElementById("arrivals");
  if (place && document.visibilityState === "visible") htmx.trigger(place, "look");
}, LOOK_EVERY);

function count() {
  const arrived = document.getElementById("arrivals")?.dataset.arrived;
  document.title = Number(arrived) ? `(${arrived}) ${title}` : title;
  const ticked = ticks().filter((tick) => tick.checked).length;
  for (const place of document.querySelectorAll("[data-ticked]")) place.textContent = ticked;
}
document.addEventListener("change", count);
count();

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-tick-all]")) return;
  const every = ticks().every((tick) => tick.checked);
  for (const tick of ticks()) tick.checked = !every;
  count();
});

// The same key does it on the list and on a lead's own page, whose buttons are marked alike.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !/^[1-6]$/.test(event.key)) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog, .dropdown-menu")) return;
  const button = document.querySelector(`[data-key="${event.key}"]`);
  if (!button) return;
  const row = document.activeElement.closest("[data-row]");
  if (list() && !ticks().some((tick) => tick.checked)) {
    const tick = row?.querySelector("input[name=lead]");
    if (!tick) return;
    tick.checked = true;
  }
  button.click();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "z" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog, .dropdown-menu")) return;
  document.querySelector("[data-undo]")?.click();
});

// To take many off the list at once is asked about: nobody finds them again one by one.
const MANY = 5;
document.addEventListener("htmx:confirm", (event) => {
  const question = event.detail.triggeringEvent?.submitter?.dataset.ask;
  const ticked = ticks().filter((tick) => tick.checked).length;
  if (event.target.id !== "bulk" || !question || ticked <= MANY) return;
  event.preventDefault();
  if (confirm(question.replace("{}", ticked))) event.detail.issueRequest(true);
});

// When the list comes back changed, the next lead takes the place, and the focus, of the one that left it.
let place = -1;
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.id !== "bulk") return;
  place = ticks().findIndex((tick) => tick.checked);
});
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  count();
  // What was done is undone, and the button gone: the focus is where one reads what came of it.
  const isUndone = detail.requestConfig?.elt.querySelector("[data-undo]");
  if (isUndone) document.querySelector(".said").focus({ preventScroll: true });
  if (place < 0) return;
  const rows = document.querySelectorAll("[data-row] a[href]:not(.btn)");
  rows[Math.min(place, rows.length - 1)]?.focus({ preventScroll: true });
  place = -1;
});

// Back from a lead, the browser shows the list as it was left: what was done meanwhile is not on it yet.
addEventListener("pageshow", (event) => {
  const isBack = event.persisted || performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  if (!isBack || !list() || ticks().some((tick) => tick.checked)) return;
  place = [...document.querySelectorAll("[data-row]")].findIndex((row) => row.contains(document.activeElement));
  htmx.ajax("GET", location.href, "#results");
});

// On a lead's own page the parts that an action changes are drawn anew. Where its button is gone with them, the form
// names who has the focus then.
document.addEventListener("htmx:afterSwap", ({ target, detail }) => {
  if (target.id !== "lead-state") return;
  htmx.trigger("#lead-handling", "look");
  if (document.activeElement !== document.body) return;
  document.getElementById(detail.requestConfig.elt.closest("[data-then]")?.dataset.then)?.focus({ preventScroll: true });
});
