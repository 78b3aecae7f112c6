"use strict";
// Draws what the server says. Nothing of what it says is ever read as markup: text goes into text nodes.

const state = { status: null, nodes: [], workloads: [], metrics: null, graph: null, denials: [], calls: [], waiting: [] };
let isPaused = false;
const kept = 1000;
const shown = 200;
const byId = (id) => document.getElementById(id);

// --- Elements -----------------------------------------------------------------------------------------------------

const svgNames = new Set(["svg", "g", "rect", "path", "text", "title", "desc", "line", "defs", "marker"]);

/** An element; attributes that are null are left out, and so are children. */
function make(name, attributes, ...children) {
  const isDrawn = svgNames.has(name);
  const element = isDrawn ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  for (const child of children.flat()) if (child !== null && child !== undefined) element.append(child);
  return element;
}

const badge = (text, condition) => make("span", { class: "badge", "data-condition": condition }, text);
const code = (text) => make("code", null, text);

function clock(text) {
  const time = new Date(text);
  const isToday = time.toDateString() === new Date().toDateString();
  const words = isToday ? time.toLocaleTimeString() : time.toLocaleString();
  return make("time", { datetime: text, title: time.toLocaleString() }, words);
}

const whole = (number) => (number ?? 0).toLocaleString();

/** Dollars, with as many digits as tell something. */
function dollars(text) {
  const value = Number(text ?? 0);
  if (value === 0) return "$0";
  const digits = value.toPrecision(2);
  return "$" + (value >= 0.1 ? value.toFixed(2) : digits.includes("e") ? text : digits);
}

const classes = { number: "number", why: "why", what: "what", name: "name", head: "name" };

/** A table in its frame. A column is [title, kind, cell]; kind "head" names the row. */
function table(name, caption, columns, rows, empty, isFresh = () => false) {
  const head = columns.map(([title, kind]) =>
    make("th", { role: "columnheader", scope: "col", class: classes[kind] ?? null }, title));
  const body = rows.map((row) =>
    make("tr", { role: "row", class: isFresh(row) ? "fresh" : null }, columns.map(([title, kind, cell]) => {
      const content = cell(row);
      const isNone = content === null || content === undefined || content === "" || content.length === 0;
      const attributes = { "data-label": title, class: [classes[kind] ?? "", isNone ? "none" : ""].join(" ").trim() || null };
      const inner = make("div", { class: "cell" }, isNone ? "–" : content);
      return kind === "head"
        ? make("th", { role: "rowheader", scope: "row", ...attributes }, inner)
        : make("td", { role: "cell", ...attributes }, inner);
    })));
  if (rows.length === 0) {
    body.push(make("tr", { role: "row" }, make("td", { role: "cell", class: "empty", colspan: columns.length }, empty)));
  }
  const element = make("table", { role: "table" },
    make("caption", null, caption),
    make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, head)),
    make("tbody", { role: "rowgroup" }, body));
  document.querySelector(`[data-table="${name}"]`).replaceChildren(element);
}

// --- Speaking -----------------------------------------------------------------------------------------------------

let spoken = 0;
let pending = [];
let speaker = null;

/** Says something in the live region, not more often than every eight seconds. */
function say(text) {
  if (!pending.includes(text)) pending.push(text);
  if (speaker !== null) return;
  speaker = setTimeout(() => {
    speaker = null;
    spoken = Date.now();
    byId("live").textContent = pending.slice(-3).join(". ");
    pending = [];
  }, Math.max(200, spoken + 8000 - Date.now()));
}

// --- Parts --------------------------------------------------------------------------------------------------------

const words = { good: "all well", warning: "needs a look", bad: "needs attention", asked: "asking claw" };
const spans = { "24h": "last 24 hours", "1h": "last hour", "15m": "last 15 minutes" };
const span = () => spans[state.status?.span ?? "24h"];
let knownAlerts = new Set();
let knownSources = "";

/** Whether claw answered that at least once: nothing is said to be empty that nobody could look at. */
const isKnown = (source) => Boolean(state.status?.sources.find((one) => one.name === source)?.time);

