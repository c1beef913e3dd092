// The built book, opened in a browser that has no network: its files are read from the disk, and any other request is a fault.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join, relative, resolve, sep } from "node:path";
import { chromium } from "playwright-core";

const ORIGIN = "http://book.invalid";
const TYPES = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png" };
// Debian's and others' names for it.
const BROWSERS = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The folder of the built book. */
export const root = resolve(process.env.BOOK ?? join(import.meta.dirname, "../../book"));

/** Every file of a folder, as paths in it. */
export function files(folder = root) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

/** The pages that people read: all but the one to print, and the list of chapters for browsers without scripts. */
export function pages() {
  const found = files().filter((path) => path.endsWith(".html") && !["print.html", "toc.html"].includes(path));
  // For whoever works on some of them: PAGES=caching/ npm test
  if (process.env.PAGES) return found.filter((path) => path.startsWith(process.env.PAGES));
  if (found.length < 2) throw new Error(`no book in ${root}: build it first, with \`cargo book\``);
  return found;
}

/** Starts the browser. */
export function start() {
  const executablePath = BROWSERS.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error("no Chromium found: install it, or name it in CHROMIUM");
  // In a container nobody else's pages are opened, and there is no sandbox for root.
  const args = ["--host-resolver-rules=MAP * ~NOTFOUND", "--disable-dev-shm-usage"];
  return chromium.launch({ executablePath, args, chromiumSandbox: process.getuid?.() !== 0 });
}

/** Opens tabs in a theme, one after the other. `faults` collects what went wrong in them. */
export async function reader(browser, theme, width = 1280, folder = root) {
  const context = await browser.newContext({
    colorScheme: theme,
    viewport: { width, height: 800 },
    reducedMotion: "reduce",
  });
  await context.addInitScript(() => (window.print = () => {}));
  const faults = [];
  await context.route("**/*", (route) => {
    const url = new URL(route.request().url());
    const path = join(folder, decodeURIComponent(url.pathname));
    if (url.origin !== ORIGIN) {
      faults.push(`asks another site: ${url}`);
      return route.abort();
    }
    if (!existsSync(path) || !statSync(path).isFile()) {
      faults.push(`asks for a file that isn't there: ${url.pathname}`);
      return route.fulfill({ status: 404, body: "" });
    }
    return route.fulfill({ body: readFileSync(path), contentType: TYPES[extname(path)] ?? "application/octet-stream" });
  });
  const page = await context.newPage();
  page.on("console", (message) => faults.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("requestfailed", (request) => faults.push(`failed: ${request.url()} ${request.failure()?.errorText}`));
  const open = async (path) => {
    await page.goto(`${ORIGIN}/${path}`, { waitUntil: "load" });
    await page.evaluate(() => document.fonts.ready.then(() => undefined));
  };
  return { page, open, faults, close: () => context.close() };
}
