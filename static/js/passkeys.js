// allauth says on the console alone that no passkey came. People read it on the page, by the name of what went wrong.
document.addEventListener("allauth.error", (event) => {
  const alerts = [...document.querySelectorAll("[data-passkey-trouble]")];
  const about = (name) => alerts.find((alert) => alert.dataset.passkeyTrouble === name);
  const told = about(event.detail.exception?.name) ?? about("");
  if (!told) return;
  event.preventDefault();
  for (const alert of alerts) alert.hidden = true;
  // Shown anew, so that it is also read out anew.
  setTimeout(() => (told.hidden = false), 100);
});
