import { extent, niceTicks, pathOf, stepFor, valueAt } from "/js/scale.js";
import { same } from "./check.js";

const id = (n) => n;

export const tests = {
  ticks() {
    same([niceTicks(0, 10, 4), niceTicks(0.13, 0.42, 4), niceTicks(-3, 7, 4)], [[0, 5, 10], [0.1, 0.2, 0.3, 0.4, 0.5], [-5, 0, 5, 10]]);
    same([niceTicks(5, 5, 4).length > 2, niceTicks(0, 0, 4).includes(0), niceTicks(1e15, 1e15 + 10, 4).length < 20], [true, true, true], "a line that is flat");
  },
  extents() {
    same(extent([{ points: [[0, 3], [1, NaN]] }, { points: [[0, -1], [1, Infinity]] }]), [-1, 3]);
    same(extent([{ points: [[0, NaN]] }]), null);
  },
  "lines have gaps"() {
    same(pathOf([[0, 1], [10, 2], [40, 3], [50, NaN], [60, 4]], 10, id, id), "M0.0 1.0h0L10.0 2.0M40.0 3.0h0M60.0 4.0h0");
  },
  "the nearest point"() {
    same([valueAt([[0, 1], [10, 2]], 9, 10), valueAt([[0, 1], [10, 2]], 30, 10)], [2, null]);
  },
  steps() {
    same([stepFor(60_000), stepFor(3_600_000), stepFor(86_400_000), stepFor(86_400_000 * 240 * 3)], [1, 15, 600, 86_400 * 3]);
  },
};
