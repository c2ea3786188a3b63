// A file that takes minutes to arrive shows how far it is. Without a script the form sends it by itself.

for (const form of document.querySelectorAll("[data-upload]")) start(form);

function start(form) {
  const part = (name) => form.querySelector(`[data-${name}]`);
  const input = form.querySelector("input[type=file]");
  let request = null;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (request) return;
    const file = input.files[0];
    const wrong = objection(file);
    say(wrong);
    if (!wrong) send(file);
  });
  part("cancel").addEventListener("click", () => request?.abort());
  addEventListener("beforeunload", (event) => request && event.preventDefault());

  // The server decides; this spares people the way there.
  function objection(file) {
    if (!file?.size) return form.dataset.saidEmpty;
    return file.size > Number(form.dataset.most) ? form.dataset.saidLarge : "";
  }

  function send(file) {
    request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("accept", "text/plain");
    request.upload.addEventListener("progress", (event) => event.lengthComputable && show(event.loaded / event.total));
    // All of it is there: to cancel now would leave in the dark whether it was kept.
    request.upload.addEventListener("load", () => (part("cancel").disabled = true));
    request.addEventListener("load", () => answered(request));
    request.addEventListener("error", () => say(form.dataset.saidFailed));
    request.addEventListener("loadend", () => {
      request = null;
      busy(false);
    });
    part("name").textContent = file.name;
    show(0);
    const body = new FormData(form);
    busy(true);
    request.send(body);
  }

  function answered({ status, responseText }) {
    if (status === 201) {
      part("status").textContent = form.dataset.saidArrived;
      request = null;
      location.assign(responseText);
    } else say([413, 422].includes(status) ? responseText : form.dataset.saidFailed);
  }

  function busy(on) {
    part("progress").hidden = part("cancel").hidden = !on;
    part("cancel").disabled = false;
    part("go").disabled = input.disabled = on;
  }

  function show(share) {
    form.querySelector("progress").value = share;
    const style = { style: "percent" };
    part("percent").textContent = new Intl.NumberFormat(document.documentElement.lang, style).format(share);
  }

  function say(words) {
    part("error").textContent = words;
  }
}