/** What a table without rows says. */
function nothing(source, text) {
  if (isKnown(source)) return text;
  const isAsked = (state.status?.sources.find((one) => one.name === source)?.state ?? "asked") === "asked" && state.status?.condition !== "bad";
  return isAsked ? "Asking claw." : "It could not be found out.";
}

function drawStatus() {
  const status = state.status;
  if (status === null) return;
  byId("pod").textContent = status.pod ?? "unknown";
  document.title = `${status.pod ?? "pod"}: ${words[status.condition]} – claw dash`;
  const condition = byId("condition");
  condition.textContent = words[status.condition];
  condition.dataset.condition = status.condition;
  const section = byId("attention");
  section.hidden = status.alerts.length === 0;
  section.dataset.condition = status.alerts.some((alert) => alert.condition === "bad") ? "bad" : "warning";
  const texts = new Set(status.alerts.map((alert) => alert.text));
  if (texts.size !== knownAlerts.size || [...texts].some((text) => !knownAlerts.has(text))) {
    byId("alerts").replaceChildren(...status.alerts.map((alert) =>
      make("li", null, badge(alert.condition === "bad" ? "serious" : "warning", alert.condition), make("span", null, alert.text))));
    for (const text of texts) if (!knownAlerts.has(text)) say(text);
    knownAlerts = texts;
  }
  drawFigures();
  drawClock();
  // What empty tables say depends on what could be asked.
  const sources = status.sources.map((source) => `${source.state}${source.time !== null}`).join() + status.condition;
  if (sources !== knownSources) {
    knownSources = sources;
    for (const part of [drawMetrics, drawWorkloads, drawDenials, drawCalls]) part();
  }
}

function drawClock() {
  const times = (state.status?.sources ?? []).filter((source) => source.name !== "graph").map((source) => source.time).filter(Boolean).sort();
  if (!isConnected) byId("asof").textContent = "not connected: what is shown may be old";
  else byId("asof").replaceChildren(...(times.length ? ["as of ", clock(times[0])] : [state.status?.condition === "bad" ? "claw has no answer" : "asking claw"]));
}

function drawFigures() {
  const status = state.status;
  const total = isKnown("record") ? state.metrics?.total : null;
  const hour = (state.metrics?.claws ?? []).reduce((sum, claw) => sum + claw.requestsLastHour, 0);
  const figures = [
    ["claws as they should be", isKnown("pod") ? `${status.clawsGood} of ${status.claws}` : "–"],
    ["sidecars that serve", isKnown("pod") ? `${status.sidecarsGood} of ${status.sidecars}` : "–"],
    ["requests, last hour", total ? whole(hour) : "–"],
    [`interventions, ${span()}`, total ? whole(total.interventions) : "–"],
    [`tokens, ${span()}`, total ? whole(total.tokensIn + total.tokensOut) : "–"],
    [`cost, ${span()}`, total ? dollars(total.cost) : "–"],
  ];
  byId("figures").replaceChildren(...figures.map(([name, value]) => make("div", null, make("dt", null, name), make("dd", null, value))));
}

function stateBadge(node) {
  if (node.kind === "sidecar") return badge(node.state, node.condition);
  if (node.state !== "running") return badge(node.state, ["created", "restarting", "paused", "exited"].includes(node.state) ? "warning" : "bad");
  const condition = { unhealthy: "bad", starting: "warning" }[node.health] ?? "good";
  return badge(node.health ? `running, ${node.health}` : "running", condition);
}

const levels = { free: "good", restricted: "warning", quarantined: "bad" };

