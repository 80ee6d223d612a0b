// Draws the map page: data come as JSON (by address, or from the page itself when it stands alone) and are
// shown as text nodes and shapes only. Nothing that a record contains is ever parsed as markup or code.

const L = globalThis.L;
const config = readBlock("geo-config");
const bundle = readBlock("geo-data");
const look = config.look;
const SVG_NS = "http://www.w3.org/2000/svg";

const SINGLE_FROM_ZOOM = 13; // below it schools that would touch stand as one ring, and zones are specks
const MANY_SCHOOLS = 600; // with more in view zones wait for that zoom; a page that stands alone draws those of the view
const INNER_ZONES_FROM_ZOOM = 12; // below it the inner rings are under 4 px wide
const CAMPUS_FROM_ZOOM = 13;
const DISTRICT_NAMES_TO_ZOOM = 13;
const ALL_ROADS_FROM_ZOOM = 13;
const GATES_FROM_ZOOM = 15;
const POSTS_FROM_ZOOM = 15;
const SCHOOL_NAMES_FROM_ZOOM = 14;
const CLUSTER_NUMBERS_FROM_ZOOM = 14; // below it the marks of schools would cover the numbers
const PLACE_ICONS_FROM_ZOOM = 16;
const BOUNDARY_WORDS_FROM_ZOOM = 16;
const PAGE_ROWS = 40;
const MAX_AGE_DAYS = 30; // as in web/facts.py: after that, results are said to be old
const NARROW = matchMedia("(max-width: 760px)");
const CALM = matchMedia("(prefers-reduced-motion: reduce)");

// ---------------------------------------------------------------------------------------------- words

/** Translate a message id and fill in its {named} parts. */
function t(msgid, parts = {}) {
  const text = config.texts[msgid] ?? msgid;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(parts, name) ? String(parts[name]) : whole));
}

const words = {};
for (const [family, terms] of Object.entries(config.vocabulary)) {
  words[family] = new Map(terms.map((term) => [term.key, term]));
}

function label(family, key) {
  if (key === null || key === undefined || key === "") return "";
  return words[family]?.get(key)?.label ?? String(key);
}

const locale = config.lang === "zh" ? "zh-CN" : "en-GB";
const countFormat = new Intl.NumberFormat(locale);
const metreFormat = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const scoreFormat = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
const count = (value) => countFormat.format(Number(value) || 0);
const score = (value) => scoreFormat.format(Number(value) || 0);

function metres(value) {
  return t("{metres} m", { metres: metreFormat.format(Number(value) || 0) });
}

function wholeMetres(value) {
  return t("{metres} m", { metres: countFormat.format(Number(value) || 0) });
}

// ---------------------------------------------------------------------------------------------- elements

const SVG_TAGS = new Set(["svg", "path", "line", "rect", "circle", "defs", "pattern", "g", "text"]);

/** Make an element. Children are nodes or become text; attribute names starting with "on" are listeners. */
function el(tag, attributes, ...children) {
  const node = SVG_TAGS.has(tag) ? document.createElementNS(SVG_NS, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat(3)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

function readBlock(id) {
  const block = document.getElementById(id);
  return block ? JSON.parse(block.textContent) : null;
}

/** Outline of a marker shape around (x, y), as SVG path data. */
function shapePath(shape, x, y, r) {
  const n = (value) => Math.round(value * 100) / 100;
  switch (shape) {
    case "diamond": {
      const d = r * 1.25;
      return `M${n(x)} ${n(y - d)}L${n(x + d)} ${n(y)}L${n(x)} ${n(y + d)}L${n(x - d)} ${n(y)}Z`;
    }
    case "triangle": {
      const d = r * 1.3;
      return `M${n(x)} ${n(y - d)}L${n(x + d)} ${n(y + d * 0.75)}L${n(x - d)} ${n(y + d * 0.75)}Z`;
    }
    case "door": {
      const d = r * 0.95;
      return `M${n(x - d)} ${n(y + d)}V${n(y - d * 0.25)}A${n(d)} ${n(d)} 0 0 1 ${n(x + d)} ${n(y - d * 0.25)}V${n(y + d)}Z`;
    }
    case "square": {
      const d = r * 0.95;
      return `M${n(x - d)} ${n(y - d)}H${n(x + d)}V${n(y + d)}H${n(x - d)}Z`;
    }
    default:
      return `M${n(x - r)} ${n(y)}a${r} ${r} 0 1 0 ${n(r * 2)} 0a${r} ${r} 0 1 0 ${n(-r * 2)} 0Z`;
  }
}

function glyph(path, className, color) {
  return el(
    "svg",
    { viewBox: "0 0 15 15", class: className ?? "geo-glyph", "aria-hidden": "true", focusable: "false" },
    el("path", { d: path, fill: color ?? "currentColor" }),
  );
}

/** The marker of a school state, as it stands on the map. */
function stateSymbol(state, inspected = true) {
  const style = look.states[state] ?? look.states.unknown;
  const hatched = style.hatched || !inspected;
  return el(
    "svg",
    { viewBox: "0 0 20 20", class: "geo-symbol", "aria-hidden": "true", focusable: "false" },
    el("path", {
      d: shapePath(style.shape, 10, 10, 6.6),
      fill: hatched ? `url(#geo-mark-${state})` : style.color,
      stroke: style.ink,
      "stroke-width": 1.5,
    }),
  );
}

function symbol(style, options = {}) {
  return el(
    "svg",
    { viewBox: "0 0 20 20", class: "geo-symbol", "aria-hidden": "true", focusable: "false" },
    el("path", {
      d: shapePath(style.shape, 10, 10, options.radius ?? 6.6),
      fill: style.color,
      stroke: style.ink,
      "stroke-width": options.width ?? 1.5,
      "stroke-dasharray": options.dash ?? null,
    }),
  );
}

/** Hatching for what nobody has inspected, one pattern per state: wide for zones, dense for markers. */
function addPatterns() {
  const patterns = [];
  for (const [state, style] of Object.entries(look.states)) {
    patterns.push(
      el(
        "pattern",
        { id: `geo-zone-${state}`, width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
        el("rect", { width: 7, height: 7, fill: style.color, "fill-opacity": 0.03 }),
        el("line", { x1: 0, y1: 0, x2: 0, y2: 7, stroke: style.color, "stroke-width": 1.4, "stroke-opacity": 0.36 }),
      ),
      el(
        "pattern",
        { id: `geo-mark-${state}`, width: 4, height: 4, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
        el("rect", { width: 4, height: 4, fill: "#ffffff" }),
        el("line", { x1: 0, y1: 0, x2: 0, y2: 4, stroke: style.color, "stroke-width": 4 }),
      ),
    );
  }
  document.body.append(
    el("svg", { width: 0, height: 0, class: "geo-patterns", "aria-hidden": "true" }, el("defs", null, patterns)),
  );
}

// ---------------------------------------------------------------------------------------------- data

class DataError extends Error {}

function list(payload, key) {
  const rows = Array.isArray(payload) ? payload : payload?.[key];
  return Array.isArray(rows) ? rows : [];
}

function parseList(value) {
  if (Array.isArray(value)) return value;
  if (typeof value === "string" && value.startsWith("[")) {
    try {
      return JSON.parse(value);
    } catch {
      return [];
    }
  }
  return value ? [value] : [];
}

/** Reads from the service. */
function webSource(urls) {
  async function get(address, query = {}, signal = undefined) {
    const url = new URL(address, document.baseURI);
    for (const [name, value] of Object.entries(query)) {
      if (value !== null && value !== undefined && value !== "") url.searchParams.set(name, String(value));
    }
    const answer = await fetch(url, { signal });
    if (!answer.ok) throw new DataError(`${answer.status}`);
    return answer.json();
  }
  const one = (pattern, id) => pattern.replace("{id}", encodeURIComponent(id));
  const box = (bounds) => bounds.map((value) => value.toFixed(6)).join(",");
  return {
    whole: false,
    schools: () => get(urls.schools),
    zones: (bounds, signal) => get(urls.zones, { bbox: box(bounds) }, signal),
    places: (bounds, zoom, categories, signal) =>
      get(urls.places, { bbox: box(bounds), zoom: Math.floor(zoom), categories: categories?.join(",") }, signal),
    gates: () => get(urls.gates),
    posts: () => get(urls.posts),
    roads: (bounds, zoom, signal) => get(urls.roads, { bbox: box(bounds), zoom: Math.floor(zoom) }, signal),
    districts: () => get(urls.districts),
    summary: () => get(urls.summary),
    school: (id, signal) => get(one(urls.school, id), {}, signal),
    place: (id, signal) => get(one(urls.place, id), {}, signal),
    table: (query, signal) => get(urls.table, query, signal),
  };
}

/** Reads from the page itself; used where there is no service. */
function bundleSource(data) {
  const rows = Array.isArray(data.table) ? data.table : list(data.table, "items");
  const found = async (value) => {
    if (value === undefined) throw new DataError("404");
    return value;
  };
  const own = (details, id) => (Object.hasOwn(details ?? {}, id) ? details[id] : undefined);
  /** A place that no rule reaches has no detail of its own: its row on the map says all there is. */
  const drawnPlace = (id) => {
    const row = list(data.places, "places").find((place) => place[0] === id);
    return row && { id, lon: row[1], lat: row[2], category: row[3], name: row[5], exposures: [] };
  };
  /** A reached place beyond the bound of the file is known from the lists of its schools only. */
  const listedPlace = (id) => {
    const exposures = Object.values(data.schoolDetails ?? {})
      .flatMap((school) => school.exposures?.items ?? [])
      .filter((exposure) => exposure.place_id === id);
    const [first] = exposures;
    return first && { id, lon: first.to_lon, lat: first.to_lat, category: first.category, name: first.place_name, exposures };
  };
  return {
    whole: true,
    schools: async () => data.schools,
    zones: async () => data.zones,
    places: async () => data.places,
    gates: async () => data.gates,
    posts: async () => data.posts,
    roads: async () => data.roads,
    districts: async () => data.districts,
    summary: async () => data.summary,
    school: (id) => found(own(data.schoolDetails, id)),
    place: (id) => found(own(data.placeDetails, id) ?? listedPlace(id) ?? drawnPlace(id)),
    table: async (query) => {
      const needle = (query.q ?? "").trim().toLowerCase();
      const hits = rows.filter(
        (row) =>
          (!needle || String(row.name).toLowerCase().includes(needle) || String(row.id).includes(needle)) &&
          (!query.district || row.district === query.district) &&
          (!query.stage || row.stage === query.stage) &&
          (!query.state || row.state === query.state),
      );
      if (query.sort === "name") hits.sort((a, b) => String(a.name).localeCompare(String(b.name), locale));
      const start = query.offset ?? 0;
      return { items: hits.slice(start, start + query.limit), total: hits.length };
    },
  };
}

const source = bundle ? bundleSource(bundle) : webSource(config.urls);

/** Runs only the newest of a kind of request: an older one is aborted, and its answer ignored. */
class Latest {
  #controller = null;

  async run(work) {
    this.cancel();
    const controller = new AbortController();
    this.#controller = controller;
    try {
      const answer = await work(controller.signal);
      return controller.signal.aborted ? null : answer;
    } catch (error) {
      if (controller.signal.aborted) return null;
      throw error;
    }
  }

  cancel() {
    this.#controller?.abort();
  }
}

function debounce(wait, work) {
  let timer = 0;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...args), wait);
  };
}

// ---------------------------------------------------------------------------------------------- state

const map = globalThis.geoShell;
const app = document.getElementById("geo-app");
const data = { schools: new Map(), zones: [], gates: null, posts: null, districts: new Map(), cities: new Set(), districtNames: [], summary: {} };
const off = new Set(); // layers that are switched off, such as "zone.200", "state.clean", "cat.shop", "roads"
let selected = null; // {kind: "school" | "place" | "gate" | "post", id}
let returnFocus = null;

const view = () => {
  const bounds = map.getBounds();
  return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
};

function padded(box, share) {
  const [west, south, east, north] = box;
  const dx = (east - west) * share;
  const dy = (north - south) * share;
  return [Math.max(-180, west - dx), Math.max(-90, south - dy), Math.min(180, east + dx), Math.min(90, north + dy)];
}

/** A box widened to a grid of a sixteenth to an eighth of its size: near views then ask the same question. */
function snapped([west, south, east, north]) {
  const step = 2 ** Math.floor(Math.log2(Math.max(east - west, north - south) / 8));
  const down = (value) => Math.floor(value / step) * step;
  const up = (value) => Math.ceil(value / step) * step;
  return [Math.max(-180, down(west)), Math.max(-90, down(south)), Math.min(180, up(east)), Math.min(90, up(north))];
}

const holds = (outer, inner) =>
  outer !== null && outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3];

const inBox = (box, lon, lat) => lon >= box[0] && lon <= box[2] && lat >= box[1] && lat <= box[3];

