import { coming, runs, steps } from "/js/progress.js";
import { same } from "./check.js";

const section = (replies, played, more = {}) => ({ match: "", replies, default: "ok", played, afterEnd: 0, ...more });

export const tests = {
  "what comes next, in few words"() {
    const of = (...sections) => coming({ sections, connections: null });
    same(of(section([], 0)), { text: "ok", active: false });
    same(of(section(["503", "503", "503", "200"], 1)), { text: "503*2 200 then ok", active: true });
    same(of(section(["503"], 1, { default: "429" })), { text: "429*", active: true });
    same(of(section([], 0), section(["500"], 0, { match: "tenant=a" })), { text: "ok +1", active: true });
    same(coming(undefined), { text: "ok", active: false });
  },
  runs() {
    same(runs(["a", "a", "b", "a"]), [{ text: "a", n: 2 }, { text: "b", n: 1 }, { text: "a", n: 1 }]);
  },
  "played, next and later"() {
    same(steps(section(["503", "503", "200", "200", "200"], 2)).shown,
      [{ text: "503", n: 2, state: "played" }, { text: "200", n: 1, state: "next" }, { text: "200", n: 2, state: "later" }]);
    const long = steps(section(Array.from({ length: 100 }, (_, i) => String(200 + i)), 50), 10);
    same([long.before, long.after, long.shown.length], [40, 39, 21]);
  },
};
