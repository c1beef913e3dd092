// What a reader does with the blocks that run in the page: runs them, turns their knobs, and goes back to the book's own.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { live, pages, reader, root, start } from "./book.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SAME = /^Your browser printed the same [\d,]+ bytes, in [\d,]+ ms\.$/;
const YOURS = "Not verified: run here with your values";
// The least that a site has to allow: mdBook has scripts and styles in its pages; a program is compiled, and runs in a worker made of a text.
const POLICY =
  "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; worker-src blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data:";

/** The text of a file of the book. */
const read = (path) => readFileSync(join(root, path), "utf8");

// Every block that readers can run: its page, its form's HTML, and what the page's data say of it.
const all = pages().flatMap((path) => {
  const html = read(path);
  const { file, run, show, blocks = [] } = live(path) ?? {};
  return blocks.map((block) => {
    const start = html.indexOf(`<form class="proof-live" data-block="${block.number}"`);
    const form = html.slice(start, html.indexOf("</form>", start));
    const isFolded = html.lastIndexOf('<details class="proof-guess"', start) > html.lastIndexOf('<figure class="proof-output"', start);
    return { ...block, path, file, run, show, form, isFolded };
  });
});
/** The first block that is as a test needs it. */
const find = (isWanted) => all.find(isWanted) ?? assert.fail(`the book has no such block: ${isWanted}`);

const isText = ({ view, isFolded }) => !view.picture && !isFolded;
const isTable = ({ view, isFolded }) => view.picture === "table" && !isFolded;
const isChart = (kind) => ({ view, isFolded }) => view.picture === "chart" && view.kind === kind && !isFolded;
// A form whose first knob is a slider that begins at a whole number.
const KNOB = /(?<=^<form[^>]*><label class="proof-knob"><span>[^<]*<\/span>)<b aria-hidden="true">(\d+)<\/b><input type="range" (name="\w+")[^>]*>/;
const withKnob = (isWanted) => (block) => isWanted(block) && KNOB.test(block.form);
const isQuick = withKnob(isChart("bar"));

let browser;
before(async () => (browser = await start()));
after(() => browser.close());

/** What is in a block's panel. */
function panel(page, { number }) {
  const form = page.locator(`.proof-live[data-block="${number}"]`);
  const figure = page.locator(".proof-output").filter({ has: form });
  const [stage, mark, status] = [figure.locator(".proof-stage"), figure.locator(".proof-verified"), form.locator("[role=status]")];
  const [button, reset, slider] = [form.locator("button:not([type])"), form.locator("[type=reset]"), form.locator("[type=range]").first()];
  const drawn = () => stage.innerHTML();
  const state = () => figure.getAttribute("data-state");
  /** Waits until the status says something. */
  const says = (hasText) => status.filter({ hasText }).waitFor();
  return { form, figure, stage, mark, status, button, reset, slider, drawn, state, says };
}

/**
 * A test of the first block that is wanted, on its page in a tab of its own, with what is folded open. `answers` are given instead of the
 * book's own files, and are made of the block; so are the `changes` of what the page's data say of it.
 */
function visit(name, isWanted, body, { theme = "light", width, folder, under = "", load, answers, changes, edit = (html) => html } = {}) {
  test(name, async () => {
    const block = find(isWanted);
    const { page, open, faults, close } = await reader(browser, theme, width, folder?.(), { edit: (html) => edit(html, block) });
    if (changes) {
      const data = live(block.path);
      Object.assign(data.blocks.find(({ number }) => number === block.number), changes);
      await page.route(`**/${block.file}`, (route) => route.fulfill({ body: `globalThis.proofPage = ${JSON.stringify(data)};\n` }));
    }
    for (const [path, body] of Object.entries(answers?.(block) ?? {})) await page.route(`**/${path}`, (route) => route.fulfill({ body }));
    await (load ? load(page, block) : open(under + block.path));
    await page.locator("main .proof-guess").evaluateAll((folds) => folds.forEach((fold) => (fold.open = true)));
    await body({ page, block, ...panel(page, block), open });
    // Files on disk are none of the site that serves the book.
    const isMeant = (fault) => fault.startsWith("asks another site: file:") || fault.endsWith("net::ERR_ABORTED");
    assert.deepEqual(faults.filter((fault) => !isMeant(fault)), []);
    await close();
  });
}

