// Everything about one request.

import * as api from "./api.js";
import { attemptsOf } from "./attempts.js";
import { bodyNodes } from "./body.js";
import { copyButton } from "./copy.js";
import { curlOf } from "./curl.js";
import { el, fill, icon } from "./dom.js";
import { duration, moment, plural, size, stamp } from "./format.js";
import { paneHead } from "./panehead.js";
import { ProfileView } from "./profile.js";
import { routeTo } from "./route.js";
import { answer, tone } from "./search.js";
import { since } from "./since.js";
import { labelsNode, metadataTable, SeriesTable } from "./series.js";
import { target } from "./row.js";

const firstSeries = 1000;
const mostSeries = 100_000;

// Detail shows a request in the pane. step is called with -1 or 1 to go to the one above or below in the list, close to leave; fakeOf
// gives a fake as the API tells of it.
export class Detail {
  constructor(root, requests, { step, close, fakeOf }) {
    Object.assign(this, { root, requests, step, leave: close, fakeOf });
    this.tab = "contents";
  }

  // show fetches a request and draws it; the pane it had before stays until then.
  async show(fake, seq) {
    this.stop();
    const { signal } = (this.doing = new AbortController());
    let whole;
    try {
      whole = await api.request(fake, seq, { limit: firstSeries, signal });
    } catch (cause) {
      if (cause.name !== "AbortError") this.fail(fake, seq, cause);
      return;
    }
    this.shown = true;
    this.revealed = new Set();
    this.whole = whole;
    this.entry = this.requests.get(fake, seq) ?? api.entry(whole);
    this.draw(signal);
    this.lookUp(signal);
  }

  // notice is told what changed among the requests: the same bytes may have come again.
  notice({ added, reordered }) {
    const e = this.entry;
    if (!this.shown || !(reordered || added.some((a) => a.fake === e.fake && a.size === e.size))) return;
    this.later ??= setTimeout(() => {
      this.later = undefined;
      if (this.shown) this.lookUpAttempts(this.doing.signal);
    }, 300);
  }

  // stop ends what is still being fetched for the request shown.
  stop() {
    this.shown = false;
    this.doing?.abort();
    this.profile?.close();
    this.profile = null;
  }

  fail(fake, seq, cause) {
    fill(this.root, this.head(el("h2", {}, `${fake} #${seq}`), null), el("p", { class: "problem" }, cause.message));
  }

  draw(signal) {
    const e = this.entry;
    this.attempt = el("dd", {}, "");
    this.connection = el("dd", {}, `#${e.conn}${e.remote ? ` from ${e.remote}` : ""}`);
    this.content = el("div", { class: "content", role: "tabpanel", tabindex: 0, "aria-label": "Contents" });
    fill(this.root,
      this.head([el("span", { class: `pill tone ${tone(e)}` }, answer(e)), el("h2", {}, el("span", { class: "method" }, e.method), " ", target(e))], this.copies()),
      e.error && el("p", { class: "problem" }, el("b", {}, "Not decoded: "), e.error),
      this.whole.bodyError && el("p", { class: "problem" }, el("b", {}, "Body: "), this.whole.bodyError),
      this.facts(),
      this.tabs(signal),
      this.content);
    this.turn(this.tab, signal);
  }

  head(title, copies) {
    return paneHead(title, this.leave, copies,
      el("button", { class: "quiet small", type: "button", "aria-label": "Row above (k)", title: "Row above (k)", onclick: () => this.step(-1) }, icon("up")),
      el("button", { class: "quiet small", type: "button", "aria-label": "Row below (j)", title: "Row below (j)", onclick: () => this.step(1) }, icon("down")));
  }

  copies() {
    const e = this.entry;
    return [
      copyButton(() => curlOf(this.whole, this.address(e), api.absolute(api.bodyURL(e.fake, e.seq)), this.fakeOf(e.fake)?.tls && api.authorityURL(e.fake)), "as curl", "shell"),
      copyButton(() => api.absolute(routeTo(e.fake, e.seq)), "a link to this request", "link"),
    ];
  }

  // address is where the request was sent: a proxy is told the whole of it.
  address(e) {
    const base = this.fakeOf(e.fake)?.url ?? "";
    return /^https?:/.test(e.path) ? target(e) : base + target(e);
  }

