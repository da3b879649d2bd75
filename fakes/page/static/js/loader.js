// Filling the page's requests from the API: all at the beginning, older ones behind, what happens as it happens.

import * as api from "./api.js";
import { maxRequests } from "./requests.js";

const pageSize = 1000; // the most that the API gives at once
const gather = 60; // milliseconds for which events are gathered, so that many of them are drawn once

// Loader feeds a Requests. failed is told errors.
export class Loader {
  constructor(requests, failed) {
    this.requests = requests;
    this.failed = failed;
    this.waiting = [];
    this.lowest = new Map(); // by fake, below which number nothing was fetched yet
    this.floor = new Map(); // by fake, up to which number there is nothing to fetch
    this.generation = 0;
  }

  // load fetches the newest requests of these fakes in place of what is known, and then older ones.
  async load(fakes) {
    const generation = ++this.generation;
    this.lowest.clear();
    try {
      const pages = await Promise.all(fakes.map((f) => this.newest(f)));
      if (generation !== this.generation) return;
      this.requests.clear();
      this.requests.put(pages.flat());
      await this.older(generation);
    } catch (cause) {
      if (generation === this.generation) this.failed(cause);
    }
  }

  async newest(fake) {
    const floor = fake.last - (fake.requests - fake.dropped);
    const after = Math.max(floor, fake.last - pageSize);
    this.lowest.set(fake.id, after);
    this.floor.set(fake.id, floor);
    return (await api.requests(fake.id, { after, limit: pageSize })).entries;
  }

  // older fetches what came before, the same way back for all fakes, as much as there is room for.
  async older(generation) {
    while (this.left > 0 && this.requests.all.length + this.lowest.size * pageSize < maxRequests * 0.9 && generation === this.generation) {
      const parts = await Promise.all([...this.lowest].filter(([fake, low]) => low > this.floor.get(fake)).map(([fake, low]) => this.before(fake, low)));
      if (generation !== this.generation) return;
      this.requests.put(parts.flat());
    }
  }

  async before(fake, low) {
    const after = Math.max(this.floor.get(fake), low - pageSize);
    const { entries } = await api.requests(fake, { after, limit: low - after });
    this.lowest.set(fake, entries.length === 0 ? this.floor.get(fake) : after); // the journal has forgotten what is older still
    return entries.filter((e) => e.seq <= low);
  }

  // left is how many requests were not fetched, or not yet.
  get left() {
    return [...this.lowest].reduce((sum, [fake, low]) => sum + Math.max(0, low - this.floor.get(fake)), 0);
  }

  // take adds an entry soon, together with others.
  take(entry) {
    this.waiting.push(entry);
    this.timer ??= setTimeout(() => this.flush(), gather);
  }

  flush() {
    this.timer = undefined;
    const batch = this.waiting;
    this.waiting = [];
    if (batch.length > 0) this.requests.put(batch);
  }
}