function readHash() {
  const hash = new URLSearchParams(location.hash.slice(1));
  const where = /^(\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)$/.exec(hash.get("map") ?? "");
  off.clear();
  for (const key of (hash.get("off") ?? "").split(",")) if (/^[a-z_]+(\.[a-z0-9_]+)?$/.test(key)) off.add(key);
  const folded = new Set((hash.get("fold") ?? "").split(","));
  return {
    where: where ? { zoom: Number(where[1]), lat: Number(where[2]), lon: Number(where[3]) } : null,
    school: hash.get("school"),
    place: hash.get("place"),
    folded,
    query: readQuery(hash),
  };
}

const QUERY_KEYS = ["q", "district", "stage", "state", "sort"];

/** The filter of the list; what is not a word of ours, or too long, counts as no filter. */
function readQuery(hash) {
  const known = (family, key) => (words[family].has(key) ? key : "");
  return {
    q: (hash.get("q") ?? "").slice(0, 100),
    district: /^\w{1,20}$/.test(hash.get("district") ?? "") ? hash.get("district") : "",
    stage: known("stages", hash.get("stage")),
    state: known("states", hash.get("state")),
    sort: "remaining",
  };
}

let ownHash = "";

/** Put the view into the address; `push` makes it a step that the Back button undoes. */
function writeHash({ push = false } = {}) {
  const hash = new URLSearchParams();
  const centre = map.getCenter();
  hash.set("map", `${Math.round(map.getZoom() * 100) / 100}/${centre.lat.toFixed(5)}/${centre.lng.toFixed(5)}`);
  if (off.size) hash.set("off", [...off].sort().join(","));
  const folded = ["list", "legend"].filter((name) => app.classList.contains(`geo-fold-${name}`));
  if (folded.length && !NARROW.matches) hash.set("fold", folded.join(","));
  for (const key of QUERY_KEYS) if (table.query[key] && key !== "sort") hash.set(key, table.query[key]);
  if (selected && (selected.kind === "school" || selected.kind === "place")) hash.set(selected.kind, selected.id);
  ownHash = `#${hash.toString().replaceAll("%2F", "/").replaceAll("%2C", ",")}`;
  if (ownHash === location.hash) return;
  if (push) history.pushState(null, "", ownHash);
  else history.replaceState(null, "", ownHash);
}

// ---------------------------------------------------------------------------------------------- renderers

const renderers = {
  districts: L.svg({ pane: "geo-districts", padding: 0.4 }),
  roads: L.canvas({ pane: "geo-roads", padding: 0.3 }),
  zones: L.svg({ pane: "geo-zones", padding: 0.4 }),
  places: L.canvas({ pane: "geo-places", padding: 0.2, tolerance: 3 }),
  campus: L.svg({ pane: "geo-campus", padding: 0.4 }),
  evidence: L.svg({ pane: "geo-evidence", padding: 0.4 }),
  gates: L.svg({ pane: "geo-gates", padding: 0.3 }),
  posts: L.svg({ pane: "geo-posts", padding: 0.3 }),
  schools: L.svg({ pane: "geo-schools", padding: 0.3 }),
};
const on = (name) => ({ pane: `geo-${name}`, renderer: renderers[name] });

const layers = {};
for (const name of ["districts", "districtNames", "roads", "zones", "places", "campus", "evidence", "gates", "posts", "schools", "labels"]) {
  layers[name] = L.layerGroup().addTo(map);
}

/** A marker of fixed size whose outline is one of our shapes; drawn as SVG. */
const ShapeMarker = L.CircleMarker.extend({
  _updatePath() {
    const shape = shapePath(this.options.shape, this._point.x, this._point.y, this._radius);
    this._renderer._setPath(this, this._empty() ? "M0 0" : shape);
  },
});

/** A duty post: a shield in a disc, both in one SVG path. */
const PostMarker = L.CircleMarker.extend({
  _updatePath() {
    const r = this._radius;
    const { x, y } = this._point;
    this._renderer._setPath(this, this._empty() ? "M0 0" : shieldPath(x, y, r));
  },
});

function shieldPath(x, y, r) {
  const n = (value) => Math.round(value * 100) / 100;
  return (
    `M${n(x)} ${n(y - r)}L${n(x + r * 0.85)} ${n(y - r * 0.6)}V${n(y + r * 0.1)}` +
    `Q${n(x + r * 0.8)} ${n(y + r * 0.85)} ${n(x)} ${n(y + r * 1.1)}` +
    `Q${n(x - r * 0.8)} ${n(y + r * 0.85)} ${n(x - r * 0.85)} ${n(y + r * 0.1)}V${n(y - r * 0.6)}Z`
  );
}

const glyphs = new Map(config.vocabulary.categories.map((term) => [term.key, new Path2D(term.icon)]));

/** What a place's marker says: its band, or "survey" where only a campaign reaches it, or null. */
function standing(place) {
  const [, , , , band, , meaning] = place;
  if (band !== "inside" && band !== "borderline" && band !== "survey") return null;
  return meaning === "survey_area" ? "survey" : band;
}

/** A place on the canvas: a dot when small, a disc with the category's icon when large. */
const PlaceMarker = L.CircleMarker.extend({
  _updatePath() {
    const renderer = this._renderer;
    if (!renderer._drawing || this._empty()) return;
    const context = renderer._ctx;
    const { x, y } = this._point;
    const r = this._radius;
    const { category, rank, faint } = this.options;
    const style = rank ? look.standings[rank] : null;
    context.setLineDash([]);
    context.globalAlpha = faint ? 0.75 : 1;
    if (r < 7) {
      const shape = new Path2D(shapePath(style?.shape ?? "circle", x, y, r));
      context.fillStyle = style?.color ?? category.color;
      const lead = rank === "inside" || rank === "borderline";
      context.globalAlpha = lead ? 1 : style ? 0.7 : 0.5;
      context.fill(shape);
      if (lead) {
        context.lineWidth = 1;
        context.strokeStyle = "#ffffff";
        context.stroke(shape);
      }
    } else {
      context.beginPath();
      context.arc(x, y, r, 0, Math.PI * 2);
      const solid = rank === "inside" || rank === "borderline";
      context.fillStyle = solid ? style.color : "#ffffff";
      context.fill();
      context.lineWidth = style ? 2 : 1;
      context.strokeStyle = solid ? style.ink : (style?.color ?? "#8d95a1");
      if (rank === "borderline") context.setLineDash([4, 2.5]);
      context.stroke();
      context.setLineDash([]);
      const size = (r * 1.25) / 15;
      context.save();
      context.translate(x - 7.5 * size, y - 7.5 * size);
      context.scale(size, size);
      context.fillStyle = solid ? style.on : (style?.ink ?? category.color);
      const icon = glyphs.get(category.key);
      if (icon) context.fill(icon);
      context.restore();
    }
    context.globalAlpha = 1;
  },
});

const PLACES_AFAR = "rgba(110, 88, 44, 0.15)";

/** Many places together: a disc with their number; the arc shows how many of them are leads or borderline. */
const ClusterMarker = L.CircleMarker.extend({
  _updatePath() {
    const renderer = this._renderer;
    if (!renderer._drawing || this._empty()) return;
    const context = renderer._ctx;
    const { x, y } = this._point;
    const r = this._radius;
    const { total, inside, borderline, faint } = this.options;
    context.setLineDash([]);
    context.beginPath();
    if (faint) {
      // From afar the schools speak; the number of places comes with the pointer, and closer up.
      context.arc(x, y, r + 4, 0, Math.PI * 2);
      context.fillStyle = PLACES_AFAR;
      context.fill();
      return;
    }
    context.arc(x, y, r, 0, Math.PI * 2);
    context.fillStyle = "rgba(255, 255, 255, 0.92)";
    context.fill();
    context.lineWidth = 3;
    context.strokeStyle = "#c3c8d0";
    context.beginPath();
    context.arc(x, y, r - 1.5, 0, Math.PI * 2);
    context.stroke();
    let angle = -Math.PI / 2;
    for (const [part, style] of [
      [inside, look.standings.inside],
      [borderline, look.standings.borderline],
    ]) {
      if (!part) continue;
      const sweep = Math.max((part / total) * Math.PI * 2, 0.25);
      context.beginPath();
      context.strokeStyle = style.color;
      context.lineWidth = 3.5;
      context.arc(x, y, r - 1.5, angle, Math.min(angle + sweep, Math.PI * 1.5));
      context.stroke();
      angle += sweep;
    }
    // The number stands on the lower rim: schools are drawn above and would hide it in the middle.
    const text = count(total);
    context.font = '600 11px system-ui, "PingFang SC", "Microsoft YaHei", sans-serif';
    context.textAlign = "center";
    context.textBaseline = "middle";
    const half = context.measureText(text).width / 2 + 4;
    context.beginPath();
    context.roundRect(x - half, y + r - 7, half * 2, 15, 7);
    context.fillStyle = "#ffffff";
    context.fill();
    context.lineWidth = 1;
    context.strokeStyle = "#aab1bb";
    context.stroke();
    context.fillStyle = "#1f2a37";
    context.fillText(text, x, y + r + 1);
  },
});

// ---------------------------------------------------------------------------------------------- base

const ROAD_LOOK = {
  // width, casing width, colour of the surface
  motorway: [4, 5.6, "#f3cf9b"],
  trunk: [3.6, 5.2, "#f6dcae"],
  primary: [3.2, 4.8, "#fbe9c3"],
  secondary: [2.8, 4.2, "#ffffff"],
  tertiary: [2.2, 3.4, "#ffffff"],
  residential: [1.6, 2.6, "#ffffff"],
  service: [1, 1.8, "#ffffff"],
  path: [0.9, 0, "#cfc6b4"],
};
const DISTRICT_TINTS = ["#f3efe4", "#ecf0e6", "#eef0f3", "#f5ece4", "#efedf3", "#eaf0ef"];

function drawDistricts(collection) {
  layers.districts.clearLayers();
  layers.districtNames.clearLayers();
  data.districtNames = [];
  const features = list(collection, "features");
  const ids = features.map((feature, index) => String(feature.properties?.id ?? feature.id ?? index));
  const parents = new Set(features.map((feature) => feature.properties?.parent).filter(Boolean));
  features.forEach((feature, index) => {
    const id = ids[index];
    const name = feature.properties?.name ?? "";
    data.districts.set(id, name);
    // A city that lies below its own districts is an outline only, and nothing to choose in a filter.
    if (parents.has(id)) data.cities.add(id);
    if (!feature.geometry) return;
    if (parents.has(id)) {
      L.polygon(latLngs(feature.geometry), { ...on("districts"), interactive: false, fill: false, color: "#968b76", weight: 2.2 }).addTo(layers.districts);
      return;
    }
    L.polygon(latLngs(feature.geometry), {
      ...on("districts"),
      interactive: false,
      smoothFactor: 1.2,
      color: "#b8ad98",
      weight: 1,
      dashArray: "5 3",
      fillColor: DISTRICT_TINTS[index % DISTRICT_TINTS.length],
      fillOpacity: 1,
    }).addTo(layers.districts);
    const spots = labelSpots(feature.geometry);
    if (spots.length && name) {
      const text = el("span", { class: "geo-district-name" }, name);
      const marker = L.marker(spots[0].at, { pane: "geo-names", interactive: false, keyboard: false, icon: textIcon(text) });
      data.districtNames.push({ marker: marker.addTo(layers.districtNames), spots, half: textWidth(name) * 0.62 });
    }
  });
}

/** Half the width of a text on the map in pixels of a 13 px font. */
const textWidth = (text) => [...text].reduce((sum, sign) => sum + (sign.codePointAt(0) > 0x2e7f ? 13 : 7.6), 8);

/** Move the names of districts to where they hide nothing and nothing hides them, if there is such a place. */
function placeDistrictNames(groups) {
  const taken = groups
    .filter((group) => group.members.length > 1)
    .map(({ members, x, y }) => {
      const r = groupRadius(members.length) + 3;
      return [x - r, y - r, x + r, y + r];
    });
  const clear = (box) => !taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1]);
  for (const { marker, spots, half } of data.districtNames) {
    const boxes = spots.map(({ at, west, east }) => {
      const { x, y } = map.project(at);
      const within = map.project([at[0], east]).x - map.project([at[0], west]).x > half * 2;
      return { at, within, box: [x - half, y - 11, x + half, y + 11] };
    });
    let best = boxes.find(({ within, box }) => within && clear(box)) ?? boxes.find(({ box }) => clear(box));
    for (let step = 1; !best && step <= 8; step += 1) {
      // A small district full of rings: the name goes above or below.
      const shift = (step % 2 ? -7 : 7) * Math.ceil(step / 2);
      const [west, north, east, south] = boxes[0].box;
      const box = [west, north + shift, east, south + shift];
      if (clear(box)) best = { box, at: map.unproject([(west + east) / 2, (north + south) / 2 + shift]) };
    }
    best ??= boxes[0];
    marker.setLatLng(best.at);
    taken.push(best.box);
  }
}

