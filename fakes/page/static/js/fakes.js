// The fakes at the side of the page: which there are, where they listen, how they are, and what they answer next.

import { el, fill, icon } from "./dom.js";
import { copyButton } from "./copy.js";
import { count, plural, short } from "./format.js";
import { coming } from "./progress.js";
import { asks } from "./panes.js";
import { routeTo } from "./route.js";

// Fakes draws the list; choose is called with the id of a fake that was clicked.
export class Fakes {
  constructor(root, choose) {
    this.root = root;
    this.choose = choose;
    this.all = [];
    this.loaded = false;
    this.chosen = new Set();
    this.drawn = new Map(); // by id: what a card was made of, and the card
  }

  // show takes the fakes as the API tells of them, and which are chosen.
  show(fakes, chosen) {
    this.all = fakes;
    this.chosen = chosen;
    this.loaded = true;
    const drawn = new Map();
    for (const fake of fakes) drawn.set(fake.id, this.keep(fake));
    const nodes = [...drawn.values()].map((d) => d.node);
    if (nodes.length !== this.root.children.length || nodes.some((n, i) => this.root.children[i] !== n)) fill(this.root, nodes);
    this.drawn = drawn;
  }

  // mark says which fakes are chosen, when only that has changed.
  mark(chosen) {
    if (this.loaded) this.show(this.all, chosen);
  }

  get(id) {
    return this.all.find((f) => f.id === id);
  }

  // keep makes a new card only when what it shows has changed, so that focus and selections last.
  keep(fake) {
    const made = JSON.stringify([fake, this.chosen.has(fake.id)]);
    const known = this.drawn.get(fake.id);
    if (known?.made === made) return known;
    const node = known?.node ?? el("section", { class: "fake", onclick: (e) => this.click(e, fake.id) });
    node.setAttribute("aria-label", `fake ${fake.id}`);
    node.dataset.fake = fake.id;
    node.dataset.up = fake.up;
    node.dataset.chosen = this.chosen.has(fake.id);
    refill(node, this.card(fake));
    return { made, node };
  }

  card(fake) {
    const next = coming(fake.script);
    return [
      el("div", { class: "head" },
        el("span", { class: "dot", role: "img", "aria-label": fake.up ? "up" : "down", title: fake.up ? "up" : "down" }),
        el("button", { class: "name", type: "button", "aria-pressed": String(this.chosen.has(fake.id)), title: "Show only its requests" }, fake.id),
        fake.name !== fake.kind && el("span", { class: "kind" }, fake.kind),
        el("span", { class: "total", title: plural(fake.requests, "request") }, short(fake.requests))),
      el("div", { class: "address" }, el("code", { title: fake.endpoint || fake.url }, fake.url), copyButton(() => fake.endpoint || fake.url, `the address of ${fake.id}`)),
      el("div", { class: "ways" },
        el("a", { class: "next", href: routeTo(fake.id, "script"), "data-active": next.active, title: "Replies" }, icon("script"), el("span", {}, next.text)),
        asks[fake.kind] && el("a", { class: "next ask", href: routeTo(fake.id, asks[fake.kind]), title: `Ask ${fake.id} what it holds` }, asks[fake.kind])),
      el("div", { class: "links" }, links(fake)),
    ];
  }

  click(event, id) {
    if (event.target.closest("a, .address button")) return;
    this.choose(id);
  }
}

function links(fake) {
  const parts = [fake.up ? el("a", { href: routeTo(fake.id, "connections") }, `${count(fake.open)} of ${plural(fake.connections, "connection")} open`) : "down"];
  if (fake.tls) parts.push(", TLS");
  if (fake.dropped > 0) parts.push(`, ${count(fake.dropped)} dropped`);
  return parts;
}

// refill changes a card's insides and gives the focus back to the part that had it.
function refill(node, children) {
  const parts = () => [...node.querySelectorAll("a, button")];
  const focused = parts().indexOf(document.activeElement);
  fill(node, children);
  if (focused >= 0) parts()[focused]?.focus();
}
