// Every block that readers can run, run here as a browser would: each prints what the page has, and is shown as the page shows it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";
import vm from "node:vm";
import { gunzipSync } from "node:zlib";
import { pages, root } from "./book.js";

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
    const [, text] = /^proofProgram\("[^"]*", "([^"]*)"\);\n$/.exec(readFileSync(join(root, file), "utf8"));
    const packed = Buffer.from(text, "base64");
    const bytes = gunzipSync(packed);
    programs.set(file, { module: new WebAssembly.Module(bytes), size: packed.length, text: bytes.toString("latin1") });
  }
  return programs.get(file).module;
}

/** What a page says about its blocks; nothing where it has none to run. */
function data(html) {
  const [, json] = /<script type="application\/json" class="proof-data">(.*?)<\/script>/s.exec(html) ?? [];
  return json && JSON.parse(json);
}

test("each block prints in the browser what it printed when the book was built, and is drawn as there", () => {
  const run = makeWorker();
  const different = [];
  const slow = [];
  let count = 0;
  for (const page of pages()) {
    const html = readFileSync(join(root, page), "utf8");
    const live = data(html);
    for (const { number, program: file, module, query, view } of live?.blocks ?? []) {
      const name = `${page}, block ${number}`;
      const queries = query === undefined ? undefined : live.queries.slice(0, query + 1);
      const answer = run({ block: program(file), show: program(live.show), module, point: "", queries, view });
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

test("a chapter's program is small, and none has a folder of the machine that built it", () => {
  const large = [...programs].filter(([file, { size }]) => size > 150_000 && !/\/(show|query)-/.test(file));
  assert.deepEqual(large.map(([file, { size }]) => `${file}: ${size}`), []);
  const folders = [resolve(import.meta.dirname, "../.."), homedir()];
  const telling = [...programs].filter(([, { text }]) => folders.some((folder) => text.includes(`${folder}/`)));
  assert.deepEqual(telling.map(([file]) => file), []);
});
