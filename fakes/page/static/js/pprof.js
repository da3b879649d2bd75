// Reading a profile in the pprof format: protobuf, inflated by the browser. It takes what the fake has parsed already, but checks all
// lengths, because the bytes come from the wire.

const mostBytes = 256 << 20;

// read takes gzipped or plain bytes: a Promise of {types: [{type, unit}], samples: [{stack: [name, ...], values}], duration, time,
// defaultType}, stacks from the root to the leaf. It fails when the bytes are no profile.
export async function read(buffer) {
  return decode(await inflate(new Uint8Array(buffer)));
}

async function inflate(bytes) {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  const chunks = [];
  let length = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    chunks.push(part.value);
    length += part.value.length;
    if (length > mostBytes) throw new Error(`the profile has more than ${mostBytes} bytes`);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

// decode reads inflated bytes.
export function decode(bytes) {
  const raw = { types: [], samples: [], locations: new Map(), functions: new Map(), strings: [], duration: 0, time: 0, defaultType: 0 };
  each(bytes, (field, value) => {
    switch (field) {
      case 1: raw.types.push(pair(value)); break;
      case 2: raw.samples.push(sample(value)); break;
      case 4: location(value, raw.locations); break;
      case 5: named(value, raw.functions); break;
      case 6: raw.strings.push(text(value)); break;
      case 9: raw.time = value / 1e6; break;
      case 10: raw.duration = value / 1e6; break;
      case 14: raw.defaultType = value; break;
    }
  });
  return resolve(raw);
}

function resolve(raw) {
  const string = (i) => raw.strings[i] ?? "";
  const names = new Map(); // of a location, its functions from the caller to what was inlined
  const namesOf = (id) => {
    if (!names.has(id)) names.set(id, locationNames(raw, id, string));
    return names.get(id);
  };
  const types = raw.types.map(([type, unit]) => ({ type: string(type), unit: string(unit) }));
  const wanted = types.findIndex((t) => raw.defaultType > 0 && t.type === string(raw.defaultType));
  return {
    types,
    samples: raw.samples.map(({ ids, values }) => ({ stack: ids.toReversed().flatMap(namesOf), values })),
    duration: raw.duration,
    time: raw.time,
    defaultType: wanted >= 0 ? wanted : Math.max(0, types.length - 1),
  };
}

function locationNames(raw, id, string) {
  const found = raw.locations.get(id);
  if (!found) return [`location ${id}`];
  if (found.lines.length === 0) return [`0x${found.address.toString(16)}`];
  return found.lines.map((f) => string(raw.functions.get(f)) || "?").toReversed();
}

function pair(bytes) {
  const both = [0, 0];
  each(bytes, (field, value) => {
    if (field === 1 || field === 2) both[field - 1] = value;
  });
  return both;
}

function sample(bytes) {
  const ids = [], values = [];
  each(bytes, (field, value) => {
    if (field === 1) repeated(value, ids);
    if (field === 2) repeated(value, values);
  });
  return { ids, values };
}

function location(bytes, into) {
  let id = 0, address = 0;
  const lines = [];
  each(bytes, (field, value) => {
    if (field === 1) id = value;
    if (field === 3) address = value;
    if (field === 4) each(value, (inner, n) => inner === 1 && lines.push(n));
  });
  into.set(id, { address, lines });
}

function named(bytes, into) {
  let id = 0, name = 0;
  each(bytes, (field, value) => {
    if (field === 1) id = value;
    if (field === 2) name = value;
  });
  into.set(id, name);
}

// repeated takes numbers that are packed, or one that is not.
function repeated(value, into) {
  if (typeof value === "number") {
    into.push(value);
    return;
  }
  for (let at = 0; at < value.length; ) {
    const [n, next] = varint(value, at);
    into.push(n);
    at = next;
  }
}

const decoder = new TextDecoder();
const text = (value) => (typeof value === "number" ? "" : decoder.decode(value));

// each calls f(field, value) for the fields of a message: a number, or the bytes of what has a length.
function each(bytes, f) {
  if (typeof bytes === "number") throw new Error("a number stands where a message should be");
  for (let at = 0; at < bytes.length; ) {
    const [tag, from] = varint(bytes, at);
    const [value, next] = field(bytes, tag & 7, from);
    f(Math.floor(tag / 8), value);
    at = next;
  }
}

function field(bytes, wire, from) {
  switch (wire) {
    case 0: return varint(bytes, from);
    case 1: return [0, within(bytes, from + 8)];
    case 5: return [0, within(bytes, from + 4)];
    case 2: {
      const [length, start] = varint(bytes, from);
      return [bytes.subarray(start, within(bytes, start + length)), start + length];
    }
    default: throw new Error(`wire type ${wire} at byte ${from}`);
  }
}

function within(bytes, end) {
  if (!(end <= bytes.length)) throw new Error(`cut off at byte ${bytes.length}`);
  return end;
}

// varint reads a number of 64 bits with its sign. Above 2^53 it is rounded.
function varint(bytes, from) {
  let low = 0, high = 0;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[from + i];
    if (byte === undefined) throw new Error(`cut off at byte ${bytes.length}`);
    if (i < 4) low += (byte & 0x7f) * 2 ** (7 * i);
    else high += (byte & 0x7f) * 2 ** (7 * (i - 4));
    if (byte < 0x80) {
      const value = high * 2 ** 28 + low;
      return [high >= 2 ** 35 ? (high - 2 ** 36) * 2 ** 28 + low : value, from + i + 1];
    }
  }
  throw new Error(`a number of more than ten bytes at byte ${from}`);
}

// tree joins the samples of a profile to a tree of calls that counts the sample type with this number.
export function tree(profile, type) {
  const root = node("total");
  for (const { stack, values } of profile.samples) {
    const value = values[type] ?? 0;
    if (value === 0) continue;
    root.total += value;
    let at = root;
    for (const name of stack) {
      if (!at.byName.has(name)) at.byName.set(name, at.children[at.children.push(node(name)) - 1]);
      at = at.byName.get(name);
      at.total += value;
    }
    at.self += value;
  }
  return root;
}

function node(name) {
  return { name, self: 0, total: 0, children: [], byName: new Map() };
}
