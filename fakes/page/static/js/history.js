// What was asked before, the newest last, kept in this browser.

const most = 50;

// History walks through texts as a shell does. store() gives what is like localStorage, and may refuse.
export class History {
  constructor(store, name) {
    Object.assign(this, { store, name });
    this.texts = this.read();
    this.at = this.texts.length;
    this.draft = ""; // what stood there before somebody walked back
  }

  // add puts a text at the end, once.
  add(text) {
    this.texts = [...this.texts.filter((t) => t !== text), text].slice(-most);
    this.at = this.texts.length;
    try {
      this.store().setItem(this.name, JSON.stringify(this.texts));
    } catch {
      // it lasts until the page is left
    }
  }

  // older gives the text before, in place of the current one, or null at the beginning.
  older(current) {
    if (this.at === 0) return null;
    if (this.at === this.texts.length) this.draft = current;
    return this.texts[--this.at];
  }

  // newer gives the text after, at last what was being written, or null at the end.
  newer() {
    if (this.at >= this.texts.length) return null;
    return ++this.at === this.texts.length ? this.draft : this.texts[this.at];
  }

  read() {
    try {
      const texts = JSON.parse(this.store().getItem(this.name) ?? "[]");
      return Array.isArray(texts) ? texts.filter((t) => typeof t === "string").slice(-most) : [];
    } catch {
      return [];
    }
  }
}