function drawNodes() {
  const claws = state.nodes.filter((node) => node.kind === "claw");
  const sidecars = state.nodes.filter((node) => node.kind === "sidecar");
  const states = new Map(sidecars.map((node) => [node.id, node]));
  const figures = new Map((state.metrics?.claws ?? []).map((row) => [row.id, row]));
  table("claws", "Each container of a claw, and whether it sees the contract that the pod file has", [
    ["Claw", "head", (node) => node.id],
    ["Type", "", (node) => node.type],
    ["State", "", stateBadge],
    ["Sidecar", "", (node) => node.sidecar === null ? "none" : badge(states.get(node.sidecar)?.state ?? "missing", states.get(node.sidecar)?.condition ?? "bad")],
    ["Contract", "", (node) => node.contract === null ? null : [code(node.contract.sha256.slice(0, 12)), " ", node.contract.current === null ? badge("unknown", "asked") : node.contract.current ? badge("current", "good") : badge("changed", "warning")]],
    ["Drift", "", (node) => node.drift === null ? null : [badge(node.drift.level, levels[node.drift.level]), node.drift.score ? ` ${node.drift.score}` : ""]],
    ["Requests, hour", "number", (node) => whole(figures.get(node.id)?.requestsLastHour)],
    [`Cost, ${span().replace("last ", "")}`, "number", (node) => dollars(figures.get(node.id)?.cost)],
  ], claws, nothing("pod", "This pod has no claws."));
  table("sidecars", "Sidecars: the only way out of a claw", [
    ["Sidecar", "head", (node) => node.id],
    ["State", "", stateBadge],
    ["Serves", "", (node) => node.claws.join(", ")],
    ["Stages", "", (node) => [...new Set(claws.filter((claw) => claw.sidecar === node.id).map((claw) => claw.stages))].join("; ")],
    ["Why", "why", (node) => node.reason],
  ], sidecars, nothing("pod", "No claw of this pod has a sidecar."));
  drawGraph();
}

// --- Topology -----------------------------------------------------------------------------------------------------

const columnOf = { claw: 0, sidecar: 1, service: 2, volume: 2, upstream: 3 };
const columnNames = ["Claws", "Sidecars", "Services and volumes", "Upstreams"];
const ranks = { good: 0, warning: 1, bad: 2 };
const worst = (conditions) => conditions.reduce((left, right) => (left === null || ranks[right] > ranks[left] ? right : left), null);

/** What is known of the containers behind a box: their condition, and their state in words. */
function stateOf(box) {
  if (!isKnown("pod")) return [null, ""];
  const claws = state.nodes.filter((node) => node.kind === "claw" && (box.name === node.service || box.name === node.id));
  if (box.kind === "claw") return [worst(claws.map((node) => node.condition)), summary(claws)];
  if (box.kind === "sidecar") {
    const own = state.nodes.filter((node) => node.kind === "sidecar" && (node.id === box.name || claws.some((claw) => claw.sidecar === node.id)));
    return own.length ? [worst(own.map((node) => node.condition)), summary(own)] : ["bad", "missing"];
  }
  const service = state.workloads.find((row) => row.kind === "service" && row.id === box.name);
  if (box.kind !== "service" || !service) return [null, ""];
  return [service.state !== "running" || service.health === "unhealthy" ? "bad" : "good", service.health ?? service.state];
}

function summary(nodes) {
  const counts = new Map();
  for (const node of nodes) {
    const word = node.state === "running" && node.health ? node.health : node.state;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => (nodes.length > 1 ? `${count} ${word}` : word)).join(", ");
}

/** The way of an arrow: past columns that lie between, it goes through the gap below its row. */
function path(from, to, size) {
  const step = size.width + size.gap;
  const half = size.gap / 2;
  const [x1, y1] = [from.x + size.width, from.y + size.height / 2];
  const y2 = to.y + size.height / 2;
  if (to.x <= from.x) return `M${x1} ${y1}C${x1 + half} ${y1} ${to.x + size.width + half} ${y2} ${to.x + size.width} ${y2}`;
  const curve = (x, y, endX, endY) => `C${(x + endX) / 2} ${y} ${(x + endX) / 2} ${endY} ${endX} ${endY}`;
  if (to.x - from.x <= step) return `M${x1} ${y1}${curve(x1, y1, to.x, y2)}`;
  // Not from the middle, where the arrow to the next column begins.
  const low = from.y + size.height * 0.75;
  const gap = from.y + size.height + (size.row - size.height) / 2;
  return `M${x1} ${low}${curve(x1, low, from.x + step, gap)}H${to.x - size.gap}${curve(to.x - size.gap, gap, to.x, y2 + 12)}`;
}

