import { buckets, total } from "/js/histogram.js";
import { same } from "./check.js";

export const tests = {
  "deltas are summed up, spans leave gaps"() {
    const h = { schema: 0, countInt: 9, sum: 1, zeroThreshold: 0.5, zeroCountInt: 2, positiveSpans: [{ offset: 1, length: 2 }, { offset: 1, length: 1 }], positiveDeltas: [1, 2, -2] };
    same(buckets(h), [{ from: -0.5, to: 0.5, n: 2 }, { from: 1, to: 2, n: 1 }, { from: 2, to: 4, n: 3 }, { from: 8, to: 16, n: 1 }]);
    same(total(h), 9);
  },
  "negative buckets come first"() {
    const h = { schema: 0, float: true, countFloat: 3.5, sum: 1, zeroThreshold: 0, negativeSpans: [{ offset: 0, length: 2 }], negativeCounts: [1, 2.5] };
    same(buckets(h), [{ from: -2, to: -1, n: 2.5 }, { from: -1, to: -0.5, n: 1 }]);
  },
  "bounds of one's own"() {
    const h = { schema: -53, sum: 1, zeroThreshold: 0, positiveSpans: [{ offset: 0, length: 3 }], positiveDeltas: [1, 1, 1], customValues: [5, 10] };
    same(buckets(h), [{ from: -Infinity, to: 5, n: 1 }, { from: 5, to: 10, n: 2 }, { from: 10, to: Infinity, n: 3 }]);
  },
  "spans that promise more than there is"() {
    same(buckets({ schema: 0, sum: 0, zeroThreshold: 0, positiveSpans: [{ offset: 0, length: 4_000_000_000 }], positiveDeltas: [1] }).length, 1);
  },
};
