// Native histograms: from spans and deltas to buckets. All functions are pure.

const customSchema = -53;

// buckets lists a histogram's buckets from the lowest to the highest: [{from, to, n}], the zero bucket among them.
export function buckets(h) {
  const negative = side(h, h.negativeSpans, h.float ? h.negativeCounts : sums(h.negativeDeltas)).map(({ from, to, n }) => ({ from: -to, to: -from, n })).reverse();
  const positive = side(h, h.positiveSpans, h.float ? h.positiveCounts : sums(h.positiveDeltas));
  const zero = Number(h.float ? h.zeroCountFloat ?? 0 : h.zeroCountInt ?? 0);
  const middle = zero > 0 ? [{ from: -Number(h.zeroThreshold), to: Number(h.zeroThreshold), n: zero }] : [];
  return [...negative, ...middle, ...positive];
}

// total is how many observations a histogram has.
export function total(h) {
  return Number(h.float ? h.countFloat ?? 0 : h.countInt ?? 0);
}

function sums(deltas = []) {
  let n = 0;
  return deltas.map((d) => (n += d));
}

function side(h, spans = [], counts = []) {
  const out = [];
  let bucket = 0, at = 0;
  for (const span of spans) {
    bucket += span.offset;
    for (let i = 0; i < span.length && at < counts.length; i++, at++, bucket++) out.push({ ...bounds(h, bucket), n: Number(counts[at]) });
  }
  return out;
}

// bounds are those of a bucket by its number: of the power that the schema says, or the sender's own.
function bounds(h, bucket) {
  if (h.schema === customSchema) {
    const own = h.customValues ?? [];
    return { from: bucket > 0 ? Number(own[bucket - 1]) : -Infinity, to: bucket < own.length ? Number(own[bucket]) : Infinity };
  }
  const base = 2 ** (2 ** -h.schema);
  return { from: base ** (bucket - 1), to: base ** bucket };
}
