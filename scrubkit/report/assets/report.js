"use strict";
// Everything a scrape holds is put on the page as text (textContent), never as markup.
const COLORS = ["#1f77b4", "#d62728", "#9467bd", "#e08214", "#17807e", "#c2478e", "#7f6a00", "#5b8c2a", "#8c564b", "#3b6fd6", "#b5651d", "#6a51a3", "#00838f", "#ad1457", "#607d8b", "#2e7d32", "#d81b60", "#a1887f", "#0277bd", "#9e9d24", "#7e57c2", "#ef6c00", "#00695c", "#b07d2b"];
const NONE = { search: "", source: "", verdict: "", kind: "", rule: "" };
const state = { tab: "overview", page: 0, current: -1, found: [], filters: { ...NONE }, sort: "order" };
const chunks = new Map();
let data;

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child != null).map((child) => child instanceof Node ? child : String(child)));
  return node;
}

async function unpack(id) {
  const raw = atob(document.getElementById(id).textContent.trim());
  const bytes = Uint8Array.from(raw, (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

async function segmentsOf(at) {
  const number = data.docs.chunk[at];
  if (number < 0) return null;
  if (!chunks.has(number)) chunks.set(number, unpack("chunk-" + number));
  return (await chunks.get(number))[data.docs.slot[at]];
}

const count = (n) => n.toLocaleString("en");
const several = (n, what) => `${count(n)} ${what}${n === 1 ? "" : "s"}`;
const share = (part, whole) => whole ? (100 * part / whole).toFixed(part && part / whole < 0.1 ? 1 : 0) + "\u00a0%" : "0\u00a0%";
const kindOf = (code) => data.rules[code] ? data.rules[code].kind : "other";
const colorOf = (kind) => COLORS[Math.max(0, data.kinds.indexOf(kind)) % COLORS.length];
const nameOf = (at) => data.docs.id[at];
function dot(kind) { const node = make("span", { class: "dot" }); node.style.setProperty("--kind", colorOf(kind)); return node; }

function table(heads, rows, kind = "") {
  const head = make("tr", {}, heads.map(([title, number]) => make("th", { class: number ? "number" : "", scope: "col" }, title)));
  const body = rows.map((row) => make("tr", {}, row.map((cell, i) => make("td", { class: heads[i][1] ? "number" : "" }, cell))));
  return make("div", { class: "scroll" }, make("table", { class: kind }, make("thead", {}, head), make("tbody", {}, body)));
}

function svg(tag, attributes) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

// A bar of parts: [name, size, color].
function bar(label, parts) {
  const whole = parts.reduce((sum, part) => sum + part[1], 0) || 1;
  const picture = svg("svg", { viewBox: "0 0 1000 34", role: "img", preserveAspectRatio: "none" });
  picture.setAttribute("aria-label", label + ": " + parts.map(([name, n]) => `${name} ${count(n)}`).join(", "));
  let at = 0;
  for (const [name, size, color] of parts) {
    const width = 1000 * size / whole;
    const part = svg("rect", { x: at, y: 2, width, height: 30, fill: color });
    const title = svg("title", {});
    title.textContent = `${name}: ${count(size)} (${share(size, whole)})`;
    part.append(title);
    picture.append(part);
    at += width;
  }
  return picture;
}

function histogram(label, values, bins = 20) {
  const counts = new Array(bins).fill(0);
  for (const value of values) counts[Math.min(bins - 1, Math.floor(value * bins))]++;
  const top = Math.max(1, ...counts);
  const picture = svg("svg", { viewBox: "0 0 640 170", role: "img", "aria-label": label });
  counts.forEach((n, i) => {
    const height = 130 * Math.sqrt(n / top);
    const part = svg("rect", { x: 10 + i * 31, y: 140 - height, width: 28, height: Math.max(height, n ? 1 : 0), fill: "#3b6fd6" });
    const title = svg("title", {});
    title.textContent = `${Math.round(100 * i / bins)} to ${Math.round(100 * (i + 1) / bins)} %: ${count(n)} documents`;
    part.append(title);
    picture.append(part);
  });
  for (const [x, text] of [[10, "0 %"], [310, "50 %"], [596, "100 %"]]) {
    const words = svg("text", { x, y: 158 });
    words.textContent = text;
    picture.append(words);
  }
  return picture;
}

function overview() {
  const { docs, stats } = data;
  const before = docs.before.reduce((a, b) => a + b, 0), after = docs.after.reduce((a, b) => a + b, 0);
  const cards = Object.entries(stats.documents).map(([name, n]) => make("div", { class: "card" }, make("b", {}, count(n)), name === "in" ? "documents in" : name.replace(/_/g, " ")));
  const kinds = new Map();
  for (const [code, rule] of Object.entries(data.rules)) kinds.set(rule.kind, (kinds.get(rule.kind) || 0) + rule.characters);
  const parts = [["kept", Math.max(0, before - [...kinds.values()].reduce((a, b) => a + b, 0)), "var(--kept)"], ...[...kinds].filter(([, n]) => n > 0).sort((a, b) => b[1] - a[1]).map(([kind, n]) => [kind, n, colorOf(kind)])];
  const rules = Object.entries(data.rules).sort((a, b) => b[1].characters - a[1].characters).map(([code, rule]) => [
    make("button", { type: "button", onclick: () => only({ rule: code }) }, code), rule.name, make("span", { class: "kind" }, dot(rule.kind), rule.kind), count(rule.hits), count(rule.documents), count(rule.characters), rule.summary]);
  return [
    make("div", { class: "cards" }, cards, make("div", { class: "card" }, make("b", {}, share(before - after, before)), "characters removed")),
    make("h2", {}, "Characters before cleaning: what stayed and what went"), bar("Characters", parts),
    make("div", { class: "legend" }, parts.map(([name, n, color]) => { const mark = make("span", { class: "dot" }); mark.style.setProperty("--kind", color); return make("span", {}, mark, `${name} ${share(n, before)}`); })),
    make("h2", {}, "Documents by the share that went"), make("p", { class: "faint" }, "Heights grow with the square root, so that a single document shows."),
    make("div", { class: "plot" }, histogram("Documents by the share of characters removed", docs.before.map((n, i) => n ? 1 - docs.after[i] / n : 0))),
    make("h2", {}, "Rules"), table([["code"], ["name"], ["kind"], ["hits", 1], ["documents", 1], ["characters", 1], ["what it finds"]], rules),
  ];
}

function only(filters) {
  Object.assign(state.filters, NONE, filters);
  state.page = 0;
  state.current = -1;
  show("documents");
}

function matching() {
  const { docs } = data, { search, source, verdict, kind, rule } = state.filters, words = search.toLowerCase();
  const found = [];
  for (let at = 0; at < docs.id.length; at++) {
    if (source && data.sources[docs.source[at]].name !== source) continue;
    if (verdict && data.verdicts[docs.verdict[at]] !== verdict) continue;
    const codes = docs.codes[at];
    if (rule && !codes.includes(rule)) continue;
    if (kind && !codes.some((code) => kindOf(code) === kind)) continue;
    if (words && !(docs.id[at] + " " + docs.place[at] + " " + docs.title[at]).toLowerCase().includes(words)) continue;
    found.push(at);
  }
  if (state.sort === "worth") found.sort((a, b) => docs.worth[b] - docs.worth[a]);
  if (state.sort === "removed") found.sort((a, b) => docs.after[a] / (docs.before[a] || 1) - docs.after[b] / (docs.before[b] || 1));
  return found;
}

function chooser(name, title, values) {
  const node = make("select", { "aria-label": title, onchange: () => { state.filters[name] = node.value; state.page = 0; state.current = -1; list(); } },
    make("option", { value: "" }, title), values.map((value) => make("option", { value, selected: state.filters[name] === value }, value)));
  return node;
}

const SIZE = 200;
function documents() {
  const search = make("input", { type: "search", id: "search", placeholder: "Search ids and titles", "aria-label": "Search ids and titles", value: state.filters.search, oninput: () => { state.filters.search = search.value; state.page = 0; list(); } });
  const order = make("select", { "aria-label": "Order", onchange: () => { state.sort = order.value; state.page = 0; list(); } },
    [["order", "as read"], ["worth", "most worth a look"], ["removed", "most removed"]].map(([value, title]) => make("option", { value, selected: state.sort === value }, title)));
  return [
    make("div", { class: "filters" }, search, chooser("source", "all sources", data.sources.map((s) => s.name)), chooser("verdict", "all verdicts", data.verdicts),
      chooser("kind", "all kinds", data.kinds), chooser("rule", "all rules", Object.keys(data.rules)), order),
    make("p", { class: "faint" }, make("kbd", {}, "j"), " ", make("kbd", {}, "k"), " next and previous document, ", make("kbd", {}, "/"), " search"),
    make("div", { class: "split" }, make("div", {}, make("p", { class: "faint", id: "count", "aria-live": "polite" }), make("ul", { class: "list", id: "list" }), make("div", { class: "pages", id: "pages" })),
      make("section", { id: "detail", "aria-label": "Document" })),
  ];
}

function list() {
  state.found = matching();
  const { docs } = data, from = state.page * SIZE, last = Math.max(0, Math.ceil(state.found.length / SIZE) - 1);
  document.getElementById("count").textContent = `${count(state.found.length)} of ${count(docs.id.length)} documents`;
  const rows = state.found.slice(from, from + SIZE).map((at) => make("li", {}, make("button", { type: "button", "data-at": at, "aria-current": String(at === state.current), onclick: () => open(at) },
    docs.title[at] || nameOf(at), make("small", {}, `${nameOf(at)} · ${data.verdicts[docs.verdict[at]]} · ${share(docs.before[at] - docs.after[at], docs.before[at])} removed`,
      state.sort === "worth" && docs.why[at] ? make("small", {}, docs.why[at]) : null))));
  document.getElementById("list").replaceChildren(...rows);
  const turn = (by) => () => { state.page += by; list(); };
  document.getElementById("pages").replaceChildren(...(last ? [
    make("button", { type: "button", disabled: state.page === 0, onclick: turn(-1) }, "previous"), `page ${state.page + 1} of ${last + 1}`,
    make("button", { type: "button", disabled: state.page >= last, onclick: turn(1) }, "next")] : []));
  if (!state.found.includes(state.current)) state.found.length ? open(state.found[from]) : document.getElementById("detail").replaceChildren();
}

function gone([text, code, score, why, replacement]) {
  const rule = data.rules[code] || { name: code, summary: "" };
  const inline = !text.includes("\n");
  const node = make("span", { class: inline ? "gone inline" : "gone", title: `${code} ${rule.name}: ${rule.summary}` },
    make("span", { class: "why" }, `${code} ${kindOf(code)} ${score.toFixed(2)}${why ? ": " + why : ""}`), text.replace(/^\n+|\n+$/g, ""));
  node.style.setProperty("--kind", colorOf(kindOf(code)));
  return replacement ? make("span", {}, node, " ", make("ins", {}, replacement)) : node;
}

async function open(at) {
  state.current = at;
  const { docs } = data;
  for (const button of document.querySelectorAll("#list button")) button.setAttribute("aria-current", String(Number(button.dataset.at) === at));
  const segments = await segmentsOf(at);
  const detail = document.getElementById("detail");
  if (state.current !== at || !detail) return;
  const text = make("div", { class: "text", id: "text" });
  if (segments) text.append(...segments.map((part) => typeof part === "string" ? make("span", { class: "kept" }, part) : gone(part)));
  else text.append(make("p", { class: "faint" }, data.notes.no_text));
  const toggle = (title, name) => { const box = make("button", { type: "button", "aria-pressed": "false", onclick: () => box.setAttribute("aria-pressed", String(text.classList.toggle(name))) }, title); return box; };
  const cluster = docs.cluster[at];
  detail.replaceChildren(
    make("h2", {}, docs.title[at] || nameOf(at)),
    make("p", {}, make("span", { class: "tag " + data.verdicts[docs.verdict[at]] }, data.verdicts[docs.verdict[at]]), docs.reasons[at].map((code) => make("span", { class: "tag" }, `${code} ${data.rules[code] ? data.rules[code].name : ""}`)),
      make("span", { class: "faint" }, `${docs.place[at]} · ${docs.language[at] || "und"} · ${count(docs.before[at])} → ${count(docs.after[at])} characters`)),
    docs.why[at] ? make("p", { class: "faint" }, "Worth a look: " + docs.why[at]) : "",
    make("div", { class: "filters" }, toggle("Hide what went", "hide"), toggle("Dim what stayed", "dim"),
      cluster >= 0 ? make("button", { type: "button", onclick: () => { state.cluster = cluster; show("duplicates"); } }, "Show its duplicates") : ""),
    text);
}

const sentences = (text) => text.split(/(?<=[.!?。！？…]["'”’»)]*)\s+|\n+/u).map((part) => part.trim()).filter(Boolean);
const wordsOf = (text) => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) || []);

// Each sentence of b beside the sentence of a that shares most words with it.
function aligned(a, b) {
  const left = sentences(a).map((text) => [text, wordsOf(text)]);
  return sentences(b).map((text) => {
    const words = wordsOf(text);
    let best = null, most = 0.3;
    for (const [other, theirs] of left) {
      let shared = 0;
      for (const word of words) shared += theirs.has(word);
      const likeness = shared / (words.size + theirs.size - shared || 1);
      if (likeness > most) [best, most] = [[other, theirs], likeness];
    }
    return best ? [best[0], text, most, best[1], words] : ["", text, 0, new Set(), words];
  });
}

function marked(text, shared) {
  return text.split(/([\p{L}\p{N}]+)/u).map((part) => shared.has(part.toLowerCase()) ? make("mark", {}, part) : part);
}

function duplicates() {
  if (!data.clusters.length) return [make("p", {}, "No document repeats another.")];
  const choose = make("select", { "aria-label": "Cluster", id: "cluster", onchange: () => { state.cluster = Number(choose.value); pair(); } },
    data.clusters.slice(0, 5000).map((cluster, i) => make("option", { value: i, selected: i === (state.cluster || 0) }, `${nameOf(cluster.keeper)} and ${cluster.members.length} more`)));
  return [make("p", { class: "faint" }, `${count(data.clusters.length)} clusters; the first of each pair stays. Of sentences that differ, the words both have are marked.`), make("div", { class: "filters" }, choose), make("div", { id: "pair" })];
}

async function pair() {
  const cluster = data.clusters[state.cluster || 0];
  if (!cluster) return;
  const clean = async (at) => ((await segmentsOf(at)) || []).map((part) => typeof part === "string" ? part : part[4] || "").join("");
  const keeper = await clean(cluster.keeper);
  const parts = [];
  for (const [at, verdict, score] of cluster.members.slice(0, 20)) {
    const rows = aligned(keeper, await clean(at)).map(([a, b, , theirs, words]) => {
      if (a === b) return [make("span", { class: "same" }, a), make("span", { class: "same" }, b)];
      const shared = new Set([...words].filter((word) => theirs.has(word)));
      return [make("span", {}, marked(a, shared)), make("span", {}, marked(b, shared))];
    });
    parts.push(make("h2", {}, `${nameOf(at)}: ${verdict || "duplicate"}${score == null ? "" : ` (${(Math.floor(score * 100) / 100).toFixed(2)})`}`),
      table([[`stays: ${nameOf(cluster.keeper)}`], [nameOf(at)]], rows, "pair"));
  }
  const place = document.getElementById("pair");
  if (place) place.replaceChildren(...parts);
}

const short = (line) => line.length > 60 ? line.slice(0, 59) + "…" : line;
const placeOf = (lines) => lines.length ? lines.map((line) => line === "" ? "the edge of the page" : `“${short(line)}”`).join(" or ") : make("span", { class: "faint" }, "anything");

// What scrubkit fit learned: lines in their places, elements; more of them stand in templates.toml.
function learned(told) {
  if (!told) return "";
  const lines = told.lines.map(([line, after, before, n]) => [line, placeOf(after), placeOf(before), count(n)]);
  const blocks = told.blocks.map(([path, part, n]) => [make("code", {}, path), count(n), share(part, 1)]);
  return make("details", {},
    make("summary", {}, `Learned template: ${several(told.sizes[0], "line")}${told.sizes[1] ? " and " + several(told.sizes[1], "element") : ""}, of ${several(told.articles, "article")}`),
    lines.length ? table([["line"], ["taken after"], ["and before"], ["articles", 1]], lines, "learned") : "",
    blocks.length ? table([["element that is taken whole"], ["rows", 1], ["of them recur", 1]], blocks, "learned") : "",
    told.more ? make("p", { class: "faint" }, `${count(told.more)} more stand in templates.toml.`) : "");
}

function sources() {
  const whole = data.learned ? data.learned.corpus : null, elsewhere = data.learned ? data.learned.elsewhere : 0;
  return [
    ...data.sources.slice(0, 500).map((source, i) => make("details", { open: i < 3 || data.sources.length < 6 },
      make("summary", {}, make("b", {}, source.name), ` ${several(source.documents, "document")}, ${share(source.before - source.after, source.before)} removed`),
      make("p", {}, make("button", { type: "button", onclick: () => only({ source: source.name }) }, "Show its documents")),
      learned(source.learned),
      source.template.length ? table([["line taken out of several documents"], ["rule"], ["documents", 1]], source.template.map(([line, code, n]) => [line, make("span", { class: "kind" }, dot(kindOf(code)), code), count(n)])) : make("p", { class: "faint" }, "No line was taken out of more than one document."))),
    data.sources.length > 500 ? make("p", { class: "faint" }, `${count(data.sources.length - 500)} more sources, of fewer documents, are left out.`) : "",
    whole ? make("section", {}, make("h2", {}, "Lines of many sources"), learned(whole)) : "",
    elsewhere ? make("p", { class: "faint" }, `templates.toml tells of ${several(elsewhere, "source")} more that this run holds no document of.`) : "",
  ];
}

const TABS = { overview: ["Overview", overview], documents: ["Documents", documents, list], worth: ["Worth a look", documents, list], duplicates: ["Duplicates", duplicates, pair], sources: ["Sources", sources] };

function show(name) {
  state.tab = name;
  if (name === "worth") Object.assign(state, { sort: "worth", page: 0, current: -1, filters: { ...NONE } });
  else if (name === "documents" && state.sort === "worth") Object.assign(state, { sort: "order", page: 0, current: -1 });
  for (const tab of document.querySelectorAll("[role=tab]")) {
    const chosen = tab.id === "tab-" + name;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
  }
  document.getElementById("main").replaceChildren(...TABS[name][1]());
  if (TABS[name][2]) TABS[name][2]();
}

function step(by) {
  const at = state.found.indexOf(state.current) + by;
  if (at < 0 || at >= state.found.length) return;
  if (Math.floor(at / SIZE) !== state.page) { state.page = Math.floor(at / SIZE); state.current = state.found[at]; list(); }
  open(state.found[at]);
  const button = document.querySelector(`#list button[data-at="${state.found[at]}"]`);
  if (button) button.focus({ preventScroll: true }), button.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.target.getAttribute && event.target.getAttribute("role") === "tab" && /^Arrow(Left|Right)$/.test(event.key)) {
    const names = Object.keys(TABS), next = names[(names.indexOf(state.tab) + (event.key === "ArrowRight" ? 1 : names.length - 1)) % names.length];
    show(next);
    document.getElementById("tab-" + next).focus();
  } else if (!typing && (event.key === "j" || event.key === "k")) step(event.key === "j" ? 1 : -1);
  else if (!typing && event.key === "/" && document.getElementById("search")) { event.preventDefault(); document.getElementById("search").focus(); }
});

document.getElementById("theme").addEventListener("click", () => {
  const root = document.documentElement, dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
});

(async () => {
  try {
    data = await unpack("index");
  } catch (error) {
    document.getElementById("main").textContent = "This browser cannot unpack the report: it needs DecompressionStream (Chrome 80, Firefox 113, Safari 16.4 or later).";
    return;
  }
  document.getElementById("tabs").append(...Object.entries(TABS).map(([name, [title]]) => make("button", { type: "button", role: "tab", id: "tab-" + name, onclick: () => show(name) }, title)));
  show("overview");
  document.body.dataset.ready = "true";
})();
