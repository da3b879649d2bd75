// What is open beside the list, by the place in the address.

import { go, parseRoute, routeTo } from "./route.js";

// asks are the panes in which fakes are asked what they hold, by their kinds.
export const asks = { mimir: "query", pyroscope: "profiles" };

// Panes opens and closes the pane and keeps what is in it up to date.
export class Panes {
  // panes are by the names that stand in the address.
  constructor({ work, root, fakes, list, requests, detail, panes }) {
    Object.assign(this, { work, root, fakes, list, requests, detail, panes });
    this.route = { pane: "" };
    addEventListener("hashchange", () => this.turn());
    addEventListener("popstate", () => this.turn());
    this.pending = true; // until the fakes are known
  }

  // refresh is called whenever the fakes have been asked for.
  refresh() {
    if (this.pending) {
      this.pending = false;
      this.turn();
      return;
    }
    const fake = this.fakes.get(this.route.fake);
    if (!fake) return;
    this.panes[this.route.pane]?.update(fake);
  }

  turn() {
    if (this.pending) return;
    const route = parseRoute(location.hash);
    if (JSON.stringify(route) === JSON.stringify(this.route)) return;
    this.detail.stop();
    this.panes[this.route.pane]?.stop?.();
    this.route = route;
    const fake = this.fakes.get(route.fake);
    this.mark(route.pane !== "");
    if (route.pane === "request") this.openRequest(route);
    else if (route.pane !== "" && fake) this.panes[route.pane].show(fake, route.asked);
    else if (route.pane !== "") go("#/", { replace: true });
  }

  mark(open) {
    this.root.hidden = !open;
    this.work.dataset.pane = open;
    document.body.dataset.pane = open;
    if (!open) this.root.replaceChildren();
    this.list.measure();
  }

  // notice is called when requests have come: the one that is open may be among them only now.
  notice() {
    if (this.route.pane !== "request" || this.list.cursor) return;
    const entry = this.requests.get(this.route.fake, this.route.seq);
    if (entry) this.list.point(entry);
  }

  openRequest({ fake, seq }) {
    this.list.point(this.requests.get(fake, seq));
    this.detail.show(fake, seq);
  }

  // openScript shows the replies of a fake, or of the first one.
  openScript(fake = this.fakes.all[0]?.id) {
    if (fake) go(routeTo(fake, "script"));
  }

  // openQuery asks a fake, or the first one that can be asked.
  openQuery(id) {
    const fake = [this.fakes.get(id), ...this.fakes.all].find((f) => f && asks[f.kind]);
    if (fake) go(routeTo(fake.id, asks[fake.kind]));
  }
}
