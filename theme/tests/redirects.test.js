// The addresses that pages had before: each leads to where book.toml says, which is a page of the built book or of its manual.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { test } from "node:test";
import { root } from "./book.js";

const settings = readFileSync(join(import.meta.dirname, "../../book.toml"), "utf8");
// Its lines are all of one form, which the test counts.
const [, section] = settings.match(/^\[output\.html\.redirect\]\n([^[]*)/m);
const redirects = [...section.matchAll(/^"\/(.+)" = "(.+)"$/gm)].map(([, from, to]) => ({ from, to }));

test("every line of the redirects is read", () => {
  assert.ok(redirects.length > 0);
  assert.equal(redirects.length, section.split("\n").filter((line) => line.trim() && !line.startsWith("#")).length);
});

for (const { from, to } of redirects) {
  const target = posix.join(dirname(from), to.replace(/#.*/, ""));
  // The manual is built by itself, and CI has it beside the book.
  const isElsewhere = target.startsWith("proof/") && !existsSync(join(root, "proof")) && !process.env.CI;
  test(`${from} leads to ${target}`, { skip: isElsewhere && "there is no manual in the built book: run `bash .ci/steps/manual`" }, () => {
    const html = readFileSync(join(root, from), "utf8");
    assert.ok(html.includes(`<meta http-equiv="refresh" content="0; URL=${to}">`), html.slice(0, 300));
    assert.ok(html.includes(`href="${to}"`));
    const page = readFileSync(join(root, target), "utf8");
    assert.ok(!/http-equiv="refresh"/.test(page), `${target} leads away itself`);
    const [, id] = to.split("#");
    assert.ok(!id || page.includes(`id="${id}"`), `${target} has no ${id}`);
  });
}
