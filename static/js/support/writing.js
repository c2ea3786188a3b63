// What is being written: Ctrl+Enter sends it, and leaving the page keeps what was not yet saved as a draft.

const place = document.querySelector("[data-draft-state]");
const form = place?.closest("form");
let unsaved = false;

form?.addEventListener("input", () => (unsaved = true));
form?.addEventListener("change", () => (unsaved = true));
form?.addEventListener("submit", () => (unsaved = false));

form?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  if (!event.target.matches("textarea")) return;
  event.preventDefault();
  form.requestSubmit();
});

place?.addEventListener("htmx:beforeRequest", () => (unsaved = false));
for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  place?.addEventListener(failure, () => {
    unsaved = true;
    place.textContent = place.dataset.failed;
  });
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "hidden" || !unsaved) return;
  unsaved = !navigator.sendBeacon(place.getAttribute("hx-post"), new URLSearchParams(new FormData(form)));
});
