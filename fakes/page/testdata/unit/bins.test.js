import { countInto, spanOf, ticks } from "/js/bins.js";
import { same } from "./check.js";

export const tests = {
  "columns of the chart"() {
    const at = (arrived, tone = "ok") => ({ arrived, tone });
    const entries = [at(0), at(10, "server"), at(60_000, "fault")];
    same(spanOf(entries), [0, 60_001]);
    same(spanOf([at(50_000)]), [20_000, 50_001]);
    same(spanOf([]), null);
    same(countInto(entries, [0, 60_001], 3).map((b) => [b.sum, b.ok, b.server, b.fault]), [[2, 1, 1, 0], [0, 0, 0, 0], [1, 0, 0, 1]]);
    same(ticks([1, 60_001], 6), [10_000, 20_000, 30_000, 40_000, 50_000, 60_000]);
  },
};
