// What a fake answers: what was played, what comes, what stays; and the editor that changes it.

import * as api from "./api.js";
import { confirm } from "./confirm.js";
import { el, fill, icon } from "./dom.js";
import { count, plural } from "./format.js";
import { accuse, placeInScript } from "./mistake.js";
import { paneHead } from "./panehead.js";
import { steps } from "./progress.js";
import { attempt, toast } from "./toast.js";

const examples = [
  ["503*3 200", "three times 503, then 200, then as usual"],
  ["429 retry-after=2 200", "429 with a header, then 200"],
  ["503*", "503 for ever"],
  ["delay=2s 200", "wait, then answer"],
  ["503* chance=20% | ok", "one or the other by chance, for ever"],
  ["reset hang close", "ways not to answer"],
  ["tenant=a: 503*; 200", "one tenant only"],
  ["connections: refuse*2 accept latency=50ms", "the layer below"],
];

// questions are asked before a command after which something is gone for good.
const questions = {
  forget: (id) => `Forget all requests and data of ${id}?`,
  reset: (id) => `Reset ${id}? Its requests and data will be gone, and it will be as it was started: script, authentication, TLS, what it serves.`,
};

// ScriptPane shows and edits the script of one fake. changed is called when the fake is different afterwards.
export class ScriptPane {
  constructor(root, { close, changed }) {
    Object.assign(this, { root, leave: close, changed });
  }

  // show opens the pane for a fake, as the API tells of it.
  show(fake) {
    this.fake = fake;
    this.shownText = fake.script.text;
    this.sections = el("div", { class: "sections" });
    this.power = el("div", { class: "power" });
    this.edit = el("textarea", { class: "editor", rows: 4, spellcheck: "false", autocomplete: "off", "aria-label": "Script", "aria-describedby": "script-problem", placeholder: "503*3 200", onkeydown: (e) => this.key(e), oninput: () => this.accuse(null) });
    this.problem = el("div", { class: "problem", id: "script-problem", role: "alert", hidden: true });
    this.edit.value = fake.script.text.trim();
    fill(this.root, paneHead(el("h2", {}, fake.id, el("span", { class: "faint" }, ` ${fake.kind} · ${fake.url}`)), this.leave), el("div", { class: "content" }, this.power, el("h3", {}, "Replies"), this.sections, el("h3", {}, "Change"), this.edit, this.problem, this.buttons(), help((text) => this.take(text))));
    this.update(fake);
  }

  // update brings the progress up to date. The editor is left alone once somebody wrote in it.
  update(fake) {
    this.fake = fake;
    if (fake.script.text !== this.shownText && this.edit.value.trim() === this.shownText.trim()) this.edit.value = fake.script.text.trim();
    this.shownText = fake.script.text;
    const all = [...fake.script.sections, ...(fake.script.connections ? [fake.script.connections] : [])];
    fill(this.sections, all.map(sectionNode));
    this.drawPower();
  }

  drawPower() {
    const up = this.fake.up;
    const state = `${this.fake.id} ${up}`;
    if (this.power.dataset.state === state) return;
    this.power.dataset.state = state;
    fill(this.power,
      el("span", { class: `pill tone ${up ? "ok" : "server"}` }, up ? "up" : "down"),
      this.verb(up ? "down" : "up", up ? "Take down" : "Bring up", up ? "Refuse connections and reset those that are open" : "Listen again at the same port"),
      this.verb("restart", "Restart", "Down and up again; what arrived stays"),
      this.verb("forget", "Forget", "Empty the journal and the data"),
      this.verb("reset", "Reset", "Forget, and make the fake as it was started"),
      el("span", { class: "grow" }),
      el("a", { class: "quiet", href: api.journalURL(this.fake.id), download: `${this.fake.id}.ndjson`, title: "Download a recording, to be loaded or replayed" }, icon("download"), "Recording"));
  }

  verb(name, text, title) {
    return el("button", { class: "solid-button", type: "button", title, dataset: { verb: name }, onclick: () => this.command(name, text) }, text);
  }

  async command(name, text) {
    if (questions[name] && !(await confirm(questions[name](this.fake.id), text))) return;
    const done = await attempt(() => api.command(this.fake.id, name));
    if (done) toast(`${this.fake.id}: ${text.toLowerCase()}, done`);
    this.changed(name);
  }

  buttons() {
    return el("div", { class: "buttons" },
      el("button", { class: "solid-button first", type: "button", title: "Ctrl+Enter", dataset: { edit: "replace" }, onclick: () => this.send(api.replaceScript) }, "Replace"),
      el("button", { class: "solid-button", type: "button", dataset: { edit: "append" }, onclick: () => this.send(api.appendScript) }, "Append"),
      el("button", { class: "solid-button", type: "button", dataset: { edit: "clear" }, onclick: () => this.clear() }, "Clear"));
  }

  key(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    this.send(api.replaceScript);
  }

  take(text) {
    this.edit.value = text;
    this.accuse(null);
    this.edit.focus();
  }

  async send(change) {
    const text = this.edit.value;
    try {
      await change(this.fake.id, text);
    } catch (cause) {
      return this.accuse(cause.message, text);
    }
    this.accuse(null);
    this.shownText = text; // what is in the editor is what the fake has, so it may follow
    this.changed("script");
    return toast(`${this.fake.id} answers by the new script`);
  }

  async clear() {
    if (!(await attempt(() => api.clearScript(this.fake.id)))) return;
    this.take("");
    this.shownText = "";
    this.changed("script");
  }

  accuse(sentence, text = "") {
    accuse(this.edit, this.problem, sentence, sentence && placeInScript(sentence, text));
  }
}

function sectionNode(section) {
  const { shown, before, after } = steps(section);
  const first = shown.findIndex((s) => s.state !== "played");
  return el("div", { class: "section" },
    el("p", { class: "section-head" }, el("b", {}, section.match === "" ? "all requests" : section.match),
      section.replies.length > 0 && el("span", { class: "faint" }, ` ${count(section.played)} of ${count(section.replies.length)} played`)),
    el("ol", { class: "steps" },
      before > 0 && el("li", { class: "more" }, `${count(before)} before`),
      shown.map((s, i) => stepNode(s, i === first)),
      after > 0 && el("li", { class: "more" }, `${count(after)} more`),
      el("li", { class: "step last", "data-active": String(section.played >= section.replies.length), title: "The default: for ever after" },
        el("code", {}, section.default || "ok"), el("span", {}, section.afterEnd > 0 ? `for ever, ${plural(section.afterEnd, "time")} so far` : "for ever"))));
}

function stepNode({ text, n, state }) {
  const words = { played: "played", next: "comes next", later: "to come" };
  return el("li", { class: `step ${state}`, title: words[state] }, el("code", {}, text), n > 1 && el("span", {}, `×${count(n)}`), el("span", { class: "hidden-text" }, words[state]));
}

function help(take) {
  return el("details", { class: "syntax" }, el("summary", {}, "How to write a script"),
    el("dl", {}, examples.map(([text, meaning]) => [
      el("dt", {}, el("button", { class: "text mono", type: "button", onclick: () => take(text) }, text)), el("dd", {}, meaning)])));
}
