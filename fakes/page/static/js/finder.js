// Searching what requests carried, which only the server knows.

import * as api from "./api.js";

const patience = 250, again = 1000; // milliseconds: after a key, and for what came meanwhile

// Finder asks the server for the free words of a view's search, in all fakes that fakes() lists.
export class Finder {
  constructor(view, fakes, failed) {
    Object.assign(this, { view, fakes, failed });
    this.done = new Map(); // by word and fake, up to which number was searched
  }

  // search begins anew, for other words.
  search() {
    this.doing?.abort();
    this.done.clear();
    this.plan(patience);
  }

  // more searches what has come since.
  more() {
    if (this.view.words.length > 0) this.timer ??= setTimeout(() => this.run(), again);
  }

  plan(wait) {
    clearTimeout(this.timer);
    this.timer = this.view.words.length > 0 ? setTimeout(() => this.run(), wait) : undefined;
  }

  async run() {
    this.timer = undefined;
    const { signal } = (this.doing = new AbortController());
    try {
      await Promise.all(this.view.words.flatMap((word) => this.fakes().map((fake) => this.one(word, fake.id, signal))));
    } catch (cause) {
      if (cause.name !== "AbortError") this.failed(cause);
    }
  }

  async one(word, fake, signal) {
    const key = JSON.stringify([word, fake]);
    for (let more = true; more; ) {
      const page = await api.requests(fake, { after: this.done.get(key) ?? 0, limit: 1000, search: word, signal });
      if (signal.aborted) return;
      this.done.set(key, page.next);
      if (page.entries.length > 0) this.view.found(word, page.entries);
      more = page.more;
    }
  }
}