/** A program that says something and then fails, or never ends: the script that hands it over. Its memory begins with the place of what it says. */
function program(file, said, isEndless = false) {
  const text = (string) => [string.length, ...Buffer.from(string)];
  const section = (id, ...content) => [id, content.length, ...content];
  const code = [0, 0x41, 2, 0x41, 0, 0x41, 1, 0x41, 8, 0x10, 0, 0x1a, ...(isEndless ? [0x03, 0x40, 0x0c, 0, 0x0b] : []), 0x00, 0x0b];
  const memory = [16, 0, 0, 0, said.length, ...Array(11).fill(0), ...Buffer.from(said)];
  const wasm = [
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, 2, 0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0x7f, 0x60, 0, 0),
    ...section(2, 1, ...text("wasi_snapshot_preview1"), ...text("fd_write"), 0, 0),
    ...section(3, 1, 1),
    ...section(5, 1, 0, 1),
    ...section(7, 2, ...text("memory"), 2, 0, ...text("_start"), 0, 1),
    ...section(10, 1, code.length, ...code),
    ...section(11, 1, 0, 0x41, 0, 0x0b, memory.length, ...memory),
  ];
  return `proofProgram("${file}", "${gzipSync(Uint8Array.from(wasm)).toString("base64")}");\n`;
}

const FORMS = {
  text: isText,
  "a table": isTable,
  "lines of a chart": isChart("line"),
  "bars of a chart": isQuick,
  "a sequence": ({ view }) => view.picture === "sequence",
  "a folded answer": ({ isFolded }) => isFolded,
};
for (const [name, isWanted] of Object.entries(FORMS)) {
  visit(`a run prints what the book has, and its panel stays as it was: ${name}`, isWanted, async ({ button, drawn, state, says, mark }) => {
    const before = [await drawn(), await mark.textContent()];
    await button.click();
    await says(SAME);
    assert.deepEqual([await drawn(), await mark.textContent(), await state()], [...before, "same"]);
  });
}

const PANIC = "thread 'main' panicked at a.rs:1:2:\nno room left\n";
const PANICKED = "thread 'main' panicked:\nno room left\n";
const FAILS = { answers: () => ({ "live/fails.js": program("live/fails.js", PANIC) }) };
const digest = createHash("sha256").update(PANICKED).digest("hex").slice(0, 16);
visit("a block that has to fail is the same if it fails as in the book", isText, async ({ button, says, drawn, state }) => {
  const before = await drawn();
  await button.click();
  await says(`the same ${PANICKED.length} bytes`);
  assert.deepEqual([await drawn(), await state()], [before, "same"]);
}, { ...FAILS, changes: { program: "live/fails.js", view: { digest, fails: true } } });

visit("a run that fails shows what it said, and goes back", isText, async ({ button, says, stage, state, mark, reset, drawn }) => {
  const before = await drawn();
  await button.click();
  await says("It stopped with an error.");
  assert.equal(await stage.locator(".proof-trouble").textContent(), PANICKED);
  assert.deepEqual([await state(), await mark.textContent()], ["yours", "Not verified: your browser printed something else"]);
  await reset.click();
  assert.deepEqual([await drawn(), await state()], [before, null]);
}, { ...FAILS, changes: { program: "live/fails.js" } });

