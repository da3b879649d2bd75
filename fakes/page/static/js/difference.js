// The difference of two trees of calls. All functions are pure and none recurses.

// difference joins two trees to one whose frames are as wide as both together: {name, self, total, before: {self, total}, children}; self and
// total are sums of both.
export function difference(before, now) {
  const root = { name: "total", children: [] };
  const todo = [{ into: root, before, now }];
  while (todo.length > 0) {
    const { into, before: b, now: n } = todo.pop();
    into.before = { self: b?.self ?? 0, total: b?.total ?? 0 };
    into.self = into.before.self + (n?.self ?? 0);
    into.total = into.before.total + (n?.total ?? 0);
    const others = new Map((b?.children ?? []).map((c) => [c.name, c]));
    for (const c of n?.children ?? []) {
      todo.push(child(into, others.get(c.name), c));
      others.delete(c.name);
    }
    for (const c of others.values()) todo.push(child(into, c, undefined));
  }
  return root;
}

function child(parent, before, now) {
  const into = { name: (now ?? before).name, children: [] };
  parent.children.push(into);
  return { into, before, now };
}

// change tells how a frame's share of the whole changed, from -1 (all of it went) to 1 (all of it is new): 0 is no change.
export function change(frame, whole) {
  const was = share(frame.before.total, whole.before.total), is = share(frame.total - frame.before.total, whole.total - whole.before.total);
  return was + is === 0 ? 0 : (is - was) / (is + was);
}

const share = (part, whole) => (whole === 0 ? 0 : part / whole);

// grade sorts a change into one of seven colours: -3 much less, 0 about the same, 3 much more.
export function grade(change) {
  const size = Math.abs(change);
  const steps = size < 0.02 ? 0 : size < 0.1 ? 1 : size < 0.33 ? 2 : 3;
  return Math.sign(change) * steps + 0;
}
