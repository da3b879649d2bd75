import { Requests } from "/js/requests.js";
import { View } from "/js/view.js";
import { same } from "./check.js";

const entry = (seq, more = {}) => ({
  fake: "mimir", seq, conn: 1, kind: "samples", method: "POST", path: `/push/${seq}`, tenant: "", status: 200, outcome: "replied", error: "", example: "",
  arrived: seq * 1000, ...more,
});
const seqs = (view) => Array.from({ length: view.length }, (_, i) => view.at(i).seq);
const both = (most) => {
  const requests = new Requests(most);
  return [requests, new View(requests)];
};

export const tests = {
  "newest first, or in order"() {
    const [requests, view] = both();
    requests.put([entry(1), entry(2), entry(3)]);
    same(seqs(view), [3, 2, 1]);
    view.order(false);
    same([seqs(view), view.rowOf(requests.get("mimir", 3))], [[1, 2, 3], 2]);
  },
  "older ones and other fakes find their place"() {
    const [requests, view] = both();
    requests.put([entry(3), entry(5)]);
    requests.put([entry(4, { fake: "p" }), entry(2), entry(3)]);
    same(seqs(view), [5, 4, 3, 2]);
  },
  "an entry that changes comes and goes"() {
    const [requests, view] = both();
    view.search("status:5xx");
    requests.put([entry(1, { outcome: "", status: 0 }), entry(2)]);
    same(seqs(view), []);
    requests.put([entry(1, { status: 503 })]);
    same([seqs(view), view.at(0).tone, view.at(0).version], [[1], "server", 1]);
    requests.put([entry(1)]);
    same(seqs(view), []);
  },
  "the oldest go"() {
    const [requests, view] = both(10);
    requests.put(Array.from({ length: 12 }, (_, i) => entry(i + 1)));
    same([requests.all.length, requests.dropped, view.at(view.length - 1).seq, requests.get("mimir", 1)], [9, 3, 4, undefined]);
  },
  filters() {
    const [requests, view] = both();
    requests.put([entry(1), entry(2, { status: 500, kind: "metadata" }), entry(3, { fake: "p", kind: "profile" })]);
    view.toggle("tone", "server");
    same(seqs(view), [2]);
    view.toggle("tone", "ok");
    same(seqs(view), [3, 2, 1]);
    view.toggle("fake", "p");
    same([seqs(view), view.filtered], [[3], true]);
    view.toggle("fake", "p");
    view.between([1500, 2500]);
    same(seqs(view), [2]);
  },
  "what the server finds"() {
    const [requests, view] = both();
    requests.put([entry(1), entry(2)]);
    view.search("label status:200");
    same(seqs(view), []);
    view.found("label", [{ fake: "mimir", seq: 2 }, { fake: "mimir", seq: 9 }]);
    same(seqs(view), [2]);
    requests.put([entry(9)]);
    same(seqs(view), [9, 2]);
    view.search("label status:500");
    same(seqs(view), [], "hits of another search are forgotten");
  },
  pausing() {
    const [requests, view] = both();
    requests.put([entry(1)]);
    view.pause(true);
    requests.put([entry(2), entry(3)]);
    same([seqs(view), view.waiting], [[1], 2]);
    view.pause(false);
    same([seqs(view), view.waiting], [[3, 2, 1], 0]);
  },
  "one fake is forgotten"() {
    const [requests, view] = both();
    requests.put([entry(1), entry(2, { fake: "p" })]);
    requests.clear("mimir");
    same(seqs(view), [2]);
  },
};
