// Flame graphs as arithmetic: from a tree of calls to rectangles. All functions are pure and none recurses, so that a deep tree is
// no harder than a wide one. A tree is {name, self, total, children: [...]}.

// index lists the frames of a tree in depth-first order as {id, name, self, total, start, depth, parent, children}: start is where a
// frame begins in units of value, from the left edge of the root, parent and children are ids. Frames of a difference have before too.
export function index(root) {
  const frames = [];
  const stack = [{ node: root, start: 0, depth: 0, parent: -1 }];
  while (stack.length > 0) {
    const { node, start, depth, parent } = stack.pop();
    const id = frames.length;
    frames.push({ id, name: node.name, self: node.self ?? 0, total: node.total, before: node.before, start, depth, parent, children: [] });
    if (parent >= 0) frames[parent].children.push(id);
    const children = node.children ?? [];
    let end = start + children.reduce((sum, c) => sum + c.total, 0);
    for (let i = children.length - 1; i >= 0; i--) {
      end -= children[i].total;
      stack.push({ node: children[i], start: end, depth: depth + 1, parent: id });
    }
  }
  return frames;
}

// layout gives the rectangles to draw when the frame with the id focus fills the width: {frame, left, width} with left and width from
// 0 to 1, ancestors of the focus at full width. Frames narrower than least are left out, with all they call.
export function layout(frames, focus, least) {
  const whole = frames[focus];
  const boxes = ancestors(frames, focus).map((frame) => ({ frame, left: 0, width: 1 }));
  if (whole.total <= 0) return [...boxes, { frame: whole, left: 0, width: 1 }];
  const stack = [focus];
  while (stack.length > 0) {
    const frame = frames[stack.pop()];
    const width = frame.total / whole.total;
    if (width < least) continue;
    boxes.push({ frame, left: (frame.start - whole.start) / whole.total, width });
    for (let i = frame.children.length - 1; i >= 0; i--) stack.push(frame.children[i]);
  }
  return boxes;
}

// ancestors lists what called a frame, the root first.
export function ancestors(frames, id) {
  const line = [];
  for (let p = frames[id].parent; p >= 0; p = frames[p].parent) line.unshift(frames[p]);
  return line;
}

// top lists functions as {name, self, total}, the largest self first. A function that calls itself counts once in its total. Those of a difference
// have before: {self, total} too.
export function top(frames) {
  const rows = new Map();
  const open = new Map(); // how often a name is on the way from the root to here
  const line = [];
  for (const frame of frames) {
    while (line.length > frame.depth) leave(open, line.pop());
    if (frame.depth > 0) {
      const row = rows.get(frame.name) ?? { name: frame.name, self: 0, total: 0, ...(frame.before && { before: { self: 0, total: 0 } }) };
      count(row, frame, !open.get(frame.name));
      rows.set(frame.name, row);
    }
    open.set(frame.name, (open.get(frame.name) ?? 0) + 1);
    line.push(frame.name);
  }
  return [...rows.values()].sort((a, b) => b.self - a.self || b.total - a.total || (a.name < b.name ? -1 : 1));
}

function count(row, frame, outermost) {
  row.self += frame.self;
  if (outermost) row.total += frame.total;
  if (!frame.before) return;
  row.before.self += frame.before.self;
  if (outermost) row.before.total += frame.before.total;
}

function leave(open, name) {
  open.set(name, open.get(name) - 1);
}

// found tells which frames have a name that contains the text, and how much of the whole they are, without counting a part twice.
export function found(frames, text) {
  const wanted = text.trim().toLowerCase();
  const ids = new Set();
  let total = 0, inside = Infinity; // the depth of the found frame that we are below
  if (wanted === "") return { ids, total };
  for (const frame of frames) {
    if (frame.depth <= inside) inside = Infinity;
    if (!frame.name.toLowerCase().includes(wanted)) continue;
    ids.add(frame.id);
    if (inside === Infinity) {
      total += frame.total;
      inside = frame.depth;
    }
  }
  return { ids, total };
}

// neighbour is where an arrow key leads from a frame among those that are drawn: up to the caller, down to the widest callee, left and
// right to the next one of the same depth. It is the same frame when there is none.
export function neighbour(boxes, id, direction) {
  const at = boxes.findIndex((b) => b.frame.id === id);
  if (at < 0) return boxes[0]?.frame.id ?? 0;
  const here = boxes[at];
  if (direction === "up") return here.frame.parent >= 0 ? here.frame.parent : id;
  if (direction === "down") {
    const below = boxes.filter((b) => b.frame.parent === id).sort((a, b) => b.width - a.width);
    return below[0]?.frame.id ?? id;
  }
  const row = boxes.filter((b) => b.frame.depth === here.frame.depth).sort((a, b) => a.left - b.left);
  const next = row.indexOf(here) + (direction === "left" ? -1 : 1);
  return row[next]?.frame.id ?? id;
}

// family is what a function belongs to, so that its neighbours share a colour: its package, or its file.
export function family(name) {
  const slash = /^[^\s()[\]{}<>"']*/.exec(name)[0].lastIndexOf("/"); // not one in what a type is made of
  const dot = name.indexOf(".", slash + 1);
  return dot > 0 ? name.slice(0, dot) : name;
}

// hue picks one of so many colours for a family, always the same one.
export function hue(name, colours) {
  let hash = 2166136261;
  for (const c of family(name)) hash = Math.imul(hash ^ c.codePointAt(0), 16777619);
  return (hash >>> 0) % colours;
}
