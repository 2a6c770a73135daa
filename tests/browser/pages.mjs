// Open a site in Chromium and print what happens, as JSON.
// Arguments: the path of Chromium, the URL of the site without a server, and with one.

import { chromium } from "playwright-core";

const [browserPath, site, served] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: browserPath });
const problems = [];

async function open(options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const report = (what) => problems.push(`${page.url()}: ${what}`);
  page.on("console", (message) => report(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => report(error.message));
  page.on("requestfailed", (request) => report(`failed: ${request.url()}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(site) && !request.url().startsWith(served)) report(`request: ${request.url()}`);
  });
  return page;
}

// Every page that links lead to, on a phone and on a screen.
async function followLinks() {
  const pages = [];
  const sideways = [];
  const links = new Set();
  for (const width of [390, 1280]) {
    const page = await open({ viewport: { width, height: 800 } });
    const queue = [`${site}/index.html`];
    const seen = new Set(queue);
    while (queue.length) {
      const url = queue.shift();
      await page.goto(url);
      pages.push([url, width]);
      for (const open of [false, true]) {
        if (open) await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
        const extra = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        if (extra > 0) sideways.push([url, width, extra]);
      }
      for (const link of await page.evaluate(() => Array.from(document.links, (one) => one.href))) {
        links.add(link);
        const target = link.split("#")[0];
        if (target.startsWith(site) && target.endsWith(".html") && !seen.has(target)) {
          seen.add(target);
          queue.push(target);
        }
      }
    }
    await page.context().close();
  }
  return { pages, sideways, links: [...links].sort() };
}

const state = (page) =>
  page.evaluate(() => ({
    names: Array.from(document.querySelectorAll("#packages a"), (one) => one.textContent),
    found: document.getElementById("found").textContent,
    query: new URL(location.href).searchParams.get("q"),
    focus: document.activeElement.id || document.activeElement.textContent.slice(0, 40),
  }));

async function search() {
  const page = await open({});
  const results = {};
  await page.goto(`${site}/index.html`);
  results.start = await state(page);
  await page.keyboard.press("/");
  results.slash = await state(page);
  for (const text of ["WEB server", "sens", "no such thing", ""]) {
    await page.fill("#query", text);
    await page.waitForFunction((q) => new URL(location.href).searchParams.get("q") === (q || null), text);
    results[text] = await state(page);
  }
  await page.goto(`${site}/index.html?q=sens`);
  await page.focus("#query");
  await page.keyboard.press("Enter");
  results.enter = await state(page);
  await page.keyboard.press("Enter");
  await page.waitForURL(/project/);
  results.page = page.url();
  await page.context().close();
  return results;
}

async function copyLine() {
  const page = await open({ permissions: ["clipboard-read", "clipboard-write"] });
  await page.goto(`${served}/project/picoweb/index.html`);
  await page.click('button[aria-label="Copy: mip, on the board"]');
  await page.waitForFunction(() => document.querySelector(".copy button").textContent === "Copied");
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  const notes = await page.locator(".site-url-note").count();
  await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  await page.click('button[aria-label="Copy: mpremote, over USB"]');
  await page.waitForFunction(() => document.querySelectorAll(".copy button")[1].textContent === "Copied");
  const old = await page.evaluate(() => 0).then(() => page.context().newPage());
  await old.goto(`${served}/index.html`);
  const second = await old.evaluate(() => navigator.clipboard.readText());
  await page.context().close();
  return { copied, second, notes };
}

async function withoutScript() {
  const page = await open({ javaScriptEnabled: false });
  await page.goto(`${site}/index.html`);
  const names = await page.locator("#packages a").allTextContents();
  const visible = await page.locator("#search").isVisible();
  await page.goto(`${site}/project/picoweb/index.html`);
  const buttons = await page.locator("button").count();
  await page.context().close();
  return { names, visible, buttons };
}

async function colors() {
  const found = {};
  for (const colorScheme of ["light", "dark"]) {
    const page = await open({ colorScheme });
    await page.goto(`${site}/index.html`);
    found[colorScheme] = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.context().close();
  }
  return found;
}

const report = {
  ...(await followLinks()),
  search: await search(),
  copy: await copyLine(),
  withoutScript: await withoutScript(),
  colors: await colors(),
  problems,
};
await browser.close();
console.log(JSON.stringify(report));
