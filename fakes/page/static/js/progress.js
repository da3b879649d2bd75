// How far a script of replies has come. All functions are pure.

// coming says in a few words what a fake answers next: {text, active}. It is active while something is scripted.
export function coming(script) {
  const main = (script?.sections ?? []).find((s) => s.match === "") ?? null;
  const left = main ? main.replies.slice(main.played) : [];
  const others = (script?.sections ?? []).filter((s) => s !== main && (s.replies.length > 0 || s.default !== "ok")).length;
  const last = main?.default ?? "ok";
  const words = runs(left.slice(0, 50)).slice(0, 3).map(({ text, n }) => (n > 1 ? `${text}*${n}` : text));
  const more = others > 0 ? ` +${others}` : "";
  return { text: [...words, last === "ok" && words.length > 0 ? "then ok" : last + (last === "ok" ? "" : "*")].join(" ") + more, active: left.length > 0 || last !== "ok" || others > 0 || Boolean(script?.connections) };
}

// runs joins equal neighbours: [{text, n}].
export function runs(replies) {
  const all = [];
  for (const text of replies) {
    if (all.length > 0 && all[all.length - 1].text === text) all[all.length - 1].n++;
    else all.push({ text, n: 1 });
  }
  return all;
}

// steps lays a section out for show: [{text, n, state}], where state is played, next or later; what was played and what comes are each
// at most so many.
export function steps(section, most = 40) {
  const played = runs(section.replies.slice(0, section.played)).map((r) => ({ ...r, state: "played" }));
  const left = section.replies.slice(section.played);
  const next = left.length > 0 ? [{ text: left[0], n: 1, state: "next" }] : [];
  const later = runs(left.slice(1)).map((r) => ({ ...r, state: "later" }));
  return { before: Math.max(0, played.length - most), after: Math.max(0, later.length - most), shown: [...played.slice(-most), ...next, ...later.slice(0, most)] };
}