// The first of a page whose others run in time.
const isBeforeBars = ({ path, number }) => number === 0 && all.some((other) => other.path === path && other.number > 0 && isQuick(other));
visit("a run that never ends is stopped, and another runs after it", isBeforeBars, async ({ page, block, status, stage, mark }) => {
  // Each is said for a moment only.
  const said = await status.evaluate(async (status) => {
    const said = [];
    for (let changes = 0; changes < 4; changes += 1) {
      if (changes % 2 === 0) status.closest("form").querySelector("button").click();
      await new Promise((resolve) => {
        new MutationObserver(resolve).observe(status, { childList: true });
        setTimeout(resolve, 20_000);
      });
      said.push(status.textContent);
    }
    return said;
  });
  assert.deepEqual(said, ["Running …", "It was stopped after 0.7 s.", "Running …", "It was stopped after 0.7 s."]);
  assert.deepEqual([await stage.textContent(), await mark.textContent()], ["It was stopped after 0.7 s.", "Not verified: it gave no result here"]);
  const next = panel(page, find((other) => other.path === block.path && isQuick(other)));
  await next.button.click();
  await next.says(SAME);
}, {
  changes: { program: "live/endless.js" },
  answers: ({ run }) => ({ "live/endless.js": program("live/endless.js", "", true), [run]: read(run).replace(/^const LIMIT = 10_000/m, "const LIMIT = 700") }),
});

visit("a file that can't be loaded is named, and the next click tries again", isText, async ({ page, block, button, says, drawn, state, mark }) => {
  const before = await drawn();
  for (const [file, reason] of [[block.file, "What runs it could not be loaded."], [block.run, "What runs it could not be loaded."], [block.program, "Its program could not be loaded."]]) {
    await page.route(`**/${file}`, (route) => route.abort("aborted"));
    await button.click();
    await says(reason);
    await page.unroute(`**/${file}`);
  }
  // Nothing ran, so the book's own stays.
  assert.deepEqual([await state(), await drawn()], [null, before]);
  assert.match(await mark.textContent(), /^Verified/);
  await button.click();
  await says(SAME);
  assert.deepEqual([await state(), await drawn()], ["same", before]);
});

visit("a query can be edited, runs after the page's earlier ones, and says what is wrong with it", ({ query }) => query === 1, async (tab) => {
  const { form, button, reset, says, drawn, state, mark, stage } = tab;
  const before = await drawn();
  await button.click();
  await says(SAME);
  const editor = form.locator("textarea");
  const own = await editor.inputValue();
  await editor.fill("SELECT count(*) AS tables FROM sqlite_schema WHERE type = 'table';");
  await button.click();
  await says("The query is yours. It ran in ");
  // Those that the first query of the page made.
  assert.ok(Number(await stage.locator("td").textContent()) > 0);
  assert.deepEqual([await state(), await mark.textContent()], ["yours", YOURS]);
  await editor.fill("SELECT 1;\nSELECT absent;");
  await button.click();
  await says("The query is yours. It stopped with an error.");
  assert.match(await stage.textContent(), /line 2: no such column: absent/);
  await reset.click();
  assert.deepEqual([await editor.inputValue(), await drawn(), await state()], [own, before, null]);
});

visit("each text and picture is drawn in the browser as in the book, and no knob is changed at first", isText, async ({ page, block }) => {
  const [, worker] = /^const proofWorker = (".*");$/m.exec(read(block.run));
  const [, packed] = /"([^"]*)"\);\n$/.exec(read(block.show));
  const wasm = gunzipSync(Buffer.from(packed, "base64")).toString("base64");
  const draw = async ([worker, wasm, pages]) => {
    const run = new Function(`${worker}; return run;`)();
    const module = await WebAssembly.compile(Uint8Array.from(atob(wasm), (c) => c.charCodeAt(0)));
    const different = [];
    let count = 0;
    for (const [path, blocks] of pages) {
      const page = new DOMParser().parseFromString(await (await fetch(`/${path}`)).text(), "text/html");
      for (const { number, view } of blocks) {
        const form = page.querySelector(`.proof-live[data-block="${number}"]`);
        const stage = form.previousElementSibling;
        // The text is the page's own: that the block prints it here too is another test.
        const stdout = (form.parentElement.querySelector(".proof-text code") ?? stage.querySelector("pre code")).textContent;
        const answer = JSON.parse(run(module, ["show"], JSON.stringify({ view, stdout, stderr: "", success: true })).out);
        const drawn = document.createElement("template");
        drawn.innerHTML = answer.html;
        // Between the rows of a table the book has ends of lines.
        const [ours, its] = [drawn, stage].map((part) => part.innerHTML.replace(/>\s+</g, "><").trim());
        if (ours !== its) different.push(`${path}, block ${number}: ${ours.slice(0, 200)}`);
        for (const knob of form.querySelectorAll("[type=range]")) {
          if (Number(knob.value) !== Number(knob.defaultValue)) different.push(`${path}, block ${number}: ${knob.outerHTML}`);
        }
        count += 1;
      }
    }
    return { count, different };
  };
  const drawn = [...new Set(all.map(({ path }) => path))].map((path) => [path, live(path).blocks]);
  assert.deepEqual(await page.evaluate(draw, [JSON.parse(worker), wasm, drawn]), { count: all.length, different: [] });
});

