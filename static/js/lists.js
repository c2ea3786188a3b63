// Lists by keyboard: j and k move, Enter opens, x ticks, / searches, ? explains. Rows are marked `data-row` and hold
// a link.

const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.querySelector("a[href]"));

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog, .dropdown-menu")) return;
  if (event.key === "/") {
    const search = document.querySelector("input[type=search]");
    if (!search) return;
    event.preventDefault();
    const folded = search.closest("details");
    if (folded) folded.open = true;
    search.focus();
    search.select();
  } else if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "x") document.activeElement.closest("[data-row]")?.querySelector("input[type=checkbox]")?.click();
  else if (event.key === "?") document.getElementById("keys")?.showModal();
});

// The link itself takes the focus: Enter, screen readers and the middle button then need nothing of ours.
function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step));
  all[next].querySelector("a[href]").focus();
  all[next].scrollIntoView({ block: "nearest" });
}

// A click anywhere on a row of a table does what its link does.
document.addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-row]");
  if (!row || event.target.closest("a, button, input, label") || getSelection().toString()) return;
  row.querySelector("a[href]")?.click();
});
