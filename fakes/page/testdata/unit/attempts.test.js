import { alike, attemptsOf } from "/js/attempts.js";
import { same } from "./check.js";

export const tests = {
  async "the same bytes again"() {
    const e = (seq, size = 3) => ({ fake: "m", seq, size, path: "/push", tenant: "" });
    const bodies = { 1: [1, 2, 3], 2: [9, 9, 9], 3: [1, 2, 3], 5: [1, 2, 3] };
    const all = [e(1), e(2), e(3), e(4, 7), e(5)];
    const bytesOf = async (x) => new Uint8Array(bodies[x.seq]).buffer;
    const found = await attemptsOf(all, all[2], bytesOf);
    same([found.number, found.of, found.others.map((o) => o.seq)], [2, 3, [1, 5]]);
    same([alike(all, all[3]), await attemptsOf(all, e(6, 0), bytesOf)], [[], null]);
  },
};
