// Where in the page we are, kept in the address behind "#", so that it can be sent to somebody, and the browser's back button works:
// #/ is the list, #/mimir/42 a request, #/mimir/script the replies of a fake, #/mimir/connections who connected to it.

// parseRoute takes the part behind "#" apart: {pane: "" | "request" | "script" | "connections", fake, seq}.
export function parseRoute(hash) {
  const [first = "", second = ""] = hash.replace(/^#?\/?/, "").split("/").map(decode);
  if (second === "script" || second === "connections") return { pane: second, fake: first };
  if (/^[1-9]\d*$/.test(second)) return { pane: "request", fake: first, seq: Number(second) };
  return { pane: "" };
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

// go moves to a place. What changes while somebody moves along a list leaves no trace in the history.
export function go(hash, { replace = false } = {}) {
  if (hash === (location.hash || "#/")) return;
  if (replace) history.replaceState(null, "", hash);
  else history.pushState(null, "", hash);
  dispatchEvent(new HashChangeEvent("hashchange"));
}
