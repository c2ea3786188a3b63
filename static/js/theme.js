// Runs before the first paint, so that a dark screen never flashes white. The admin keeps its choice under the same
// name, and may have written "auto": that is no choice.
(() => {
  const chosen = localStorage.getItem("theme");
  const dark = ["dark", "light"].includes(chosen) ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
})();
