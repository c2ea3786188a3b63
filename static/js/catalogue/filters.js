// The filter form: only what is set goes into the address, the same address is not asked for twice, and on a
// narrow page the filters start folded. Listens on the document, for htmx may exchange the form.

document.addEventListener("htmx:configRequest", (event) => {
  if (!event.target.matches("[data-filters]")) return;
  const parameters = event.detail.parameters;
  for (const name of Object.keys(parameters)) if (parameters[name] === "") delete parameters[name];
  const asked = new URLSearchParams(Object.entries(parameters));
  if (asked.toString() === new URLSearchParams(location.search).toString()) event.preventDefault();
});

document.addEventListener("formdata", (event) => {
  if (!event.target.matches("[data-filters]")) return;
  for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
});

const wide = matchMedia("(min-width: 992px)");
function fold() {
  const filters = document.querySelector("[data-open-when-wide]");
  if (!filters) return;
  filters.open = wide.matches;
  filters.dataset.folded = "";
}
fold();
wide.addEventListener("change", fold);
document.addEventListener("htmx:historyRestore", fold);

// Enter and the buttons: on a narrow page what was asked for stands below the form, out of sight. Shown at once, for
// the same address is not asked for again, and once more when the answer may have made the page longer.
function show() {
  if (!wide.matches) document.getElementById("results")?.scrollIntoView();
}
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-filters]") || wide.matches) return;
  document.activeElement?.blur();
  fold();
  show();
});
document.addEventListener("htmx:afterSettle", (event) => {
  const { elt, triggeringEvent } = event.detail.requestConfig ?? {};
  if (triggeringEvent?.type === "submit" && elt?.matches("[data-filters]")) show();
});
