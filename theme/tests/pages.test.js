// Every page in the light and the dark theme, on a phone and on a desk.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pages, reader, root, start } from "./book.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
// The narrowest one that pages have to fit, and a usual one.
const PHONE = { width: 320, height: 640 };
const USUAL_PHONE = { width: 390, height: 844 };
// The rules that read colors.
const OF_COLOR = ["color-contrast", "link-in-text-block"];
const DESK = { width: 1280, height: 800 };
// What A4 has between its margins, 210 - 2 × 16 mm, at 96 dots an inch.
const PAPER = { width: 672, height: 986 };

let browser;
before(async () => (browser = await start()));
after(() => browser.close());

/** What axe finds, each with the elements that it is about. Without `rules`, by all of its rules; in `part`, or the whole page. */
async function violations(page, rules, part = "html") {
  const found = await page.evaluate(async ([rules, part]) => {
    const { violations } = await axe.run(part, { resultTypes: ["violations"], preload: false, ...(rules && { runOnly: rules }) });
    return violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.slice(0, 3).map((node) => `${node.target.join(" ")} ${node.html.slice(0, 160)}`),
      count: nodes.length,
    }));
  }, [rules, part]);
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

/** What scrolls sideways and doesn't fade where more is hidden, and what is cut without a way to see the rest. */
function cutOff(page) {
  return page.evaluate(() => {
    const parts = [...document.querySelectorAll("main *")].filter(
      (part) => part instanceof HTMLElement && part.clientWidth > 0 && part.scrollWidth > part.clientWidth + 1 && part.checkVisibility(),
    );
    return parts.flatMap((part) => {
      const style = getComputedStyle(part);
      const fades = style.maskImage.includes("gradient") && parseFloat(style.getPropertyValue("--fade-right")) > 0;
      const say = (what) => [`${what}: ${part.outerHTML.slice(0, 160)}`];
      if (["hidden", "clip"].includes(style.overflowX)) return say("cut off");
      return style.overflowX === "visible" || fades ? [] : say("scrolls without a sign");
    });
  });
}

/** What doesn't fit on A4, where nothing scrolls. Leaves the page as it is on a screen. */
async function offPaper(page) {
  await page.setViewportSize(PAPER);
  await page.emulateMedia({ media: "print" });
  const found = await page.evaluate((width) => {
    // mdBook moves the page aside for its list of chapters, not at once.
    document.getAnimations().forEach((animation) => animation.finish());
    const ends = (part) => {
      const range = new Range();
      range.selectNodeContents(part);
      return Math.max(part.getBoundingClientRect().right, range.getBoundingClientRect().right);
    };
    return [...document.querySelectorAll("main :is(p, li, pre > code, table, .proof-picture svg, .proof-calc)")]
      .filter((part) => part.checkVisibility() && ends(part) > width + 1)
      .map((part) => `wider than the paper, ${Math.round(ends(part))} px: ${part.outerHTML.slice(0, 160)}`);
  }, PAPER.width);
  await page.emulateMedia({ media: "screen" });
  return found;
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
      if (!rules) found.push(...(await outOfReach(page)), ...(await cutOff(page)));
      if (size === PHONE) found.push(...(await tooWide(page)));
      wrong.push(...found.map((fault) => `${path}, ${theme}, ${size.width} px: ${fault}`));
    }
    await show(page, USUAL_PHONE, second);
    wrong.push(...(await cutOff(page)).map((fault) => `${path}, ${USUAL_PHONE.width} px: ${fault}`));
    wrong.push(...(await offPaper(page)).map((fault) => `${path}: ${fault}`));
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

