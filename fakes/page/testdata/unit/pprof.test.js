import { decode, read, tree } from "/js/pprof.js";
import { fails, same } from "./check.js";

// A profile by hand: strings "", samples, count, cpu, nanoseconds, main, leaf, inlined; main calls leaf, into which inlined was put.
const number = (n) => {
  let rest = BigInt.asUintN(64, BigInt(n));
  const out = [];
  for (; rest > 127n; rest >>= 7n) out.push(Number(rest & 127n) | 128);
  return [...out, Number(rest)];
};
const int = (field, n) => [...number(field * 8), ...number(n)];
const bytes = (field, data) => [...number(field * 8 + 2), ...number(data.length), ...data];
const texts = ["", "samples", "count", "cpu", "nanoseconds", "main", "leaf", "inlined"].flatMap((t) => bytes(6, [...new TextEncoder().encode(t)]));
const fn = (id, name) => bytes(5, [...int(1, id), ...int(2, name)]);
const at = (id, ...functions) => bytes(4, [...int(1, id), ...int(3, 4096 + id), ...functions.flatMap((f) => bytes(4, int(1, f)))]);
const sample = (ids, values) => bytes(2, [...bytes(1, ids.flatMap(number)), ...bytes(2, values.flatMap(number))]);
const whole = new Uint8Array([
  ...bytes(1, [...int(1, 1), ...int(2, 2)]), ...bytes(1, [...int(1, 3), ...int(2, 4)]),
  ...sample([2, 1], [3, 30]), ...sample([1], [1, 5]), ...sample([3], [-1, -2]),
  ...at(1, 1), ...at(2, 3, 2), ...at(3), ...fn(1, 5), ...fn(2, 6), ...fn(3, 7), ...texts, ...int(10, 2_000_000_000),
]);

export const tests = {
  decoding() {
    const p = decode(whole);
    same(p.types, [{ type: "samples", unit: "count" }, { type: "cpu", unit: "nanoseconds" }]);
    same(p.samples, [
      { stack: ["main", "leaf", "inlined"], values: [3, 30] }, { stack: ["main"], values: [1, 5] }, { stack: ["0x1003"], values: [-1, -2] },
    ]);
    same([p.duration, p.defaultType], [2000, 1]);
  },
  "the tree of calls"() {
    const bare = (n) => [n.name, n.self, n.total, n.children.map(bare)];
    same(bare(tree(decode(whole.slice()), 1)), ["total", 0, 33, [["main", 5, 35, [["leaf", 0, 30, [["inlined", 30, 30, []]]]]], ["0x1003", -2, -2, []]]]);
  },
  async inflating() {
    const packed = await new Response(new Blob([whole]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
    same((await read(packed)).samples.length, 3);
  },
  async "what is no profile"() {
    await fails(() => decode(whole.slice(0, 20)), "cut off");
    await fails(() => decode(new Uint8Array([0x0b])), "wire type 3");
    await fails(() => decode(new Uint8Array(11).fill(0xff)), "more than ten bytes");
    await fails(() => decode(new Uint8Array([0x08, 0x01])), "where a message should be");
    await fails(() => read(new Uint8Array([0x1f, 0x8b, 1, 2, 3]).buffer), "");
    same(decode(new Uint8Array()).samples, []);
  },
};
