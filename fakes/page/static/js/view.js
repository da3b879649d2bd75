// The part of the requests that is shown: what the filter lets through, in the order chosen. It follows the requests until it is paused.

import { freeTexts, matches, parse } from "./search.js";
import { key } from "./requests.js";

// View filters a Requests. Its listeners are called whenever what is shown may have changed.
export class View {
  constructor(requests) {
    this.requests = requests;
    this.terms = [];
    this.chosen = { fake: new Set(), kind: new Set(), tone: new Set() };
    this.range = null; // [from, to] in milliseconds
    this.hits = new Map(); // by word, the keys of entries in whose contents the server found it
    this.within = (entry, word) => this.hits.get(word)?.has(key(entry)) ?? false;
    this.newestFirst = true;
    this.paused = false;
    this.waiting = 0; // entries that came while paused
    this.shown = [];
    this.listeners = [];
    requests.onchange((change) => this.follow(change));
  }

  onchange(listener) {
    this.listeners.push(listener);
  }

  get length() {
    return this.shown.length;
  }

  // at gives the entry in row i, in the order chosen.
  at(i) {
    return this.shown[this.newestFirst ? this.shown.length - 1 - i : i];
  }

  // rowOf finds the row of an entry, -1 when it is not shown.
  rowOf(entry) {
    const i = entry ? this.shown.lastIndexOf(entry) : -1;
    return i < 0 ? -1 : this.newestFirst ? this.shown.length - 1 - i : i;
  }

  get filtered() {
    return this.terms.length > 0 || this.range !== null || Object.values(this.chosen).some((set) => set.size > 0);
  }

  // search sets the words to look for. What the server finds comes later, through found.
  search(query) {
    this.terms = parse(query);
    this.hits = new Map();
    this.rebuild();
  }

  get words() {
    return freeTexts(this.terms);
  }

  // found tells in which entries' contents the server found a word.
  found(word, entries) {
    const keys = this.hits.get(word) ?? new Set();
    this.hits.set(word, keys);
    for (const e of entries) keys.add(key(e));
    if (!this.paused) this.rebuild();
  }

  toggle(field, value) {
    const set = this.chosen[field];
    if (!set.delete(value)) set.add(value);
    this.rebuild();
  }

  only(field, values) {
    this.chosen[field] = new Set(values);
    this.rebuild();
  }

  between(range) {
    this.range = range;
    this.rebuild();
  }

  order(newestFirst) {
    this.newestFirst = newestFirst;
    this.tell(0);
  }

  pause(paused) {
    this.paused = paused;
    this.waiting = 0;
    this.rebuild();
  }

  // lets tells whether an entry passes the filter; with a field named, whether it would without the choice in that field.
  lets(entry, except) {
    for (const field of ["fake", "kind", "tone"]) {
      const set = this.chosen[field];
      if (field !== except && set.size > 0 && !set.has(entry[field])) return false;
    }
    if (except !== "range" && this.range && (entry.arrived < this.range[0] || entry.arrived > this.range[1])) return false;
    return matches(entry, this.terms, this.within);
  }

  follow({ added, changed, reordered }) {
    if (this.paused) {
      this.waiting += added.length;
      this.tell(0);
    } else if (reordered || changed.some((e) => this.lets(e) !== e.shown)) {
      this.rebuild();
    } else {
      const more = added.filter((e) => this.judge(e));
      for (const e of more) this.shown.push(e);
      this.tell(more.length);
    }
  }

  rebuild() {
    this.shown = this.requests.all.filter((e) => this.judge(e));
    this.tell(0);
  }

  judge(entry) {
    entry.shown = this.lets(entry);
    return entry.shown;
  }

  // tell says that the view changed, and how many entries came in at its newest end.
  tell(arrived) {
    for (const listener of this.listeners) listener(arrived);
  }
}