const textIcon = (node) => L.divIcon({ className: "geo-text-icon", html: node, iconSize: [0, 0] });

function latLngs(geometry) {
  const depth = { LineString: 0, MultiLineString: 1, Polygon: 1, MultiPolygon: 2 }[geometry.type] ?? 1;
  return L.GeoJSON.coordsToLatLngs(geometry.coordinates, depth);
}

/** Where a polygon's name may stand, best first: on wide stretches, near the middle of its height. */
function labelSpots(geometry) {
  const rings = geometry.type === "MultiPolygon" ? geometry.coordinates.map((part) => part[0]) : [geometry.coordinates[0]];
  const spots = [];
  for (const ring of rings) {
    if (!ring?.length) continue;
    const lats = ring.map((point) => point[1]);
    const south = Math.min(...lats);
    const north = Math.max(...lats);
    for (const share of [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82]) {
      const lat = south + (north - south) * share;
      const cuts = [];
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
        const [x1, y1] = ring[j];
        const [x2, y2] = ring[i];
        if (y1 > lat !== y2 > lat) cuts.push(x1 + ((lat - y1) / (y2 - y1)) * (x2 - x1));
      }
      cuts.sort((a, b) => a - b);
      for (let i = 0; i + 1 < cuts.length; i += 2) {
        const [west, east] = [cuts[i], cuts[i + 1]];
        for (const part of [0.5, 0.3, 0.7]) {
          // A degree away from the middle is worth as much as a degree of width.
          const worth = east - west - Math.abs(part - 0.5) * (east - west) - Math.abs(share - 0.5) * (north - south);
          spots.push({ worth, west, east, at: [lat, west + part * (east - west)] });
        }
      }
    }
  }
  return spots.sort((a, b) => b.worth - a.worth);
}

const roadsState = { leftOut: 0, box: null, all: false, latest: new Latest() };

async function refreshRoads() {
  if (off.has("roads")) {
    layers.roads.clearLayers();
    roadsState.box = null;
    return;
  }
  const all = map.getZoom() >= ALL_ROADS_FROM_ZOOM;
  if (roadsState.all === all && holds(roadsState.box, view())) return;
  const box = source.whole ? [-180, -90, 180, 90] : snapped(padded(view(), 0.3));
  const answer = await roadsState.latest.run((signal) => source.roads(box, map.getZoom(), signal));
  if (!answer) return;
  roadsState.box = box;
  roadsState.all = all;
  roadsState.leftOut = answer.left_out ?? 0;
  const byClass = new Map();
  for (const road of list(answer, "roads")) {
    if (!byClass.has(road.c)) byClass.set(road.c, []);
    byClass.get(road.c).push(road.p.map(([lon, lat]) => [lat, lon]));
  }
  layers.roads.clearLayers();
  const present = Object.entries(ROAD_LOOK)
    .reverse()
    .filter(([name]) => byClass.has(name) && (all || !["service", "path", "residential"].includes(name)));
  const shrink = all ? 1 : 0.6;
  const line = (name, color, weight, dashArray) =>
    L.polyline(byClass.get(name), { ...on("roads"), interactive: false, smoothFactor: 1.2, color, weight, dashArray, opacity: 1 }).addTo(
      layers.roads,
    );
  for (const [name, [, casing]] of present) if (casing) line(name, "#cbc0aa", casing * shrink);
  for (const [name, [width, , color]] of present) line(name, color, width * shrink, name === "path" ? "3 3" : null);
}

// ---------------------------------------------------------------------------------------------- schools and zones

const stateOf = (school) => (Object.hasOwn(look.states, school.state) ? school.state : "unknown");

const shown = (school) => !off.has(`state.${stateOf(school)}`);

function schoolRadius() {
  const zoom = map.getZoom();
  return zoom < 11 ? 4.6 : zoom < 13 ? 6.5 : zoom < 14 ? 7.5 : 9;
}

const schoolMarkers = new Map();

function drawSchools() {
  layers.schools.clearLayers();
  schoolMarkers.clear();
  const order = Object.keys(look.states); // most urgent first: drawn last, on top
  const sorted = [...data.schools.values()].filter(shown);
  sorted.sort((a, b) => order.indexOf(stateOf(b)) - order.indexOf(stateOf(a)));
  const groups = map.getZoom() < SINGLE_FROM_ZOOM ? groupSchools(sorted) : sorted.map((school) => ({ members: [school] }));
  for (const group of groups) if (group.members.length > 1) drawGroup(group);
  for (const group of groups) if (group.members.length === 1) drawSchool(group.members[0]);
  app.dataset.schools = String(sorted.length);
  placeDistrictNames(groups);
}

function drawSchool(school) {
  const state = stateOf(school);
  const style = look.states[state];
  const hatched = style.hatched || !school.inspected;
  const marker = new ShapeMarker([school.lat, school.lon], {
    ...on("schools"),
    shape: style.shape,
    radius: schoolRadius(),
    color: style.ink,
    weight: 1.5,
    fillColor: hatched ? `url(#geo-mark-${state})` : style.color,
    fillOpacity: 1,
    className: "geo-school",
  });
  marker.on("click", (event) => {
    L.DomEvent.stopPropagation(event);
    select("school", school.id, { fly: false });
  });
  bindName(marker, () => school.name, () => schoolLine(school));
  marker.addTo(layers.schools);
  schoolMarkers.set(school.id, marker);
}

const groupRadius = (number) => (number === 1 ? schoolRadius() : 11 + 2 * Math.log2(number));
const GROUP_PX = 24;

/** Put schools together that would touch at this zoom; {members, x, y} with the middle in pixels of the world. */
function groupSchools(schools) {
  const groups = [];
  const cells = new Map();
  for (const school of schools) {
    const at = map.project([school.lat, school.lon]);
    const [column, row] = [Math.floor(at.x / GROUP_PX), Math.floor(at.y / GROUP_PX)];
    const key = `${column} ${row}`;
    let group = cells.get(key);
    if (!group) {
      group = { members: [], x: 0, y: 0 };
      cells.set(key, group);
      groups.push(group);
    }
    join(group, { members: [school], x: at.x, y: at.y });
  }
  for (let merged = true, passes = 0; merged && passes < 6; passes += 1) {
    merged = false;
    for (let i = 0; i < groups.length; i += 1) {
      for (let j = groups.length - 1; j > i; j -= 1) {
        const [a, b] = [groups[i], groups[j]];
        const reach = groupRadius(a.members.length) + groupRadius(b.members.length) + 3;
        if (Math.hypot(a.x - b.x, a.y - b.y) > reach) continue;
        join(a, b);
        groups.splice(j, 1);
        merged = true;
      }
    }
  }
  return groups;
}

function join(group, other) {
  const [own, more] = [group.members.length, other.members.length];
  group.x = (group.x * own + other.x * more) / (own + more);
  group.y = (group.y * own + other.y * more) / (own + more);
  group.members.push(...other.members);
}

/** Several schools as one ring: their number, and an arc for each state, hatched like the single marks. */
function drawGroup({ members, x, y }) {
  const name = () => t("{count} schools", { count: count(members.length) });
  const byState = config.vocabulary.states
    .map((term) => [term.label, members.filter((school) => stateOf(school) === term.key).length])
    .filter(([, number]) => number);
  const line = () => byState.map(([text, number]) => `${text} ${count(number)}`).join(" · ");
  const r = groupRadius(members.length);
  const icon = L.divIcon({ className: "geo-group-icon", html: groupSymbol(members, r), iconSize: [2 * r, 2 * r] });
  const marker = L.marker(map.unproject([x, y]), { pane: "geo-schools", icon, riseOnHover: true });
  marker.on("add", () => marker.getElement().setAttribute("aria-label", `${name()}: ${line()}`));
  marker.on("click", () => fitTo(L.latLngBounds(members.map((school) => [school.lat, school.lon])).pad(0.15), 14));
  bindName(marker, name, line);
  marker.addTo(layers.schools);
}

function groupSymbol(members, r) {
  const parts = [];
  for (const [state, style] of Object.entries(look.states)) {
    const own = members.filter((school) => stateOf(school) === state);
    const hatched = own.filter((school) => style.hatched || !school.inspected).length;
    parts.push([own.length - hatched, style.color], [hatched, `url(#geo-mark-${state})`]);
  }
  const ring = r - 2.6;
  const point = (turn) => `${r + ring * Math.sin(turn * 2 * Math.PI)} ${r - ring * Math.cos(turn * 2 * Math.PI)}`;
  let from = 0;
  const arcs = [];
  for (const [number, stroke] of parts) {
    if (!number) continue;
    const to = from + number / members.length;
    // A whole turn ends where it begins and would be no arc: it is drawn in two halves.
    const halfway = (from + to) / 2;
    const d = `M${point(from)}A${ring} ${ring} 0 0 1 ${point(halfway)}A${ring} ${ring} 0 0 1 ${point(to)}`;
    arcs.push(el("path", { d, fill: "none", stroke, "stroke-width": 4 }));
    from = to;
  }
  return el(
    "svg",
    { viewBox: `0 0 ${2 * r} ${2 * r}`, class: "geo-school-group", "aria-hidden": "true", focusable: "false" },
    el("circle", { cx: r, cy: r, r: r - 0.5, fill: "#ffffff" }),
    arcs,
    el("circle", { cx: r, cy: r, r: r - 0.5, fill: "none", stroke: "#55606e", "stroke-width": 0.8 }),
    el("text", { x: r, y: r, "text-anchor": "middle", "dominant-baseline": "central" }, count(members.length)),
  );
}

function schoolLine(school) {
  return [label("stages", school.stage), label("states", stateOf(school))].filter(Boolean).join(" · ");
}

/** Show a name beside the pointer; built as nodes, so that a name is never markup. */
function bindName(layer, name, line) {
  layer.on("mouseover", (event) => {
    hint
      .setLatLng(event.target.getLatLng?.() ?? event.latlng)
      .setContent(el("div", null, el("strong", null, name()), line ? el("div", null, line()) : null));
    if (!map.hasLayer(hint)) hint.addTo(map);
  });
  layer.on("mouseout", () => hint.remove());
}

const hint = L.tooltip({ direction: "top", offset: [0, -10], opacity: 1, className: "geo-hint" });

const zonesState = { box: null, latest: new Latest() };
const campusDrawn = { key: "" };

function schoolsInView(share) {
  const box = padded(view(), share);
  return [...data.schools.values()].filter((school) => inBox(box, school.lon, school.lat));
}

async function refreshZones() {
  if (map.getZoom() < SINGLE_FROM_ZOOM && schoolsInView(0.1).length > MANY_SCHOOLS) {
    zonesState.latest.cancel();
    zonesState.box = null;
    data.zones = [];
    drawZones();
    return;
  }
  if (!holds(zonesState.box, view())) {
    const box = snapped(padded(view(), 0.3));
    const answer = await zonesState.latest.run((signal) => source.zones(box, signal));
    if (!answer) return;
    data.zones = list(answer, "zones");
    zonesState.box = source.whole && data.schools.size <= MANY_SCHOOLS ? [-180, -90, 180, 90] : box;
    zonesState.key = "";
  }
  drawZones();
}

const RING_LOOK = {
  50: { weight: 1.4, opacity: 0.85, fillOpacity: 0.09, dashArray: null },
  100: { weight: 1, opacity: 0.6, fillOpacity: 0.05, dashArray: null },
  200: { weight: 1.3, opacity: 0.75, fillOpacity: 0.05, dashArray: "6 4" },
};

function drawZones() {
  const inner = map.getZoom() >= INNER_ZONES_FROM_ZOOM;
  const key = [data.zones.length, inner, [...off].sort().join(), zonesState.box?.join()].join("|");
  if (key === zonesState.key) return;
  zonesState.key = key;
  layers.zones.clearLayers();
  const near = source.whole && data.schools.size > MANY_SCHOOLS ? zonesState.box : null;
  let drawn = 0;
  for (const zone of data.zones) {
    const school = data.schools.get(zone.school_id);
    const state = stateOf(school ?? zone);
    if (off.has(`zone.${zone.distance_m}`) || off.has(`state.${state}`)) continue;
    if (near && school && !inBox(near, school.lon, school.lat)) continue;
    if (!inner && zone.distance_m !== outermost()) continue;
    const style = look.states[state];
    const ring = RING_LOOK[zone.distance_m] ?? RING_LOOK[200];
    const hatched = !zone.inspected;
    // Only the outermost ring is hatched: three hatchings upon one another would hide the map.
    const pattern = hatched && zone.distance_m === outermost();
    L.polygon(latLngs(zone.geometry), {
      ...on("zones"),
      interactive: false,
      smoothFactor: 0.6,
      color: style.color,
      weight: ring.weight,
      opacity: ring.opacity,
      dashArray: ring.dashArray,
      fillColor: pattern ? `url(#geo-zone-${state})` : style.color,
      fillOpacity: pattern ? 1 : hatched ? 0 : ring.fillOpacity,
    }).addTo(layers.zones);
    drawn += 1;
  }
  app.dataset.zones = String(drawn);
  const chosen = selected?.kind === "school" ? data.schools.get(selected.id) : null;
  if (chosen) ringNames(chosen); // the zones may have come after the choice
}

