// Requests over time, counted for the chart. All functions are pure.

export const tones = ["ok", "open", "client", "server", "fault"]; // from the bottom of a column to its top

const leastSpan = 30_000;

// spanOf is the time that a chart of these entries covers: at least half a minute. The entries are in order of arrival.
export function spanOf(entries) {
  if (entries.length === 0) return null;
  const from = entries[0].arrived, to = entries[entries.length - 1].arrived;
  return to - from >= leastSpan ? [from, to + 1] : [to - leastSpan, to + 1];
}

// countInto counts entries in so many columns of equal width over a span: an array of {from, to, sum, ok, open, client, server, fault}.
export function countInto(entries, [from, to], columns) {
  const width = (to - from) / columns;
  const bins = Array.from({ length: columns }, (_, i) => ({
    from: from + i * width, to: from + (i + 1) * width, sum: 0, ok: 0, open: 0, client: 0, server: 0, fault: 0,
  }));
  for (const e of entries) {
    const i = Math.floor((e.arrived - from) / width);
    if (i < 0 || i >= columns) continue;
    bins[i][e.tone]++;
    bins[i].sum++;
  }
  return bins;
}

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400].map((s) => s * 1000);

// ticks are round moments in a span, at most so many.
export function ticks([from, to], most) {
  const step = steps.find((s) => (to - from) / s <= most) ?? 86_400_000 * Math.ceil((to - from) / 86_400_000 / most);
  const marks = [];
  for (let t = Math.ceil(from / step) * step; t < to; t += step) marks.push(t);
  return marks;
}
