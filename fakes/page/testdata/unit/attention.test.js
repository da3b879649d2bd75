import { watchAttention } from "/js/attention.js";
import { same } from "./check.js";

export const tests = {
  "a page that is put away leaves at once, one that is seen comes back"() {
    const told = [];
    watchAttention(() => told.push("leave"), () => told.push("come"));
    dispatchEvent(new Event("pagehide"));
    document.dispatchEvent(new Event("visibilitychange")); // it is seen
    dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
    dispatchEvent(new Event("pageshow"));
    same(told, ["leave", "come", "come"]);
  },
};
