// Every page in the light and the dark theme, on a phone and on a desk.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { after, before, test } from "node:test";
import { pages, reader, start } from "./book.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PHONE = { width: 320, height: 640 };
// The rules that read colors.
const OF_COLOR = ["color-contrast", "link-in-text-block"];
const DESK = { width: 1280, height: 800 };

let browser;
before(async () => (browser = await start()));
after(() => browser.close());

/** What axe finds, each with the elements that it is about. Without `rules`, by all of its rules. */
async function violations(page, rules) {
  const found = await page.evaluate(async (rules) => {
    const { violations } = await axe.run({ resultTypes: ["violations"], preload: false, ...(rules && { runOnly: rules }) });
    return violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.slice(0, 3).map((node) => `${node.target.join(" ")} ${node.html.slice(0, 160)}`),
      count: nodes.length,
    }));
  }, rules);
  return found.map(({ id, nodes, count }) => `axe ${id} (${count}): ${nodes.join("; ")}`);
}

/** The parts that make the page itself scroll sideways. */
function tooWide(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    // mdBook's body hides what sticks out, so what sticks out of the text counts, not only whether the page scrolls.
    const text = document.querySelector("#mdbook-content");
    if (document.documentElement.scrollWidth <= width && text.scrollWidth <= text.clientWidth) return [];
    return [...document.querySelectorAll("main *")]
      .filter((part) => part.getBoundingClientRect().right > width && !part.closest(".table-wrapper, pre, .proof-picture"))
      .slice(0, 3)
      .map((part) => `wider than the page: ${part.outerHTML.slice(0, 160)}`);
  });
}

/** The folds and the scrolling parts of the text that the keyboard doesn't reach. */
function outOfReach(page) {
  return page.evaluate(() => {
    const scrolls = (part) => {
      const style = getComputedStyle(part);
      const may = (value) => value === "auto" || value === "scroll";
      return (
        (may(style.overflowX) && part.scrollWidth > part.clientWidth + 1) ||
        (may(style.overflowY) && part.scrollHeight > part.clientHeight + 1)
      );
    };
    const isShown = (part) => part.checkVisibility();
    return [...document.querySelectorAll("main *")]
      .filter((part) => isShown(part) && (part.tagName === "SUMMARY" || scrolls(part)))
      .filter((part) => part.tabIndex < 0)
      .map((part) => `out of the keyboard's reach: ${part.outerHTML.slice(0, 160)}`);
  });
}

/**
 * Takes out what is checked once already: of the list of chapters, which every page has, all but the page's own place and headings; and
 * of the colored words of code all but the first of their kind.
 */
function thin(page) {
  return page.evaluate(() => {
    const own = document.querySelector("#mdbook-sidebar .active")?.closest("li");
    for (const item of document.querySelectorAll("#mdbook-sidebar li")) {
      if (!own || (item !== own && !item.contains(own) && !own.contains(item))) item.remove();
    }
    const seen = new Set();
    for (const word of document.querySelectorAll("code.hljs span:not([id], [tabindex], :has(*))")) {
      const kind = [word, word.parentElement, word.closest("pre").parentElement].map((part) => part.className).join();
      if (seen.has(kind)) word.replaceWith(word.textContent);
      seen.add(kind);
    }
  });
}

/** Shows the page in a size and a theme, without the way there. */
async function show(page, size, theme) {
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: theme });
  await page.evaluate(() => {
    const settled = () => document.getAnimations().forEach((animation) => animation.finish());
    return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(settled()))));
  });
  return page.evaluate(() => (document.documentElement.matches(".navy") ? "dark" : "light"));
}

/**
 * Looks at pages in each theme and size. A page is opened once, in one theme, and the reader's theme changes while it is open; the next one
 * is opened in the other.
 */
