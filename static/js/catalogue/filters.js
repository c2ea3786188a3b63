// The filter form: only what is set goes into the address, and on a narrow page the form starts folded.

const form = document.querySelector("[data-filters]");

form?.addEventListener("htmx:configRequest", (event) => {
  const parameters = event.detail.parameters;
  for (const name of Object.keys(parameters)) if (parameters[name] === "") delete parameters[name];
});

form?.addEventListener("formdata", (event) => {
  for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
});

const wide = matchMedia("(min-width: 992px)");
const filters = document.querySelector("[data-open-when-wide]");
if (filters) filters.open = wide.matches;
wide.addEventListener("change", () => {
  if (filters) filters.open = wide.matches;
});
