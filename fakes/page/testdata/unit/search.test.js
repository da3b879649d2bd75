import { answer, freeTexts, matches, parse, tone } from "/js/search.js";
import { same } from "./check.js";

const entry = (more = {}) => ({
  fake: "mimir", seq: 1, conn: 2, kind: "samples", method: "POST", path: "/api/v1/push", tenant: "Team-A", status: 204, outcome: "replied",
  error: "", example: "3 samples, such as up", ...more,
});
const fits = (query, more) => matches(entry(more), parse(query));

export const tests = {
  parsing() {
    same(parse(' push -kind:metadata tenant:"a b" foo:bar '), [
      { field: "", text: "push", not: false }, { field: "kind", text: "metadata", not: true },
      { field: "tenant", text: "a b", not: false }, { field: "", text: "foo:bar", not: false },
    ]);
    same(parse(' - "" tenant: '), [{ field: "", text: "-", not: false }], "halves of words ask for nothing");
    same(parse("[(*+?\\").length, 1, "nothing is a pattern");
  },
  words() {
    same([fits("PUSH"), fits("team-a"), fits("such up"), fits("nowhere"), fits("-push"), fits("-nowhere")], [true, true, true, false, false, true]);
  },
  fields() {
    same([fits("tenant:team"), fits("kind:push"), fits("fake:mim method:post"), fits("conn:2"), fits("conn:1")], [true, false, true, true, false]);
  },
  statuses() {
    same([fits("status:204"), fits("status:2xx"), fits("status:20"), fits("status:5xx"), fits("-status:2xx")], [true, true, true, false, false]);
    same([fits("status:reset", { status: 0, outcome: "reset" }), fits("status:open", { status: 0, outcome: "" })], [true, true]);
  },
  "what only the server knows"() {
    same(freeTexts(parse("a status:200 -b a")), ["a", "b"]);
    const within = (_, word) => word === "hidden";
    same([matches(entry(), parse("hidden push"), within), matches(entry(), parse("-hidden"), within), matches(entry(), parse("path:hidden"), within)], [true, false, false]);
  },
  answers() {
    same([answer(entry()), answer(entry({ outcome: "cut" })), answer(entry({ status: 0, outcome: "reset" })), answer(entry({ status: 0, outcome: "" }))],
      ["204", "204 cut", "reset", "open"]);
    same([{}, { status: 404 }, { status: 503 }, { outcome: "cut" }, { outcome: "" }].map((m) => tone(entry(m))), ["ok", "client", "server", "fault", "open"]);
  },
};
