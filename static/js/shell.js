// What every page of the portal needs from a script. Without it the pages still work: links and forms do the rest.

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-switch], [data-copy], [data-open], [data-close]");
  if (!button) return;
  if (button.matches("[data-theme-switch]")) switchTheme();
  if (button.dataset.copy !== undefined) copy(button);
  if (button.dataset.open) document.getElementById(button.dataset.open)?.showModal();
  if (button.dataset.close !== undefined) button.closest("dialog")?.close();
});

function switchTheme() {
  const root = document.documentElement;
  root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
  localStorage.setItem("theme", root.dataset.bsTheme);
}

// Without a text of its own a button copies the code that it stands above.
async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy || button.closest("figure").querySelector("code").textContent);
  button.dataset.copied = "";
  setTimeout(() => delete button.dataset.copied, 1500);
}

// A page that waits for a job names what to do when it ends: reload, so that it shows what came of it.
document.body.addEventListener("job-finished", () => {
  if (!document.querySelector("[data-reload-when-finished]")) return;
  // Milliseconds in which a message is read, which a reload would take away.
  const reading = document.querySelector("#content .alert[role=status]:not([hidden])") ? 8000 : 0;
  setTimeout(showWhatCame, Math.max(0, reading - performance.now()));
});

function showWhatCame() {
  if (isBeingFilledIn()) document.getElementById("work-done").hidden = false;
  else location.reload();
}

// Whether somebody is about to send something: the cursor stands in its field, or a field is no longer as it came.
function isBeingFilledIn() {
  const fields = [...document.querySelectorAll("#content form[method=post] :is(input:not([type=hidden]), textarea, select)")];
  return fields.some((field) => (field === document.activeElement && field.matches("textarea, input")) || isChanged(field));
}

function isChanged(field) {
  if (field.matches("select")) {
    return field.selectedIndex !== Math.max(0, [...field.options].findIndex((option) => option.defaultSelected));
  }
  return field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
}

// What is shown only once answers a POST: to load the page again would make another.
const shownOnce = document.querySelector("[data-shown-once]");
if (shownOnce) history.replaceState(null, "", shownOnce.dataset.shownOnce);

// A form that came back refused is long: the first field that is wrong comes into view.
const showWhatIsWrong = () => document.querySelector("#content form .is-invalid")?.focus();
showWhatIsWrong();
document.addEventListener("htmx:afterSettle", ({ detail }) => detail.xhr?.status === 422 && showWhatIsWrong());

// A form that is sent in place shows nothing of its own where no answer comes.
const tellNotDone = (shown) => ({ target, detail }) => {
  const words = document.getElementById("not-done");
  if (!words || !target.matches("form") || detail.requestConfig.verb !== "post") return;
  words.hidden = !shown;
  if (shown) words.scrollIntoView({ block: "nearest" });
};
document.addEventListener("htmx:beforeRequest", tellNotDone(false));
for (const failure of ["htmx:sendError", "htmx:responseError"]) document.addEventListener(failure, tellNotDone(true));

// A picture that does not come makes room for the drawing behind it.
const withdraw = (picture) => picture.remove();
document.addEventListener("error", (event) => event.target.matches?.("[data-picture]") && withdraw(event.target), true);
for (const picture of document.querySelectorAll("[data-picture]")) {
  if (picture.complete && picture.getAttribute("src") && !picture.naturalWidth) withdraw(picture);
}

// Tabs that do not all fit: the open one comes into view, and the edges say on which side there are more.
function showOpenTab(tabs) {
  const open = tabs.querySelector(".active");
  if (open) {
    const [bar, tab] = [tabs.getBoundingClientRect(), open.getBoundingClientRect()];
    tabs.scrollLeft += tab.left + tab.width / 2 - bar.left - bar.width / 2;
  }
  markEdges(tabs);
}

function markEdges(tabs) {
  const hidden = tabs.scrollWidth - tabs.clientWidth;
  const sides = [tabs.scrollLeft > 1 && "start", tabs.scrollLeft < hidden - 1 && "end"].filter(Boolean);
  if (sides.length) tabs.dataset.more = sides.join(" ");
  else delete tabs.dataset.more;
}

const allTabs = (where) => where.querySelectorAll(".nav-scroll");
allTabs(document).forEach(showOpenTab);
document.addEventListener("htmx:afterSwap", (event) => allTabs(event.target).forEach(showOpenTab));
document.addEventListener("scroll", (event) => event.target.matches?.(".nav-scroll") && markEdges(event.target), true);
addEventListener("resize", () => allTabs(document).forEach(markEdges));