function outermost() {
  return [200, 100, 50].find((distance) => !off.has(`zone.${distance}`));
}

function drawCampuses() {
  const visible = map.getZoom() >= CAMPUS_FROM_ZOOM;
  const schools = visible ? schoolsInView(0.3).filter((school) => shown(school) && school.geometry) : [];
  const named = map.getZoom() >= BOUNDARY_WORDS_FROM_ZOOM;
  const key = `${named} ${schools.map((school) => school.id).join("|")}`;
  if (key === campusDrawn.key) return;
  campusDrawn.key = key;
  layers.campus.clearLayers();
  for (const school of schools) {
    if (!/Polygon$/.test(school.geometry.type)) continue;
    const state = stateOf(school);
    const style = look.states[state];
    const estimated = school.boundary === "estimated";
    const polygon = L.polygon(latLngs(school.geometry), {
      ...on("campus"),
      smoothFactor: 0.5,
      color: style.ink,
      weight: 1.8,
      dashArray: estimated ? "5 4" : null,
      fillColor: "#ffffff",
      fillOpacity: 0.72,
      className: estimated ? "geo-campus geo-campus-estimated" : "geo-campus",
    });
    if (estimated) {
      bindName(polygon, () => school.name, () => t("Boundary estimated"));
      if (named) {
        const south = L.latLng(polygon.getBounds().getSouth(), school.lon);
        L.marker(south, { pane: "geo-labels", interactive: false, keyboard: false, icon: textIcon(el("span", { class: "geo-ring-name geo-boundary-name" }, t("Boundary estimated"))) }).addTo(layers.campus);
      }
    }
    polygon.on("click", (event) => {
      L.DomEvent.stopPropagation(event);
      select("school", school.id, { fly: false });
    });
    polygon.addTo(layers.campus);
  }
}

/** Names of schools, most urgent first; a name that would cover another one waits for a closer zoom. */
function drawNames() {
  layers.labels.clearLayers();
  if (off.has("names") || map.getZoom() < SCHOOL_NAMES_FROM_ZOOM) return;
  const taken = [];
  const schools = schoolsInView(0).filter(shown);
  schools.sort((a, b) => (b.id === selected?.id) - (a.id === selected?.id) || b.score - a.score);
  for (const school of schools) {
    const point = map.latLngToContainerPoint([school.lat, school.lon]);
    const half = [...school.name].reduce((sum, sign) => sum + (sign.codePointAt(0) > 0x2e7f ? 6.5 : 3.8), 4);
    const box = [point.x - half, point.y + 10, point.x + half, point.y + 28];
    if (taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) continue;
    taken.push(box);
    L.marker([school.lat, school.lon], {
      pane: "geo-labels",
      interactive: false,
      keyboard: false,
      icon: textIcon(el("span", { class: "geo-school-name" }, school.name)),
    }).addTo(layers.labels);
  }
}

// ---------------------------------------------------------------------------------------------- gates and posts

function gateLook(gate) {
  return look.gates[gate.covered === true ? "covered" : gate.covered === false ? "uncovered" : "unchecked"];
}

function gateWords(gate) {
  if (gate.covered === true) return t("A duty post covers this gate");
  if (gate.covered === false) return t("No duty post covers this gate");
  return t("Coverage not yet checked");
}

const gateMarkers = new Map();
const postMarkers = new Map();

function drawGates() {
  layers.gates.clearLayers();
  gateMarkers.clear();
  if (off.has("gates") || map.getZoom() < GATES_FROM_ZOOM || !data.gates) return;
  const box = padded(view(), 0.2);
  for (const gate of data.gates) {
    if (!inBox(box, gate.lon, gate.lat)) continue;
    const style = gateLook(gate);
    const marker = new ShapeMarker([gate.lat, gate.lon], {
      ...on("gates"),
      shape: style.shape,
      radius: gate.main ? 6.5 : 5,
      color: style.ink,
      weight: 2,
      dashArray: style.hatched ? "2 2" : null,
      fillColor: style.color,
      fillOpacity: 1,
    });
    marker.on("click", (event) => {
      L.DomEvent.stopPropagation(event);
      select("gate", gate.id, { fly: false });
    });
    bindName(marker, () => gateName(gate), () => gateWords(gate));
    marker.addTo(layers.gates);
    gateMarkers.set(gate.id, marker);
  }
}

const gateName = (gate) => gate.name || (gate.main ? t("Main gate") : t("Gate"));

function drawPosts() {
  layers.posts.clearLayers();
  postMarkers.clear();
  if (off.has("posts") || map.getZoom() < POSTS_FROM_ZOOM || !data.posts) return;
  const box = padded(view(), 0.2);
  for (const post of data.posts) {
    if (!inBox(box, post.lon, post.lat)) continue;
    const marker = new PostMarker([post.lat, post.lon], {
      ...on("posts"),
      radius: map.getZoom() < 15 ? 7 : 9,
      color: "#ffffff",
      weight: 1.5,
      fillColor: look.post_color,
      fillOpacity: 1,
    });
    marker.on("click", (event) => {
      L.DomEvent.stopPropagation(event);
      select("post", post.id, { fly: false });
    });
    bindName(marker, () => post.name || label("post_kinds", post.kind), () => label("post_kinds", post.kind));
    marker.addTo(layers.posts);
    postMarkers.set(post.id, marker);
  }
}

const extras = { started: false };

/** Gates and posts are small and only seen close up: they are fetched after everything else. */
async function loadExtras() {
  if (extras.started) return;
  extras.started = true;
  try {
    const [gates, posts] = await Promise.all([source.gates(), source.posts()]);
    data.gates = list(gates, "gates");
    data.posts = list(posts, "posts");
    drawGates();
    drawPosts();
    fillLegendCounts();
  } catch (error) {
    extras.started = false;
    complain(error);
  }
}

// ---------------------------------------------------------------------------------------------- places

const placesState = { box: null, mode: "", zoom: 0, rows: [], total: 0, filter: "", latest: new Latest() };
const placeMarkers = new Map();

const categoriesOn = () => config.vocabulary.categories.map((term) => term.key).filter((key) => !off.has(`cat.${key}`));

async function refreshPlaces() {
  const wanted = categoriesOn();
  const filter = wanted.length === config.vocabulary.categories.length ? "" : wanted.join();
  if (wanted.length === 0) {
    placesState.latest.cancel();
    Object.assign(placesState, { box: null, mode: "", rows: [], total: 0, filter });
    drawPlaces();
    return;
  }
  const zoom = map.getZoom();
  const known = holds(placesState.box, view());
  // Features serve every view inside their box; clusters only the zoom and filter they were made for.
  const enough =
    known && (placesState.mode === "features" ? true : placesState.zoom === Math.floor(zoom) && placesState.filter === filter);
  if (!enough) {
    const box = source.whole ? [-180, -90, 180, 90] : snapped(padded(view(), 0.2));
    const answer = await placesState.latest.run((signal) => source.places(box, zoom, null, signal));
    if (!answer) return;
    if (answer.mode === "clusters" && filter) {
      const narrowed = await placesState.latest.run((signal) => source.places(box, zoom, wanted, signal));
      if (!narrowed) return;
      Object.assign(answer, narrowed);
    }
    Object.assign(placesState, {
      box,
      mode: answer.mode,
      zoom: Math.floor(zoom),
      rows: list(answer, answer.mode === "clusters" ? "clusters" : "places"),
      total: answer.total,
      // Features that came for some categories only would lack the others later.
      filter: answer.mode === "clusters" ? filter : "",
    });
    if (answer.mode === "features" && filter && answer.places.length < answer.total) placesState.box = null;
  }
  drawPlaces();
}

function placeRadius(rank) {
  const zoom = map.getZoom();
  const lead = rank === "inside" || rank === "borderline";
  if (zoom >= PLACE_ICONS_FROM_ZOOM) return lead ? 12 : rank ? 10 : 8.5;
  if (zoom >= 15) return lead ? 5.8 : rank ? 3.8 : 3;
  if (zoom >= 12) return lead ? 4.8 : rank ? 2.6 : 2.2;
  return lead ? 3 : 1.8;
}

function drawPlaces() {
  layers.places.clearLayers();
  placeMarkers.clear();
  if (placesState.mode === "clusters") {
    const most = Math.max(1, ...placesState.rows.map((row) => row[2]));
    for (const [lon, lat, total, inside, borderline] of placesState.rows) {
      const marker = new ClusterMarker([lat, lon], {
        ...on("places"),
        radius: 11 + 9 * Math.sqrt(Math.log1p(total) / Math.log1p(most)),
        faint: map.getZoom() < CLUSTER_NUMBERS_FROM_ZOOM,
        total,
        inside,
        borderline,
      });
      marker.on("click", (event) => {
        L.DomEvent.stopPropagation(event);
        moveTo([lat, lon], Math.min(map.getMaxZoom(), map.getZoom() + 2));
      });
      bindName(
        marker,
        () => t("{count} places", { count: count(total) }),
        () => t("{inside} leads, {borderline} borderline", { inside: count(inside), borderline: count(borderline) }),
      );
      marker.addTo(layers.places);
    }
  } else {
    const rows = placesState.rows.filter((place) => !off.has(`cat.${place[3]}`));
    const order = [null, "survey", "borderline", "inside"];
    rows.sort((a, b) => order.indexOf(standing(a)) - order.indexOf(standing(b)));
    for (const place of rows) {
      const [id, lon, lat, key, , name] = place;
      const rank = standing(place);
      const category = words.categories.get(key) ?? { key, label: key, color: "#6e7683" };
      const marker = new PlaceMarker([lat, lon], { ...on("places"), radius: placeRadius(rank), category, rank });
      marker.on("click", (event) => {
        L.DomEvent.stopPropagation(event);
        select("place", id, { fly: false });
      });
      bindName(marker, () => name || category.label, () => [category.label, rank ? standingWords(rank) : ""].filter(Boolean).join(" · "));
      marker.addTo(layers.places);
      placeMarkers.set(id, marker);
    }
  }
  app.dataset.places = String(placesState.rows.length);
  app.dataset.placesMode = placesState.mode;
  tell();
}

function standingWords(rank) {
  return rank === "survey" ? label("meanings", "survey_area") : label("bands", rank);
}

function resizePlaces() {
  if (placesState.mode !== "features") return;
  for (const marker of placeMarkers.values()) marker.setRadius(placeRadius(marker.options.rank));
}

// ---------------------------------------------------------------------------------------------- moving

function mapPadding() {
  if (!NARROW.matches) return { paddingTopLeft: [40, 64], paddingBottomRight: [legendSpace(), 40] };
  return { paddingTopLeft: [16, 16], paddingBottomRight: [16, Math.min(sheetHeight(), map.getSize().y * 0.6) + 12] };
}

let flying = false;

function moveTo(latLng, zoom) {
  if (CALM.matches) map.setView(latLng, zoom, { animate: false });
  else map.flyTo(latLng, zoom, { duration: 0.6 });
}

function fitTo(bounds, maxZoom) {
  flying = true;
  const options = { ...mapPadding(), maxZoom, animate: !CALM.matches, duration: 0.6 };
  if (CALM.matches) map.fitBounds(bounds, options);
  else map.flyToBounds(bounds, options);
}

/** The widest zone of a school, or a window of that size about its point. */
function schoolBounds(school) {
  const zone = data.zones.find((row) => row.school_id === school.id); // the largest comes first
  if (zone) return L.latLngBounds(latLngs(zone.geometry).flat(2)).pad(0.08);
  const reach = 330 / 111320;
  const wide = reach / Math.cos((school.lat * Math.PI) / 180);
  return L.latLngBounds([school.lat - reach, school.lon - wide], [school.lat + reach, school.lon + wide]);
}

// ---------------------------------------------------------------------------------------------- selection

const detailLatest = new Latest();

