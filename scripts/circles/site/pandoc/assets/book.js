// What a page can do once it is read: the theme switch, the side bar on a phone, tabs, copying code, and
// the mark at the section that is being read. Every page is whole without it.
"use strict";

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function enableSidebar() {
  const button = document.getElementById("menu-button");
  const sidebar = document.getElementById("sidebar");
  const isOpen = () => button.getAttribute("aria-expanded") === "true";
  const setOpen = (open) => {
    button.setAttribute("aria-expanded", String(open));
    sidebar.classList.toggle("open", open);
    if (open) {
      (sidebar.querySelector("[aria-current]") ?? sidebar.querySelector("a")).focus();
    }
  };
  sidebar.addEventListener("focusout", ({ relatedTarget }) => {
    if (isOpen() && relatedTarget && relatedTarget !== button && !sidebar.contains(relatedTarget)) {
      setOpen(false);
    }
  });
  button.addEventListener("click", () => setOpen(!isOpen()));
  document.addEventListener("click", (event) => {
    if (isOpen() && !sidebar.contains(event.target) && !button.contains(event.target)) {
      setOpen(false);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen()) {
      setOpen(false);
      button.focus();
    }
  });
  const current = sidebar.querySelector("[aria-current]");
  if (current && current.offsetTop > sidebar.clientHeight) {
    sidebar.scrollTop = current.offsetTop - sidebar.clientHeight / 2;
  }
}

// The pattern "tabs" of the ARIA practices: arrows move, one tab stop for the whole list.
function enableTabs(tabset, index) {
  const panels = [...tabset.querySelectorAll(":scope > .tab")];
  const list = element("div", { className: "tab-list" });
  list.setAttribute("role", "tablist");
  const tabs = panels.map((panel, i) => {
    const title = panel.querySelector(":scope > .title");
    const tab = element("button", { type: "button", id: `tab-${index}-${i}` }, ...title.cloneNode(true).childNodes);
    panel.id = `panel-${index}-${i}`;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    list.append(tab);
    return tab;
  });
  const select = (chosen) => {
    tabs.forEach((tab, i) => {
      tab.setAttribute("aria-selected", String(i === chosen));
      tab.tabIndex = i === chosen ? 0 : -1;
      panels[i].classList.toggle("unselected", i !== chosen);
    });
  };
  tabs.forEach((tab, i) => tab.addEventListener("click", () => select(i)));
  list.addEventListener("keydown", (event) => {
    const now = tabs.indexOf(document.activeElement);
    const goal = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: -1 }[event.key];
    if (goal !== undefined) {
      const next = (goal + tabs.length) % tabs.length;
      event.preventDefault();
      select(next);
      tabs[next].focus();
    }
  });
  tabset.prepend(list);
  tabset.classList.add("enabled");
  select(0);
}

// A figure is a link to its file: without this it opens there. The dialog keeps and returns the focus.
function enableEnlarging() {
  const dialog = element("dialog", { className: "enlarged" });
  const close = element("button", { type: "button", className: "icon-button", textContent: "✕", ariaLabel: "Close" });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target === close) {
      dialog.close();
    }
  });
  document.body.append(dialog);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.enlarge");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }
    event.preventDefault();
    const { alt, width, height } = link.querySelector("img");
    const frame = element("div", { className: "frame", tabIndex: 0 }, element("img", { src: link.href, alt }));
    frame.style.setProperty("--ratio", width / height);
    const caption = link.closest("figure")?.querySelector("figcaption");
    dialog.ariaLabel = caption ? caption.textContent.trim() : alt;
    dialog.replaceChildren(close, frame, ...(caption ? [element("p", {}, ...caption.cloneNode(true).childNodes)] : []));
    dialog.showModal();
  });
}

function enableCopying(block) {
  const button = element("button", { type: "button", className: "copy", textContent: "Copy" });
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(block.querySelector("code").innerText);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  block.append(button);
}

// What scrolls can be reached and scrolled by keys.
function enableScrolling() {
  for (const wide of document.querySelectorAll(".equation math, p > math[display=block], .code pre")) {
    if (wide.scrollWidth > wide.clientWidth) {
      wide.tabIndex = 0;
    } else {
      wide.removeAttribute("tabindex");
    }
  }
}

// The link to the last heading above the upper third of the window is the current one.
function followReading() {
  const links = [...document.querySelectorAll(".contents a")];
  const headings = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
  const mark = () => {
    const passed = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 3);
    links.forEach((link, i) => {
      link.toggleAttribute("data-current", i === passed.length - 1);
    });
  };
  document.addEventListener("scroll", mark, { passive: true });
  mark();
}

document.getElementById("theme-button").addEventListener("click", switchTheme);
enableSidebar();
enableEnlarging();
document.querySelectorAll(".tabset").forEach(enableTabs);
enableScrolling();
addEventListener("resize", enableScrolling);
document.addEventListener("toggle", enableScrolling, true);
if (navigator.clipboard) {
  document.querySelectorAll(".code").forEach(enableCopying);
}
followReading();
