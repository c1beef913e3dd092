// What a reader does with what the book computes: changes its inputs, edits its sums, and sees what follows from them, on every page.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { live, pages, reader, root, start } from "./book.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const POLICY =
  "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; worker-src blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data:";
// The page with the inputs, one that computes with them, and one whose run takes one of them.
const INPUTS = "capacity/estimation.html";
const OTHER = "capacity/servers.html";
const RUN = "caching/lru.html";

let browser;
before(async () => (browser = await start()));
after(() => browser.close());

/** A test in a tab of its own. */
function visit(name, body, { theme = "light", width, folder, under = "", edit, at } = {}) {
  test(name, async () => {
    const { page, open, faults, close } = await reader(browser, theme, width, folder?.(), { edit });
    const go = (path) => (at ? page.goto(at(path)) : open(under + path));
    await body({ page, go, input: (name) => page.locator(`[data-input="${name}"] input`), bar: page.locator(".proof-inputs") });
    const isMeant = (fault) => fault.startsWith("asks another site: file:");
    assert.deepEqual(faults.filter((fault) => !isMeant(fault)), []);
    await close();
  });
}

const texts = (locator) => locator.evaluateAll((parts) => parts.map((part) => part.textContent));
const moved = (page) => page.locator(".proof-yours");
/** Changes an input, and waits for what follows. */
async function change(page, name, value) {
  await page.locator(`[data-input="${name}"] input`).fill(value);
  await page.locator(".proof-calc .proof-yours").first().waitFor();
}
/** Waits until nothing of the page is the reader's. */
const isTheBooks = (page) => page.waitForFunction(() => !document.querySelector(".proof-yours, .proof-other, .proof-books, .proof-mine"));

const site = mkdtempSync(join(tmpdir(), "follow-"));
mkdirSync(join(site, "some"));
symlinkSync(root, join(site, "some/book"));
after(() => rmSync(site, { recursive: true }));

const PLACES = {
  "on a site": {},
  "in a folder of its site, under a strict policy": {
    folder: () => site,
    under: "some/book/",
    edit: (html) => html.replace("<head>", `$&<meta http-equiv="content-security-policy" content="${POLICY}">`),
  },
  "from a folder on disk": { at: (path) => pathToFileURL(join(root, path)).href },
};
for (const [name, options] of Object.entries(PLACES)) {
  visit(`a changed input moves what follows from it, on this page and on others, and goes back: ${name}`, async ({ page, go, bar }) => {
    await go(INPUTS);
    const before = await texts(page.locator(".proof-calc > div"));
    await change(page, "request_rate", "400");
    await bar.locator("[role=status]", { hasText: "400 million requests/day" }).waitFor();
    const [first] = await texts(page.locator(".proof-calc > div"));
    // Four times the book's 1,157 requests/s.
    assert.match(first, /= 4,630 requests\/s$/);
    assert.equal(await page.locator(".proof-calc > div span").first().getAttribute("data-book"), "1,157 requests/s");
    // By a link, as readers go.
    await page.locator(`main a[href*="servers.html"]`).first().click();
    await page.waitForURL(`**/${OTHER}*`);
    await moved(page).first().waitFor();
    assert.ok((await texts(moved(page))).includes("4,630 requests/s"));
    assert.match(await moved(page).first().getAttribute("aria-description"), /^With your values; in the book: 1,157 requests\/s\. /);
    assert.match(await bar.textContent(), /400 million requests\/day \(book: 100 million requests\/day\)/);
    await bar.locator("a").click();
    await page.waitForURL(`**/${INPUTS}*`);
    assert.equal(await page.locator('[data-input="request_rate"] input').inputValue(), "400");
    await moved(page).first().waitFor();
    await bar.locator("button").click();
    await isTheBooks(page);
    assert.deepEqual(await texts(page.locator(".proof-calc > div")), before);
    await go(OTHER);
    await page.waitForTimeout(300);
    assert.deepEqual([await moved(page).count(), await bar.count()], [0, 0]);
  }, options);
}