async function look(paths) {
  const { page, open, faults, close } = await reader(browser, "light", DESK.width);
  const wrong = [];
  let first = "light";
  for (const path of paths) {
    faults.length = 0;
    await open(path);
    await page.evaluate(() => document.querySelectorAll("details").forEach((fold) => (fold.open = true)));
    if (path !== "index.html") await thin(page);
    await page.evaluate(AXE);
    const second = first === "light" ? "dark" : "light";
    // Nothing but colors differs in the second theme.
    for (const [theme, size, rules] of [[first, DESK], [first, PHONE], [second, PHONE, OF_COLOR], [second, DESK, OF_COLOR]]) {
      assert.equal(await show(page, size, theme), theme, path);
      const found = await violations(page, rules);
      if (!rules) found.push(...(await outOfReach(page)));
      if (size === PHONE) found.push(...(await tooWide(page)));
      wrong.push(...found.map((fault) => `${path}, ${theme}, ${size.width} px: ${fault}`));
    }
    wrong.push(...faults.map((fault) => `${path}: ${fault}`));
    first = second;
  }
  await close();
  assert.deepEqual(wrong, [], wrong.join("\n"));
}

const TABS = availableParallelism();
test("every page passes on a phone and on a desk, in both themes", { concurrency: true }, async (t) => {
  const shares = Array.from({ length: TABS }, (_, tab) => pages().filter((_, at) => at % TABS === tab));
  await Promise.all(shares.map((paths, tab) => t.test(`tab ${tab + 1}`, () => look(paths))));
});

test("the page to print asks for nothing that isn't there", async () => {
  const { open, faults, close } = await reader(browser, "light");
  await open("print.html");
  assert.deepEqual(faults, []);
  await close();
});

test("a figure says its expression when the keyboard reaches it, inside the window", async () => {
  const { page, open, close } = await reader(browser, "light", PHONE.width);
  await open("index.html");
  const figure = page.locator("main .proof-figure").first();
  const said = () => figure.evaluate((part) => getComputedStyle(part, "::after").content);
  assert.equal(await said(), "none");
  await figure.focus();
  assert.match(await said(), /= /);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), PHONE.width);
  await close();
});

test("the header of a column says its formula, also where its table scrolls", async () => {
  const { page, open, close } = await reader(browser, "light", PHONE.width);
  await open("appendix/how-this-book-checks-itself.html");
  const header = page.locator("main th .proof-figure").first();
  await header.focus();
  assert.match(await header.evaluate((part) => getComputedStyle(part, "::after").content), /Each cell: \(1 - Availability\)/);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), PHONE.width);
  await close();
});

test("the boxes that the book gathers are titled by what they hold", async () => {
  const { page, open, close } = await reader(browser, "light");
  const titles = () =>
    page.locator(".blockquote-tag-caution > .blockquote-tag-title").evaluateAll((all) => all.map((title) => getComputedStyle(title, "::after").content));
  for (const path of ["caching/aside.html", "appendix/often-repeated.html"]) {
    await open(path);
    assert.ok((await titles()).length > 0);
    assert.deepEqual(new Set(await titles()), new Set(['"Often repeated, and wrong"']), path);
  }
  await close();
});

test("without scripts a page is readable in light and in the dark", async () => {
  for (const theme of ["light", "dark"]) {
    const { page, open, close } = await reader(browser, theme, DESK.width, undefined, { javaScriptEnabled: false });
    for (const path of ["index.html", "caching/lru.html", "method/map.html"]) {
      await open(path);
      assert.equal(await page.evaluate(() => document.documentElement.matches(".js")), false);
      // axe can't run here: its answer is a promise.
      const least = await page.evaluate(() => {
        const numbers = (color) => color.match(/[\d.]+/g).map(Number);
        const behind = (part) => {
          for (let one = part; one; one = one.parentElement) {
            const [red, green, blue, alpha = 1] = numbers(getComputedStyle(one).backgroundColor);
            if (alpha === 1) return [red, green, blue];
          }
          return [255, 255, 255];
        };
        const light = (color) =>
          color
            .slice(0, 3)
            .map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4))
            .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
        const contrast = (part) => {
          const [one, other] = [numbers(getComputedStyle(part).color), behind(part)].map(light).sort((a, b) => b - a);
          return (one + 0.05) / (other + 0.05);
        };
        const parts = [...document.querySelectorAll("main :is(p, h1, h2, li, td, th, summary, a, pre code)")];
        return parts.map((part) => [contrast(part), part.outerHTML.slice(0, 120)]).sort((a, b) => a[0] - b[0])[0];
      });
      assert.ok(least[0] >= 4.5, `${theme}, ${path}: ${least}`);
    }
    await close();
  }
});

