// Who connected to a fake, and how the TLS handshakes went.

import * as api from "./api.js";
import { el, fill } from "./dom.js";
import { clock, count, duration, plural } from "./format.js";
import { paneHead } from "./panehead.js";
import { attempt } from "./toast.js";

const most = 500;

// ConnectionPane shows the newest connections of one fake.
export class ConnectionPane {
  constructor(root, { close }) {
    Object.assign(this, { root, leave: close });
  }

  async show(fake) {
    this.fake = fake;
    this.told = el("p", { class: "quiet-text" });
    this.place = el("tbody");
    fill(this.root,
      paneHead(el("h2", {}, `Connections to ${fake.id}`), this.leave),
      el("div", { class: "content" }, this.told, el("table", { class: "table" },
        el("thead", {}, el("tr", {}, ["#", "From", "Opened", "Lasted", "TLS"].map((n) => el("th", { scope: "col" }, n)))), this.place)));
    await this.update(fake);
  }

  async update(fake) {
    this.fake = fake;
    const all = await attempt(() => api.connections(fake.id, fake.connections, most));
    if (!all || this.fake.id !== fake.id) return;
    this.told.textContent = `${plural(fake.connections, "connection")}, ${count(fake.open)} open`;
    fill(this.place, all.toReversed().map(row));
  }
}

function row(c) {
  const opened = Date.parse(c.opened);
  return el("tr", {},
    el("td", {}, c.seq), el("td", { class: "mono" }, c.remote), el("td", { class: "mono" }, clock(opened)),
    el("td", {}, c.closed ? duration(Date.parse(c.closed) - opened) : el("span", { class: "tone open" }, "open")),
    el("td", {}, c.tls ? handshake(c.tls) : el("span", { class: "faint" }, "plain")));
}

function handshake(tls) {
  if (tls.error) return el("span", { class: "tone server" }, tls.error, el("span", { class: "faint" }, ` (offered ${(tls.offered ?? []).join(", ")})`));
  return [tls.version, tls.protocol, tls.serverName && `for ${tls.serverName}`, tls.clientSubject && `client ${tls.clientSubject}`].filter(Boolean).join(", ");
}
