// Light, dark, or as the system says.

import { fill, icon } from "./dom.js";

const choices = ["auto", "light", "dark"];
const words = { auto: "as the system", light: "light", dark: "dark" };
const icons = { auto: "auto", light: "sun", dark: "moon" };
const dark = matchMedia("(prefers-color-scheme: dark)");

// startTheme makes a button that goes through the choices, and remembers the last one in this browser.
export function startTheme(button) {
  let choice = choices.includes(remembered()) ? remembered() : "auto";
  const apply = () => {
    document.documentElement.dataset.theme = choice === "auto" ? (dark.matches ? "dark" : "light") : choice;
    fill(button, icon(icons[choice]));
    button.title = `Colours: ${words[choice]}`;
    button.setAttribute("aria-label", button.title);
  };
  button.addEventListener("click", () => {
    choice = choices[(choices.indexOf(choice) + 1) % choices.length];
    remember(choice);
    apply();
  });
  dark.addEventListener("change", apply);
  apply();
}

// A browser may refuse to remember, which is no reason to fail.
function remembered() {
  try {
    return localStorage.getItem("theme");
  } catch {
    return null;
  }
}

function remember(choice) {
  try {
    localStorage.setItem("theme", choice);
  } catch {
    // it lasts until the page is left
  }
}