  facts() {
    const e = this.entry;
    const facts = [
      ["Request", `${e.fake} #${e.seq}, ${e.kind}`],
      ["Arrived", [el("span", { title: moment(e.arrived) }, stamp(e.arrived, Date.now())), " ", since(e.arrived)]],
      ["Took", timing(e)],
      ["Tenant", e.tenant || el("span", { class: "faint" }, "none")],
      ["Client", e.agent || el("span", { class: "faint" }, "unnamed")],
      ["Body", e.size > 0 ? [size(e.size), " ", el("a", { href: api.bodyURL(e.fake, e.seq), download: `${e.fake}-${e.seq}.bin` }, "download")] : "empty"],
    ];
    return el("dl", { class: "facts" }, facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))),
      el("div", {}, el("dt", {}, "Connection"), this.connection), el("div", {}, el("dt", {}, "Attempt"), this.attempt));
  }

  // lookUp adds what has to be asked for besides: the connection, and whether the same bytes came before.
  async lookUp(signal) {
    this.lookUpAttempts(signal);
    const c = await api.connection(this.entry.fake, this.entry.conn).catch(() => null);
    if (c && !signal.aborted) fill(this.connection, connectionText(c, this.whole.proto));
  }

  async lookUpAttempts(signal) {
    const e = this.entry;
    const attempts = await attemptsOf(this.requests.all, e, (other) => api.bytes(api.bodyURL(other.fake, other.seq), signal)).catch(() => null);
    if (!signal.aborted) fill(this.attempt, attempts ? attemptText(attempts, e) : "unknown");
  }

  tabs(signal) {
    const names = [["contents", "Contents"], ["headers", "Headers"], ["body", "Body"]];
    if (this.whole.replySize > 0) names.push(["reply", "Served"]);
    if (!names.some(([name]) => name === this.tab)) this.tab = "contents";
    const buttons = names.map(([name, text]) => el("button", {
      type: "button", role: "tab", "aria-selected": String(name === this.tab), tabindex: name === this.tab ? 0 : -1, dataset: { tab: name }, onclick: () => this.turn(name, signal),
    }, text));
    this.bar = el("div", { class: "tabs", role: "tablist", onkeydown: (event) => this.arrow(event, buttons) }, buttons);
    return this.bar;
  }

  arrow(event, buttons) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const next = buttons[(buttons.indexOf(event.target) + by + buttons.length) % buttons.length];
    next.click();
    next.focus();
  }

  turn(name, signal) {
    this.tab = name;
    for (const b of this.bar.children) {
      b.setAttribute("aria-selected", String(b.dataset.tab === name));
      b.tabIndex = b.dataset.tab === name ? 0 : -1;
    }
    this.profile?.close();
    this.profile = null;
    const draw = { contents: () => this.contents(signal), headers: () => this.headers(), body: () => this.text("body", signal), reply: () => this.text("reply", signal) };
    fill(this.content, draw[name]());
  }

  contents(signal) {
    const content = this.whole.content ?? {};
    const parts = [];
    if (content.version) parts.push(el("p", { class: "quiet-text" }, `Remote write ${content.version}.0`, this.carried()));
    if (content.token) parts.push(definition(content.token));
    if (content.target) parts.push(definition({ target: content.target, tunnel: content.tunnel ? "yes (CONNECT)" : "no" }));
    if (content.seriesTotal > 0) parts.push(new SeriesTable(content.series ?? [], content.seriesTotal, () => this.allSeries(signal)).node);
    if (content.metadata?.length > 0) parts.push(el("h3", {}, plural(content.metadata.length, "metric"), " described"), metadataTable(content.metadata));
    if (content.profiles?.length > 0) parts.push(this.profiles(content.profiles, content.format, signal));
    if (content.served) parts.push(...this.served(signal));
    if (parts.length === 0) parts.push(el("p", { class: "quiet-text" }, this.entry.example || "Nothing in it."));
    return parts;
  }

  carried() {
    const c = this.whole.counts ?? {};
    const parts = ["samples", "histograms", "exemplars"].filter((k) => c[k] > 0).map((k) => plural(c[k], k.slice(0, -1)));
    return parts.length > 0 ? `, ${parts.join(", ")}` : "";
  }

  async allSeries(signal) {
    const whole = await api.request(this.entry.fake, this.entry.seq, { limit: Math.min(mostSeries, this.whole.content.seriesTotal), signal });
    return whole.content.series;
  }

  // served is what a fake that is scraped gave: a profile to draw, or a page to read.
  served(signal) {
    if (this.fakeOf(this.entry.fake)?.kind === "pprof") return [this.open(0, signal)];
    return [this.text("reply", signal)];
  }

  // open draws the profile with this number.
  open(number, signal) {
    this.profile?.close();
    this.profile = new ProfileView();
    this.profile.show(api.profileURL(this.entry.fake, this.entry.seq, number), signal);
    return this.profile.node;
  }

  profiles(all, format, signal) {
    const place = el("div");
    const cards = all.map((p, i) => el("button", { class: "profile-card", type: "button", "aria-pressed": "false", onclick: () => open(i) },
      labelsNode(p.labels ?? []), el("span", { class: "faint" }, [profileFacts(p), format].filter(Boolean).join(" · "))));
    const open = (i) => {
      cards.forEach((c, j) => c.setAttribute("aria-pressed", String(i === j)));
      if (all[i].problem) fill(place, el("p", { class: "problem" }, all[i].problem), this.rawProfile(all[i].index));
      else fill(place, this.open(all[i].index, signal));
    };
    open(0);
    return [el("div", { class: "profile-cards" }, cards), place];
  }

  rawProfile(index) {
    return el("a", { href: api.profileURL(this.entry.fake, this.entry.seq, index), download: "" }, "Download its bytes");
  }

  headers() {
    const parts = [el("h3", {}, "Request"), headerTable({ Host: [this.whole.host], ...this.whole.header })];
    if (this.whole.replyHeader) parts.push(el("h3", {}, "Answer"), headerTable(this.whole.replyHeader));
    return parts;
  }

  // veil stands for what a client or an issuer must keep to itself, until somebody asks for it.
  veil(which, signal) {
    return el("div", { class: "veil" }, el("p", { class: "quiet-text" }, which === "body" ? "This body may hold the client's secret." : "This answer may hold a token."),
      el("button", { class: "solid-button", type: "button", dataset: { reveal: which }, onclick: () => {
        this.revealed.add(which);
        fill(this.content, this.text(which, signal));
      } }, "Show it"));
  }

  // text shows the bytes of a body, when they are text.
  text(which, signal) {
    if (this.entry.kind === "token" && !this.revealed.has(which)) return this.veil(which, signal);
    const e = this.entry, url = which === "body" ? api.bodyURL(e.fake, e.seq) : api.replyURL(e.fake, e.seq);
    const place = el("div", {}, el("p", { class: "quiet-text" }, "Reading …"));
    if (which === "body" && e.size === 0) return el("p", { class: "quiet-text" }, "The request had no body.");
    api.bytes(url, signal).then((buffer) => fill(place, bodyNodes(buffer, url, `${e.fake}-${e.seq}-${which}`)), (cause) => {
      if (cause.name !== "AbortError") fill(place, el("p", { class: "problem" }, cause.message));
    });
    return place;
  }
}

