// Where in the page we are, kept in the address behind "#", so that it can be sent to somebody, and the browser's back button works:
// #/ is the list, #/mimir/42 a request, #/mimir/script the replies of a fake, #/mimir/connections who connected to it, #/mimir/query?q=up asks a
// mimir, #/pyroscope/profiles?q=... a pyroscope.

const panes = ["script", "connections", "query", "profiles"];

// parseRoute takes the part behind "#" apart: {pane: "", or "request" with seq, or one of the panes with what comes behind "?" as asked, fake}.
export function parseRoute(hash) {
  const [place, query = ""] = split(hash.replace(/^#?\/?/, ""), "?");
  const [first = "", second = ""] = place.split("/").map(decode);
  if (panes.includes(second)) return { pane: second, fake: first, asked: Object.fromEntries(new URLSearchParams(query)) };
  if (/^[1-9]\d*$/.test(second)) return { pane: "request", fake: first, seq: Number(second) };
  return { pane: "" };
}

function split(text, mark) {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// routeTo makes the part behind "#".
export function routeTo(fake, what) {
  return `#/${encodeURIComponent(fake)}/${what}`;
}

// note keeps in the address what was asked in the pane that is open.
export function note(fake, pane, asked) {
  history.replaceState(null, "", `${routeTo(fake, pane)}?${new URLSearchParams(asked)}`);
}

// go moves to a place. What changes while somebody moves along a list leaves no trace in the history.
export function go(hash, { replace = false } = {}) {
  if (hash === (location.hash || "#/")) return;
  if (replace) history.replaceState(null, "", hash);
  else history.pushState(null, "", hash);
  dispatchEvent(new HashChangeEvent("hashchange"));
}
