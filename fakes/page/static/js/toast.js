// Short messages at the edge of the page.

import { byId, el } from "./dom.js";

// toast shows a sentence for a few seconds; a bad one stays longer.
export function toast(text, bad = false) {
  const node = el("p", { class: bad ? "toast bad" : "toast" }, text);
  byId("toasts").append(node);
  setTimeout(() => node.remove(), bad ? 8000 : 3000);
}

// attempt runs something that may fail, and shows why when it does. It gives what came out, or undefined.
export async function attempt(doing) {
  try {
    return await doing();
  } catch (cause) {
    if (cause.name !== "AbortError") toast(cause.message, true);
    return undefined;
  }
}
