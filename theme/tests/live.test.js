// Every block that readers can run, run here as a browser would: each prints what the page has, and is shown as the page shows it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";
import vm from "node:vm";
import { gunzipSync } from "node:zlib";
import { live, pages, root } from "./book.js";

const worker = readFileSync(join(import.meta.dirname, "../../preprocessor/theme/live/worker.js"), "utf8");

/** A worker of the page's: a message in, an answer out. */
function makeWorker() {
  let answer;
  const global = { crypto, performance, TextEncoder, TextDecoder, WebAssembly, postMessage: (message) => (answer = message) };
  vm.runInContext(worker, vm.createContext(global));
  return (data) => {
    global.onmessage({ data });
    return answer;
  };
}

const programs = new Map();
/** A program of the book, from the script that hands it over. */
function program(file) {
  if (!programs.has(file)) {
    const [, text] = /^proofProgram\("[^"]*", "([^"]*)"\);\n$/m.exec(readFileSync(join(root, file), "utf8"));
    const packed = Buffer.from(text, "base64");
    const bytes = gunzipSync(packed);
    programs.set(file, { module: new WebAssembly.Module(bytes), size: packed.length, text: bytes.toString("latin1") });
  }
  return programs.get(file).module;
}

test("each block prints in the browser what it printed when the book was built, and is drawn as there", () => {
  const run = makeWorker();
  const different = [];
  const slow = [];
  let count = 0;
  for (const page of pages()) {
    const data = live(page);
    for (const { number, program: file, module, query, view } of data?.blocks ?? []) {
      const name = `${page}, block ${number}`;
      const queries = query === undefined ? undefined : data.queries.slice(0, query + 1);
      const answer = run({ block: program(file), show: program(data.show), module, point: "", queries, view });
      count += 1;
      if (!answer.same) different.push(`${name}: ${answer.trouble ?? answer.failed ?? answer.text}`);
      else if (answer.problem) different.push(`${name}: ${answer.problem}`);
      if (answer.time > 1000) slow.push(`${name}: ${Math.round(answer.time)} ms`);
    }
  }
  console.log(`${count} blocks; over a second: ${slow.join(", ") || "none"}`);
  assert.deepEqual(different, []);
  assert.ok(count > 350, `${count} blocks`);
});

test("each page computes in the browser what it says, and its claims hold at what its blocks printed", () => {
  const run = makeWorker();
  const different = [];
  const times = [];
  const [sums, figures, claims] = [[], [], []];
  for (const path of pages()) {
    const data = live(path);
    if (!data?.follow) continue;
    const [, prelude] = /^globalThis\.proofPrelude = (".*");$/m.exec(readFileSync(join(root, data.follow), "utf8"));
    // As if the reader had run each block as it is in the book.
    const ran = Object.fromEntries((data.page.blocks ?? []).map(({ number, printed }) => [number, { point: {}, printed }]));
    const start = performance.now();
    const { trouble, ...answer } = run({ follow: program(data.follow), request: { prelude: JSON.parse(prelude), page: data.page, ran } });
    times.push(performance.now() - start);
    sums.push(...(answer.sums ?? []));
    figures.push(...(data.page.figures ?? []));
    claims.push(...Object.values(answer.claims ?? {}).flat());
    const moved = (answer.sums ?? []).filter((lines) => Object.keys(lines).length > 0);
    const said = { trouble, moved, figures: answer.figures, blocks: answer.blocks, claims: Object.entries(answer.claims ?? {}).filter(([, held]) => held.includes("fails")) };
    if (trouble || moved.length > 0 || answer.figures || answer.blocks || said.claims.length > 0) different.push(`${path}: ${JSON.stringify(said)}`);
  }
  times.sort((a, b) => a - b);
  console.log(`${sums.length} fences of sums, ${figures.length} figures, ${claims.length} claims, of which ${claims.filter((held) => held === "silent").length} are about no single run; a page in ${Math.round(times[times.length >> 1])} ms, at most in ${Math.round(times.at(-1))} ms`);
  assert.deepEqual(different, []);
  assert.ok(sums.length > 50 && figures.length > 1000 && claims.length > 200);
});

test("a chapter's program is small, and none has a folder of the machine that built it", () => {
  const large = [...programs].filter(([file, { size }]) => size > 150_000 && !/\/(show|query|follow)-/.test(file));
  assert.deepEqual(large.map(([file, { size }]) => `${file}: ${size}`), []);
  const folders = [resolve(import.meta.dirname, "../.."), homedir()];
  const telling = [...programs].filter(([, { text }]) => folders.some((folder) => text.includes(`${folder}/`)));
  assert.deepEqual(telling.map(([file]) => file), []);
});
