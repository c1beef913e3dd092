// The built book, opened in a browser that has no network: it is served to it alone, and any other request is a fault.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, relative, resolve, sep } from "node:path";
import { chromium } from "playwright-core";

const HOST = "book.invalid";
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

/** The pages that people read: all but the one to print, and the list of chapters for browsers without scripts; of the book and its manual. */
function all() {
  return files().filter((path) => path.endsWith(".html") && !/(^|\/)(print|toc)\.html$/.test(path));
}

/** The pages of the manual of mdbook-proof, which the published site has beside the book. Its own page for missing ones is never shown there. */
export const manual = () => all().filter((path) => path.startsWith("proof/") && path !== "proof/404.html");

/** The pages of the book, without those that only lead to another address. */
export function pages() {
  const leadsAway = (path) => /<meta http-equiv="refresh"/i.test(readFileSync(join(root, path), "utf8"));
  const found = all().filter((path) => !path.startsWith("proof/") && !leadsAway(path));
  // For whoever works on some of them: PAGES=caching/ npm test
  if (process.env.PAGES) return found.filter((path) => path.startsWith(process.env.PAGES));
  if (found.length < 2) throw new Error(`no book in ${root}: build it first, with \`cargo book\``);
  return found;
}

/** What a page's script knows of it, with the files that it is in and that has it run; nothing where readers can't do anything. */
export function live(path) {
  const html = readFileSync(join(root, path), "utf8");
  const [, files] = /<script class="proof-data" type="application\/json">(.*?)<\/script>/s.exec(html) ?? [];
  if (!files) return undefined;
  const [file, run] = JSON.parse(files);
  const [, json] = /^globalThis\.proofPage = (.*);\n$/s.exec(readFileSync(join(root, file), "utf8"));
  return { ...JSON.parse(json), file, run };
}

/** Starts the browser. */
export function start() {
  const executablePath = BROWSERS.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error("no Chromium found: install it, or name it in CHROMIUM");
  // In a container nobody else's pages are opened, and there is no sandbox for root.
  const args = [`--host-resolver-rules=MAP ${HOST} 127.0.0.1, MAP * ~NOTFOUND`, "--disable-dev-shm-usage"];
  return chromium.launch({ executablePath, args, chromiumSandbox: process.getuid?.() !== 0 });
}

/**
 * Serves a folder on this machine, its pages as `edit` changes them, and notes what isn't there. Files are kept by the browser from page to
 * page, which requests that a test answers itself are not.
 */
async function serve(folder, faults, edit) {
  const server = createServer((request, answer) => {
    const { pathname } = new URL(request.url, `http://${HOST}`);
    const path = join(folder, decodeURIComponent(pathname));
    if (!existsSync(path) || !statSync(path).isFile()) {
      faults.push(`asks for a file that isn't there: ${pathname}`);
      answer.writeHead(404).end();
      return;
    }
    const type = TYPES[extname(path)] ?? "application/octet-stream";
    const content = readFileSync(path);
    answer.writeHead(200, { "content-type": type, "cache-control": "max-age=3600" });
    answer.end(type === "text/html" ? edit(content.toString()) : content);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  // A test that fails doesn't close it; that must not keep the others from ending.
  server.unref();
  const close = () => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  };
  return { origin: `http://${HOST}:${server.address().port}`, close };
}

/** Opens a tab in a theme, for one page after the other. `faults` collects what went wrong in it, and `edit` changes a page's HTML. */
export async function reader(browser, theme, width = 1280, folder = root, { edit = (html) => html, ...options } = {}) {
  const context = await browser.newContext({
    ...options,
    colorScheme: theme,
    viewport: { width, height: 800 },
    reducedMotion: "reduce",
  });
  await context.addInitScript(() => (window.print = () => {}));
  const faults = [];
  const { origin, close } = await serve(folder, faults, edit);
  // The page to print has the whole book.
  context.setDefaultNavigationTimeout(180_000);
  const page = await context.newPage();
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && !["data:", "blob:"].includes(url.protocol)) faults.push(`asks another site: ${url}`);
  });
  page.on("console", (message) => faults.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText;
    // The next page was opened before its icon had come; what isn't there has been answered with 404.
    if (reason !== "net::ERR_ABORTED") faults.push(`failed: ${request.url()} ${reason}`);
  });
  const open = async (path) => {
    await page.goto(`${origin}/${path}`, { waitUntil: "load" });
    // Without scripts no promise of the page is ever kept.
    if (options.javaScriptEnabled !== false) await page.evaluate(() => document.fonts.ready.then(() => undefined));
  };
  return {
    page,
    open,
    faults,
    close: async () => {
      await context.close();
      await close();
    },
  };
}
