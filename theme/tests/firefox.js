// Firefox runs what readers run: from a folder on disk and from a site. It is driven by WebDriver BiDi, which it speaks by itself.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import WebSocket from "ws";
import { live, pages, root } from "./book.js";

const BROWSERS = [process.env.FIREFOX, "/usr/bin/firefox-esr", "/usr/bin/firefox"];
const TYPES = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml" };

let firefox;
let server;
const profile = mkdtempSync(join(tmpdir(), "firefox-"));

/** Starts it without a window, and opens a session: a function that sends a command, and what the pages said. */
async function open() {
  const executable = BROWSERS.find((path) => path && existsSync(path));
  assert.ok(executable, "no Firefox: install it, or name it in FIREFOX");
  const args = ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0", "about:blank"];
  const child = spawn(executable, args, { stdio: ["ignore", "ignore", "pipe"] });
  const address = await new Promise((resolve, reject) => {
    let said = "";
    child.stderr.on("data", (text) => {
      said += text;
      const found = /WebDriver BiDi listening on (ws:\S+)/.exec(said);
      if (found) resolve(found[1]);
    });
    child.on("exit", () => reject(new Error(said)));
  });
  const socket = new WebSocket(`${address}/session`);
  await new Promise((resolve, reject) => socket.on("open", resolve).on("error", reject));
  const waiting = new Map();
  const faults = [];
  socket.on("message", (text) => {
    const message = JSON.parse(text);
    if (message.method === "log.entryAdded" && ["error", "warn"].includes(message.params.level)) faults.push(message.params.text);
    const { resolve, reject } = waiting.get(message.id) ?? {};
    if (message.type === "error") reject?.(new Error(message.message));
    else resolve?.(message.result);
  });
  let id = 0;
  const send = (method, params) =>
    new Promise((resolve, reject) => {
      waiting.set(++id, { resolve, reject });
      socket.send(JSON.stringify({ id, method, params }));
    });
  await send("session.new", { capabilities: {} });
  await send("session.subscribe", { events: ["log.entryAdded"] });
  const { contexts } = await send("browsingContext.getTree", {});
  const { context } = contexts[0];
  return {
    faults,
    go: (url) => send("browsingContext.navigate", { context, url, wait: "complete" }),
    /** What a function of the page returns, which may be a promise. */
    async run(body, ...args) {
      const expression = `(${body})(...${JSON.stringify(args)})`;
      const answer = await send("script.evaluate", { expression, target: { context }, awaitPromise: true });
      if (answer.type === "exception") throw new Error(answer.exceptionDetails.text);
      return answer.result.value;
    },
    close: async () => {
      await send("browser.close", {}).catch(() => {});
      socket.close();
      child.kill();
    },
  };
}

before(async () => {
  firefox = await open();
  server = createServer((request, answer) => {
    const path = join(root, decodeURIComponent(new URL(request.url, "http://localhost").pathname).replace(/^\/some\/book\//, ""));
    if (!existsSync(path) || !statSync(path).isFile()) return answer.writeHead(404).end();
    answer.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" });
    answer.end(readFileSync(path));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  server.unref();
});
after(async () => {
  await firefox.close();
  rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
});

/** Waits in the page until something is so, and says what that is. */
const until = async (what, ...args) => {
  for (let tries = 0; tries < 100; tries += 1) {
    const found = await firefox.run(what, ...args);
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`never: ${what} ${await firefox.run("() => document.querySelector('main').innerText.slice(0, 2000)")}`);
};

const status = (number) => until("(number) => { const said = document.querySelector(`.proof-live[data-block=\"${number}\"] [role=status]`).textContent; return !said.startsWith('Running') && said; }", number);
const press = (number) => firefox.run("(number) => document.querySelector(`.proof-live[data-block=\"${number}\"] button`).click()", number);

const PLACES = {
  "from a folder on disk": (path) => pathToFileURL(join(root, path)).href,
  "from a folder of a site": (path) => `http://127.0.0.1:${server.address().port}/some/book/${path}`,
};
for (const [name, at] of Object.entries(PLACES)) {
  test(`blocks, knobs, queries and inputs work ${name}`, async () => {
    const path = pages().find((path) => live(path)?.blocks.some(({ query }) => query === 0));
    await firefox.go(at(path));
    const { number } = live(path).blocks.find(({ query }) => query === 0);
    await press(number);
    assert.match(await status(number), /^Your browser printed the same /);
    await firefox.go(at("balancing/two-choices.html"));
    const block = await firefox.run("() => Number(document.querySelector('.proof-live:has([type=range])').dataset.block)");
    await press(block);
    assert.match(await status(block), /^Your browser printed the same /);
    await firefox.run("(number) => { const knob = document.querySelector(`.proof-live[data-block=\"${number}\"] [type=range]`); knob.value = knob.max; for (const type of ['input', 'change']) knob.dispatchEvent(new Event(type, { bubbles: true })); }", block);
    await until("() => [...document.querySelectorAll('.proof-claim input')].some((mark) => mark.ariaLabel.endsWith('at your values'))");
    await firefox.go(at("capacity/estimation.html"));
    await firefox.run("() => { const field = document.querySelector('[data-input=request_rate] input'); field.value = '400'; field.dispatchEvent(new Event('input', { bubbles: true })); }");
    assert.match(await until("() => document.querySelector('.proof-calc .proof-yours')?.textContent"), /4,630 requests\/s/);
    // By a link, as readers go.
    await firefox.run("() => document.querySelector('main a[href*=\"servers.html\"]').click()");
    await until("() => document.title.startsWith('How many servers')");
    assert.equal(await until("() => document.querySelector('.proof-figure.proof-yours')?.textContent"), "4,630 requests/s");
    await firefox.run("() => document.querySelector('.proof-inputs button').click()");
    await until("() => !document.querySelector('.proof-yours')");
    assert.deepEqual(firefox.faults, []);
  });
}
