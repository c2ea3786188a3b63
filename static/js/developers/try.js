// Calls the API from the page of its reference. The key lies in the page's fields and nowhere else: typed into one it is
// in all of them, and in none any more when the page is left.
const LONGEST = 200_000;
const keys = [...document.querySelectorAll("[data-key]")];
const share = (value) => keys.forEach((field) => (field.value = value));
for (const field of keys) field.addEventListener("input", () => share(field.value));
addEventListener("pagehide", () => share(""));

for (const form of document.querySelectorAll("[data-try]")) {
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
}

// Who comes with an operation's name in the address sees it opened.
const open = () => document.getElementById(decodeURIComponent(location.hash.slice(1)))?.closest("details.operation")?.setAttribute("open", "");
addEventListener("hashchange", open);
open();
for (const operation of document.querySelectorAll("details.operation")) {
  operation.addEventListener("toggle", () => operation.open && history.replaceState(null, "", `#${operation.id}`));
}

async function send(form) {
  const trouble = form.querySelector("[data-trouble]");
  const say = (words) => {
    trouble.textContent = words;
    trouble.hidden = !words;
  };
  say("");
  const button = form.querySelector("button");
  button.disabled = true;
  const began = performance.now();
  try {
    const answer = await fetch(address(form), await options(form));
    await show(form, answer, Math.round(performance.now() - began));
  } catch {
    say(trouble.dataset.trouble);
  } finally {
    button.disabled = false;
  }
}

function inputs(form, where) {
  return [...form.querySelectorAll(`[data-in="${where}"]`)].filter((input) => input.value !== "");
}

function address(form) {
  let path = form.dataset.path;
  for (const input of inputs(form, "path")) path = path.replace(`{${input.name}}`, encodeURIComponent(input.value));
  const asked = new URLSearchParams(inputs(form, "query").map((input) => [input.name, input.value]));
  return asked.size ? `${path}?${asked}` : path;
}

async function options(form) {
  const headers = { Authorization: `Bearer ${keys[0].value.trim()}` };
  for (const input of inputs(form, "header")) headers[input.name] = input.value;
  const body = form.querySelector("[data-body]");
  if (body) headers["Content-Type"] = form.querySelector("[data-type]").value;
  const file = form.querySelector("[data-file]")?.files[0];
  // No cookies go along: the key alone says who calls.
  return { method: form.dataset.method, headers, body: body ? (file ?? body.value) : undefined, credentials: "omit", cache: "no-store", redirect: "error" };
}

async function show(form, answer, took) {
  const part = (name) => form.querySelector(`[data-${name}]`);
  part("status-of").textContent = `${answer.status} ${answer.statusText}`;
  part("status-of").dataset.status = String(answer.status)[0];
  part("took").textContent = `${took} ms`;
  part("headers").textContent = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
  part("content").textContent = readable(await answer.text(), answer.headers.get("content-type") ?? "");
  part("answer").hidden = false;
}

function readable(text, type) {
  let shown = text;
  if (type.includes("json")) {
    try {
      shown = JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      // Cut off on the way: it is shown as it came.
    }
  }
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST)}\n…` : shown;
}
