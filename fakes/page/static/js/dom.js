// Making elements. Text from the wire only ever becomes a text node or an attribute that holds text; nothing here parses HTML.

// el makes an element: el("button", {class: "quiet", onclick: f}, "Copy"). Properties that begin with "on" are listeners, "dataset"
// and "style" are objects, true and false set and leave out an attribute, all else is an attribute. Children are nodes, texts or
// numbers; null, undefined and false are left out.
export function el(tag, properties = {}, ...children) {
  const node = tag.startsWith("svg:") ? document.createElementNS("http://www.w3.org/2000/svg", tag.slice(4)) : document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) set(node, name, value);
  append(node, children);
  return node;
}

function set(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (name === "dataset") Object.assign(node.dataset, value);
  else if (name === "style") for (const [key, text] of Object.entries(value)) node.style.setProperty(key, text);
  else node.setAttribute(name, value === true ? "" : String(value));
}

function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

// fill puts these children in the place of those that a node has.
export function fill(node, ...children) {
  node.replaceChildren();
  append(node, children);
  return node;
}

// byId finds an element of index.html. It throws when there is none, because then page and script do not fit together.
export function byId(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`index.html has no element with the id ${id}`);
  return node;
}

// writeText changes a node's text only when it differs, so that a screen reader is not told the same thing again.
export function writeText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// icon draws one of the page's symbols, which index.html keeps in a hidden <svg>.
export function icon(name) {
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  return el("svg:svg", { class: "icon", "aria-hidden": "true", viewBox: "0 0 16 16" }, use);
}
