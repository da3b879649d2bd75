// Buttons that put a text into the clipboard.

import { el, fill, icon } from "./dom.js";
import { toast } from "./toast.js";

// copyButton copies what text() gives. what names it for those who cannot see the symbol.
export function copyButton(text, what, symbol = "copy") {
  const button = el("button", { class: "quiet small", type: "button", title: `Copy ${what}`, "aria-label": `Copy ${what}` }, icon(symbol));
  button.addEventListener("click", async (event) => {
    event.stopPropagation();
    if (!(await copy(text()))) return toast("The browser does not let this page use the clipboard.", true);
    fill(button, icon("check"));
    setTimeout(() => fill(button, icon(symbol)), 1200);
    return undefined;
  });
  return button;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