for (const [theme, width] of [["light", 390], ["dark", 390], ["light", 1280], ["dark", 1280]]) {
  visit(`inputs and what follows from them fit and can be read, ${theme}, ${width} px`, async ({ page, go, bar }) => {
    const look = async () => {
      await page.evaluate(AXE);
      const found = await page.evaluate(async () => {
        const { violations } = await axe.run("main", { resultTypes: ["violations"], preload: false });
        return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`);
      });
      assert.deepEqual(found, []);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
    };
    await go(INPUTS);
    await change(page, "request_rate", "400");
    await page.locator(".proof-calc button").first().click();
    await look();
    await go(OTHER);
    await bar.waitFor();
    await page.locator(".proof-books").first().waitFor({ state: "attached" });
    await look();
    await go("method/worksheet.html");
    await moved(page).first().waitFor();
    await look();
  }, { theme, width });
}

visit("the keyboard alone changes an input and goes back, and what is wrong with one is said", async ({ page, go, input, bar }) => {
  await go(INPUTS);
  const field = input("user_count");
  for (let tabs = 0; tabs < 200 && !(await field.evaluate((part) => part === document.activeElement)); tabs += 1) await page.keyboard.press("Tab");
  await page.keyboard.press("End");
  await page.keyboard.type("0");
  await bar.locator("[role=status]", { hasText: "100 million users" }).waitFor();
  await moved(page).first().waitFor();
  for (const [text, message] of [["many", "is not a number"], ["1 + 1", "is not"]]) {
    await field.fill(text);
    await bar.locator("[role=status]", { hasText: message }).waitFor();
    assert.equal(await field.getAttribute("aria-invalid"), "true");
    assert.equal(await moved(page).count(), 0);
  }
  const button = bar.locator("button");
  for (let tabs = 0; tabs < 200 && !(await button.evaluate((part) => part === document.activeElement)); tabs += 1) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await isTheBooks(page);
  assert.deepEqual([await field.inputValue(), await field.getAttribute("aria-invalid")], ["10", null]);
});

visit("a run that takes an input is run with it, and one that can't be is about the book's", async ({ page, go, bar }) => {
  await go(INPUTS);
  await page.locator('[data-input="popularity"] input').fill("1.1");
  await bar.locator("[role=status]", { hasText: "1.1" }).waitFor();
  await go(RUN);
  const { number } = live(RUN).page.blocks.find(({ literals }) => literals?.some(({ parameter }) => parameter === "exponent"));
  const form = page.locator(`.proof-live[data-block="${number}"]`);
  const figure = page.locator(".proof-output").filter({ has: form });
  await form.locator("[role=status]", { hasText: "exponent 1.1 (book: 0.8)" }).waitFor();
  assert.equal(await figure.getAttribute("data-state"), "yours");
  await page.locator(".proof-figure.proof-yours").first().waitFor();
  // Set by hand to another, it is no longer what the inputs ask for.
  await form.locator('[name="exponent"]').focus();
  await page.keyboard.press("ArrowLeft");
  await page.locator(".proof-figure.proof-other").first().waitFor();
  await bar.locator("button").click();
  await isTheBooks(page);
  assert.equal(await figure.getAttribute("data-state"), null);
  await go(INPUTS);
  await change(page, "request_rate", "400");
  await go(OTHER);
  const books = page.locator(".proof-books").first();
  await books.waitFor({ state: "attached" });
  assert.equal(await books.locator(".proof-verified").textContent(), "Verified, with the book’s inputs");
  // The figures that read it say so too.
  assert.match(await page.locator(".proof-figure.proof-other").first().getAttribute("aria-description"), /^For the verified run\. /);
});

visit("edited sums are computed, what is wrong with them is said, and figures that use them follow", async ({ page, go }) => {
  await go(INPUTS);
  const sums = page.locator(".proof-calc").first();
  const before = await texts(sums.locator(":scope > div"));
  const button = sums.locator("button");
  await button.click();
  const field = sums.locator("textarea");
  const own = await field.inputValue();
  await field.fill(own.replace("let average = request_rate", "let average = 2 × request_rate"));
  await moved(page).first().waitFor();
  const [average, peak] = await texts(sums.locator(":scope > div"));
  assert.match(average, /= 2,315 requests\/s$/);
  assert.match(peak, /= 6,944 requests\/s$/);
  await field.fill(`${own}\nlet wrong = 3 GB + 2 s\n7 GB / 2`);
  await sums.locator(".proof-other").waitFor();
  const [wrong, right] = (await texts(sums.locator(":scope > div"))).slice(-2);
  assert.match(wrong, /^let wrong = 3 GB \+ 2 s .*Data.*Time/);
  assert.match(right, /^7 GB \/ 2 = 3\.50 GB$/);
  await button.click();
  await isTheBooks(page);
  assert.deepEqual(await texts(sums.locator(":scope > div")), before);
  assert.equal(await field.count(), 0);
});

visit("sums that never end are stopped, and others are computed after them", async ({ page, go }) => {
  const { run } = live(INPUTS);
  const body = readFileSync(join(root, run), "utf8").replace("const LIMIT = 10_000", "const LIMIT = 3_000");
  await page.route(`**/${run}`, (route) => route.fulfill({ body }));
  await go(INPUTS);
  const sums = page.locator(".proof-calc").first();
  await sums.locator("button").click();
  const field = sums.locator("textarea");
  const own = await field.inputValue();
  await field.fill("fn f(x: Scalar) -> Scalar = f(x + 1) + f(x + 2)\nf(1)");
  await sums.locator("span", { hasText: /over 3 s|too much|without an end|call stack/ }).first().waitFor();
  await field.fill(own.replace("peak_factor × average", "5 × average"));
  await moved(page).first().waitFor();
  assert.match((await texts(sums.locator(":scope > div")))[1], /= 5,787 requests\/s$/);
});

visit("figures and claims follow a run with other values, and go back with it", async ({ page, go }) => {
  await go("balancing/two-choices.html");
  const form = page.locator(".proof-live").filter({ has: page.locator('[name="seed"]') }).first();
  const names = () => page.locator(".proof-claim input").evaluateAll((marks) => marks.map((mark) => mark.ariaLabel));
  const before = await names();
  await form.locator('[name="seed"]').focus();
  for (let steps = 0; steps < 3; steps += 1) await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => [...document.querySelectorAll(".proof-claim input")].some((mark) => / at your values$/.test(mark.ariaLabel)));
  const told = await names();
  assert.ok(told.some((name) => /; (still holds|doesn’t hold|not tried) at your values$/.test(name)));
  // Those of other runs stay.
  assert.ok(told.some((name, at) => name === before[at]));
  await form.locator("[type=reset]").click();
  await isTheBooks(page);
  assert.deepEqual(await names(), before);
});

visit("what can't be computed stands for the verified run, and the sheet is blank until there are inputs", async ({ page, go }) => {
  await go("method/worksheet.html");
  const blank = page.locator(".proof-blank").first();
  const isSeen = () => blank.evaluate((part) => part.checkVisibility({ visibilityProperty: true }));
  assert.equal(await isSeen(), false);
  const { follow } = live(INPUTS);
  await page.route(`**/${follow}`, (route) => route.fulfill({ status: 200, body: "proofProgram(" + JSON.stringify(follow) + ", 'AAAA');" }));
  await go(INPUTS);
  await page.locator('[data-input="user_count"] input').fill("25");
  await page.locator(".proof-calc .proof-other").first().waitFor();
  assert.equal(await moved(page).count(), 0);
  await page.unroute(`**/${follow}`);
  await go("method/worksheet.html");
  await moved(page).first().waitFor();
  assert.equal(await isSeen(), true);
  await page.emulateMedia({ media: "print" });
  assert.equal(await blank.textContent(), "25 million users");
  assert.equal(await isSeen(), true);
});

test("nothing is asked for on a page whose reader changed nothing, and every input has a field", async () => {
  const { page, open, faults, close } = await reader(browser, "light");
  const asked = [];
  page.on("request", (request) => request.url().includes("/live/") && asked.push(request.url()));
  await open(INPUTS);
  const names = await page.locator("[data-input] input").evaluateAll((fields) => fields.map((field) => [field.ariaLabel, field.value]));
  assert.ok(names.length >= 10);
  for (const [label, value] of names) assert.ok(label.length > 3 && /^[\d.,]+$/.test(value), `${label}: ${value}`);
  await open(OTHER);
  assert.deepEqual([asked, faults], [[], []]);
  assert.ok(pages().length > 1);
  await close();
});
