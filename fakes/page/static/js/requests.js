// The requests that the page knows of, over all fakes, in order of arrival. It is bounded: the oldest go first.

import { tone } from "./search.js";

export const maxRequests = 120_000; // a journal has 100,000, unless told otherwise

// Requests keeps entries by fake and number. Listeners are called once for each batch that was put.
export class Requests {
  constructor(most = maxRequests) {
    this.most = most;
    this.listeners = [];
    this.clear();
  }

  // onchange adds a listener, which is told what was {added, changed, reordered}.
  onchange(listener) {
    this.listeners.push(listener);
  }

  // clear forgets everything, or what one fake has.
  clear(fake) {
    const kept = fake === undefined ? [] : this.all.filter((e) => e.fake !== fake);
    this.all = kept;
    this.byKey = new Map(kept.map((e) => [key(e), e]));
    this.dropped = 0;
    this.tell({ added: [], changed: [], reordered: true });
  }

  // put takes entries in: new ones are added, those that are known are brought up to date.
  put(batch) {
    const added = [], changed = [];
    for (const entry of batch) {
      const known = this.byKey.get(key(entry));
      if (known) changed.push(refresh(known, entry));
      else added.push(this.add(entry));
    }
    const sorted = this.sort(added.length);
    const trimmed = this.trim();
    this.tell({ added, changed, reordered: sorted || trimmed });
  }

  get(fake, seq) {
    return this.byKey.get(`${fake}/${seq}`);
  }

  add(entry) {
    entry.tone = tone(entry);
    entry.version = 0;
    this.byKey.set(key(entry), entry);
    this.all.push(entry);
    return entry;
  }

  // sort puts the last n entries where they belong, and reports whether any was not at the end already.
  sort(n) {
    for (let i = Math.max(1, this.all.length - n); i < this.all.length; i++) {
      if (before(this.all[i], this.all[i - 1])) {
        this.all.sort((a, b) => (before(a, b) ? -1 : 1));
        return true;
      }
    }
    return false;
  }

  // trim drops the oldest tenth when there are too many, so that it is done seldom.
  trim() {
    if (this.all.length <= this.most) return false;
    const gone = this.all.splice(0, this.all.length - Math.floor(this.most * 0.9));
    for (const e of gone) this.byKey.delete(key(e));
    this.dropped += gone.length;
    return true;
  }

  tell(change) {
    for (const listener of this.listeners) listener(change);
  }
}

// key is what an entry is known by.
export function key(entry) {
  return `${entry.fake}/${entry.seq}`;
}

function refresh(known, entry) {
  Object.assign(known, entry);
  known.tone = tone(known);
  known.haystack = undefined;
  known.version++;
  return known;
}

function before(a, b) {
  if (a.arrived !== b.arrived) return a.arrived < b.arrived;
  return a.fake === b.fake ? a.seq < b.seq : a.fake < b.fake;
}
