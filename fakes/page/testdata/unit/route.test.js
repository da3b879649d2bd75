import { parseRoute, routeTo } from "/js/route.js";
import { same } from "./check.js";

export const tests = {
  routes() {
    same(["#/", "", "#/mimir/42", "#/s1.mimir/script", "#/mimir/connections", "#/mimir/0", "#/%"].map(parseRoute), [
      { pane: "" }, { pane: "" }, { pane: "request", fake: "mimir", seq: 42 }, { pane: "script", fake: "s1.mimir", asked: {} },
      { pane: "connections", fake: "mimir", asked: {} }, { pane: "" }, { pane: "" },
    ]);
    same(parseRoute(routeTo("a/b", 7)), { pane: "request", fake: "a/b", seq: 7 });
    same(parseRoute("#/mimir/query?q=a%20%3F%20b&as=chart"), { pane: "query", fake: "mimir", asked: { q: "a ? b", as: "chart" } });
  },
};
