// Where in a text the server saw a mistake, and how that is shown.

import { el } from "./dom.js";

// placeInScript reads what is said of reply scripts (line 1 column 5: "5o3": ...): {from, to, line} in characters, or null when the sentence
// tells no place.
export function placeInScript(sentence, text) {
  const [, line, column, word] = /line (\d+) column (\d+): ("(?:[^"\\]|\\.)*")/.exec(sentence) ?? [];
  return line === undefined ? null : place(text, Number(line), Number(column), unquote(word).length);
}

// placeInQuery reads what is said of PromQL (1:5: parse error: ...), which does not tell how long the mistake is: it is shown up to the end
// of the word.
export function placeInQuery(sentence, text) {
  const [, line, column] = /(\d+):(\d+): parse error:/.exec(sentence) ?? [];
  if (line === undefined) return null;
  const at = place(text, Number(line), Number(column), 1);
  const word = /^[\w:.]+/.exec(text.slice(at.from));
  return { ...at, to: at.from + (word ? word[0].length : 1) };
}

// place turns line and column, which count bytes, into characters.
function place(text, line, column, length) {
  const lines = text.split("\n");
  const bytes = new TextEncoder().encode(lines[line - 1] ?? "").slice(0, column - 1);
  const before = lines.slice(0, line - 1).reduce((sum, l) => sum + l.length + 1, 0);
  const from = Math.min(text.length, before + new TextDecoder().decode(bytes).length);
  return { from, to: Math.min(text.length, from + Math.max(1, length)), line };
}

function unquote(word) {
  try {
    return JSON.parse(word);
  } catch {
    return word.slice(1, -1);
  }
}

// pointer writes the line with the mistake, the word marked.
function pointer(text, { from, to, line }) {
  const start = text.lastIndexOf("\n", from - 1) + 1;
  const end = text.indexOf("\n", from) < 0 ? text.length : text.indexOf("\n", from);
  return el("pre", { class: "pointer" }, el("span", { class: "faint" }, `${line}  `), text.slice(start, from), el("mark", {}, text.slice(from, to) || " "), text.slice(Math.min(to, end), end));
}

// accuse shows below an editor what is wrong with its text, and selects the word; without a sentence it takes that back.
export function accuse(editor, problem, sentence, at = null) {
  problem.hidden = sentence === null;
  editor.setAttribute("aria-invalid", String(sentence !== null));
  problem.replaceChildren();
  if (sentence === null) return;
  problem.append(el("p", {}, sentence));
  if (!at) return;
  problem.append(pointer(editor.value, at));
  editor.focus();
  editor.setSelectionRange(at.from, at.to);
}
