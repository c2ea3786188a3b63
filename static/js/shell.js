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
  if (document.querySelector("[data-reload-when-finished]")) location.reload();
});

// A picture that does not come makes room for the drawing behind it.
const withdraw = (picture) => picture.remove();
document.addEventListener("error", (event) => event.target.matches?.("[data-picture]") && withdraw(event.target), true);
for (const picture of document.querySelectorAll("[data-picture]")) {
  if (picture.complete && picture.getAttribute("src") && !picture.naturalWidth) withdraw(picture);
}