async function select(kind, id, { fly = true, focus = false, push = true } = {}) {
  forgetSelection();
  selected = { kind, id };
  writeHash({ push });
  markRow();
  if (NARROW.matches) openTab("detail"); // raises the sheet, so that the map can keep clear of it
  if (kind === "gate") return showGate(id, focus);
  if (kind === "post") return showPost(id, focus);
  if (kind === "school") {
    const school = data.schools.get(id);
    if (school) {
      if (fly) fitTo(schoolBounds(school), 17);
      halo([school.lat, school.lon], 17);
      ringNames(school);
    }
    showDetail(school ? [school.lat, school.lon] : null, schoolDetail(school ?? { id, name: "" }, null), school ? schoolGist(school) : null, { focus });
  }
  try {
    const detail = await detailLatest.run((signal) => (kind === "school" ? source.school(id, signal) : source.place(id, signal)));
    if (!detail || selected?.id !== id || selected.kind !== kind) return undefined;
    if (kind === "school") {
      const school = { ...data.schools.get(id), ...detail };
      showDetail(Number.isFinite(school.lat) ? [school.lat, school.lon] : null, schoolDetail(school, detail), schoolGist({ ...school, ...detail.result }), { focus });
    } else {
      const at = [detail.lat, detail.lon];
      const ends = drawEvidence(detail);
      halo(at, 16);
      if (fly) fitTo(L.latLngBounds([at, ...ends]).pad(0.35), 18);
      showDetail(at, placeDetail(detail), placeGist(detail), { focus });
    }
  } catch (error) {
    if (selected?.id === id) clearSelection({ push: false });
    complain(error);
  }
  return undefined;
}

function forgetSelection() {
  detailLatest.cancel();
  selected = null;
  layers.evidence.clearLayers();
  closePopup();
}

function clearSelection({ push = true } = {}) {
  forgetSelection();
  panel.card.replaceChildren(el("p", { class: "geo-empty" }, t("Choose a school or a place on the map.")));
  if (openedTab === "detail") openTab("list", { raise: false });
  markRow();
  writeHash({ push });
  if (returnFocus?.isConnected) {
    returnFocus.focus({ preventScroll: true });
    returnFocus = null;
  }
}

function halo(at, radius) {
  L.circleMarker(at, { ...on("evidence"), interactive: false, radius, color: "#ffffff", weight: 6, fill: false, opacity: 0.9 }).addTo(layers.evidence);
  L.circleMarker(at, { ...on("evidence"), interactive: false, radius, color: "#0b5394", weight: 3, fill: false }).addTo(layers.evidence);
}

let ringMarkers = [];

/** Write the metres on the rings of the chosen school. */
function ringNames(school) {
  for (const marker of ringMarkers) marker.remove();
  ringMarkers = [];
  for (const zone of data.zones) {
    if (zone.school_id !== school.id || off.has(`zone.${zone.distance_m}`)) continue;
    const rings = zone.geometry.type === "MultiPolygon" ? zone.geometry.coordinates.map((part) => part[0]) : [zone.geometry.coordinates[0]];
    const own = L.latLng(school.lat, school.lon);
    const ring = rings.find((line) => L.latLngBounds(L.GeoJSON.coordsToLatLngs(line)).contains(own)) ?? rings[0];
    const top = ring.reduce((best, point) => (point[1] > best[1] ? point : best), ring[0]);
    const node = el("span", { class: "geo-ring-name" }, wholeMetres(zone.distance_m));
    const marker = L.marker([top[1], top[0]], { pane: "geo-labels", interactive: false, keyboard: false, icon: textIcon(node) });
    ringMarkers.push(marker.addTo(layers.evidence));
  }
}

/** Draw from where to where each distance was measured, with its metres. Returns the end points. */
function drawEvidence(detail) {
  const ends = [];
  const lines = new Map();
  for (const exposure of detail.exposures ?? []) {
    const from = [exposure.from_lat, exposure.from_lon];
    const to = [exposure.to_lat, exposure.to_lon];
    if (![...from, ...to].every(Number.isFinite)) continue;
    const key = [...from, ...to].map((value) => value.toFixed(6)).join();
    const known = lines.get(key);
    const rank = exposureRank(exposure);
    if (!known || RANKS.indexOf(rank) > RANKS.indexOf(known.rank)) lines.set(key, { from, to, rank, exposure });
  }
  for (const { from, to, rank, exposure } of lines.values()) {
    const style = look.standings[rank] ?? look.standings.outside;
    ends.push(from, to);
    L.polyline([from, to], { ...on("evidence"), interactive: false, color: "#ffffff", weight: 5, opacity: 0.9 }).addTo(layers.evidence);
    L.polyline([from, to], {
      ...on("evidence"),
      interactive: false,
      color: style.ink,
      weight: 2.4,
      dashArray: rank === "borderline" ? "6 4" : null,
      className: "geo-evidence",
    }).addTo(layers.evidence);
    L.circleMarker(from, { ...on("evidence"), interactive: false, radius: 4, color: style.ink, weight: 2, fillColor: "#ffffff", fillOpacity: 1 }).addTo(
      layers.evidence,
    );
    const middle = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
    const node = el("span", { class: "geo-metres" }, metres(exposure.distance_m));
    L.marker(middle, { pane: "geo-labels", interactive: false, keyboard: false, icon: textIcon(node) }).addTo(layers.evidence);
  }
  app.dataset.evidence = String(lines.size);
  return ends;
}

const RANKS = ["outside", "survey", "borderline", "inside"];

function exposureRank(exposure) {
  if (exposure.meaning === "survey_area") return "survey";
  return exposure.band;
}

// ---------------------------------------------------------------------------------------------- details

let popup = null;

/**
 * Show what is known of a thing: the whole card in the panel (the sheet on a phone), and on a wide screen its
 * gist in a popup at the thing itself, small enough to leave the evidence lines in sight.
 */
function showDetail(at, card, gist, { focus = false } = {}) {
  const heading = card.querySelector("h2");
  const shownBefore = popup !== null;
  panel.card.replaceChildren(card);
  panel.card.scrollTop = 0;
  openTab("detail");
  if (at && NARROW.matches && !flying) keepClear(at);
  if (at && !NARROW.matches && gist) {
    if (shownBefore && popup.getLatLng().equals(at)) popup.setContent(gist);
    else openPopup(at, gist);
  }
  if (focus) heading?.focus({ preventScroll: true });
}

function openPopup(at, gist) {
  closePopup();
  const fresh = L.popup({
    minWidth: 230,
    maxWidth: 300,
    offset: [0, -14],
    autoPanPaddingTopLeft: [20, 56],
    autoPanPaddingBottomRight: [legendSpace(), 24],
    className: "geo-popup",
    closeOnClick: false,
    closeOnEscapeKey: false,
  })
    .setLatLng(at)
    .setContent(gist);
  popup = fresh;
  fresh.on("remove", () => {
    if (popup === fresh) {
      popup = null;
      clearSelection();
    }
  });
  fresh.openOn(map);
  fresh.getElement()?.querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", t("Close"));
}

function legendSpace() {
  return NARROW.matches || app.classList.contains("geo-fold-legend") ? 40 : 310;
}

function closePopup() {
  const old = popup;
  popup = null;
  old?.remove();
}

function chip(text, className) {
  return text ? el("span", { class: `geo-chip ${className ?? ""}` }, text) : null;
}

function fact(name, value, className) {
  if (value === null || value === undefined || value === "") return null;
  return [el("dt", null, name), el("dd", { class: className }, value)];
}

/** The card of a place: why it stands where it stands. */
function placeDetail(place) {
  const category = words.categories.get(place.category);
  const exposures = byUrgency(place.exposures);
  const licence = [label("licence_statuses", place.licence_status), place.licence_expiry ? t("valid until {date}", { date: place.licence_expiry }) : ""]
    .filter(Boolean)
    .join(" · ");
  return el(
    "article",
    { class: "geo-card" },
    el(
      "header",
      { class: "geo-card-head" },
      category ? glyph(category.icon, "geo-card-icon", category.color) : null,
      el("div", null, el("h2", { tabindex: -1 }, place.name || label("categories", place.category)), el("p", { class: "geo-sub" }, placeLine(place))),
    ),
    el(
      "dl",
      { class: "geo-facts" },
      fact(t("Address"), place.address),
      fact(t("Licence"), licence),
      fact(t("Position accuracy"), Number.isFinite(place.accuracy_m) ? `± ${wholeMetres(place.accuracy_m)}` : null),
    ),
    exposures.length === 0 ? el("p", { class: "geo-quiet" }, t("No rule reaches this place.")) : null,
    exposures.map(exposureCard),
    exposures.length ? el("p", { class: "geo-caveat" }, t("Leads need a measured on-site check; they are no finding of a violation.")) : null,
  );
}

function placeLine(place) {
  return [label("categories", place.category), data.districts.get(place.district) ?? place.district].filter(Boolean).join(" · ");
}

/** The few lines that stand in a popup. */
function gistOf(name, line, rows, reminder = null) {
  return el("div", { class: "geo-gist" }, el("h2", null, name), line ? el("p", { class: "geo-sub" }, line) : null, rows, reminder ? el("p", { class: "geo-caveat" }, reminder) : null);
}

/** Why a place stands where it stands, by its most urgent result. */
function placeGist(place) {
  const [first, ...others] = byUrgency(place.exposures);
  const name = place.name || label("categories", place.category);
  if (!first) return gistOf(name, placeLine(place), [el("p", null, t("No rule reaches this place."))]);
  const departments = departmentWords(first);
  return gistOf(name, placeLine(place), [
    el("div", { class: "geo-chips" }, standingChips(first)),
    el("p", null, `${first.rule_title || first.rule_id} · ${first.school_name || first.school_id}`),
    el(
      "p",
      { class: "geo-measure" },
      `${label("methods", first.method)} `,
      el("strong", null, metres(first.distance_m)),
      ` ± ${metres(first.uncertainty_m)}`,
      el("span", { class: "geo-sep" }, t("limit {metres}", { metres: wholeMetres(first.limit_m) })),
    ),
    departments ? el("p", { class: "geo-sub" }, departments) : null,
    others.length ? el("p", { class: "geo-sub" }, t("{count} more results in the panel", { count: count(others.length) })) : null,
  ], t("Leads only: to be measured on site"));
}

function schoolGist(school) {
  const state = stateOf(school);
  return gistOf(school.name, [label("stages", school.stage), data.districts.get(school.district) ?? ""].filter(Boolean).join(" · "), [
    el("div", { class: "geo-chips" }, chip(label("states", state), `geo-state-${state}`), inspectionChip(school)),
    el(
      "p",
      { class: "geo-measure" },
      [
        [label("bands", "inside"), count(school.inside)],
        [label("bands", "borderline"), count(school.borderline)],
        [t("To survey"), count(school.survey)],
        [t("Score"), score(school.score)],
      ].map(([name, value]) => el("span", { class: "geo-pair" }, `${name} `, el("strong", null, value))),
    ),
  ], t("Leads only: to be measured on site"));
}

/** When the surroundings were last inspected; an old record counts as none. */
function inspectionChip(school) {
  const date = school.last_inspected_on ?? school.inspected_on;
  if (!date) return chip(t("Never inspected"), "geo-chip-hatched");
  if (school.inspected === false) return chip(t("Inspection of {date} has lapsed", { date }), "geo-chip-hatched");
  return chip(t("Inspected on {date}", { date }));
}

function byUrgency(exposures) {
  return [...(exposures ?? [])].sort(
    (a, b) => RANKS.indexOf(exposureRank(b)) - RANKS.indexOf(exposureRank(a)) || a.distance_m - a.limit_m - (b.distance_m - b.limit_m),
  );
}

function departmentWords(exposure) {
  return parseList(exposure.departments)
    .map((key) => label("departments", key))
    .join(config.lang === "zh" ? "、" : ", ");
}

/** What a result has to say about how it came to be; keys of the vocabulary, or free text. */
function noteWords(note) {
  return String(note ?? "")
    .split(",")
    .map((key) => label("evidence_notes", key.trim()))
    .filter(Boolean)
    .join(config.lang === "zh" ? "；" : "; ");
}

/** Band and meaning of a result. A campaign says where to look and nothing more, so it has no band to show. */
function standingChips(exposure) {
  const rank = exposureRank(exposure);
  if (rank === "survey") return [chip(label("meanings", exposure.meaning), "geo-band-survey")];
  return [chip(label("bands", exposure.band), `geo-band-${rank}`), chip(label("meanings", exposure.meaning))];
}

