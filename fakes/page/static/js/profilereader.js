// Profiles, read beside the page.

// ProfileReader has one thread, for as long as a profile is shown.
export class ProfileReader {
  constructor() {
    this.worker = new Worker(new URL("./profileworker.js", import.meta.url), { type: "module" });
    this.asked = new Map();
    this.last = 0;
    this.worker.addEventListener("message", ({ data }) => this.answer(data));
    this.worker.addEventListener("error", (event) => this.fail(event.message || "the profile's reader did not start"));
  }

  // open reads one profile, or two to be compared: a promise of what each is ({types, defaultType, duration, samples}).
  async open(...buffers) {
    return (await this.ask({ open: buffers }, buffers)).profiles;
  }

  // draw gives {frames, rows} of a sample type by its number.
  draw(type) {
    return this.ask({ type });
  }

  ask(message, transfer = []) {
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      this.asked.set(id, { resolve, reject });
      this.worker.postMessage({ id, ...message }, transfer);
    });
  }

  answer({ id, error, ...rest }) {
    const { resolve, reject } = this.asked.get(id);
    this.asked.delete(id);
    if (error === undefined) resolve(rest);
    else reject(new Error(error));
  }

  fail(message) {
    for (const { reject } of this.asked.values()) reject(new Error(message));
    this.asked.clear();
  }

  close() {
    this.worker.terminate();
  }
}
