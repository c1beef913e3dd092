// The manual of mdbook-proof, as the published site has it beside the book: a book with mdBook's own look, and the styles that its pages bring.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { manual, reader, root, start } from "./book.js";

const isThere = existsSync(join(root, "proof", "index.html"));
const options = { skip: !isThere && !process.env.CI && "there is no manual in the built book: run `bash .ci/steps/manual`" };

let browser;
before(async () => (browser = await start()));
after(() => browser.close());

test("each page of the manual fits a phone, asks for nothing that isn't there, and has its styles", options, async () => {
  const paths = manual();
  assert.ok(paths.length > 10, `${paths.length} pages`);
  const { page, open, faults, close } = await reader(browser, "light", 390);
  const wrong = [];
  for (const path of paths) {
    faults.length = 0;
    await open(path);
    await page.evaluate(() => document.querySelectorAll("details").forEach((fold) => (fold.open = true)));
    const found = await page.evaluate(() => {
      const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
      const panels = [...document.querySelectorAll(".proof-output")];
      return { wide, bare: panels.filter((panel) => getComputedStyle(panel).borderBottomStyle !== "solid").length, panels: panels.length };
    });
    if (found.wide > 0) wrong.push(`${path}: ${found.wide} px too wide`);
    if (found.bare > 0) wrong.push(`${path}: ${found.bare} of ${found.panels} panels without their style`);
    // Plain mdBook's own page uses an event that the console complains about.
    wrong.push(...faults.filter((fault) => !fault.startsWith("console:")).map((fault) => `${path}: ${fault}`));
  }
  await close();
  assert.deepEqual(wrong, [], wrong.join("\n"));
});