function drawGraph() {
  const graph = state.graph;
  if (graph === null) {
    byId("picture").replaceChildren(make("p", { class: "note" }, "The pod could not be drawn yet."));
    return;
  }
  const size = { width: 190, height: 60, gap: 100, row: 80, top: 34, margin: 6 };
  const used = [...new Set(graph.nodes.map((node) => columnOf[node.kind] ?? 2))].sort();
  const columns = used.map((column) => graph.nodes.filter((node) => (columnOf[node.kind] ?? 2) === column));
  const rows = Math.max(1, ...columns.map((column) => column.length));
  const width = columns.length * size.width + (columns.length - 1) * size.gap + 2 * size.margin;
  const height = size.top + rows * size.row + 4;
  const places = new Map();
  columns.forEach((column, x) => column.forEach((node, y) => {
    const offset = (rows - column.length) * size.row / 2;
    places.set(node.id, { x: size.margin + x * (size.width + size.gap), y: size.top + offset + y * size.row });
  }));
  const drawing = make("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-labelledby": "graph-title" },
    make("title", { id: "graph-title" }, `The pod ${graph.pod}: ${graph.nodes.length} boxes, ${graph.edges.length} arrows; the list below says the same`),
    make("defs", null, make("marker", { id: "tip", viewBox: "0 0 8 8", refX: 8, refY: 4, markerWidth: 8, markerHeight: 8, orient: "auto" }, make("path", { class: "tip", d: "M0 0 8 4 0 8z" }))));
  used.forEach((column, x) => drawing.append(make("text", { class: "column", x: size.margin + x * (size.width + size.gap), y: 16 }, columnNames[column])));
  for (const edge of graph.edges) {
    const [from, to] = [places.get(edge.from), places.get(edge.to)];
    if (!from || !to) continue;
    drawing.append(make("path", { class: "arrow", d: path(from, to, size), "marker-end": "url(#tip)" }, make("title", null, edge.label)));
  }
  const marks = { good: "✓", warning: "!", bad: "✕" };
  const fit = (text, length) => (text.length > length ? text.slice(0, length - 1) + "…" : text);
  for (const node of graph.nodes) {
    const place = places.get(node.id);
    const [condition, text] = stateOf(node);
    const lines = node.label.split("\n");
    drawing.append(make("g", null,
      make("title", null, [node.label.replaceAll("\n", ", "), text].filter(Boolean).join(": ")),
      make("rect", { class: "box", "data-kind": node.kind, "data-condition": condition, x: place.x, y: place.y, width: size.width, height: size.height, rx: node.kind === "claw" ? 4 : node.kind === "sidecar" ? 14 : 28 }),
      make("text", { x: place.x + 16, y: place.y + 21 }, fit(lines[0], 21)),
      make("text", { class: "small", x: place.x + 16, y: place.y + 36 }, fit(lines.slice(1).join(" ") || node.kind, 27)),
      text ? make("text", { class: "small", x: place.x + 16, y: place.y + 51 }, fit(text, 27)) : null,
      condition ? make("text", { class: "mark", "data-condition": condition, x: place.x + size.width - 26, y: place.y + 22 }, marks[condition]) : null));
  }
  byId("picture").replaceChildren(drawing);
  const names = new Map(graph.nodes.map((node) => [node.id, `${node.kind} ${node.name ?? node.label.split("\n")[0]}`]));
  const drawn = graph.edges.map((edge) => make("li", null, `${names.get(edge.from)} → ${names.get(edge.to)}: ${edge.label}`));
  const alone = graph.nodes.filter((node) => !graph.edges.some((edge) => edge.from === node.id || edge.to === node.id));
  byId("arrows").replaceChildren(...drawn, ...alone.map((node) => make("li", null, `${names.get(node.id)}: nothing`)));
}

// --- Calls --------------------------------------------------------------------------------------------------------

const conditionOf = (verdict) =>
  ["deny", "ask", "stop", "error", "lost", "incomplete", "quarantined"].includes(verdict) ? "bad"
  : ["drop", "redact", "rewrite", "modify", "cancelled", "restricted"].includes(verdict) ? "warning"
  : ["allow", "serving", "free"].includes(verdict) ? "good" : "asked";