/** One exposure: rule, band, method, metres with uncertainty, limit, margin, departments, citation. */
function exposureCard(exposure) {
  const rank = exposureRank(exposure);
  const within = exposure.distance_m <= exposure.limit_m;
  const margin = Math.abs(exposure.limit_m - exposure.distance_m);
  const departments = departmentWords(exposure);
  const school = exposure.school_id;
  return el(
    "section",
    { class: `geo-exposure geo-rank-${rank}` },
    el("div", { class: "geo-chips" }, standingChips(exposure), chip(label("rule_statuses", exposure.rule_status), "geo-chip-quiet")),
    el("h3", null, exposure.rule_title || exposure.rule_id),
    el(
      "p",
      { class: "geo-why" },
      el("button", { type: "button", class: "geo-link", onclick: () => select("school", school, { focus: true }) }, exposure.school_name || school),
      el("span", null, ` · ${label("methods", exposure.method)}`),
    ),
    gauge(exposure, rank),
    el(
      "p",
      { class: "geo-measure" },
      el("strong", null, metres(exposure.distance_m)),
      el("span", null, ` ± ${metres(exposure.uncertainty_m)}`),
      el("span", { class: "geo-sep" }, t("limit {metres}", { metres: wholeMetres(exposure.limit_m) })),
      el("span", { class: "geo-sep" }, within ? t("{metres} inside the limit", { metres: metres(margin) }) : t("{metres} beyond the limit", { metres: metres(margin) })),
    ),
    el("dl", { class: "geo-facts" }, fact(t("Measured"), t("from {from} to {to}", { from: endWords(exposure.from_what), to: t("the place") })), fact(t("Departments"), departments), fact(t("Source"), citation(exposure.citation)), fact(t("Note"), noteWords(exposure.note))),
  );
}

function endWords(what) {
  const names = {
    boundary: t("campus boundary"),
    gate: t("a gate"),
    main_gate: t("main gate"),
    circle: t("estimated boundary circle"),
    point: t("the school's point"),
  };
  return names[what] ?? t("campus boundary");
}

function citation(value) {
  if (!value) return "";
  if (typeof value === "string") return value;
  return [value.title, value.clause].filter(Boolean).join(" ");
}

/** A ruler from 0 m: the limit as a post, the measured distance as a dot with its uncertainty as whiskers. */
function gauge(exposure, rank) {
  const width = 320;
  const distance = Number(exposure.distance_m) || 0;
  const limit = Number(exposure.limit_m) || 0;
  const spread = Number(exposure.uncertainty_m) || 0;
  const most = Math.max(limit * 1.25, (distance + spread) * 1.05, 1);
  const x = (value) => 6 + (Math.min(Math.max(value, 0), most) / most) * (width - 12);
  const style = look.standings[rank] ?? look.standings.outside;
  const words_ = t("{metres} of {limit}", { metres: metres(distance), limit: wholeMetres(limit) });
  return el(
    "svg",
    { viewBox: `0 0 ${width} 22`, class: "geo-gauge", role: "img", "aria-label": words_ },
    el("rect", { x: 6, y: 9, width: width - 12, height: 4, rx: 2, fill: "#e3e0d8" }),
    el("rect", { x: 6, y: 9, width: Math.max(0, x(limit) - 6), height: 4, rx: 2, fill: style.color, "fill-opacity": 0.35 }),
    el("line", { x1: x(limit), x2: x(limit), y1: 2, y2: 20, stroke: "#1f2a37", "stroke-width": 2 }),
    el("line", { x1: x(distance - spread), x2: x(distance + spread), y1: 11, y2: 11, stroke: style.ink, "stroke-width": 2 }),
    [distance - spread, distance + spread].map((end) => el("line", { x1: x(end), x2: x(end), y1: 7, y2: 15, stroke: style.ink, "stroke-width": 2 })),
    el("circle", { cx: x(distance), cy: 11, r: 4.5, fill: style.color, stroke: style.ink, "stroke-width": 1.5 }),
  );
}

/** The card of a school; `detail` is null until it has arrived. */
function schoolDetail(school, detail) {
  const result = detail?.result ?? school;
  const state = stateOf({ state: result?.state ?? school.state });
  const inspectedOn = school.last_inspected_on ?? school.inspected_on;
  const items = detail?.exposures?.items ?? [];
  const total = detail?.exposures?.total ?? items.length;
  const terms = parseList(result?.terms);
  const gates = detail?.gates ?? [];
  const bare = gates.filter((gate) => gate.covered === false).length;
  const page = config.urls?.school_page;
  return el(
    "article",
    { class: "geo-card" },
    el(
      "header",
      { class: "geo-card-head" },
      stateSymbol(state, result?.inspected ?? Boolean(inspectedOn)),
      el("div", null, el("h2", { tabindex: -1 }, school.name || t("School")), el("p", { class: "geo-sub" }, [label("stages", school.stage), data.districts.get(school.district) ?? school.district].filter(Boolean).join(" · "))),
    ),
    el(
      "div",
      { class: "geo-chips" },
      chip(label("states", state), `geo-state-${state}`),
      inspectionChip({ ...school, inspected: result?.inspected ?? school.inspected }),
      (school.boundary ?? result?.boundary_kind) === "estimated" ? chip(t("Boundary estimated"), "geo-chip-quiet") : null,
      (school.boundary ?? result?.boundary_kind) === "point" ? chip(t("Point only, no boundary"), "geo-chip-quiet") : null,
    ),
    el(
      "dl",
      { class: "geo-figures" },
      figure(label("bands", "inside"), count(result?.inside), "inside"),
      figure(label("bands", "borderline"), count(result?.borderline), "borderline"),
      figure(t("To survey"), count(result?.survey), "survey"),
      figure(t("Score"), score(result?.score), "score"),
    ),
    detail === null ? el("p", { class: "geo-quiet" }, t("Loading…")) : null,
    terms.length
      ? el(
          "details",
          { class: "geo-terms" },
          el("summary", null, t("How the score comes about")),
          el(
            "table",
            null,
            el(
              "tbody",
              null,
              terms.map((term) =>
                el(
                  "tr",
                  null,
                  el("th", { scope: "row" }, (config.lang === "zh" ? term.label_zh : term.label_en) ?? term.key),
                  el("td", null, `${termCount(term)}\u00a0×\u00a0${score(term.weight)}`),
                  el("td", null, score(term.value)),
                ),
              ),
            ),
          ),
        )
      : null,
    gates.length ? el("p", { class: "geo-line" }, bare ? t("Gates: {total}, of these without a duty post: {bare}", { bare: count(bare), total: count(gates.length) }) : t("Gates: {total}, each with a duty post", { total: count(gates.length) })) : null,
    items.length ? el("h3", null, t("Places around, most urgent first")) : null,
    items.length
      ? el(
          "ul",
          { class: "geo-near" },
          items.slice(0, 12).map((exposure) => nearRow(exposure)),
        )
      : null,
    total > Math.min(items.length, 12) ? el("p", { class: "geo-quiet" }, t("{places} places ({results} results)", { places: count((result?.inside ?? 0) + (result?.borderline ?? 0) + (result?.survey ?? 0)), results: count(total) })) : null,
    items.length ? el("p", { class: "geo-caveat" }, t("Leads need a measured on-site check; they are no finding of a violation.")) : null,
    page && school.id ? el("p", { class: "geo-more" }, el("a", { href: page.replace("{id}", encodeURIComponent(school.id)) }, t("Open the school's page"))) : null,
  );
}

/** How many a term counts; its cap is told, for otherwise the sum would look wrong. */
function termCount(term) {
  if (!term.weight || term.value >= term.count * term.weight - 0.001) return count(term.count);
  return t("{counted} (the cap; {count} in all)", { counted: count(term.value / term.weight), count: count(term.count) });
}

function figure(name, value, key) {
  return el("div", { class: `geo-figure geo-figure-${key}` }, el("dt", null, name), el("dd", null, value));
}

function nearRow(exposure) {
  const category = words.categories.get(exposure.category);
  const rank = exposureRank(exposure);
  return el(
    "li",
    null,
    el(
      "button",
      { type: "button", class: "geo-near-row", onclick: () => select("place", exposure.place_id, { focus: true }) },
      el("span", { class: `geo-near-icon geo-band-${rank}` }, category ? glyph(category.icon) : null),
      el("span", { class: "geo-near-name" }, exposure.place_name || label("categories", exposure.category) || exposure.place_id),
      el("span", { class: "geo-near-metres" }, metres(exposure.distance_m)),
    ),
  );
}

function showGate(id, focus) {
  const gate = data.gates?.find((row) => row.id === id);
  if (!gate) return;
  const school = data.schools.get(gate.school_id);
  halo([gate.lat, gate.lon], 11);
  const card = el(
    "article",
    { class: "geo-card" },
    el("header", { class: "geo-card-head" }, symbol(gateLook(gate)), el("div", null, el("h2", { tabindex: -1 }, gateName(gate)), el("p", { class: "geo-sub" }, [school?.name, gate.main ? t("Main gate") : ""].filter(Boolean).join(" · ")))),
    el("p", { class: "geo-line" }, gateWords(gate)),
    Number.isFinite(gate.post_distance_m) ? el("dl", { class: "geo-facts" }, fact(t("Nearest duty post"), metres(gate.post_distance_m))) : null,
  );
  showDetail([gate.lat, gate.lon], card, gistOf(gateName(gate), school?.name, [el("p", null, gateWords(gate))]), { focus });
}

function showPost(id, focus) {
  const post = data.posts?.find((row) => row.id === id);
  if (!post) return;
  halo([post.lat, post.lon], 14);
  if (post.radius_m) {
    L.circle([post.lat, post.lon], { ...on("evidence"), interactive: false, radius: post.radius_m, color: look.post_color, weight: 1.5, dashArray: "4 4", fillColor: look.post_color, fillOpacity: 0.08 }).addTo(layers.evidence);
  }
  const forces = config.vocabulary.forces.filter((force) => (post.required?.[force.key] ?? null) !== null || (post.actual?.[force.key] ?? null) !== null);
  const number = (value) => (value === null || value === undefined ? "–" : count(value));
  const card = el(
    "article",
    { class: "geo-card" },
    el("header", { class: "geo-card-head" }, glyph(words.post_kinds.get(post.kind)?.icon ?? look.shield, "geo-card-icon", look.post_color), el("div", null, el("h2", { tabindex: -1 }, post.name || label("post_kinds", post.kind)), el("p", { class: "geo-sub" }, label("post_kinds", post.kind)))),
    el("dl", { class: "geo-facts" }, fact(t("Time windows"), String(post.windows ?? "").replaceAll(";", "、")), fact(t("Radius"), post.radius_m ? wholeMetres(post.radius_m) : null)),
    forces.length
      ? el(
          "table",
          { class: "geo-forces" },
          el("thead", null, el("tr", null, el("th", { scope: "col" }, t("Force")), el("th", { scope: "col" }, t("Required")), el("th", { scope: "col" }, t("Present")))),
          el("tbody", null, forces.map((force) => el("tr", null, el("th", { scope: "row" }, force.label), el("td", null, number(post.required?.[force.key])), el("td", null, number(post.actual?.[force.key]))))),
        )
      : null,
  );
  const windows = String(post.windows ?? "").replaceAll(";", "、");
  showDetail([post.lat, post.lon], card, gistOf(post.name || label("post_kinds", post.kind), label("post_kinds", post.kind), windows ? [el("p", null, windows)] : []), { focus });
}

// ---------------------------------------------------------------------------------------------- panel: skeleton

const panel = {};
let openedTab = "list";

function buildPanel() {
  panel.status = el("p", { class: "geo-status", role: "status", "aria-live": "polite" });
  panel.list = el("section", { class: "geo-tab geo-tab-list", id: "geo-tab-list", "aria-label": t("Schools") });
  panel.legend = el("section", { class: "geo-tab geo-tab-legend", id: "geo-tab-legend", "aria-label": t("Layers and legend") });
  panel.card = el("div", { class: "geo-detail" }, el("p", { class: "geo-empty" }, t("Choose a school or a place on the map.")));
  const back = el("button", { type: "button", class: "geo-back", onclick: () => clearSelection() }, el("span", { "aria-hidden": "true" }, "‹ "), t("Back to the list"));
  panel.detail = el("section", { class: "geo-tab geo-tab-detail", id: "geo-tab-detail", "aria-label": t("Details") }, back, panel.card);
  const tab = (name, text) => el("button", { type: "button", class: "geo-tab-button", "aria-pressed": String(name === openedTab), "data-tab": name, onclick: () => openTab(name) }, text);
  panel.handle = el("button", { type: "button", class: "geo-handle", "aria-label": t("Resize the panel"), onclick: cycleSheet }, el("span", { class: "geo-handle-bar" }));
  panel.tabs = el("div", { class: "geo-tabs", role: "group", "aria-label": t("Panel") }, tab("list", t("Schools")), tab("legend", t("Legend")), tab("detail", t("Details")));
  panel.side = el("aside", { class: "geo-side", "aria-label": t("Panel") }, panel.handle, panel.tabs, el("div", { class: "geo-side-body" }, panel.list, panel.detail));
  panel.foldList = foldButton("list", t("Fold the list of schools"), t("Show the list of schools"));
  panel.legendCard = el("aside", { class: "geo-legend-card", "aria-label": t("Layers and legend") });
  panel.foldLegend = foldButton("legend", t("Fold the legend"), t("Show the legend"));
  const stage = app.querySelector(".geo-stage");
  app.prepend(panel.side);
  const date = config.as_of ? t("Screened on {date}", { date: config.as_of }) : t("Not screened yet");
  panel.reminder = el("p", { class: "geo-reminder" }, el("strong", null, t("Leads only: to be measured on site")), " · ", el("span", null, date));
  stage.append(panel.foldList, panel.foldLegend, panel.legendCard, el("div", { class: "geo-pill" }, panel.status, panel.reminder));
  buildList();
  buildLegend();
  dragSheet();
  arrange();
  NARROW.addEventListener("change", arrange);
}

