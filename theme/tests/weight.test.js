// What we add to mdBook's own page.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { files, pages, root } from "./book.js";

const LIMIT = 18 * 1024;
const zipped = (text) => gzipSync(text, { level: 9 }).length;

test("our style, script and markup weigh at most 18 KB compressed on each page", () => {
  const styles = files().filter((path) => /^(preprocessor\/)?theme\/.*\.(css|js)$/.test(path));
  assert.ok(styles.length > 0);
  const shared = styles.map((path) => zipped(readFileSync(join(root, path)))).reduce((a, b) => a + b);
  const head = zipped(readFileSync(join(import.meta.dirname, "../head.hbs")));
  // Pictures are the page's content: what surrounds them is ours.
  const heaviest = pages().map((path) => {
    const html = readFileSync(join(root, path), "utf8");
    // A form of what readers run is ours as a whole, and so is what the script knows of it.
    const ours = html.match(/<form class="proof-live".*?<\/form>|<script type="application\/json".*?<\/script>|<(?:div|p|span|details|summary)[^>]*(?:proof-|aria-description)[^>]*>/gs) ?? [];
    return { path, bytes: shared + head + zipped(ours.join("")) };
  });
  heaviest.sort((a, b) => b.bytes - a.bytes);
  console.log(`heaviest: ${heaviest[0].path}, ${heaviest[0].bytes} bytes`);
  assert.ok(heaviest[0].bytes <= LIMIT, JSON.stringify(heaviest[0]));
});

test("every page names its preview image, which is of the usual size and small", () => {
  const image = readFileSync(join(root, "preview.png"));
  assert.deepEqual([image.readUInt32BE(16), image.readUInt32BE(20)], [1200, 630]);
  assert.ok(image.length < 60 * 1024, `${image.length} bytes`);
  for (const path of pages()) {
    const html = readFileSync(join(root, path), "utf8");
    const [, named] = html.match(/<meta property="og:image" content="([^"]*)">/);
    assert.equal(posix.join(dirname(path), named), "preview.png", path);
    for (const property of ["title", "description", "image:alt"]) {
      assert.match(html, new RegExp(`<meta property="og:${property}" content="[^"]+">`), path);
    }
  }
});

test("no page loads a style, script, picture or font from another site", () => {
  const outside = pages().flatMap((path) => {
    const html = readFileSync(join(root, path), "utf8");
    const loaded = html.match(/<(?:link|script|img|iframe|source)[^>]+(?:src|href)="(?:https?:)?\/\/[^"]*"/g) ?? [];
    return loaded.map((tag) => `${path}: ${tag}`);
  });
  assert.deepEqual(outside, []);
});
