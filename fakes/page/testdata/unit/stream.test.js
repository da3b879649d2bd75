import { Stream } from "/js/stream.js";
import { same } from "./check.js";

// made stands in for the browser's EventSource while f runs, and keeps those that were opened.
async function made(f) {
  const real = globalThis.EventSource, all = [];
  globalThis.EventSource = class extends EventTarget {
    constructor(url) {
      super();
      this.url = url;
      all.push(this);
    }
    close() {
      this.closed = true;
    }
  };
  try {
    await f(all);
  } finally {
    globalThis.EventSource = real;
  }
}

const listener = (told) => ({ link: (state) => told.push(state), fresh: () => told.push("fresh"), request: (e) => told.push(e.request), fake: (e) => told.push(e.fake) });
const event = (type, data) => Object.assign(new Event(type), { data: JSON.stringify(data) });

export const tests = {
  "events are handed on"() {
    return made((all) => {
      const told = [];
      new Stream(listener(told)).open("/e");
      all[0].dispatchEvent(new Event("open"));
      all[0].dispatchEvent(event("request", { request: 7 }));
      all[0].dispatchEvent(event("state", { fake: "mimir" }));
      all[0].dispatchEvent(event("missed", { missed: 3 }));
      same(told, ["connecting", "live", "fresh", 7, "mimir", "fresh"]);
    });
  },
  "a stream that rests is closed, and taken up again once"() {
    return made((all) => {
      const stream = new Stream(listener([]));
      stream.open("/e");
      stream.rest();
      all[0].dispatchEvent(new Event("error")); // of the one that was left
      same([all[0].closed, all.length], [true, 1]);
      stream.wake();
      stream.wake();
      same(all.map((s) => s.url), ["/e", "/e"]);
    });
  },
  "a stream that is lost begins anew"() {
    return made(async (all) => {
      const told = [];
      const stream = new Stream(listener(told));
      stream.open("/e");
      all[0].dispatchEvent(new Event("error"));
      await new Promise((resolve) => setTimeout(resolve, 600));
      same([told, all.length], [["connecting", "lost", "lost"], 2]);
      stream.close();
    });
  },
};
