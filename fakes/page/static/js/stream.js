// The stream of events, and whether it is there.

const types = ["request", "connection", "state", "script", "session", "missed"];
const patience = [500, 1000, 2000, 4000];

// Stream listens to an address and calls on.request, on.connection, on.fake (when it changed its state), on.script and on.session with each
// event. on.link is told connecting, live or lost; on.fresh is called whenever events may have been missed: everything that is known has
// to be asked for again.
export class Stream {
  constructor(on) {
    this.on = on;
    this.tries = 0;
  }

  // open listens, in place of what was listened to before.
  open(url) {
    this.close();
    this.url = url;
    this.tries = 0;
    this.connect("connecting");
  }

  // rest leaves the stream while nobody looks, because a browser has few connections for all its tabs; wake takes it up again.
  rest() {
    this.close();
  }

  wake() {
    if (!this.source) this.open(this.url);
  }

  close() {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  connect(state) {
    this.on.link(state);
    const source = new EventSource(this.url);
    this.source = source;
    source.addEventListener("open", () => {
      this.tries = 0;
      this.on.link("live");
      this.on.fresh();
    });
    source.addEventListener("error", () => this.lost(source));
    for (const type of types) source.addEventListener(type, (message) => this.take(type, message));
  }

  take(type, message) {
    const event = JSON.parse(message.data);
    if (type === "missed") this.on.fresh();
    else this.on[type === "state" ? "fake" : type](event);
  }

  // lost connects anew after a while. The browser would do so too, but slower, and not after every kind of failure.
  lost(source) {
    if (source !== this.source) return;
    source.close();
    this.on.link("lost");
    this.timer = setTimeout(() => this.connect("lost"), patience[Math.min(this.tries++, patience.length - 1)]);
  }
}