test("what scrolls fades at the edge beyond which there is more, and a part that doesn't is found", async () => {
  const { page, open, close } = await reader(browser, "light", USUAL_PHONE.width);
  await open("storage/models.html");
  const table = page.locator("main .table-wrapper").first();
  const fades = async () => {
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    return table.evaluate((part) => ["left", "right"].filter((edge) => parseFloat(getComputedStyle(part).getPropertyValue(`--fade-${edge}`)) > 0));
  };
  assert.deepEqual(await fades(), ["right"]);
  await table.evaluate((part) => (part.scrollLeft = 20));
  assert.deepEqual(await fades(), ["left", "right"]);
  await table.evaluate((part) => (part.scrollLeft = part.scrollWidth));
  assert.deepEqual(await fades(), ["left"]);
  await table.evaluate((part) => (part.scrollLeft = 0));
  await fades();
  assert.deepEqual(await cutOff(page), []);
  await table.evaluate((part) => delete part.dataset.more);
  assert.match((await cutOff(page)).join(), /^scrolls without a sign: <div class="table-wrapper"/);
  await table.evaluate((part) => (part.style.overflow = "hidden"));
  assert.match((await cutOff(page)).join(), /^cut off: <div class="table-wrapper"/);
  await close();
});

test("without scripts what scrolls fades too", async () => {
  const { page, open, close } = await reader(browser, "dark", USUAL_PHONE.width, undefined, { javaScriptEnabled: false });
  await open("storage/models.html");
  assert.deepEqual(await cutOff(page), []);
  await close();
});

