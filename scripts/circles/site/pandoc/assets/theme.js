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

showTheme();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showTheme);
