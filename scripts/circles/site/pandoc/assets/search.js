// Search: a dialog over the page, opened by its button or by "/". The library and the texts are scripts of
// their own, loaded when it is first opened, so that it works from disk too.
"use strict";

{
  const assets = document.currentScript.src.replace(/search\.js$/, "");
  const MOST = 20;
  const BEFORE = 60;
  const LONGEST = 180;

  const load = (name) => new Promise((resolve, reject) => {
    document.head.append(Object.assign(document.createElement("script"), {
      src: assets + name, onload: resolve, onerror: reject,
    }));
  });

  let index = null;
  async function prepare() {
    await Promise.all([load("minisearch.js"), load("search-index.js")]);
    index = new MiniSearch({
      fields: ["heading", "page", "text"],
      storeFields: ["href", "page", "heading", "text"],
      searchOptions: {
        boost: { heading: 4, page: 2 }, combineWith: "AND", prefix: true, fuzzy: (term) => (term.length > 4 ? 0.2 : 0),
      },
    });
    index.addAll(window.circlesSearch.map(([href, page, heading, text], id) => ({ id, href, page, heading, text })));
  }

  // The words around the first one found, with all that were found marked.
  function excerpt({ text, terms }) {
    const found = new RegExp(terms.map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "gi");
    const first = Math.max(0, text.search(found));
    const start = first > BEFORE ? text.indexOf(" ", first - BEFORE) + 1 : 0;
    const shown = text.slice(start, start + LONGEST);
    const parts = element("span", { className: "excerpt" }, start ? "… " : "");
    let end = 0;
    for (const match of shown.matchAll(found)) {
      parts.append(shown.slice(end, match.index), element("mark", {}, match[0]));
      end = match.index + match[0].length;
    }
    parts.append(shown.slice(end), start + LONGEST < text.length ? " …" : "");
    return parts;
  }

  function enableSearch(button) {
    const field = element("input", { type: "search", ariaLabel: "Search the book", placeholder: "Search the book", spellcheck: false });
    const status = element("p", { className: "status" });
    status.setAttribute("role", "status");
    const list = element("ol", {});
    const close = element("button", { type: "button", className: "icon-button", textContent: "✕", ariaLabel: "Close" });
    const dialog = element("dialog", { className: "search", ariaLabel: "Search" }, element("div", { className: "field" }, field, close), status, list);
    document.body.append(dialog);

    const show = () => {
      const query = field.value.trim();
      const found = index && query ? index.search(query) : [];
      list.replaceChildren(...found.slice(0, MOST).map((one) => element("li", {}, element("a", { href: assets + "../" + one.href },
        element("span", { className: "where" }, one.heading ? `${one.page} › ${one.heading}` : one.page), excerpt(one)))));
      status.textContent = !query ? "" : !index ? "Loading …" : found.length === 0 ? "Nothing found."
        : found.length > MOST ? `The first ${MOST} of ${found.length} sections` : `${found.length} section${found.length === 1 ? "" : "s"}`;
    };
    const open = async () => {
      if (dialog.open) {
        return;
      }
      dialog.showModal();
      field.select();
      if (!index) {
        await prepare().catch(() => { status.textContent = "The search could not be loaded."; });
        show();
      }
    };
    const move = (step) => {
      const stops = [field, ...list.querySelectorAll("a")];
      stops[(stops.indexOf(document.activeElement) + step + stops.length) % stops.length].focus();
    };

    button.hidden = false;
    button.addEventListener("click", open);
    close.addEventListener("click", () => dialog.close());
    field.addEventListener("input", show);
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || event.target.closest("a")) {
        dialog.close();
      }
    });
    dialog.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        event.preventDefault();
        move(step);
      } else if (event.key === "Escape") { // which would only empty the field
        dialog.close();
      } else if (event.key === "Enter" && document.activeElement === field) {
        list.querySelector("a")?.click();
      }
    });
    if (location.hash === "#" + button.id) { // a link to the search, such as that of 404.html
      open();
    }
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        open();
      }
    });
  }

  document.addEventListener("DOMContentLoaded", () => enableSearch(document.getElementById("search-button")));
}
