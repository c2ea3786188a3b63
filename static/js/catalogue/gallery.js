// Pictures open over the page; arrows leaf through them. Without a script they open in a tab of their own.

const gallery = document.querySelector("[data-gallery]");
const links = [...(gallery?.querySelectorAll("a") ?? [])];
const dialog = document.createElement("dialog");
const picture = document.createElement("img");
let at = 0;

dialog.className = "lightbox";
dialog.append(picture);
picture.referrerPolicy = "no-referrer";

function show(index) {
  at = (index + links.length) % links.length;
  picture.src = links[at].href;
  picture.alt = links[at].firstElementChild.alt;
  dialog.setAttribute("aria-label", picture.alt);
}

gallery?.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (!dialog.isConnected) document.body.append(dialog);
  show(links.indexOf(link));
  dialog.showModal();
});

dialog.addEventListener("keydown", (event) => {
  if (event.key === "ArrowRight") show(at + 1);
  if (event.key === "ArrowLeft") show(at - 1);
});

dialog.addEventListener("click", (event) => {
  if (event.target === picture) show(at + 1);
  else dialog.close();
});
