// The filter form: only what is set goes into the address, the same address is not asked for twice, and on a
// narrow page the form starts folded. Listens on the document, for htmx may exchange the form.

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
