// The bytes of a body as something to read.

import { copyButton } from "./copy.js";
import { el, icon } from "./dom.js";
import { size } from "./format.js";

const mostText = 200_000; // characters that are shown
const mostHex = 2048; // bytes that are shown

// bodyNodes shows bytes that came from a URL: as text when they are text, else the first of them as numbers. name is for the download.
export function bodyNodes(buffer, url, name) {
  const tools = el("div", { class: "profile-tools" }, el("span", { class: "quiet-text" }, size(buffer.byteLength)), el("span", { class: "grow" }),
    el("a", { class: "quiet", href: url, download: name }, icon("download"), "download"));
  const text = readable(buffer);
  if (text === null) return [tools, el("pre", { class: "code" }, hex(new Uint8Array(buffer, 0, Math.min(mostHex, buffer.byteLength)))), buffer.byteLength > mostHex && el("p", { class: "quiet-text" }, "The first 2 KiB.")];
  tools.append(copyButton(() => text, "the text"));
  return [tools, el("pre", { class: "code wrap" }, text.slice(0, mostText)), text.length > mostText && el("p", { class: "quiet-text" }, "Only the beginning is shown.")];
}

// readable gives bytes as text, or null when they are something else.
export function readable(buffer) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(buffer);
    return /[\u0000-\u0008\u000e-\u001a]/.test(text.slice(0, 4096)) ? null : text;
  } catch {
    return null;
  }
}

// hex writes bytes sixteen to a line, with what of them is text.
export function hex(bytes) {
  const lines = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const part = [...bytes.subarray(at, at + 16)];
    const codes = part.map((b) => b.toString(16).padStart(2, "0")).join(" ");
    const texts = part.map((b) => (b > 31 && b < 127 ? String.fromCharCode(b) : "·")).join("");
    lines.push(`${at.toString(16).padStart(6, "0")}  ${codes.padEnd(47)}  ${texts}`);
  }
  return lines.join("\n");
}
