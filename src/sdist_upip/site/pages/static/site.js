"use strict";

// The URL of the site, where pages do not know it.
const root = new URL("..", document.currentScript.src);
if (root.protocol === "http:" || root.protocol === "https:") {
  const escaped = (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`;
  const url = root.href.replace(/\/$/, "").replace(/[^\w:/.~%[\]-]/g, escaped);
  for (const one of document.querySelectorAll(".site-url")) one.textContent = url;
  for (const one of document.querySelectorAll(".site-url-note")) one.remove();
}

// Buttons that copy lines.
async function copy(text, block) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const selection = getSelection();
  selection.selectAllChildren(block);
  if (!document.execCommand("copy")) throw new Error("The browser does not copy.");
  selection.removeAllRanges();
}

for (const box of document.querySelectorAll(".copy")) {
  const code = box.querySelector("code");
  const title = box.parentElement.querySelector("h3");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  if (title) button.setAttribute("aria-label", `Copy: ${title.textContent}`);
  const status = document.createElement("span");
  status.className = "announced";
  status.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    let result = "Copied";
    try {
      await copy(code.textContent, code);
    } catch {
      getSelection().selectAllChildren(code);
      result = "Selected";
    }
    button.textContent = result;
    status.textContent = result;
    setTimeout(() => {
      button.textContent = "Copy";
      status.textContent = "";
    }, 2000);
  });
  box.append(button, status);
}

// Search.
const form = document.getElementById("search");
if (form) {
  const query = document.getElementById("query");
  const found = document.getElementById("found");
  const list = document.getElementById("packages");
  const packages = Array.from(list.querySelectorAll("a"), (link) => {
    const item = link.closest("li");
    const name = link.textContent;
    const summary = item.querySelector("p");
    return { item, name, text: `${name} ${summary ? summary.textContent : ""}`.toLowerCase() };
  });
  const total = packages.length.toLocaleString("en");
  let shown = "";
  let timer = 0;
  let frame = 0;
  const PIECE = 200;

  // Names come first that are a word of the query, then those that begin with one, or have one.
  const rank = (name, words) =>
    Math.min(...words.map((word) => [name === word, name.startsWith(word), name.includes(word), true].indexOf(true)));

  function search() {
    const text = query.value.trim();
    if (text === shown) return;
    shown = text;
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const matches = packages.filter((one) => words.every((word) => one.text.includes(word)));
    if (words.length) matches.sort((a, b) => rank(a.name, words) - rank(b.name, words));
    show(matches.map((one) => one.item));
    announce(matches.length, text);
    const address = new URL(location.href);
    if (text) address.searchParams.set("q", text);
    else address.searchParams.delete("q");
    try {
      history.replaceState(null, "", address);
    } catch {
      // Some browsers keep the address of a page that is a file.
    }
  }

  // The first results at once, and the rest a piece at a time, so that typing goes on.
  function show(items) {
    cancelAnimationFrame(frame);
    list.replaceChildren(...items.slice(0, PIECE));
    let next = PIECE;
    function showMore() {
      list.append(...items.slice(next, next + PIECE));
      next += PIECE;
      if (next < items.length) frame = requestAnimationFrame(showMore);
    }
    if (next < items.length) frame = requestAnimationFrame(showMore);
  }

  function announce(count, text) {
    const word = packages.length === 1 ? "package" : "packages";
    if (!text) found.textContent = `${total} ${word}`;
    else found.textContent = `${count ? count.toLocaleString("en") : "None"} of ${total} ${word}`;
  }

  query.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, 80);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search();
    const first = list.querySelector("a");
    if (first) first.focus();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      query.focus();
    }
  });
  if (packages.length) {
    form.hidden = false;
    announce(packages.length, "");
    query.value = new URLSearchParams(location.search).get("q") ?? "";
    search();
  }
}
