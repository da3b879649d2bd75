// Numbers, sizes, times and labels as people read them. All functions are pure.

const sizes = ["B", "KiB", "MiB", "GiB", "TiB"];

// size writes bytes: 812 B, 1.4 KiB, 12 MiB.
export function size(bytes) {
  let n = bytes, unit = 0;
  while (Math.abs(n) >= 1024 && unit < sizes.length - 1) {
    n /= 1024;
    unit++;
  }
  return `${unit === 0 || Math.abs(n) >= 100 ? Math.round(n) : n.toFixed(1).replace(/\.0$/, "")} ${sizes[unit]}`;
}

// count writes a number with thin spaces between thousands: 1 234 567.
export function count(n) {
  return String(n).replace(/\B(?=(\d{3})+(?!\d))/g, "\u2009");
}

// number writes a value with at most six digits that count: 0.25, 12 345, 1.5e+9, NaN.
export function number(n) {
  if (!Number.isFinite(n)) return Number.isNaN(n) ? "NaN" : n > 0 ? "+Inf" : "-Inf";
  const rounded = Number(n.toPrecision(6));
  if (rounded !== 0 && (Math.abs(rounded) >= 1e9 || Math.abs(rounded) < 1e-4)) return rounded.toExponential().replace("e+", "e");
  const [whole, fraction] = String(rounded).split(".");
  return fraction ? `${count(whole)}.${fraction}` : count(whole);
}

// short writes a number in few characters: 999, 1.2k, 35k, 4.1M.
export function short(n) {
  for (const [unit, factor] of [["G", 1e9], ["M", 1e6], ["k", 1e3]]) {
    if (Math.abs(n) >= factor) {
      const scaled = n / factor;
      return (Math.abs(scaled) >= 10 ? Math.round(scaled) : Number(scaled.toFixed(1))) + unit;
    }
  }
  return String(n);
}

// plural joins a number and its noun: 1 profile, 2 profiles, 3 series.
export function plural(n, noun) {
  return `${count(n)} ${n === 1 || noun === "series" || noun === "metadata" ? noun : noun + "s"}`;
}

// duration writes milliseconds: 0.4 ms, 12 ms, 1.25 s, 3 min 20 s.
export function duration(ms) {
  if (ms > 0 && ms < 1) return `${Number(ms.toFixed(2))} ms`;
  if (ms < 10) return `${Number(ms.toFixed(1))} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${Number((ms / 1000).toFixed(2))} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

const two = (n) => String(n).padStart(2, "0");

// clock writes the time of day of a moment in milliseconds since 1970, in the reader's zone: 15:04:05.123.
export function clock(ms) {
  const t = new Date(ms);
  return `${two(t.getHours())}:${two(t.getMinutes())}:${two(t.getSeconds())}.${String(t.getMilliseconds()).padStart(3, "0")}`;
}

// moment writes date and time of day: 2026-03-01 15:04:05.123.
export function moment(ms) {
  const t = new Date(ms);
  if (Number.isNaN(t.getTime())) return String(ms);
  return `${t.getFullYear()}-${two(t.getMonth() + 1)}-${two(t.getDate())} ${clock(ms)}`;
}

// stamp writes a moment, without the date when that is the date of the moment now.
export function stamp(ms, now) {
  const whole = moment(ms);
  return whole.startsWith(moment(now).slice(0, 11)) ? whole.slice(11) : whole;
}

// ago writes how long before now a moment was: now, 5 s ago, 3 min ago, 2 h ago, 4 d ago.
export function ago(ms, now) {
  const seconds = Math.floor((now - ms) / 1000);
  if (seconds < 1) return "now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

// percent writes a share: 12.3 %, 0.04 %.
export function percent(part, whole) {
  if (whole === 0) return "0 %";
  const p = (100 * part) / whole;
  return `${p !== 0 && p < 0.1 ? p.toPrecision(1) : Number(p.toFixed(1))} %`;
}

// amount writes a value of a profile in its unit: 1.2 s for nanoseconds, 4 MiB for bytes, a plain number else.
export function amount(value, unit) {
  switch (unit) {
    case "nanoseconds": return value === 0 ? "0" : duration(value / 1e6);
    case "microseconds": return value === 0 ? "0" : duration(value / 1e3);
    case "milliseconds": return value === 0 ? "0" : duration(value);
    case "seconds": return value === 0 ? "0" : duration(value * 1e3);
    case "bytes": return size(value);
    default: return count(value);
  }
}

// labels writes a label set as PromQL does: name{a="b"}. The set is [{name, value}, ...].
export function labels(set) {
  const name = set.find((l) => l.name === "__name__")?.value ?? "";
  const rest = set.filter((l) => l.name !== "__name__").map((l) => `${l.name}=${JSON.stringify(l.value)}`);
  return name + (rest.length > 0 || name === "" ? `{${rest.join(", ")}}` : "");
}