visit("a slider moved by keyboard shows a run that looks like none of the book's, and the way back", withKnob(isChart("line")), async (tab) => {
  const { page, figure, slider, button, reset, drawn, state, says, status, mark } = tab;
  const tick = () => mark.evaluate((part) => getComputedStyle(part, "::before").maskImage.slice(0, 4));
  const look = async () => [await state(), await mark.textContent(), await tick(), await figure.evaluate((part) => getComputedStyle(part).borderStyle)];
  const [before, looked, name, book] = [await drawn(), await look(), await slider.getAttribute("name"), Number(await slider.inputValue())];
  assert.deepEqual([looked[0], ...looked.slice(2)], [null, "url(", "solid"]);
  for (let times = 0; times < 2; times += 1) {
    await slider.focus();
    for (const key of ["ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
    await says(`${name} ${book + 2} (book: ${book}). It ran in `);
    assert.deepEqual(await look(), ["yours", YOURS, "none", "dashed"]);
    assert.ok((await drawn()).includes("<svg"));
    assert.notEqual(await drawn(), before);
    await reset.click();
    assert.deepEqual([await look(), await drawn()], [looked, before]);
    assert.deepEqual([await status.textContent(), Number(await slider.inputValue()), await reset.isVisible()], ["", book, false]);
    assert.ok(await button.evaluate((part) => part === document.activeElement));
  }
  // What is set as in the book again is the book's again.
  await slider.focus();
  for (const key of ["ArrowRight", "ArrowLeft"]) await page.keyboard.press(key);
  await says(SAME);
  assert.equal(await drawn(), before);
});

const isLog = ({ form }) => form.includes("data-log") && form.includes("as listed") && KNOB.test(form);
visit("a choice, and a logarithmic slider of a list, are named as they are set", isLog, async ({ page, form, drawn, says, status, reset }) => {
  const [before, choice, slider] = [await drawn(), form.locator("select"), form.locator("[data-log]")];
  const book = await choice.inputValue();
  await choice.focus();
  await page.keyboard.press("7");
  await says(`${await choice.getAttribute("name")} 7 (book: ${book}). It ran in `);
  const label = slider.locator("xpath=preceding-sibling::b");
  const [from, to] = (await slider.getAttribute("data-log")).split(" ");
  await slider.focus();
  // Its first step is told apart from one that nobody moved.
  for (const [key, value] of [["End", to], ["Home", from]]) {
    await page.keyboard.press(key);
    await says(`${await slider.getAttribute("name")} ${value} (besides those listed). It ran in `);
    assert.deepEqual([await label.textContent(), await slider.evaluate((part) => part.ariaValueText)], [value, value]);
  }
  assert.match(await status.textContent(), / 7 \(book: \d+\), /);
  await reset.click();
  assert.deepEqual([await label.textContent(), await choice.inputValue(), await drawn()], ["as listed", book, before]);
}, {
  // No block of the book has a choice.
  edit: (html, { form }) =>
    html.replace(form, form.replace(KNOB, "<select $2><option>2</option><option selected>$1</option><option>7</option></select>")),
});

visit("a drag draws as often as the block can run, and ends with what was set last", isQuick, async (tab) => {
  const { page, figure, slider, stage, button, drawn, says, status } = tab;
  await button.click();
  await says(SAME);
  // Another run, from the click to what it shows, on this machine now.
  const took = await figure.evaluate(async (figure) => {
    const start = performance.now();
    const drawn = new Promise((resolve) => new MutationObserver(resolve).observe(figure.querySelector(".proof-stage"), { childList: true }));
    figure.querySelector("button:not([type])").click();
    await drawn;
    return performance.now() - start;
  });
  const drag = async (stage, slider) => {
    let drawings = 0;
    new MutationObserver(() => (drawings += 1)).observe(stage, { childList: true });
    const start = performance.now();
    const turn = (type) => slider.dispatchEvent(new Event(type, { bubbles: true }));
    while (performance.now() - start < 1500) {
      slider.value = slider.value === slider.max ? slider.min : Number(slider.value) + 1;
      turn("input");
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    turn("change");
    return [drawings, performance.now() - start, slider.value];
  };
  const [drawings, lasted, last] = await stage.evaluate(drag, await slider.elementHandle());
  console.log(`${((1000 * drawings) / lasted).toFixed(1)} drawings a second, where one run takes ${took.toFixed(0)} ms`);
  assert.ok(drawings >= Math.floor(lasted / (took + 150)), `${drawings} drawings in ${lasted} ms`);
  await says(` ${last} (book: `);
  const rests = () => page.locator(".proof-output[data-running]").waitFor({ state: "detached" });
  await rests();
  const [shown, words] = [await drawn(), await status.textContent()];
  assert.match(words, /It ran in \d+ ms\.$/);
  await button.click();
  await rests();
  assert.equal(await drawn(), shown);
});

visit("a slider moved while the programs come is shown as it was left", isQuick, async ({ page, block, slider, status }) => {
  await page.route(`**/${block.show}`, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    await route.fulfill({ body: read(block.show) });
  });
  await slider.evaluate(async (slider) => {
    for (let steps = 0; steps < 12; steps += 1) {
      slider.value = Number(slider.value) + 1;
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    slider.dispatchEvent(new Event("change", { bubbles: true }));
  });
  await page.waitForTimeout(1000);
  await status.filter({ hasText: ` ${await slider.inputValue()} (book: ` }).waitFor();
});

// Serves the book beneath a folder, as a site that has more than it.
const site = mkdtempSync(join(tmpdir(), "run-"));
mkdirSync(join(site, "some"));
symlinkSync(root, join(site, "some/book"));
after(() => rmSync(site, { recursive: true }));

const PLACES = {
  "from a folder on disk": { load: (page, { path }) => page.goto(pathToFileURL(join(root, path)).href) },
  "in a folder of its site": { folder: () => site, under: "some/book/" },
  "under a strict policy": { edit: (html) => html.replace("<head>", `$&<meta http-equiv="content-security-policy" content="${POLICY}">`) },
  "without a network, once it has run": {},
};
for (const [name, options] of Object.entries(PLACES)) {
  visit(`a block runs ${name}`, isQuick, async ({ page, slider, drawn, reset, button, says }) => {
    const before = await drawn();
    await button.click();
    await says(SAME);
    await slider.focus();
    await page.keyboard.press("ArrowRight");
    await says("It ran in ");
    if (name.startsWith("without")) {
      // What computes the page's figures is loaded with the first other value.
      await page.waitForLoadState("networkidle");
      await page.context().setOffline(true);
      await page.keyboard.press("ArrowRight");
      await says("It ran in ");
    }
    assert.notEqual(await drawn(), before);
    await reset.click();
    await button.click();
    await says(SAME);
    assert.equal(await drawn(), before);
  }, options);
}

// On a phone it is shown smaller than it is.
const isSmall = ({ path, number }) => path === "caching/hot-keys.html" && number === 0;
for (const [theme, width, name, isWanted] of [
  ["light", 390, "a chart", isSmall],
  ["light", 1280, "a chart", isChart("line")],
  ["dark", 390, "a chart", isSmall],
  ["dark", 1280, "a chart", isChart("line")],
  ["light", 390, "a table", isTable],
]) {
  visit(`a panel of ${name} fits and can be read, also with other values, ${theme}, ${width} px`, withKnob(isWanted), async (tab) => {
    const { page, button, slider, stage, says, state } = tab;
    await page.evaluate(AXE);
    // What the page makes of what scrolls there, or is shown small.
    const marks = () => stage.locator("> *").evaluateAll((parts) => parts.map((part) => [part.className, part.tabIndex, part.dataset.more]));
    const before = await marks();
    const look = async (wanted) => {
      assert.deepEqual([await state(), await marks()], [wanted, before]);
      const found = await page.evaluate(async () => {
        const { violations } = await axe.run("main", { resultTypes: ["violations"], preload: false });
        return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`);
      });
      assert.deepEqual(found, [], wanted);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
    };
    // That axe finds nothing on the page as it is opened, is another test.
    await button.click();
    await says(SAME);
    await look("same");
    await slider.focus();
    await page.keyboard.press("ArrowRight");
    await says("It ran in ");
    await look("yours");
  }, { theme, width });
}

visit("the keyboard alone reaches and runs a block, and its arrows don't turn the page", withKnob(isChart("line")), async (tab) => {
  const { page, block, button, slider, reset, says, state } = tab;
  const isAt = (part) => part.evaluate((part) => part === document.activeElement);
  const tabTo = async (part) => {
    for (let tabs = 0; tabs < 200 && !(await isAt(part)); tabs += 1) await page.keyboard.press("Tab");
    assert.ok(await isAt(part));
  };
  await tabTo(slider);
  for (const key of ["ArrowLeft", "ArrowRight", "ArrowRight", "ArrowUp"]) await page.keyboard.press(key);
  await says("It ran in ");
  await tabTo(reset);
  await page.keyboard.press("Enter");
  assert.equal(await state(), null);
  assert.ok(await isAt(button));
  await page.keyboard.press("Space");
  await says(SAME);
  assert.ok(page.url().endsWith(block.path));
});

const asked = (page) => {
  const files = new Set();
  page.on("request", (request) => request.url().includes("/live/") && files.add(request.url().replace(/.*(?=live\/)/, "")));
  return files;
};
visit("nothing that runs blocks is asked for before a reader acts", withKnob(isChart("line")), async ({ page, block, open, button, slider, says }) => {
  const files = asked(page);
  await open(block.path);
  await slider.focus();
  await button.hover();
  await page.mouse.wheel(0, 2000);
  await page.waitForTimeout(300);
  assert.deepEqual([...files], []);
  await button.click();
  await says(SAME);
  assert.deepEqual(files, new Set([block.file, block.run, block.program, block.show]));
});

test("neither paper, nor the page to print, nor a browser without scripts has anything to run", async () => {
  const { path } = find(isText);
  // The page to print takes long to open: its first pages have to do.
  const edit = (html) => html.replace(/((?:class="proof-data".*?){3}<\/script>).*(?=<\/main>)/s, "$1");
  for (const [shown, options, media] of [[path, {}, "print"], [path, { javaScriptEnabled: false }], ["print.html", { edit }]]) {
    const { page, open, faults, close } = await reader(browser, "light", 1280, undefined, options);
    const files = asked(page);
    await open(shown);
    await page.emulateMedia({ media });
    const forms = await page.locator(".proof-live").evaluateAll((forms) => forms.map((form) => form.checkVisibility()));
    assert.ok(forms.length > 0 && !forms.includes(true), shown);
    assert.deepEqual([[...files], faults], [[], []]);
    await close();
  }
});
