// Draws src/preview.png, the picture that others show beside a link to the book: its name, and the chart of its first page.
// After a change of either: `npm run preview`, and look at it.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { reader, root, start } from "./book.js";

const PICTURE = join(import.meta.dirname, "../../src/preview.png");
const ICON = readFileSync(join(import.meta.dirname, "../favicon.svg"), "utf8");

const STYLE = `
  body { all: initial; display: grid; grid: 1fr / 31rem 1fr; align-items: center; gap: 2.5rem; padding: 3rem 3.5rem;
    box-sizing: border-box; width: 1200px; height: 630px; border-bottom: 14px solid #0b62a4;
    background: #fff; color: #1b1b1b; font: 26px/1.4 "Open Sans", "DejaVu Sans", sans-serif; --bg: #fff; --fg: #1b1b1b }
  .name svg { width: 84px }
  h1 { margin: 1.6rem 0 1.8rem; font-size: 62px; line-height: 1.1; font-weight: 700 }
  p { margin: 0 }
  .chart svg { width: 100%; height: auto; font-family: inherit }
`;

const browser = await start();
const { page, open, close } = await reader(browser, "light", 1200);
await page.setViewportSize({ width: 1200, height: 630 });
await open("index.html");
await page.evaluate(
  ([style, icon]) => {
    const chart = document.querySelector(".proof-picture svg").outerHTML;
    const name = document.querySelector("main h1").textContent;
    document.documentElement.style.fontSize = "16px";
    document.body.innerHTML = `<style>${style}</style>
      <div class="name">${icon}<h1>${name}</h1><p>Every example ran.<br>Every sum is computed.<br>Every table is checked.</p></div>
      <div class="chart">${chart}</div>`;
  },
  [STYLE, ICON],
);
await page.screenshot({ path: PICTURE });
await close();
await browser.close();
console.log(`drawn from ${root}`);
