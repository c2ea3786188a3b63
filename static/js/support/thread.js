// A ticket that is looked at asks for what is new: soon while something is being sent, else now and then; and at once
// when one comes back to its window. What nobody looks at does not ask, so that nothing counts as read unseen.

let asked = Date.now();

function look(now) {
  const thread = document.getElementById("thread");
  if (!thread || document.visibilityState !== "visible") return;
  if (!now && Date.now() - asked < Number(thread.dataset.every)) return;
  asked = Date.now();
  htmx.trigger(thread, "look");
}

setInterval(look, 500, false);
document.addEventListener("visibilitychange", () => look(true));