test("only themes that are tested are offered", async () => {
  const { page, open, close } = await reader(browser, "light");
  await open("index.html");
  await page.locator("#mdbook-theme-toggle").click();
  const offered = await page.locator(".theme-popup .theme").evaluateAll((all) => all.filter((one) => one.checkVisibility()).map((one) => one.textContent));
  assert.deepEqual(offered, ["Auto", "Light", "Navy"]);
  await close();
});

test("the code is folded beneath its output, and stays open on the next page once a reader opened some", async () => {
  const { page, open, close } = await reader(browser, "light");
  const states = () => page.locator(".proof-code").evaluateAll((all) => all.map((code) => [code.open, code.querySelectorAll(".boring").length]));
  await open("caching/lru.html");
  const order = await page.locator(".proof-output").evaluateAll((all) =>
    all.map((panel) => panel.querySelector(".proof-stage").compareDocumentPosition(panel.querySelector(".proof-code pre"))),
  );
  assert.ok(order.length > 0 && order.every((place) => place === 4 /* after it */), `${order}`);
  const folded = page.locator(".proof-code:not([open]) > summary").first();
  assert.ok(await folded.isVisible());
  await folded.focus();
  await page.keyboard.press("Enter");
  await open("caching/eviction.html");
  assert.equal(await page.locator(".proof-code:not([open])").count(), 0);
  await page.locator(".proof-code > summary").first().click();
  await open("caching/lru.html");
  assert.ok((await states()).some(([isOpen]) => !isOpen));
  await close();
});

test("nine topic pages of ten show a result or a picture on their first screen", async () => {
  const { page, open, close } = await reader(browser, "light", DESK.width);
  // Pages that only lead to others have nothing to show.
  const topics = pages().filter((path) => /^[^/]+\/(?!index)/.test(path) && !path.startsWith("appendix/"));
  const below = [];
  for (const path of topics) {
    await open(path);
    const top = await page.evaluate(() => {
      const shown = [...document.querySelectorAll("main :is(.proof-stage, .proof-sketch)")].filter((part) => part.checkVisibility());
      return shown[0]?.getBoundingClientRect().top ?? Infinity;
    });
    // Some of it has to be seen, not only its edge.
    if (top > DESK.height - 120) below.push(`${path}: ${Math.round(top)} px`);
  }
  await close();
  console.log(`${below.length} of ${topics.length} below the first screen: ${below.join(", ")}`);
  assert.ok(below.length <= topics.length / 10, below.join("\n"));
});

test("folds open by keyboard", async () => {
  const { page, open, close } = await reader(browser, "light");
  await open("index.html");
  const fold = page.locator("main details").first();
  await fold.locator("summary").first().focus();
  await page.keyboard.press("Enter");
  assert.equal(await fold.evaluate((part) => part.open), true);
  await close();
});

test("the keyboard opens and closes the list of chapters", async () => {
  const { page, open, close } = await reader(browser, "light");
  await open("index.html");
  const button = page.locator(".proof-chapters");
  const list = page.locator("#mdbook-sidebar");
  const before = await button.getAttribute("aria-expanded");
  await button.focus();
  await page.keyboard.press("Enter");
  assert.notEqual(await button.getAttribute("aria-expanded"), before);
  assert.equal(await list.getAttribute("aria-hidden"), before);
  await close();
});