const filter = byId("filter");
const chosen = () => Object.fromEntries(["claw", "kind", "verdict", "text"].map((name) => [name, filter.elements[name].value.trim()]));
let freshFrom = Infinity;
const numberOf = (call) => Number(call.id.split("-")[1]);

function drawCalls() {
  for (const name of ["claw", "kind", "verdict"]) {
    const select = filter.elements[name];
    const values = [...new Set(state.calls.map((call) => call[name]).filter(Boolean))].sort();
    const present = [...select.options].slice(1).map((option) => option.value);
    // What is chosen stays to be chosen, even if no call has it any more.
    const wanted = select.value && !values.includes(select.value) ? [...values, select.value].sort() : values;
    if (wanted.join("\n") !== present.join("\n")) {
      const value = select.value;
      select.replaceChildren(make("option", { value: "" }, "all"), ...wanted.map((one) => make("option", { value: one }, one)));
      select.value = value;
    }
  }
  const wanted = chosen();
  const text = wanted.text.toLowerCase();
  const found = state.calls.filter((call) =>
    (!wanted.claw || call.claw === wanted.claw) && (!wanted.kind || call.kind === wanted.kind)
    && (!wanted.verdict || call.verdict === wanted.verdict)
    && (!text || [call.claw, call.what, call.by, call.rule, call.reason, call.subject, call.model].some((part) => part?.toLowerCase().includes(text))));
  const rows = found.slice(-shown).reverse();
  const waiting = state.waiting.length ? `; ${state.waiting.length} more wait until you go on` : "";
  byId("count").textContent = `${whole(rows.length)} shown, ${whole(found.length)} fit, ${whole(state.calls.length)} known${waiting}`;
  table("calls", "What went through the sidecars, newest first", [
    ["Time", "", (call) => clock(call.time)],
    ["Claw", "name", (call) => call.claw],
    ["Kind", "name", (call) => call.kind],
    ["Verdict", "", (call) => badge(call.verdict, conditionOf(call.verdict))],
    ["What", "what", (call) => [call.what, call.by !== "sidecar" ? make("span", { class: "sub" }, `by ${call.by}`) : null]],
    ["Why", "why", (call) => [call.reason, call.rule ? make("span", { class: "sub" }, `rule ${call.rule}`) : null].filter(Boolean)],
    ["Tokens in, out", "number", (call) => call.tokensIn === null ? null : `${whole(call.tokensIn)}, ${whole(call.tokensOut)}`],
    ["Cost", "number", (call) => call.cost === null ? null : dollars(call.cost)],
    ["Time taken", "number", (call) => call.latency === null ? null : `${whole(call.latency)} ms`],
  ], rows, state.calls.length ? "No call fits the filter." : nothing("record", "No call was written down yet."), (call) => numberOf(call) >= freshFrom);
  freshFrom = Infinity;
  return [rows.length, found.length];
}

function takeCalls(message) {
  if (message.reset) {
    state.calls = [];
    state.waiting = [];
  }
  if (isPaused && !message.reset) {
    state.waiting.push(...message.data);
    state.waiting = state.waiting.slice(-kept);
    byId("count").textContent = `${state.waiting.length} new ones wait until you go on`;
    return;
  }
  if (!message.reset && message.data.length) {
    freshFrom = numberOf(message.data[0]);
    const bad = message.data.filter((call) => conditionOf(call.verdict) === "bad").length;
    say(`${message.data.length} new ${message.data.length === 1 ? "line" : "lines"} of calls${bad ? `, ${bad} denied or failed` : ""}`);
  }
  state.calls = [...state.calls, ...message.data].slice(-kept);
  drawCalls();
}

function filtered() {
  const [rows, found] = drawCalls();
  say(`${rows} of ${found} calls shown`);
}
filter.addEventListener("input", filtered);
filter.addEventListener("reset", () => setTimeout(filtered));
filter.addEventListener("submit", (event) => event.preventDefault());

// --- Interventions, cost, drift, services -------------------------------------------------------------------------

