import { hex, readable } from "/js/body.js";
import { same } from "./check.js";

export const tests = {
  bodies() {
    const bytes = (text) => new TextEncoder().encode(text).buffer;
    same([readable(bytes("a ü\n")), readable(new Uint8Array([255, 254]).buffer), readable(bytes("a\u0000b"))], ["a ü\n", null, null]);
    same(hex(new Uint8Array([65, 10, 255])), `000000  ${"41 0a ff".padEnd(47)}  A··`);
  },
};
