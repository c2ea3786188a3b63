// Maps of estates. Where they stand is in the list beside the map, which is all there is without a script.

function draw(box) {
  const list = document.getElementById(box.dataset.map);
  const places = [...list.querySelectorAll("[data-latitude]")];
  if (!places.length || "drawn" in box.dataset) return;
  box.dataset.drawn = "";
  const map = L.map(box, { scrollWheelZoom: false });
  map.attributionControl.setPrefix("Leaflet");
  L.tileLayer(box.dataset.tiles, { attribution: escaped(box.dataset.credit), maxZoom: 19 }).addTo(map);
  const points = places.map((place) => [Number(place.dataset.latitude), Number(place.dataset.longitude)]);
  map.fitBounds(L.latLngBounds(points), { padding: [30, 30], maxZoom: 15 });
  places.forEach((place, at) => mark(map, place, points[at]));
}

function mark(map, place, point) {
  const price = place.querySelector("[data-price]").textContent;
  const link = place.querySelector("a[href]");
  const icon = L.divIcon({ className: "price-mark", html: escaped(price), iconSize: null });
  const marker = L.marker(point, { icon, title: link?.textContent ?? price, keyboard: Boolean(link) }).addTo(map);
  if (!link) return;
  marker.bindPopup(() => contentOf(place), { className: "place-popup" });
  place.addEventListener("pointerenter", () => marker.getElement()?.classList.add("active"));
  place.addEventListener("pointerleave", () => marker.getElement()?.classList.remove("active"));
}

// Without the list around it, an item of it would be none.
function contentOf(place) {
  const shown = document.createElement("div");
  shown.append(...place.cloneNode(true).childNodes);
  return shown;
}

function escaped(text) {
  const holder = document.createElement("span");
  holder.textContent = text;
  return holder.innerHTML;
}

const drawAll = () => document.querySelectorAll("[data-map]").forEach(draw);
drawAll();
document.addEventListener("htmx:afterSettle", drawAll);