test("tables, code and pictures fit on paper, and what doesn't is found", async () => {
  const { page, open, close } = await reader(browser, "light", DESK.width);
  await open("capacity/video.html");
  assert.deepEqual(await offPaper(page), []);
  await page.addStyleTag({ content: "main :is(td, th) { white-space: nowrap !important; font-size: 2rem }" });
  assert.match((await offPaper(page)).join(), /^wider than the paper, \d+ px: <table>/);
  await close();
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

test("a box has the claim as its title, and the page that lists them opens each", async () => {
  const { page, open, close } = await reader(browser, "light");
  await open("caching/aside.html");
  const boxes = page.locator(".blockquote-tag-caution");
  const kinds = await boxes.locator("> .blockquote-tag-title").evaluateAll((all) => all.map((title) => getComputedStyle(title, "::after").content));
  assert.deepEqual(new Set(kinds), new Set(['"Often repeated, and wrong"']));
  const titles = await boxes.locator("> p:nth-child(2)").evaluateAll((all) => all.map((title) => [title.textContent, getComputedStyle(title).fontWeight]));
  assert.ok(titles.every(([claim, weight]) => /^“.+”$/.test(claim) && weight >= 600), `${titles}`);
  await open("appendix/often-repeated.html");
  const claims = page.locator("details.proof-box > summary");
  const listed = await claims.allTextContents();
  for (const [claim] of titles) assert.ok(listed.some((one) => one.replaceAll(/["“”]/g, "") === claim.replaceAll(/["“”]/g, "")), claim);
  const text = page.locator("details.proof-box").first().locator("blockquote");
  assert.equal(await text.isVisible(), false);
  await claims.first().focus();
  await page.keyboard.press("Enter");
  assert.ok(await text.isVisible());
  await close();
});

test("a page names the pages before and after it, and its first link skips the list of chapters", async () => {
  const { page, open, close } = await reader(browser, "light", DESK.width);
  await open("caching/lru.html");
  const links = await page.locator(".proof-next a").evaluateAll((all) => all.map((link) => [link.rel, link.lastChild.textContent]));
  assert.deepEqual(links, [["prev", "Caching"], ["next", "Cache eviction: which entry has to go"]]);
  assert.equal(await page.locator(".nav-wide-wrapper, .nav-wrapper").evaluateAll((all) => all.filter((nav) => nav.checkVisibility()).length), 0);
  await page.keyboard.press("Tab");
  const skip = page.locator(".proof-skip");
  assert.ok(await skip.evaluate((link) => link === document.activeElement));
  assert.ok((await skip.boundingBox()).y >= 0);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.ok(await page.evaluate(() => document.activeElement.closest("main") !== null));
  // mdBook's keys still turn the page.
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("ArrowRight");
  await page.waitForURL(/eviction\.html$/);
  await close();
});

test("each page has a description of its own", () => {
  const all = new Map();
  for (const path of pages()) {
    const html = readFileSync(join(root, path), "utf8");
    const said = [...html.matchAll(/<meta (?:name="description"|property="og:description") content="([^"]*)"/g)].map(([, text]) => text);
    assert.equal(new Set(said).size, 1, path);
    // The first page is at the root, too.
    if (path !== "introduction.html") all.set(path, said[0]);
  }
  assert.equal(new Set(all.values()).size, all.size);
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

test("on a phone each row of the map from symptom to remedy is a card that names its lines", async () => {
  const { page, open, close } = await reader(browser, "light", USUAL_PHONE.width);
  await open("method/map.html");
  const tables = await page.locator("main .table-wrapper").evaluateAll((all) => all.map((table) => table.scrollWidth - table.clientWidth));
  assert.ok(tables.length > 2 && tables.every((more) => more === 0), `${tables}`);
  const row = page.locator("main tbody tr").first();
  const names = await row.locator("td").evaluateAll((cells) => cells.map((cell) => getComputedStyle(cell, "::before").content));
  assert.deepEqual(names, ["none", '"What to look at first: "', '"What helps: "', '"The run: "']);
  assert.ok((await row.boundingBox()).y < USUAL_PHONE.height - 120);
  await close();
});

test("the worksheet, the map and the tables to look up print on two sides of paper", async () => {
  const { page, open, close } = await reader(browser, "light", DESK.width);
  for (const path of ["method/worksheet.html", "method/map.html", "appendix/tables.html"]) {
    await open(path);
    for (const format of ["A4", "Letter"]) {
      const sides = (await page.pdf({ format, preferCSSPageSize: true })).toString("latin1").match(/\/Type \/Page\b/g).length;
      assert.equal(sides, 2, `${path}, ${format}`);
    }
  }
  await close();
});

test("the printer prints this page", async () => {
  const { page, open, close } = await reader(browser, "light", DESK.width);
  await open("caching/lru.html");
  await page.evaluate(() => (window.print = () => (document.title = "printed")));
  await page.getByRole("link", { name: "Print this page" }).click();
  assert.equal(await page.title(), "printed");
  assert.match(page.url(), /lru\.html$/);
  await close();
});

test("a picture that is shown small opens in its own size, by a tap or by Enter, and gives the focus back", async () => {
  const { page, open, faults, close } = await reader(browser, "light", USUAL_PHONE.width);
  await open("edge/address.html");
  const picture = page.locator(".proof-picture.proof-small").first();
  const large = page.locator("dialog.proof-large[open]");
  const isBack = () => picture.evaluate((part) => part === document.activeElement);
  await picture.focus();
  await page.keyboard.press("Enter");
  const widths = await large.evaluate((part) => [part.querySelector("svg").getBoundingClientRect().width, part.querySelector("svg").width.baseVal.value]);
  assert.equal(widths[0], widths[1]);
  assert.ok(widths[0] > USUAL_PHONE.width);
  // It is scrolled there, and the page behind it stays.
  await page.keyboard.press("ArrowRight");
  await page.evaluate(AXE);
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press("Escape");
  assert.equal(await large.count(), 0);
  assert.ok(await isBack());
  await picture.click();
  assert.equal(await large.count(), 1);
  await large.click();
  assert.equal(await large.count(), 0);
  assert.ok(await isBack());
  assert.match(page.url(), /address\.html$/);
  assert.deepEqual(faults, []);
  // What is seen whole has nothing to open.
  await page.setViewportSize(DESK);
  await open("caching/lru.html");
  assert.equal(await page.locator(".proof-picture.proof-small").count(), 0);
  await close();
});

test("an arrow scrolls what has the focus, and doesn't turn the page", async () => {
  const { page, open, close } = await reader(browser, "light", USUAL_PHONE.width);
  await open("storage/models.html");
  await page.locator("main .table-wrapper").first().focus();
  await page.keyboard.press("ArrowRight");
  await page.waitForTimeout(300);
  assert.match(page.url(), /models\.html$/);
  assert.ok(await page.locator("main .table-wrapper").first().evaluate((part) => part.scrollLeft > 0));
  await close();
});

/**
 * Opens pages as a browser without scripts shows them, and runs axe, which is a script: they are taken out of the page on its way. What
 * is around the text is mdBook's own, in which the book's scripts mend what axe finds.
 */
async function lookWithoutScripts(paths) {
  const edit = (html) => html.replace(/<script\b[^]*?<\/script>/g, "");
  const { page, open, close } = await reader(browser, "light", DESK.width, undefined, { edit });
  const wrong = [];
  for (const path of paths) {
    await open(path);
    assert.equal(await page.evaluate(() => document.documentElement.matches(".js")), false);
    await page.evaluate(() => document.querySelectorAll("details").forEach((fold) => (fold.open = true)));
    await page.evaluate(AXE);
    for (const [theme, size, rules] of [["light", DESK], ["light", USUAL_PHONE], ["dark", USUAL_PHONE, OF_COLOR], ["dark", DESK, OF_COLOR]]) {
      await show(page, size, theme);
      const found = (await violations(page, rules, "main")).filter((fault) => !KNOWN.test(fault));
      wrong.push(...found.map((fault) => `${path}, ${theme}, ${size.width} px: ${fault}`));
    }
  }
  await close();
  assert.deepEqual(wrong, [], wrong.join("\n"));
}

// Browsers let the keyboard reach what scrolls by themselves, and mdBook makes a header of a table's empty corner.
const KNOWN = /^axe (scrollable-region-focusable|empty-table-header) /;

test("one page of ten passes without scripts too", { concurrency: true }, async (t) => {
  const some = pages().filter((_, at) => at % 10 === 0);
  const shares = Array.from({ length: TABS }, (_, tab) => some.filter((_, at) => at % TABS === tab));
  await Promise.all(shares.map((paths, tab) => t.test(`tab ${tab + 1}`, () => lookWithoutScripts(paths))));
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

// On these pages a table is what the reader came for.
const TABLES_FIRST = {
  "availability/nines.html": "it is looked up",
  "capacity/rates.html": "it is looked up",
  "latency/numbers.html": "it is looked up",
  "method/map.html": "whoever has a symptom looks for its row",
  "method/worksheet.html": "its rows are to be filled in",
};

test("nine topic pages of ten show a result or a picture on their first screen", async () => {
  const { page, open, close } = await reader(browser, "light", DESK.width);
  // Pages that only lead to others have nothing to show.
  const topics = pages().filter((path) => /^[^/]+\/(?!index)/.test(path) && !path.startsWith("appendix/"));
  const below = [];
  for (const path of topics) {
    await open(path);
    const results = TABLES_FIRST[path] ? ".table-wrapper" : ":is(.proof-stage, .proof-sketch)";
    const top = await page.evaluate((results) => {
      const shown = [...document.querySelectorAll(`main ${results}`)].filter((part) => part.checkVisibility());
      return shown[0]?.getBoundingClientRect().top ?? Infinity;
    }, results);
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

test("the keyboard unfolds a chapter in that list", async () => {
  const { page, open, close } = await reader(browser, "light", DESK.width);
  await open("index.html");
  const fold = page.getByRole("button", { name: "Pages of this chapter" }).first();
  const isOpen = () => fold.evaluate((part) => part.closest("li").classList.contains("expanded"));
  assert.equal(await isOpen(), false);
  await fold.focus();
  await page.keyboard.press("Enter");
  assert.equal(await isOpen(), true);
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
