// The few assertions that the unit tests need.

// same fails unless both are alike, down to their parts.
export function same(got, want, about = "") {
  const [a, b] = [text(got), text(want)];
  if (a !== b) throw new Error(`${about}\n got ${a}\nwant ${b}`);
}

// fails expects f to throw, or its promise to be refused, with a message that contains the text.
export async function fails(f, part) {
  let caught;
  try {
    await f();
  } catch (cause) {
    caught = cause;
  }
  if (!caught) throw new Error("it did not fail");
  if (!caught.message.includes(part)) throw new Error(`failed with ${caught.message}, want ${part}`);
}

function text(value) {
  return JSON.stringify(value, (_, v) => (v instanceof Set ? { set: [...v] } : v === undefined ? "undefined" : typeof v === "number" && !Number.isFinite(v) ? String(v) : v));
}
