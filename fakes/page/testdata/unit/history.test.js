import { History } from "/js/history.js";
import { same } from "./check.js";

const memory = (texts = {}) => () => ({ getItem: (name) => texts[name] ?? null, setItem: (name, text) => (texts[name] = text) });

export const tests = {
  "back and forth, to what was being written"() {
    const h = new History(memory(), "x");
    ["a", "b", "a"].forEach((text) => h.add(text));
    same([h.older("draft"), h.older("a"), h.older("b"), h.newer(), h.newer(), h.newer()], ["a", "b", null, "a", "draft", null]);
  },
  "it lasts"() {
    const store = memory();
    new History(store, "x").add("up");
    same([new History(store, "x").older(""), new History(store, "y").older("")], ["up", null]);
  },
  "a store that refuses, or holds something else"() {
    const h = new History(() => { throw new Error("no"); }, "x");
    h.add("up");
    same([h.older(""), new History(memory({ x: "{" }), "x").texts, new History(memory({ x: "[1]" }), "x").texts], ["up", [], []]);
  },
};
