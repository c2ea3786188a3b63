// Files of a new ticket: dropped on the form, pasted into it or chosen, each sent at once and on its own, one after the
// other. Without a script the input and its button do the same, one file at a time.

for (const block of document.querySelectorAll("[data-attachments]")) start(block);

function start(block) {
  const form = block.closest("form");
  const zone = block.closest("[data-drop]") ?? form ?? block;
  const list = block.querySelector("[data-files]");
  const input = block.querySelector("[data-input]");
  const status = block.querySelector("[data-status]");
  const waiting = [];
  let current = null;

  // Sent by itself and not with the form.
  input.removeAttribute("name");
  input.multiple = true;
  block.querySelector("[data-without-script]").remove();
  block.querySelector("[data-with-script]").hidden = false;

  input.addEventListener("change", () => {
    take([...input.files]);
    input.value = "";
  });

  let over = 0;
  const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const light = (on) => zone.classList.toggle("bg-primary-lt", on);
  zone.addEventListener("dragenter", (event) => carriesFiles(event) && light(++over > 0));
  zone.addEventListener("dragleave", (event) => carriesFiles(event) && light(--over > 0));
  zone.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  });
  zone.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    light((over = 0) > 0);
    take([...event.dataTransfer.files]);
  });
  // A file that misses the form would otherwise take the place of the page, and of what was typed.
  for (const name of ["dragover", "drop"]) {
    document.addEventListener(name, (event) => carriesFiles(event) && event.preventDefault());
  }

  (form ?? block).addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    // Office programs put a picture of a text beside the text: into a field goes the text.
    const hasText = [...(event.clipboardData?.types ?? [])].includes("text/plain");
    if (!files.length || (hasText && event.target.closest("input, textarea"))) return;
    event.preventDefault();
    take(files.map(named));
  });

  form?.addEventListener("submit", (event) => {
    if (!current && !waiting.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    say(block.dataset.saidWait);
  }, true);
  addEventListener("beforeunload", (event) => (current || waiting.length) && event.preventDefault());

  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove]");
    if (!button) return;
    event.preventDefault();
    remove(button);
  });

  function named(file) {
    if (file.name && !/^image\.\w+$/.test(file.name)) return file;
    const now = new Date();
    const two = (number) => String(number).padStart(2, "0");
    const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
    const ending = file.type.split("/")[1] || "png";
    const name = `${block.dataset.capture}-${day}-${two(now.getHours())}${two(now.getMinutes())}.${ending}`;
    return new File([file], name, { type: file.type });
  }

  function take(files) {
    for (const file of files) {
      const entry = { file, row: row(file) };
      entry.row.querySelector("[data-cancel]").addEventListener("click", () => cancel(entry));
      entry.row.querySelector("[data-dismiss]").addEventListener("click", () => leave(entry.row));
      list.append(entry.row);
      const wrong = objection(file);
      if (wrong) fail(entry, wrong);
      else waiting.push(entry);
    }
    next();
  }

  function row(file) {
    const made = block.querySelector("template").content.firstElementChild.cloneNode(true);
    for (const place of made.querySelectorAll("[data-name]")) place.textContent = ` ${file.name}`;
    return made;
  }

  // The server decides; this spares people the way there.
  function objection(file) {
    const said = block.dataset;
    const ending = file.name.includes(".") ? `.${file.name.split(".").pop().toLowerCase()}` : "";
    const there = [...list.querySelectorAll("[data-attachment]")].map((item) => Number(item.dataset.size));
    const coming = [...waiting, ...(current ? [current] : [])].map((entry) => entry.file.size);
    const sum = (sizes) => sizes.reduce((total, size) => total + size, file.size);
    if (ending && !said.accept.split(",").includes(ending)) return said.saidEnding;
    if (!file.size) return said.saidEmpty;
    if (file.size > Number(said.fileBytes)) return said.saidFile;
    if (there.length + coming.length >= Number(said.ticketFiles)) return said.saidFiles;
    if (sum([...there, ...coming]) > Number(said.ticketBytes)) return said.saidTicket;
    return sum(coming) > Number(said.agencyLeft) ? said.saidAgency : "";
  }

  function next() {
    if (current || !waiting.length) return;
    current = waiting.shift();
    send(current);
  }

  function send(entry) {
    const request = (entry.request = new XMLHttpRequest());
    const body = new FormData();
    body.append("file", entry.file, entry.file.name);
    request.open("POST", block.dataset.url);
    request.setRequestHeader("x-csrftoken", token());
    request.upload.addEventListener("progress", (event) => event.lengthComputable && show(entry, event.loaded / event.total));
    // All of it is there: to cancel now would leave in the dark whether it was kept.
    request.upload.addEventListener("load", () => (entry.row.querySelector("[data-cancel]").disabled = true));
    request.addEventListener("load", () => {
      if (request.status === 201) arrived(entry, request.responseText);
      else fail(entry, isSentence(request) ? request.responseText : block.dataset.saidFailed);
    });
    request.addEventListener("error", () => fail(entry, block.dataset.saidFailed));
    request.addEventListener("loadend", () => {
      current = null;
      next();
    });
    show(entry, 0);
    request.send(body);
  }

  // Whatever else answers, such as the login, answers with a page.
  function isSentence(request) {
    return [413, 422].includes(request.status) && request.getResponseHeader("Content-Type").startsWith("text/plain");
  }

  function show(entry, part) {
    entry.row.querySelector("progress").value = part;
    entry.row.querySelector("[data-percent]").textContent = percent(part);
  }

  function arrived(entry, html) {
    const made = document.createElement("template");
    made.innerHTML = html;
    const hadFocus = entry.row.contains(document.activeElement);
    const item = made.content.firstElementChild;
    entry.row.replaceWith(item);
    block.dataset.agencyLeft = Number(block.dataset.agencyLeft) - Number(item.dataset.size);
    if (hadFocus) item.querySelector("[data-remove]").focus();
    say(`${block.dataset.saidAdded} ${entry.file.name}`);
  }

  function fail(entry, words) {
    const cancel = entry.row.querySelector("[data-cancel]");
    const dismiss = entry.row.querySelector("[data-dismiss]");
    const error = entry.row.querySelector("[data-error]");
    dismiss.hidden = false;
    if (cancel === document.activeElement) dismiss.focus();
    cancel.remove();
    for (const part of entry.row.querySelectorAll("progress, [data-percent]")) part.remove();
    error.textContent = words;
    error.hidden = false;
    say(`${entry.file.name}. ${words}`);
  }

  function cancel(entry) {
    const place = waiting.indexOf(entry);
    if (place >= 0) waiting.splice(place, 1);
    leave(entry.row);
    say(`${block.dataset.saidCancelled} ${entry.file.name}`);
    entry.request?.abort();
  }

  async function remove(button) {
    const item = button.closest("[data-attachment]");
    const name = item.querySelector("a").textContent;
    button.disabled = true;
    const answer = await fetch(button.dataset.remove, { method: "POST", headers: { "x-csrftoken": token() } }).catch(() => null);
    // 404: it has been removed in another window.
    if ((answer?.ok && !answer.redirected) || answer?.status === 404) {
      block.dataset.agencyLeft = Number(block.dataset.agencyLeft) + Number(item.dataset.size);
      leave(item);
      say(`${block.dataset.saidRemoved} ${name}`);
    } else {
      button.disabled = false;
      say(block.dataset.saidStays);
    }
  }

  // The focus goes to what follows, so that a keyboard is never at the beginning of the page again.
  function leave(item) {
    const beside = item.nextElementSibling ?? item.previousElementSibling;
    const hadFocus = item.contains(document.activeElement) || document.activeElement === document.body;
    item.remove();
    if (hadFocus) (beside?.querySelector("button:not([hidden])") ?? input).focus();
  }

  function say(words) {
    status.textContent = words;
  }
}

function token() {
  return JSON.parse(document.body.getAttribute("hx-headers"))["x-csrftoken"];
}

function percent(part) {
  return new Intl.NumberFormat(document.documentElement.lang, { style: "percent" }).format(part);
}
