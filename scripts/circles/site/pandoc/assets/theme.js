// Sets the theme before the page is painted: the reader's choice if there is one, else the system's.
// It is loaded without `defer` for that reason. Without it, CSS follows the system by itself.
"use strict";

const THEME_KEY = "circles-theme";

function storedTheme() {
  try {
    return localStorage.getItem(THEME_KEY);
  } catch {
    return null; // storage may be forbidden; then the choice lasts for one page
  }
}

function systemTheme() {
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

function showTheme() {
  document.documentElement.dataset.theme = storedTheme() ?? systemTheme();
}

function switchTheme() {
  const root = document.documentElement;
  root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
  try {
    localStorage.setItem(THEME_KEY, root.dataset.theme);
  } catch {
    // as above
  }
}

// A page does not wait for its fonts, so who comes first would not see them: they are asked for as soon as can be.
// From disk they may not be asked for like this, and are near enough.
function askForFonts() {
  for (const face of location.protocol === "file:" ? [] : ["400-normal", "600-normal", "400-italic"]) {
    const href = new URL(`serif-${face}.woff2`, document.currentScript.src);
    document.head.append(Object.assign(document.createElement("link"), { rel: "preload", as: "font", type: "font/woff2", crossOrigin: "", href }));
  }
}

askForFonts();
showTheme();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showTheme);
