import { change, difference, grade } from "/js/difference.js";
import { index, top } from "/js/flame.js";
import { same } from "./check.js";

const leaf = (name, total) => ({ name, self: total, total, children: [] });
const before = { name: "total", self: 0, total: 100, children: [leaf("a", 50), leaf("b", 50)] };
const now = { name: "total", self: 0, total: 200, children: [leaf("a", 20), leaf("c", 180)] };

export const tests = {
  "both trees in one"() {
    const bare = (n) => [n.name, n.self, n.total, n.before.total, n.children.map(bare)];
    same(bare(difference(before, now)), ["total", 0, 300, 100, [["a", 70, 70, 50, []], ["c", 180, 180, 0, []], ["b", 50, 50, 50, []]]]);
  },
  "shares, not numbers, are compared"() {
    const [root, a, c, b] = index(difference(before, now));
    same([change(a, root) < -0.6, change(c, root), change(b, root), change(root, root)], [true, 1, -1, 0]);
    same([grade(0.01), grade(-0.05), grade(0.2), grade(-1), grade(1)], [0, -1, 2, -3, 3]);
    same(change({ total: 0, before: { total: 0 } }, root), 0);
  },
  "functions"() {
    const row = top(index(difference(before, now))).find((r) => r.name === "a");
    same([row.self, row.total, row.before], [70, 70, { self: 50, total: 50 }]);
  },
};