function foldButton(name, foldText, showText) {
  const button = el("button", { type: "button", class: `geo-fold geo-fold-button-${name}` });
  const paint = () => {
    const folded = app.classList.contains(`geo-fold-${name}`);
    button.setAttribute("aria-expanded", String(!folded));
    button.setAttribute("aria-label", folded ? showText : foldText);
    button.title = folded ? showText : foldText;
    button.replaceChildren(el("span", { "aria-hidden": "true" }, name === "list" ? (folded ? "›" : "‹") : folded ? t("Legend") : "×"));
  };
  button.addEventListener("click", () => {
    app.classList.toggle(`geo-fold-${name}`);
    paint();
    map.invalidateSize({ animate: false });
    writeHash();
  });
  button.paint = paint;
  paint();
  return button;
}

/** Put the legend on the map (wide) or into the sheet (narrow). */
function arrange() {
  const body = panel.side.querySelector(".geo-side-body");
  if (NARROW.matches) body.append(panel.legend);
  else panel.legendCard.append(panel.legend);
  openTab(!NARROW.matches && openedTab === "legend" ? "list" : openedTab, { raise: false });
  panel.foldList.paint();
  panel.foldLegend.paint();
  requestAnimationFrame(() => map.invalidateSize({ animate: false }));
}

function openTab(name, { raise = true } = {}) {
  openedTab = name;
  panel.side.dataset.tab = name;
  for (const button of panel.tabs.children) button.setAttribute("aria-pressed", String(button.dataset.tab === name));
  if (NARROW.matches && raise && sheet() === "peek") setSheet("half");
}

const SHEETS = ["peek", "half", "full"];
const sheet = () => panel.side.dataset.sheet ?? "peek";

function setSheet(name) {
  panel.side.dataset.sheet = name;
}

function cycleSheet() {
  if (panel.dragged) {
    panel.dragged = false;
    return;
  }
  setSheet(SHEETS[(SHEETS.indexOf(sheet()) + 1) % SHEETS.length]);
}

/** Height of the sheet at rest, as in app.css; while it glides there its box still says otherwise. */
function sheetHeight() {
  if (!NARROW.matches) return 0;
  return { peek: 84, half: app.clientHeight * 0.52, full: app.clientHeight * 0.92 }[sheet()];
}

function dragSheet() {
  setSheet("peek");
  let start = null;
  panel.handle.addEventListener("pointerdown", (event) => {
    start = { y: event.clientY, height: panel.side.clientHeight };
    panel.handle.setPointerCapture(event.pointerId);
  });
  panel.handle.addEventListener("pointermove", (event) => {
    if (!start || Math.abs(event.clientY - start.y) < 6) return;
    panel.dragged = true;
    panel.side.classList.add("geo-dragging");
    panel.side.style.setProperty("--geo-sheet", `${Math.max(80, start.height + start.y - event.clientY)}px`);
  });
  const end = () => {
    if (!start) return;
    start = null;
    if (!panel.dragged) return;
    const share = panel.side.clientHeight / app.clientHeight;
    panel.side.classList.remove("geo-dragging");
    panel.side.style.removeProperty("--geo-sheet");
    setSheet(share < 0.3 ? "peek" : share < 0.7 ? "half" : "full");
    setTimeout(() => {
      panel.dragged = false;
    }, 0);
  };
  panel.handle.addEventListener("pointerup", end);
  panel.handle.addEventListener("pointercancel", end);
}

/** On a phone, move the map so that a point lies in the part above the sheet. */
function keepClear(at) {
  requestAnimationFrame(() => {
    const size = map.getSize();
    const free = size.y - Math.min(sheetHeight(), size.y * 0.6);
    const point = map.latLngToContainerPoint(at);
    const wanted = L.point(size.x / 2, free / 2);
    if (point.y < 40 || point.y > free - 40 || point.x < 30 || point.x > size.x - 30) map.panBy(point.subtract(wanted), { animate: !CALM.matches });
  });
}

// ---------------------------------------------------------------------------------------------- panel: list

const table = { rows: [], total: 0, latest: new Latest(), query: { q: "", district: "", stage: "", state: "", sort: "remaining" } };

function buildList() {
  const choose = (name, text, options) => el("select", { "aria-label": text, "data-filter": name, onchange: (event) => filterTable(name, event.target.value) }, el("option", { value: "" }, text), options.map(([value, words_]) => el("option", { value }, words_)));
  panel.search = el("input", { type: "search", class: "geo-search", placeholder: t("Search schools by name"), "aria-label": t("Search schools by name"), autocomplete: "off", spellcheck: "false", oninput: debounce(220, (event) => filterTable("q", event.target.value)) });
  panel.districts = choose("district", t("All districts"), []);
  panel.total = el("p", { class: "geo-total", role: "status", "aria-live": "polite" });
  panel.rows = el("tbody");
  panel.moreButton = el("button", { type: "button", class: "geo-button geo-more-button", hidden: true, onclick: () => loadTable({ more: true }) }, t("Show more"));
  panel.list.append(
    el(
      "div",
      { class: "geo-list-head" },
      el("h2", null, t("Schools by what remains")),
      panel.search,
      el(
        "div",
        { class: "geo-filters" },
        panel.districts,
        choose("stage", t("All stages"), config.vocabulary.stages.map((term) => [term.key, term.label])),
        choose("state", t("All states"), config.vocabulary.states.map((term) => [term.key, term.label])),
      ),
      panel.total,
    ),
    el(
      "div",
      { class: "geo-rows" },
      el(
        "table",
        { class: "geo-table" },
        el("caption", { class: "geo-hidden" }, t("Schools by what remains")),
        el("thead", null, el("tr", null, el("th", { scope: "col" }, t("School")), el("th", { scope: "col", title: t("Places inside a limit") }, label("bands", "inside")), el("th", { scope: "col", title: t("The limit lies within the uncertainty") }, label("bands", "borderline")), el("th", { scope: "col", title: t("Places to survey") }, t("Survey")), el("th", { scope: "col" }, t("Score")))),
        panel.rows,
      ),
      panel.moreButton,
    ),
  );
}

function fillDistrictFilter() {
  const known = new Set([...panel.districts.options].map((option) => option.value));
  for (const [id, name] of data.districts) if (!known.has(id) && !data.cities.has(id)) panel.districts.append(el("option", { value: id }, name));
}

function filterTable(name, value) {
  table.query[name] = value;
  writeHash();
  return loadTable();
}

/** Show the filter of an address in its fields. */
function paintQuery() {
  panel.search.value = table.query.q;
  for (const field of panel.list.querySelectorAll("select[data-filter]")) field.value = table.query[field.dataset.filter];
}

async function loadTable({ more = false } = {}) {
  const offset = more ? table.rows.length : 0;
  try {
    const answer = await table.latest.run((signal) => source.table({ ...table.query, limit: PAGE_ROWS, offset }, signal));
    if (!answer) return;
    table.total = answer.total;
    table.rows = more ? [...table.rows, ...answer.items] : answer.items;
    drawRows(more ? offset : 0);
  } catch (error) {
    complain(error);
  }
}

function drawRows(start) {
  const fresh = table.rows.slice(start).map(tableRow);
  if (start === 0) {
    panel.rows.replaceChildren(...fresh);
    panel.rows.closest(".geo-rows").scrollTop = 0;
  } else panel.rows.append(...fresh);
  panel.moreButton.hidden = table.rows.length >= table.total;
  panel.total.textContent = table.total === 0 ? t("No school fits the filter.") : t("{shown} of {total} schools", { shown: count(table.rows.length), total: count(table.total) });
  app.dataset.rows = String(table.rows.length);
  if (start > 0) fresh[0]?.querySelector("button")?.focus();
  markRow();
}

function tableRow(row) {
  const result = row.result ?? row;
  const state = stateOf(result);
  const inspected = row.inspected ?? result.inspected ?? Boolean(row.last_inspected_on);
  const go = (event) => {
    returnFocus = event.currentTarget.querySelector?.("button") ?? event.currentTarget;
    if (NARROW.matches) setSheet("half");
    select("school", row.id, { fly: true, focus: event.detail === 0 });
  };
  return el(
    "tr",
    { "data-school": row.id, onclick: go },
    el(
      "th",
      { scope: "row" },
      el(
        "div",
        { class: "geo-row-school" },
        stateSymbol(state, inspected),
        el(
          "div",
          { class: "geo-row-text" },
          el("button", { type: "button", class: "geo-row-name" }, row.name),
          el("div", { class: "geo-row-sub" }, el("span", null, [label("stages", row.stage), data.districts.get(row.district) ?? row.district].filter(Boolean).join(" · ")), inspected ? null : el("span", { class: "geo-badge" }, row.last_inspected_on ? t("Inspection lapsed") : t("Never inspected"))),
        ),
      ),
    ),
    numberCell(result.inside, "inside"),
    numberCell(result.borderline, "borderline"),
    numberCell(result.survey, "survey"),
    el("td", { class: "geo-number geo-number-score" }, score(result.score)),
  );
}

function numberCell(value, key) {
  return el("td", { class: `geo-number ${Number(value) ? `geo-number-${key}` : "geo-number-none"}` }, count(value));
}

function markRow() {
  if (!panel.rows) return;
  for (const row of panel.rows.children) {
    const chosen = selected?.kind === "school" && row.dataset.school === selected.id;
    row.classList.toggle("geo-chosen", chosen);
    if (chosen) {
      row.setAttribute("aria-current", "true");
      row.scrollIntoView({ block: "nearest" });
    } else row.removeAttribute("aria-current");
  }
}

// ---------------------------------------------------------------------------------------------- panel: legend

const counters = new Map();

function buildLegend() {
  const groups = config.vocabulary.groups.map((group) => ({ ...group, categories: config.vocabulary.categories.filter((term) => term.group === group.key) }));
  panel.legend.append(
    el("h2", { class: "geo-legend-title" }, t("Layers and legend")),
    legendSection(
      t("Schools by state"),
      [
        config.vocabulary.states.map((term) => toggleRow(`state.${term.key}`, stateSymbol(term.key), term.label)),
        el("p", { class: "geo-key" }, groupSample(), el("span", null, t("Ring: several schools, their number and states"))),
      ],
    ),
    legendSection(t("Protection zones"), [
      el("div", { class: "geo-inline" }, ["50", "100", "200"].map((distance) => toggleRow(`zone.${distance}`, null, wholeMetres(distance)))),
      el("p", { class: "geo-key" }, hatchSample(), el("span", null, t("Hatched: no inspection on record, state unknown"))),
      el("p", { class: "geo-key" }, estimateSample(), el("span", null, t("Dashed campus: boundary estimated from the land area"))),
    ], data.schools.size > MANY_SCHOOLS ? el("small", null, t("from zoom {zoom}", { zoom: SINGLE_FROM_ZOOM })) : null),
    legendSection(t("Gates and duty posts"), [
      toggleRow("gates", symbol(look.gates.covered, { radius: 5.5 }), t("Gates"), t("from zoom {zoom}", { zoom: GATES_FROM_ZOOM })),
      el("p", { class: "geo-key" }, symbol(look.gates.uncovered, { radius: 5.5, width: 2 }), el("span", null, t("Gate without a duty post")), counter("gates.uncovered")),
      toggleRow("posts", el("svg", { viewBox: "0 0 20 20", class: "geo-symbol", "aria-hidden": "true" }, el("path", { d: shieldPath(10, 10, 7.5), fill: look.post_color })), t("Duty posts"), t("from zoom {zoom}", { zoom: POSTS_FROM_ZOOM })),
    ]),
    legendSection(
      t("Places"),
      [
        el("p", { class: "geo-key geo-key-row" }, ["inside", "borderline", "survey"].map((rank) => el("span", { class: "geo-key-item" }, symbol(look.standings[rank], { radius: 5 }), standingWords(rank)))),
        el("p", { class: "geo-key geo-key-row" }, el("span", { class: "geo-key-item" }, outsideSample(), t("Outside the zones")), el("span", { class: "geo-key-item" }, t("Numbers: leads / all places"))),
        groups.map((group) => placeGroup(group)),
      ],
      el("span", { class: "geo-all" }, el("button", { type: "button", class: "geo-link", onclick: () => toggleAll(true) }, t("All")), el("button", { type: "button", class: "geo-link", onclick: () => toggleAll(false) }, t("None"))),
    ),
    legendSection(t("Base"), [el("div", { class: "geo-inline" }, toggleRow("roads", null, t("Roads")), toggleRow("names", null, t("School names")))]),
    el("p", { class: "geo-legend-note" }, t("Schematic base without tiles. Leads need a measured on-site check.")),
  );
}

