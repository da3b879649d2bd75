// Doing something that is asked for often, seldom.

// throttle gives a function that runs f soon, but only once in so many milliseconds. The last call is never lost.
export function throttle(f, ms) {
  let timer, last = -Infinity;
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      last = performance.now();
      f();
    }, Math.max(0, last + ms - performance.now()));
  };
}
