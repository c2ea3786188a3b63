/* A receipt is printed for the file. */
document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
