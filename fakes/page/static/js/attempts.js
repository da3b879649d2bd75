// Which requests are the same batch sent again: those whose bodies are the same bytes.

const mostLooked = 24; // bodies that are fetched for one answer
const mostSize = 4 << 20;

// attemptsOf finds the number of a request among those with its bytes: {number, of, others}. bytesOf(entry) fetches a body. It is null
// for bodies that are empty or too large to compare.
export async function attemptsOf(entries, entry, bytesOf) {
  if (entry.size === 0 || entry.size > mostSize) return null;
  const near = alike(entries, entry);
  if (near.length === 0) return { number: 1, of: 1, others: [] };
  const [own, ...bodies] = await Promise.all([entry, ...near].map(bytesOf));
  const others = near.filter((_, i) => same(own, bodies[i]));
  return { number: others.filter((o) => o.seq < entry.seq).length + 1, of: others.length + 1, others };
}

// alike are the nearest requests that could carry the same bytes.
export function alike(entries, entry) {
  const all = entries.filter((e) => e.fake === entry.fake && e.seq !== entry.seq && e.size === entry.size && e.path === entry.path && e.tenant === entry.tenant);
  return all.sort((a, b) => Math.abs(a.seq - entry.seq) - Math.abs(b.seq - entry.seq)).slice(0, mostLooked).sort((a, b) => a.seq - b.seq);
}

function same(a, b) {
  const x = new Uint8Array(a), y = new Uint8Array(b);
  return x.length === y.length && x.every((byte, i) => byte === y[i]);
}