function drawDenials() {
  table("denials", "Last 24 hours, most frequent first", [
    ["Times", "number", (row) => whole(row.count)],
    ["Verdict", "", (row) => badge(row.verdict, conditionOf(row.verdict))],
    ["By", "head", (row) => [row.by, row.rule ? make("span", { class: "sub" }, row.rule) : null]],
    ["Claw", "name", (row) => row.claw],
    ["Why", "why", (row) => row.reason],
    ["Last of", "", (row) => row.subject],
    ["Last time", "", (row) => clock(row.last)],
  ], state.denials, nothing("record", "Nothing was denied or changed."));
}

function bar(share, condition, marks, label) {
  const width = 160;
  return make("svg", { class: "chart", viewBox: `0 0 ${width} 18`, width, height: 18, role: "img", "aria-label": label },
    make("rect", { class: "track", x: .5, y: 4, width: width - 1, height: 10, rx: 2 }),
    make("rect", { class: "bar", "data-condition": condition, x: .5, y: 4, width: Math.max(0, Math.min(1, share)) * (width - 1), height: 10, rx: 2 }),
    marks.map((mark) => make("line", { class: "tick", x1: mark * width, x2: mark * width, y1: 0, y2: 18 })));
}

function minutes(counts) {
  const most = Math.max(1, ...counts);
  const sum = counts.reduce((left, right) => left + right, 0);
  return make("svg", { class: "chart", viewBox: "0 0 180 24", width: 180, height: 24, role: "img", "aria-label": `${sum} requests in the last hour, at most ${Math.max(...counts)} in a minute` },
    make("line", { class: "arrow", x1: 0, x2: 180, y1: 23.5, y2: 23.5 }),
    counts.map((count, index) => count ? make("rect", { class: "bar", x: index * 3, y: 23 - 22 * count / most, width: 2, height: 22 * count / most }) : null));
}

function drawMetrics() {
  const rows = state.metrics?.claws ?? [];
  const most = Math.max(...rows.map((row) => Number(row.cost)), 0);
  table("cost", `By claw, ${span()}`, [
    ["Claw", "head", (row) => row.id],
    ["Requests", "number", (row) => whole(row.requests)],
    ["Refused", "number", (row) => whole(row.refusals)],
    ["Failed", "number", (row) => whole(row.errors)],
    ["Tokens in", "number", (row) => whole(row.tokensIn)],
    ["Tokens out", "number", (row) => whole(row.tokensOut)],
    ["Cost", "number", (row) => [dollars(row.cost), row.unpriced ? make("span", { class: "sub" }, `${whole(row.unpriced)} without a price`) : null]],
    ["Share", "", (row) => most === 0 ? null : bar(Number(row.cost) / most, null, [], `${Math.round(100 * Number(row.cost) / most)} % of the dearest`)],
    ["Requests by minute, last hour", "", (row) => minutes(row.minutes)],
    ["Models", "", (row) => row.models.join(", ")],
  ], rows, nothing("record", "This pod has no claws."));
  table("drift", "Score from 0 to 1, with the two thresholds", [
    ["Claw", "head", (row) => row.id],
    ["Level", "", (row) => badge(row.drift.level, levels[row.drift.level])],
    ["Score", "number", (row) => row.drift.score ?? "no call yet"],
    ["On the scale", "", (row) => bar(Number(row.drift.score ?? 0), levels[row.drift.level], [Number(row.drift.restrict), Number(row.drift.quarantine)],
      `score ${row.drift.score ?? "unknown"}, restricted from ${row.drift.restrict}, quarantined from ${row.drift.quarantine}`)],
    ["Restricted from", "number", (row) => row.drift.restrict],
    ["Quarantined from", "number", (row) => row.drift.quarantine],
    ["Why", "why", (row) => row.drift.level === "free" ? null : row.drift.reason === "score" ? "its score rose to the threshold" : row.drift.reason],
  ], rows, nothing("pod", "This pod has no claws."));
  drawFigures();
  drawNodes();
}

