// Maps of estates. Where they stand is in the list beside the map, which is all there is without a script.

function draw(box) {
  const list = document.getElementById(box.dataset.map);
  const places = [...list.querySelectorAll("[data-latitude]")];
  if (!places.length || "drawn" in box.dataset) return;
  box.dataset.drawn = "";
  const map = L.map(box, { scrollWheelZoom: false, zoomControl: false });
  L.control.zoom({ zoomInTitle: box.dataset.zoomIn, zoomOutTitle: box.dataset.zoomOut }).addTo(map);
  map.attributionControl.setPrefix("Leaflet");
  L.tileLayer(box.dataset.tiles, { attribution: escaped(box.dataset.credit), maxZoom: 19 }).addTo(map);
  const points = places.map((place) => [Number(place.dataset.latitude), Number(place.dataset.longitude)]);
  map.fitBounds(L.latLngBounds(points), { padding: [30, 30], maxZoom: 15 });
  const pins = places.map((place, at) => ({ place, point: points[at], price: textOf(place, "[data-price]") }));
  const marks = L.layerGroup().addTo(map);
  const markAll = () => {
    marks.clearLayers();
    for (const group of grouped(map, pins)) mark(map, marks, group);
  };
  markAll();
  map.on("zoomend", markAll);
  for (const pin of pins) {
    pin.place.addEventListener("pointerenter", () => pin.marker.getElement()?.classList.add("active"));
    pin.place.addEventListener("pointerleave", () => pin.marker.getElement()?.classList.remove("active"));
  }
}

// Pins that would lie on one another at this zoom, each group with the one first that has its place.
function grouped(map, pins) {
  const groups = [];
  for (const pin of pins) {
    const { x, y } = map.project(pin.point);
    const end = x + 20 + 7 * pin.price.length;
    const group = groups.find((other) => Math.abs(y - other.y) < 24 && x < other.end && other.x < end);
    if (group) group.pins.push(pin);
    else groups.push({ x, y, end, pins: [pin] });
  }
  return groups.map((group) => group.pins);
}

function mark(map, marks, pins) {
  const several = pins.length > 1;
  const links = pins.filter((pin) => pin.place.querySelector("a[href]"));
  const title = links.slice(0, 10).map((pin) => textOf(pin.place, "a[href]")).join("\n") || pins[0].price;
  const icon = L.divIcon({
    className: several ? "price-mark price-mark-several" : "price-mark",
    html: escaped(several ? String(pins.length) : pins[0].price),
    iconSize: null,
  });
  const marker = L.marker(pins[0].point, { icon, title, keyboard: Boolean(links.length) }).addTo(marks);
  for (const pin of pins) pin.marker = marker;
  const bounds = L.latLngBounds(pins.map((pin) => pin.point));
  if (several && map.getZoom() < 17 && !bounds.getNorthEast().equals(bounds.getSouthWest())) {
    const zoom = Math.min(17, Math.max(map.getZoom() + 1, map.getBoundsZoom(bounds)));
    const comeCloser = () => map.setView(bounds.getCenter(), zoom);
    marker.on("click", comeCloser);
    marker.on("keypress", ({ originalEvent }) => {
      if (originalEvent.key !== "Enter") return;
      map.getContainer().focus({ preventScroll: true });
      comeCloser();
    });
  } else if (links.length) {
    marker.bindPopup(() => contentOf(links), { className: "place-popup", maxHeight: 240 });
  }
}

const textOf = (place, selector) => place.querySelector(selector).textContent.trim();

// Without the list around it, an item of it would be none.
function contentOf(pins) {
  const shown = document.createElement("div");
  for (const { place } of pins) {
    const one = document.createElement("div");
    one.append(...place.cloneNode(true).childNodes);
    shown.append(one);
  }
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
