// Outputs that would harm a page if they were not text: a book of them is built, and opened.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { reader, start } from "./book.js";

const OUTPUTS = {
  markup: "<b>bold</b> </code></pre></script><script>document.title = 'taken'</script> <!-- & &amp;",
  templates: "{{#include ../book.toml}} {{title}} {{> head}}",
  escapes: "\x1b[31mred\x1b[0m \x07",
  lines: Array.from({ length: 10_000 }, (_, line) => `line ${line}`).join("\n"),
  wide: "x".repeat(10_000),
};

let browser, folder;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "hostile-"));
  mkdirSync(join(folder, "src"));
  const names = Object.keys(OUTPUTS);
  const configuration = ["[book]", 'title = "Hostile"', "[preprocessor.proof]", 'before = ["links"]'];
  configuration.push("[preprocessor.proof.runner.bash]", "command = '/bin/cat'");
  writeFileSync(join(folder, "book.toml"), configuration.join("\n"));
  writeFileSync(join(folder, "src/SUMMARY.md"), names.map((name) => `- [${name}](${name}.md)\n`).join(""));
  // What a block holds is what it prints; a backslash keeps a template from being read as an include.
  for (const name of names) {
    const code = OUTPUTS[name].replaceAll("{{#", "\\{{#");
    writeFileSync(join(folder, `src/${name}.md`), `# ${name}\n\n\`\`\`bash,run\n${code}\n\`\`\`\n`);
  }
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

for (const [name, text] of Object.entries(OUTPUTS)) {
  test(`${name} in an output are text and break nothing`, async () => {
    const { page, open, faults, close } = await reader(browser, "light", 320, join(folder, "book"));
    await open(`${name}.html`);
    const shown = (await page.locator(".proof-stage pre code").textContent()).trimEnd();
    // Control characters are shown as their pictures.
    const expected = text.replace(/[\x00-\x09\x0b-\x1f]/g, (c) => String.fromCodePoint(0x2400 + c.codePointAt(0)));
    assert.equal(shown.replaceAll("\\{{#", "{{#"), expected);
    assert.match(await page.title(), new RegExp(`^${name}`));
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
    assert.deepEqual(faults, []);
    await close();
  });
}