function timing(e) {
  if (!e.replied) return e.outcome ? "never answered" : "open";
  const parts = [duration(e.replied - e.arrived)];
  if (e.read) parts.push(el("span", { class: "faint" }, ` (${duration(e.read - e.arrived)} to read)`));
  return parts;
}

function connectionText(c, proto) {
  const parts = [`#${c.seq} from ${c.remote}, ${proto}`];
  if (c.tls) parts.push(c.tls.error ? `, TLS failed: ${c.tls.error}` : `, ${[c.tls.version, c.tls.protocol, c.tls.serverName && `for ${c.tls.serverName}`, c.tls.clientSubject && `client ${c.tls.clientSubject}`].filter(Boolean).join(", ")}`);
  return parts.join("");
}

function attemptText({ number, of, others }, e) {
  if (of === 1) return "first and only";
  return [`${number} of ${of} `, el("span", { class: "faint" }, "same bytes as "), others.slice(-6).map((o, i) => [i > 0 && ", ", el("a", { href: `#/${encodeURIComponent(e.fake)}/${o.seq}` }, `#${o.seq}`), ` ${answer(o)}`])];
}

function profileFacts(p) {
  return p.problem ? "not parsed" : [(p.sampleTypes ?? []).join(", "), plural(p.samples ?? 0, "sample"), size(p.size ?? 0)].filter(Boolean).join(" · ");
}

function definition(values) {
  return el("dl", { class: "facts" }, Object.entries(values).map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, Array.isArray(value) ? value.join(" ") : String(value)))));
}

function headerTable(header) {
  const lines = Object.entries(header).flatMap(([name, values]) => values.map((v) => [name, v])).sort((a, b) => (a[0] < b[0] ? -1 : 1));
  return el("table", { class: "table headers" }, el("tbody", {}, lines.map(([name, value]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, value)))));
}