function groupSample() {
  const inspected = { inspected: true };
  const sample = groupSymbol([{ state: "leads", ...inspected }, { state: "clean", ...inspected }, { state: "unknown" }], 9);
  sample.setAttribute("class", "geo-symbol");
  sample.lastChild.remove();
  return sample;
}

/** Places that no rule reaches are small dots in the colour of their family. */
function outsideSample() {
  return el("svg", { viewBox: "0 0 20 20", class: "geo-symbol", "aria-hidden": "true" }, el("circle", { cx: 10, cy: 10, r: 3.2, fill: look.standings.outside.color, "fill-opacity": 0.6 }));
}

function hatchSample() {
  return el("svg", { viewBox: "0 0 20 20", class: "geo-symbol", "aria-hidden": "true" }, el("rect", { x: 1, y: 3, width: 18, height: 14, rx: 3, fill: "url(#geo-zone-unknown)", stroke: look.states.unknown.color, "stroke-dasharray": "4 3" }));
}

function estimateSample() {
  return el("svg", { viewBox: "0 0 20 20", class: "geo-symbol", "aria-hidden": "true" }, el("circle", { cx: 10, cy: 10, r: 7.5, fill: "#ffffff", stroke: look.states.unknown.ink, "stroke-width": 1.8, "stroke-dasharray": "4 3" }));
}

function legendSection(title, rows, extra = null) {
  return el("div", { class: "geo-legend-section", role: "group", "aria-label": title }, el("div", { class: "geo-legend-head" }, el("h3", null, title), extra), rows);
}

function counter(key) {
  const node = el("span", { class: "geo-count" });
  counters.set(key, node);
  return node;
}

function toggleRow(key, mark, text, note = null) {
  const box = el("input", { type: "checkbox", "data-layer": key, onchange: (event) => toggle([key], event.target.checked) });
  box.checked = !off.has(key);
  return el("label", { class: "geo-toggle" }, box, mark, el("span", { class: "geo-toggle-text" }, text, note ? el("small", null, ` ${note}`) : null), counter(key));
}

function placeGroup(group) {
  const keys = group.categories.map((term) => `cat.${term.key}`);
  const box = el("input", { type: "checkbox", "data-group": group.key, "aria-label": group.label, onchange: (event) => toggle(keys, event.target.checked) });
  return el(
    "details",
    { class: "geo-group", open: false },
    el("summary", null, el("span", { class: "geo-group-head" }, box, el("span", { class: "geo-toggle-text" }, group.label), counter(`group.${group.key}`))),
    group.categories.map((term) => toggleRow(`cat.${term.key}`, glyph(term.icon, "geo-symbol geo-symbol-glyph", term.color), term.label)),
  );
}

function toggleAll(shownNow) {
  toggle(
    config.vocabulary.categories.map((term) => `cat.${term.key}`),
    shownNow,
  );
}

function toggle(keys, shownNow) {
  for (const key of keys) {
    if (shownNow) off.delete(key);
    else off.add(key);
  }
  paintToggles();
  redraw();
  writeHash();
}

function paintToggles() {
  for (const box of app.querySelectorAll("input[data-layer]")) box.checked = !off.has(box.dataset.layer);
  for (const box of app.querySelectorAll("input[data-group]")) {
    const keys = config.vocabulary.categories.filter((term) => term.group === box.dataset.group).map((term) => `cat.${term.key}`);
    const shownNow = keys.filter((key) => !off.has(key)).length;
    box.checked = shownNow > 0;
    box.indeterminate = shownNow > 0 && shownNow < keys.length;
  }
}

function put(key, ...parts) {
  counters.get(key)?.replaceChildren(...parts);
}

const soft = (value) => (value === null || value === undefined ? "" : count(value));

/** Numbers of the legend; "leads / all" for places. */
function fillLegendCounts() {
  const summary = data.summary ?? {};
  const states = summary.schools?.by_state ?? {};
  for (const term of config.vocabulary.states) {
    const own = [...data.schools.values()].filter((school) => stateOf(school) === term.key).length;
    put(`state.${term.key}`, soft(states[term.key] ?? own));
  }
  const places = summary.places?.by_category ?? {};
  const sums = new Map();
  const of = (value) => (typeof value === "number" ? { total: value } : (value ?? {}));
  const pair = (one) => {
    const words_ = t("{inside} of {total} places are leads", { inside: count(one.inside), total: count(one.total) });
    return [el("span", { title: words_ }, one.inside ? el("b", { class: "geo-count-leads" }, count(one.inside)) : "", one.inside ? " / " : "", soft(one.total ?? 0))];
  };
  for (const term of config.vocabulary.categories) {
    const one = of(places[term.key]);
    put(`cat.${term.key}`, ...pair(one));
    const sum = sums.get(term.group) ?? { total: 0, inside: 0 };
    sum.total += one.total ?? 0;
    sum.inside += one.inside ?? 0;
    sums.set(term.group, sum);
  }
  for (const [group, sum] of sums) put(`group.${group}`, ...pair(sum));
  const gates = summary.gates ?? {};
  const uncovered = gates.uncovered ?? data.gates?.filter((gate) => gate.covered === false).length;
  put("gates", soft(gates.total ?? data.gates?.length ?? (gates.covered === undefined ? null : gates.covered + (gates.uncovered ?? 0))));
  put("gates.uncovered", soft(uncovered));
  const posts = summary.posts;
  put("posts", soft(typeof posts === "number" ? posts : (posts?.total ?? data.posts?.length)));
}

// ---------------------------------------------------------------------------------------------- status and life

let trouble = false; // stays on the screen until the reader has tried again

function tell() {
  if (trouble) return;
  const parts = [];
  if (placesState.mode === "clusters") parts.push(t("{count} places in view, grouped; zoom in for single ones", { count: count(placesState.total) }));
  else if (placesState.mode === "features") {
    const box = view();
    const inView = placesState.rows.filter((place) => inBox(box, place[1], place[2]) && !off.has(`cat.${place[3]}`)).length;
    parts.push(t("{count} places in view", { count: count(inView) }));
  }
  if (source.whole && placesState.rows.length < placesState.total) {
    parts.push(t("this file holds {shown} of {total} places, those in reach of a school first", { shown: count(placesState.rows.length), total: count(placesState.total) }));
  }
  if (source.whole && roadsState.leftOut) parts.push(t("{count} minor roads left out", { count: count(roadsState.leftOut) }));
  panel.status.replaceChildren(parts.join(" · "));
}

function complain(error) {
  trouble = true;
  panel.status.classList.add("geo-trouble");
  panel.status.replaceChildren(
    t("The data could not be read ({reason}).", { reason: error instanceof DataError ? error.message : t("no connection") }),
    " ",
    el("button", { type: "button", class: "geo-link", onclick: () => start() }, t("Try again")),
  );
}

/** A file is read long after it was written: its age is judged on the reader's day. */
function warnOfAge() {
  if (!source.whole || config.demo || !config.as_of || document.querySelector(".geo-banner-stale")) return;
  if ((Date.now() - Date.parse(config.as_of)) / 86_400_000 < MAX_AGE_DAYS + 1) return;
  document.querySelector(".geo-top")?.after(
    el("p", { class: "geo-banner geo-banner-stale" }, el("strong", null, t("Outdated")), " ", t("The results are more than 30 days old; please screen again.")),
  );
}

function redraw() {
  zonesState.key = null;
  campusDrawn.key = null;
  drawSchools();
  drawCampuses();
  drawNames();
  drawGates();
  drawPosts();
  refresh();
}

function refresh() {
  return Promise.all([refreshZones(), refreshPlaces(), refreshRoads()]).catch(complain);
}

function onMoved() {
  writeHash();
  if (flying) {
    flying = false;
    popup?.update(); // pans once more: while the map flew, the popup could not know where it would end
  }
  drawCampuses();
  drawNames();
  if (map.getZoom() >= POSTS_FROM_ZOOM) loadExtras();
  drawGates();
  drawPosts();
  tell();
  refreshSoon();
}

const refreshSoon = debounce(160, () => refresh());

let drawnZoom = null;

function onZoomed() {
  if (drawnZoom === map.getZoom()) return;
  const regroup = Math.min(drawnZoom ?? 0, map.getZoom()) < SINGLE_FROM_ZOOM;
  drawnZoom = map.getZoom();
  if (drawnZoom < DISTRICT_NAMES_TO_ZOOM) layers.districtNames.addTo(map);
  else layers.districtNames.remove();
  if (regroup) drawSchools();
  else for (const marker of schoolMarkers.values()) marker.setRadius(schoolRadius());
  resizePlaces();
}

async function start(wants = readHash()) {
  trouble = false;
  panel.status.classList.remove("geo-trouble");
  panel.status.replaceChildren(t("Loading…"));
  try {
    const placesFirst = refreshPlaces();
    const roadsFirst = refreshRoads();
    const rowsFirst = loadTable();
    const [schools, districts] = await Promise.all([source.schools(), source.districts()]);
    drawDistricts(districts);
    data.schools = new Map(list(schools, "schools").map((school) => [school.id, school]));
    drawSchools();
    performance.mark("geo-schools");
    await Promise.all([refreshZones(), placesFirst]);
    performance.mark("geo-places");
    drawCampuses();
    drawNames();
    fillDistrictFilter();
    paintQuery();
    if (panel.districts.selectedIndex < 0) filterTable("district", ""); // the address names none that is here
    paintQuery();
    fillLegendCounts();
    await Promise.all([roadsFirst, rowsFirst]);
    if (table.rows.length) drawRows(0);
    data.summary = (await source.summary()) ?? {};
    fillLegendCounts();
    tell();
    app.dataset.ready = "true";
    if (wants.school) select("school", wants.school, { fly: !wants.where, push: false });
    else if (wants.place) select("place", wants.place, { fly: !wants.where, push: false });
    loadExtras();
  } catch (error) {
    complain(error);
  }
}

function begin() {
  const wants = readHash();
  addPatterns();
  table.query = wants.query;
  for (const name of ["list", "legend"]) if (wants.folded.has(name)) app.classList.add(`geo-fold-${name}`);
  warnOfAge();
  buildPanel();
  paintToggles();
  paintQuery();
  const container = map.getContainer();
  container.setAttribute("role", "application");
  container.setAttribute("aria-label", t("Map of schools and their surroundings; arrow keys move it, plus and minus zoom"));
  L.control.zoom({ position: "bottomright", zoomInTitle: t("Zoom in"), zoomOutTitle: t("Zoom out") }).addTo(map);
  const home = L.control({ position: "bottomright" });
  home.onAdd = () => {
    const button = el("button", { type: "button", class: "geo-home", "aria-label": t("Whole area"), title: t("Whole area"), onclick: goHome }, el("span", { "aria-hidden": "true" }, "⤢"));
    L.DomEvent.disableClickPropagation(button);
    return el("div", { class: "leaflet-bar" }, button);
  };
  home.addTo(map);
  if (CALM.matches) Object.assign(map, { _zoomAnimated: false }); // Leaflet has no other switch after the start
  map.invalidateSize({ animate: false });
  const [west, south, east, north] = config.bounds;
  const whole = L.latLngBounds([south, west], [north, east]);
  function goHome() {
    fitTo(whole);
  }
  if (wants.where) map.setView([wants.where.lat, wants.where.lon], wants.where.zoom, { animate: false });
  else map.fitBounds(whole, { ...mapPadding(), animate: false });
  map.on("moveend", onMoved);
  map.on("zoomend", onZoomed);
  map.on("click", () => {
    if (selected) clearSelection();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && selected) clearSelection();
  });
  addEventListener("hashchange", () => {
    if (location.hash === ownHash) return;
    const next = readHash();
    const refilter = QUERY_KEYS.some((key) => table.query[key] !== next.query[key]);
    table.query = next.query;
    ownHash = location.hash;
    flying = false;
    forgetSelection();
    paintToggles();
    redraw();
    if (next.where) map.setView([next.where.lat, next.where.lon], next.where.zoom, { animate: false });
    if (refilter) {
      paintQuery();
      loadTable();
    }
    if (next.school) select("school", next.school, { fly: !next.where, push: false });
    else if (next.place) select("place", next.place, { fly: !next.where, push: false });
    else clearSelection({ push: false });
  });
  for (const link of document.querySelectorAll("a.geo-lang")) {
    link.addEventListener("click", () => {
      link.hash = location.hash; // the other language shows the same view
    });
  }
  writeHash();
  // Keep the hash's wish: writeHash knows nothing of a selection that is still to come.
  if (wants.school || wants.place) history.replaceState(null, "", `${ownHash}&${wants.school ? "school" : "place"}=${encodeURIComponent(wants.school ?? wants.place)}`);
  start(wants);
}

if (map && app) begin();
