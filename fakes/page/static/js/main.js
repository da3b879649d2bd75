// Puts the page together: who listens to whom, and what a key or a place in the address does.

import * as api from "./api.js";
import { watchAttention } from "./attention.js";
import { ConnectionPane } from "./connectionpane.js";
import { Detail } from "./detail.js";
import { byId, fill, icon, writeText } from "./dom.js";
import { drawEmpty } from "./empty.js";
import { Fakes } from "./fakes.js";
import { Filters } from "./filters.js";
import { Finder } from "./finder.js";
import { count, plural } from "./format.js";
import { startHelp } from "./help.js";
import { startKeys } from "./keys.js";
import { List } from "./list.js";
import { Loader } from "./loader.js";
import { Panes } from "./panes.js";
import { ProfilesPane } from "./profilespane.js";
import { QueryPane } from "./querypane.js";
import { Requests, key } from "./requests.js";
import { go, routeTo } from "./route.js";
import { makeRow } from "./row.js";
import { ScriptPane } from "./scriptpane.js";
import { Sessions } from "./sessions.js";
import { startSince } from "./since.js";
import { Stream } from "./stream.js";
import { startTheme } from "./theme.js";
import { Timeline } from "./timeline.js";
import { toast } from "./toast.js";
import { View } from "./view.js";
import { throttle } from "./throttle.js";

const requests = new Requests();
const view = new View(requests);
const complain = (cause) => toast(cause.message, true);
const loader = new Loader(requests, complain);
const close = () => go("#/");

const list = new List(byId("list"), {
  source: view, make: makeRow, keyOf: key, versionOf: (e) => e.version, label: "Requests",
  choose: (e) => go(routeTo(e.fake, e.seq)),
});
const timeline = new Timeline(byId("timeline"), (range) => view.between(range));
const filters = new Filters(byId("chips"), view);
const fakes = new Fakes(byId("fakes"), (id) => view.toggle("fake", id));
const finder = new Finder(view, () => fakes.all, complain);
const detail = new Detail(byId("pane"), requests, { step: (by) => step(by), close, fakeOf: (id) => fakes.get(id) });
const panes = new Panes({
  work: byId("work"), root: byId("pane"), fakes, list, requests, detail,
  panes: {
    script: new ScriptPane(byId("pane"), { close, changed: () => refreshNow() }),
    connections: new ConnectionPane(byId("pane"), { close }),
    query: new QueryPane(byId("pane"), { close }),
    profiles: new ProfilesPane(byId("pane"), { close }),
  },
});

// What the API tells of the fakes and sessions, at most about once a second however much happens.
const refresh = throttle(refreshNow, 700);
const sessions = new Sessions(byId("session-box"), byId("session"), (id) => follow(id));

async function refreshNow() {
  const [all, known] = await Promise.all([api.fakes(sessions.chosen), api.sessions()]).catch(() => []);
  if (!all) return undefined;
  sessions.show(known);
  fakes.show(all, view.chosen.fake);
  panes.refresh();
  drawAround();
  return all;
}

// Everything around the list that counts all entries is drawn a few times a second at most.
const drawAround = throttle(() => {
  filters.draw();
  timeline.show(requests.all.filter((e) => view.lets(e, "range")), view.range);
  drawSum();
  drawEmptyState();
}, 150);

function drawSum() {
  const all = requests.all.length;
  const parts = [view.filtered ? `${count(view.length)} of ${plural(all, "request")}` : plural(all, "request")];
  const without = requests.dropped + loader.left;
  if (without > 0) parts.push(`${count(without)} older ones are not here`);
  if (view.paused) parts.push(`paused${view.waiting > 0 ? `, ${count(view.waiting)} new` : ""}`);
  writeText(byId("sum"), parts.join(" · "));
  byId("clear").hidden = !view.filtered;
}

function drawEmptyState() {
  const nothing = requests.all.length === 0 && fakes.loaded;
  byId("empty").hidden = !nothing;
  byId("list").hidden = nothing;
  const made = JSON.stringify(fakes.all.map((f) => [f.kind, f.url, f.endpoint]));
  if (!nothing || byId("empty").dataset.made === made) return;
  byId("empty").dataset.made = made;
  drawEmpty(byId("empty"), fakes.all);
}

const stream = new Stream({
  link: showLink,
  fresh: reload,
  request: ({ request }) => {
    loader.take(api.entry(request));
    refresh();
  },
  fake: ({ fake, action }) => {
    if (action === "forget" || action === "reset") requests.clear(fake);
    if (action === "load") reload();
    else refresh();
  },
  connection: refresh,
  script: refresh,
  session: refresh,
});

// reload asks for everything again.
async function reload() {
  const all = await refreshNow();
  if (all) await loader.load(all);
}

function showLink(state) {
  byId("link").dataset.state = state;
  writeText(byId("link-text"), { connecting: "connecting", live: "live", lost: "connection lost, trying again" }[state]);
}

// follow shows one session, or all.
function follow(session) {
  requests.clear();
  stream.open(api.eventsURL(session));
}

view.onchange((arrived) => {
  list.update(view.newestFirst ? arrived : 0);
  drawAround();
  fakes.mark(view.chosen.fake);
});
requests.onchange((change) => {
  if (change.added.length > 0) finder.more();
  detail.notice(change);
  panes.notice();
});

const search = byId("search");
search.addEventListener("input", () => {
  view.search(search.value);
  finder.search();
});

function clearFilters() {
  search.value = "";
  for (const field of Object.keys(view.chosen)) view.chosen[field].clear();
  view.range = null;
  view.search("");
  finder.search();
}
byId("clear").addEventListener("click", clearFilters);

function setPaused(paused) {
  view.pause(paused);
  button("pause", paused ? "play" : "pause", paused ? "Go on (p)" : "Pause (p)", paused);
}
function setOrder(newestFirst) {
  view.order(newestFirst);
  byId("list").scrollTop = 0;
  button("order", "sort", newestFirst ? "Newest first (o)" : "Oldest first (o)", !newestFirst);
}
function button(id, symbol, title, pressed) {
  const node = fill(byId(id), icon(symbol));
  node.title = title;
  node.setAttribute("aria-label", title);
  node.setAttribute("aria-pressed", String(pressed));
}
byId("pause").addEventListener("click", () => setPaused(!view.paused));
byId("order").addEventListener("click", () => setOrder(!view.newestFirst));

// step moves along the list; while a request is open, the next one is shown in its place.
function step(by) {
  const entry = list.move(by);
  if (entry && panes.route.pane === "request") go(routeTo(entry.fake, entry.seq), { replace: true });
}

function escape() {
  if (panes.route.pane !== "") return close();
  if (view.filtered) return clearFilters();
  return document.activeElement?.blur();
}

const openHelp = startHelp(byId("help"));
byId("help-open").addEventListener("click", openHelp);
startTheme(byId("theme"));
startKeys({
  down: () => step(1), up: () => step(-1), pageDown: () => step(list.page), pageUp: () => step(-list.page),
  first: () => step(-Infinity), last: () => step(Infinity), open: () => list.cursor && list.choose(list.cursor), escape,
  search: () => search.select() ?? search.focus(), help: openHelp, pause: () => setPaused(!view.paused), order: () => setOrder(!view.newestFirst),
  script: () => panes.openScript(list.cursor?.fake), query: () => panes.openQuery(list.cursor?.fake), theme: () => byId("theme").click(),
});
startSince();
watchAttention(() => stream.rest(), () => stream.wake());
setPaused(false);
setOrder(true);
follow("");
