// Axes and lines as arithmetic. All functions are pure.

// niceTicks are round numbers from low to high, about so many: [low, ..., high] in steps of 1, 2 or 5 times a power of ten, the first not
// above low and the last not below high.
export function niceTicks(low, high, about) {
  if (low === high) return niceTicks(low - (Math.abs(low) || 1) / 2, high + (Math.abs(high) || 1) / 2, about);
  const rough = (high - low) / about, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough * 0.999);
  const ticks = [];
  for (let i = Math.floor(low / step + 1e-9); ; i++) {
    ticks.push(Number((i * step).toPrecision(12)));
    if (i * step >= high - step * 1e-9) return ticks;
  }
}

// extent is the lowest and highest value that is finite, or null when there is none. points are [time, value].
export function extent(lines) {
  let low = Infinity, high = -Infinity;
  for (const { points } of lines) {
    for (const [, v] of points) {
      if (!Number.isFinite(v)) continue;
      if (v < low) low = v;
      if (v > high) high = v;
    }
  }
  return low > high ? null : [low, high];
}

// pathOf draws points as an SVG path with a gap where two of them are further apart than a step and a half, or one is not finite. A point
// with a gap on both sides becomes a dot.
export function pathOf(points, step, x, y) {
  const parts = [];
  let last = null;
  for (const [t, v] of points) {
    if (!Number.isFinite(v)) {
      last = null;
      continue;
    }
    const joined = last !== null && t - last <= step * 1.5;
    parts.push(`${joined ? "L" : "M"}${x(t).toFixed(1)} ${y(v).toFixed(1)}`);
    if (!joined) parts.push("h0");
    last = t;
  }
  return parts.join("");
}

// valueAt is the value of the point nearest to a time, at most half a step away, or null.
export function valueAt(points, t, step) {
  let best = null;
  for (const p of points) if (Math.abs(p[0] - t) <= step / 2 && (best === null || Math.abs(p[0] - t) < Math.abs(best[0] - t))) best = p;
  return best === null ? null : best[1];
}

// stepFor is a round number of seconds that makes about so many steps of a span in milliseconds.
export function stepFor(span, about = 240) {
  const rough = span / 1000 / about;
  return [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200].find((s) => s >= rough) ?? Math.ceil(rough / 86_400) * 86_400;
}
