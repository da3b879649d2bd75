// The keyboard, where no part of the page takes a key for itself.

// startKeys calls actions[name] for keys that nobody else wants. An action that gives false leaves the key to the browser.
export function startKeys(actions) {
  const table = {
    j: actions.down, ArrowDown: actions.down, k: actions.up, ArrowUp: actions.up, PageDown: actions.pageDown, PageUp: actions.pageUp,
    Enter: actions.open, Escape: actions.escape, g: actions.first, Home: actions.first, G: actions.last, End: actions.last,
    "/": actions.search, "?": actions.help, p: actions.pause, o: actions.order, s: actions.script, q: actions.query, t: actions.theme,
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (writes(event.target) && !leaves(event)) return;
    if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
    const action = table[event.key];
    if (action && action(event) !== false) event.preventDefault();
  });
}

const writes = (node) => node.matches("input, textarea, select");

// leaves are the keys that mean the list even while somebody writes into the search box.
function leaves(event) {
  return event.key === "Escape" || (event.target.id === "search" && ["ArrowDown", "ArrowUp", "Enter"].includes(event.key));
}
