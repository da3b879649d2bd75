// What the filter box understands. All functions are pure.
//
// A query is words, all of which must fit: "push" finds it in path, tenant, kind, status, fake or what the request carried;
// "status:503" or "tenant:a" finds it in that field only; "-kind:metadata" leaves out what fits; "status:5xx" is a class;
// quotes keep spaces together.

export const fields = ["fake", "kind", "status", "tenant", "path", "method", "conn", "error"];

// parse takes a query apart: [{field, text, not}], in lower case. An unknown field is text like any other.
export function parse(query) {
  const terms = [];
  for (const [whole] of query.matchAll(/-?(?:\w+:)?(?:"[^"]*"?|\S+)/g)) {
    const not = whole.length > 1 && whole.startsWith("-");
    const word = not ? whole.slice(1) : whole;
    const [, name, rest] = /^(\w+):(.*)$/s.exec(word) ?? [];
    const field = fields.includes(name?.toLowerCase()) ? name.toLowerCase() : "";
    const text = (field ? rest : word).replaceAll('"', "").toLowerCase();
    if (text !== "") terms.push({ field, text, not });
  }
  return terms;
}

// matches tells whether an entry fits all terms. A word without a field also fits when within(entry, word) says that it stands in what
// the request carried.
export function matches(entry, terms, within = () => false) {
  return terms.every((term) => (fits(entry, term) || (term.field === "" && within(entry, term.text))) !== term.not);
}

// freeTexts are the words that may stand in labels and other contents, which only the server can search.
export function freeTexts(terms) {
  return [...new Set(terms.filter((t) => t.field === "").map((t) => t.text))];
}

function fits(entry, { field, text }) {
  switch (field) {
    case "": return haystack(entry).includes(text);
    case "status": return fitsStatus(entry, text);
    case "conn": return String(entry.conn) === text;
    case "error": return (entry.error ?? "").toLowerCase().includes(text);
    default: return String(entry[field] ?? "").toLowerCase().includes(text);
  }
}

function fitsStatus(entry, text) {
  if (/^[1-5]xx$/.test(text)) return Math.floor(entry.status / 100) === Number(text[0]);
  return answer(entry).toLowerCase().startsWith(text) || entry.outcome.startsWith(text);
}

// haystack is everything of an entry that a word without a field may be in. It is made once and kept with the entry.
function haystack(entry) {
  entry.haystack ??= [entry.fake, entry.kind, answer(entry), entry.outcome, entry.tenant, entry.method, entry.path, entry.error, entry.example]
    .join("\n").toLowerCase();
  return entry.haystack;
}

// answer is the status, or how the request ended without one.
export function answer(entry) {
  if (entry.status === 0) return entry.outcome || "open";
  return entry.outcome === "" || entry.outcome === "replied" ? String(entry.status) : `${entry.status} ${entry.outcome}`;
}

// tone is the class of an answer, which its colour follows: ok, client, server, fault, open.
export function tone(entry) {
  if (entry.outcome === "") return "open";
  if (entry.outcome !== "replied") return "fault";
  if (entry.status >= 500) return "server";
  if (entry.status >= 400) return "client";
  return "ok";
}
