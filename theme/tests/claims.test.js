// Claims behind sentences: a book of them is built, and its marks are opened, by keyboard too, on a phone and on paper.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { reader, start } from "./book.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PAGE = `# Claims

\`\`\`rust,run,name=run,vary="seed=1..50"
let seed = 7;
println!("| servers | wait (ms) |");
println!("| ------: | --------: |");
for servers in [1, 2, 4] {
    println!("| {servers} | {} |", 40 / servers + seed % 3);
}
\`\`\`

With each server more the wait is shorter than it was with one server less before<!-- holds: run.wait falls -->. One of them alone
has people wait *more than twice as long*<!-- holds: run[1].wait > 2 × run[4].wait -->, as **measured**<!-- holds: run[1].wait > run[2].wait -->,
and this is a sentence that has enough words to be broken in other places on other screens<!-- holds: run[2].wait > run[4].wait -->; it ends.

- Two claims that stand below an item have their mark at its end.

  <!-- holds:
  run[1].wait ≥ 40 ms
  run[4].wait ≤ 12 ms
  -->

| What | How long |
| --- | --- |
| one server | the longest<!-- holds: run[1].wait > run[4].wait --> |

<!-- holds: run.wait falls -->

## A heading<!-- holds: run.wait falls -->
`;

let browser, folder;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "claims-"));
  mkdirSync(join(folder, "src"));
  const configuration = ["[book]", 'title = "Claims"', "[preprocessor.proof]", 'before = ["links"]', "[output.html]", 'preferred-dark-theme = "navy"'];
  // Else mdBook asks another site which crates it has.
  configuration.push("[output.html.playground]", "runnable = false");
  writeFileSync(join(folder, "book.toml"), configuration.join("\n"));
  writeFileSync(join(folder, "src/SUMMARY.md"), "- [Claims](page.md)\n");
  writeFileSync(join(folder, "src/page.md"), PAGE);
  const manifest = join(import.meta.dirname, "../../Cargo.toml");
  const program = ["run", "--quiet", "--manifest-path", manifest, "--package", "mdbook-proof", "--", "--book"];
  const { CI: _, ...env } = process.env;
  for (const command of ["bless", "build"]) execFileSync("cargo", [...program, command], { cwd: folder, env });
  browser = await start();
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

/** Opens the page of claims. */
async function opened(theme, width) {
  const tab = await reader(browser, theme, width, join(folder, "book"));
  await tab.open("page.html");
  return { ...tab, marks: tab.page.locator("main .proof-claim input") };
}

test("each comment with claims has a mark that says where they held, except in a heading", async () => {
  const { marks, page, close } = await opened("light", 1280);
  const names = await marks.evaluateAll((all) => all.map((mark) => mark.ariaLabel));
  assert.equal(names.length, 7);
  for (const name of names) assert.match(name, /^(Claim|2 claims), (each )?held /);
  assert.match(await page.locator(".proof-evidence").textContent(), /1 run, 9 claims at \d+ points/);
  await close();
});

test("the keyboard opens what was tried and closes it", async () => {
  const { page, marks, faults, close } = await opened("light", 1280);
  const open = () => page.evaluate(() => document.querySelector(":popover-open")?.textContent);
  // The page's first mark, whatever is before it.
  const isReached = () => marks.first().evaluate((mark) => mark === document.activeElement);
  for (let tabs = 0; tabs < 60 && !(await isReached()); tabs += 1) await page.keyboard.press("Tab");
  assert.ok(await isReached());
  assert.equal(await open(), undefined);
  await page.keyboard.press("Enter");
  assert.match(await open(), /^Held for .*run\.wait falls$/);
  await page.keyboard.press("Escape");
  assert.equal(await open(), undefined);
  assert.ok(await isReached());
  await page.keyboard.press("Space");
  assert.ok(await open());
  await page.locator("main h1").click();
  assert.equal(await open(), undefined);
  assert.deepEqual(faults, []);
  await close();
});

for (const theme of ["light", "dark"]) {
  for (const width of [390, 1280]) {
    test(`marks and what they open can be read and hit, ${theme}, ${width} px`, async () => {
      const { page, marks, close } = await opened(theme, width);
      await page.evaluate(AXE);
      for (const mark of await marks.all()) {
        const size = await mark.boundingBox();
        assert.ok(Math.min(size.width, size.height) >= 31, JSON.stringify(size));
        await mark.click();
        const tip = page.locator(":popover-open");
        const box = await tip.boundingBox();
        assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= 800, JSON.stringify(box));
        const found = await page.evaluate(async () => {
          const { violations } = await axe.run({ include: [[".proof-claim"], [":popover-open"]] }, { resultTypes: ["violations"] });
          return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
        });
        assert.deepEqual(found, []);
        await page.keyboard.press("Escape");
      }
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
      await close();
    });
  }
}

test("a mark is on one line with the word before it and what follows it, on any screen", async () => {
  const { page, close } = await opened("light", 320);
  for (let width = 320; width < 480; width += 4) {
    await page.setViewportSize({ width, height: 800 });
    const torn = await page.evaluate(() => {
      const middle = ({ top, bottom }) => (top + bottom) / 2;
      const place = (text, at) => {
        const range = new Range();
        range.setStart(text, at);
        range.setEnd(text, at + 1);
        return middle(range.getBoundingClientRect());
      };
      const lastText = (node) => (node.nodeType === Node.TEXT_NODE ? node : lastText(node.lastChild));
      return [...document.querySelectorAll("main .proof-tie")].flatMap((tie) => {
        const own = middle(tie.querySelector(".proof-claim").getBoundingClientRect());
        const word = lastText(tie.previousSibling);
        const places = [place(word, word.data.trimEnd().length - 1)];
        // What follows the mark and what it opens.
        const behind = tie.lastChild;
        if (behind.nodeType === Node.TEXT_NODE) places.push(place(behind, 0));
        return places.every((place) => Math.abs(place - own) < 10) ? [] : [word.data.slice(-20)];
      });
    });
    assert.deepEqual(torn, [], `${width} px`);
  }
  await close();
});

test("on paper a mark is there and opens nothing", async () => {
  const { page, marks, close } = await opened("light", 1280);
  await marks.first().click();
  await page.emulateMedia({ media: "print" });
  assert.ok(await page.locator(".proof-claim svg").first().isVisible());
  assert.equal(await page.locator(".proof-tip:visible").count(), 0);
  await close();
});
