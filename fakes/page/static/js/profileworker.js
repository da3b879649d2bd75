// Reads profiles in a thread of its own, so that the page answers meanwhile. A message {id, open: [buffer, ...]} is answered {id, profiles}
// with what is told of each; {id, type} is answered {id, frames, rows}: the flame graph of a sample type, of one profile or of the difference
// of two, and its functions. What fails is answered {id, error}.

import { difference } from "./difference.js";
import { index, top } from "./flame.js";
import { read, tree } from "./pprof.js";

let profiles = [];

async function open(buffers) {
  profiles = await Promise.all(buffers.map(read));
  return { profiles: profiles.map(({ types, defaultType, duration, samples }) => ({ types, defaultType, duration, samples: samples.length })) };
}

function draw(type) {
  const [now, before] = profiles.map((p) => tree(p, type));
  const frames = index(before ? difference(before, now) : now);
  return { frames, rows: top(frames) };
}

addEventListener("message", async ({ data: { id, open: buffers, type } }) => {
  try {
    postMessage({ id, ...(buffers ? await open(buffers) : draw(type)) });
  } catch (cause) {
    postMessage({ id, error: cause.message });
  }
});