function drawWorkloads() {
  const good = (row) => row.state === "running" && row.health !== "unhealthy" ? "good" : row.state === "partial" ? "warning" : "bad";
  table("services", "Services of the pod file", [
    ["Service", "head", (row) => row.id],
    ["Kind", "", (row) => row.kind],
    ["State", "", (row) => badge(row.health ? `${row.state}, ${row.health}` : row.state, good(row))],
    ["Instances", "", (row) => row.instances.join(", ")],
    ["Container", "", (row) => row.container === null ? null : code(row.container.slice(0, 12))],
  ], state.workloads, nothing("pod", "This pod has no services."));
  drawGraph();
  const select = byId("logs").elements.service;
  const names = [...new Set([...state.workloads.map((row) => row.id), ...state.nodes.map((node) => node.id)])];
  if (names.join("\n") !== [...select.options].map((option) => option.value).join("\n")) {
    const value = select.value;
    select.replaceChildren(...names.map((name) => make("option", { value: name }, name)));
    if (names.includes(value)) select.value = value;
  }
}

// --- Logs ---------------------------------------------------------------------------------------------------------

let feed = null;

function stopLogs() {
  feed?.close();
  feed = null;
  byId("logs-stop").disabled = true;
}

byId("logs").addEventListener("submit", (event) => {
  event.preventDefault();
  stopLogs();
  const service = byId("logs").elements.service.value;
  if (!service) return;
  const log = byId("log");
  const note = (text) => make("p", { class: "note" }, text);
  log.replaceChildren(note(`Asking for what ${service} says.`));
  let isFirst = true;
  feed = new EventSource(`/api/workloads/${service}/logs`);
  byId("logs-stop").disabled = false;
  feed.addEventListener("open", () => { isFirst = true; });
  feed.addEventListener("log", (event) => {
    const line = JSON.parse(event.data);
    if (isFirst) log.replaceChildren();
    isFirst = false;
    const isAtEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 8;
    log.append(make("div", null, line.time ? clock(line.time) : null, line.service === service ? null : `${line.service}: `, line.text));
    while (log.childElementCount > kept) log.firstElementChild.remove();
    if (isAtEnd) log.scrollTop = log.scrollHeight;
  });
  feed.addEventListener("failure", (event) => log.replaceChildren(note(JSON.parse(event.data).message)));
  feed.addEventListener("error", () => {
    if (feed?.readyState === EventSource.CLOSED) {
      log.append(note("The logs can't be had: there is no such service, or too many look already."));
      stopLogs();
    }
  });
});
byId("logs-stop").addEventListener("click", () => {
  stopLogs();
  byId("logs").querySelector("button[type=submit]").focus();
});

// --- Pause --------------------------------------------------------------------------------------------------------

const held = new Map();

byId("pause").addEventListener("click", () => {
  isPaused = !isPaused;
  const button = byId("pause");
  button.setAttribute("aria-pressed", String(isPaused));
  if (!isPaused) {
    const messages = [...held.values()];
    held.clear();
    messages.forEach(take);
    const data = state.waiting;
    state.waiting = [];
    takeCalls({ reset: false, data });
  }
  say(isPaused ? "Updates are paused" : "Updates go on");
});

// --- The connection -----------------------------------------------------------------------------------------------

const draw = { status: drawStatus, nodes: drawNodes, workloads: drawWorkloads, metrics: drawMetrics, graph: drawGraph, denials: drawDenials };
let isConnected = false;
let wait = 500;

function take(message) {
  if (message.type === "calls") return takeCalls(message);
  if (!(message.type in draw)) return;
  // While updates are paused, the newest of each kind waits.
  if (isPaused) return held.set(message.type, message);
  state[message.type] = message.data;
  draw[message.type]();
}

function connect() {
  const socket = new WebSocket(`ws://${location.host}/api/ws`);
  socket.addEventListener("open", () => {
    isConnected = true;
    wait = 500;
    drawClock();
  });
  socket.addEventListener("message", (event) => take(JSON.parse(event.data)));
  socket.addEventListener("close", () => {
    if (isConnected) say("The connection to claw dash is lost; it is tried again");
    isConnected = false;
    drawClock();
    const condition = byId("condition");
    condition.textContent = "not connected";
    condition.dataset.condition = "bad";
    wait = Math.min(wait * 2, 10000);
    setTimeout(connect, wait);
  });
}

for (const part of [drawFigures, drawNodes, drawCalls, drawDenials, drawMetrics, drawWorkloads]) part();
connect();
