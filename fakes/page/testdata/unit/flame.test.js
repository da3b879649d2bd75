import { family, found, hue, index, layout, neighbour, top } from "/js/flame.js";
import { same } from "./check.js";

// total 10: main 9 (self 1) calls work 6 (self 2, calls main 4) and idle 2; gc 1.
const sample = {
  name: "total", self: 0, total: 10, children: [
    { name: "main", self: 1, total: 9, children: [
      { name: "work", self: 2, total: 6, children: [{ name: "main", self: 4, total: 4, children: [] }] },
      { name: "idle", self: 2, total: 2, children: [] },
    ] },
    { name: "gc", self: 1, total: 1 },
  ],
};
const frames = index(sample);

export const tests = {
  indexing() {
    same(frames.map((f) => [f.name, f.start, f.depth, f.parent]),
      [["total", 0, 0, -1], ["main", 0, 1, 0], ["work", 0, 2, 1], ["main", 0, 3, 2], ["idle", 6, 2, 1], ["gc", 9, 1, 0]]);
  },
  "the whole"() {
    same(layout(frames, 0, 0).map((b) => [b.frame.name, b.left, b.width]),
      [["total", 0, 1], ["main", 0, 0.9], ["work", 0, 0.6], ["main", 0, 0.4], ["idle", 0.6, 0.2], ["gc", 0.9, 0.1]]);
  },
  "one frame fills the width, below its callers"() {
    same(layout(frames, 4, 0).map((b) => [b.frame.name, b.left, b.width]), [["total", 0, 1], ["main", 0, 1], ["idle", 0, 1]]);
    same(layout(frames, 2, 0).map((b) => [b.frame.name, b.width]), [["total", 1], ["main", 1], ["work", 1], ["main", 4 / 6]]);
  },
  "what is too narrow is left out with what it calls"() {
    same(layout(frames, 0, 0.3).map((b) => b.frame.name), ["total", "main", "work", "main"]);
  },
  "a tree of nothing"() {
    same(layout(index({ name: "total", total: 0 }), 0, 0.1).length, 1);
  },
  "a very deep tree"() {
    let deep = { name: "f", self: 1, total: 1 };
    for (let i = 0; i < 100_000; i++) deep = { name: "f", self: 0, total: 1, children: [deep] };
    const all = index(deep);
    same([all.length, layout(all, 0, 0.01).length, top(all).length], [100_001, 100_001, 1]);
  },
  "recursion counts once"() {
    same(top(frames), [{ name: "main", self: 5, total: 9 }, { name: "work", self: 2, total: 6 }, { name: "idle", self: 2, total: 2 }, { name: "gc", self: 1, total: 1 }]);
  },
  searching() {
    same(found(frames, " MAIN "), { ids: new Set([1, 3]), total: 9 }, "what is inside a found frame counts once");
    same([found(frames, "i").total, found(frames, "gc").total, found(frames, "").ids.size, found(frames, "none").total], [9, 1, 0, 0]);
  },
  walking() {
    const boxes = layout(frames, 0, 0);
    const walk = (id, ...ways) => ways.reduce((at, way) => neighbour(boxes, at, way), id);
    same([walk(0, "down"), walk(0, "down", "down"), walk(2, "right"), walk(4, "left"), walk(3, "up"), walk(0, "up"), walk(5, "right"), walk(3, "down")], [1, 2, 4, 2, 2, 0, 5, 3]);
  },
  colours() {
    same([family("net/http.(*conn).serve"), family("main.work"), family("[kernel]")], ["net/http", "main", "[kernel]"]);
    same([family("a/b.Map[go.shape.string,c/d.T].Get"), family("<i></i>.x")], ["a/b", "<i></i>"]);
    same([hue("net/http.a", 10) === hue("net/http.b", 10), hue("x", 10) < 10], [true, true]);
  },
};
