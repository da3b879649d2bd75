// Doing something that is asked for often, seldom.

const share = 8; // of the time, at most one part in so many is spent

// throttle gives a function that runs f soon, but only once in so many milliseconds, and more seldom when f takes long. The last call is never
// lost.
export function throttle(f, ms) {
  let timer, next = -Infinity;
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      const begun = performance.now();
      f();
      const ended = performance.now();
      next = ended + Math.max(ms, share * (ended - begun));
    }, Math.max(0, next - performance.now()));
  };
}
