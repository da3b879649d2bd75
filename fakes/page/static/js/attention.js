// Whether anybody looks at the page.

const patience = 5000; // milliseconds for which a page that is left is kept up to date

// watchAttention calls leave a while after the page was hidden, or at once when the browser puts it away, and come when it is seen again.
export function watchAttention(leave, come) {
  let timer;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(leave, patience);
    else come();
  });
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (event) => event.persisted && come());
}
