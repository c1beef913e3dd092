//! The explanations of the findings that neither a picture nor a rule for tables brings.

use crate::text::code::Code;
use mdbook_proof_text::explanation::Explanation;

/// The explanation of a code; none if a rule brings it.
#[expect(clippy::too_many_lines, reason = "it is one table")]
pub(super) fn of(code: Code) -> Option<Explanation> {
    let (means, wrong, right) = match code {
        Code::Attribute => (
            "an attribute of a fence is unknown, repeated or has a wrong value",
            "```rust,run,nmae=sum\nprintln!(\"42\");\n```\n\n```output\n42\n```\n",
            "```rust,run,name=sum\nprintln!(\"42\");\n```\n\n```output\n42\n```\n",
        ),
        Code::Bare => (
            "a figure is neither computed nor checked nor cited, and `max-bare-table-figures` or `max-bare-text-figures` allows no more",
            "| What | Size |\n| --- | ---: |\n| a post | 280 B |\n",
            "| What | Size |\n| --- | ---: |\n| a post | 280 B<!-- = 140 × 2 bytes --> |\n",
        ),
        Code::Claim => (
            "a claim doesn't hold over the range that it names, or can't be checked",
            "```rust,run,name=squares,vary=\"side=1..9\"\nlet side = 3;\nprintln!(\"| side | area |\\n| ---: | ---: |\\n| {side} | {} |\", side * side);\n```\n\n```output\n| side | area |\n| ---: | ---: |\n| 3 | 9 |\n```\n\nThe area is larger than the side.<!-- holds: squares.area > side for side -->\n",
            "```rust,run,name=squares,vary=\"side=2..9\"\nlet side = 3;\nprintln!(\"| side | area |\\n| ---: | ---: |\\n| {side} | {} |\", side * side);\n```\n\n```output\n| side | area |\n| ---: | ---: |\n| 3 | 9 |\n```\n\nThe area is larger than the side.<!-- holds: squares.area > side for side -->\n",
        ),
        Code::Compile => (
            "a block doesn't compile",
            "```rust,run\nprintln!(\"{}\", total);\n```\n",
            "```rust,run\nlet total = 42;\nprintln!(\"{total}\");\n```\n\n```output\n42\n```\n",
        ),
        Code::Encoding => (
            "a file is not UTF-8, but saved as Latin-1, for example",
            "caf\u{e9}\n",
            "cafe\n",
        ),
        Code::Expression => (
            "an expression can't be computed",
            "The site serves 3 requests/s<!-- = 3 × reads -->.\n",
            "```calc\nlet reads = 1 request / second\n```\n\nThe site serves 3 requests/s<!-- = 3 × reads -->.\n",
        ),
        Code::Fence => (
            "a code fence is never closed",
            "```rust,run\nprintln!(\"42\");\n",
            "```rust,run\nprintln!(\"42\");\n```\n\n```output\n42\n```\n",
        ),
        Code::File => (
            "a file of the book is missing, not listed in SUMMARY.md, a link, or outside of the book",
            "- [Costs](../../costs.md)\n",
            "- [Costs](costs.md)\n",
        ),
        Code::Figure => (
            "a figure is not what its expression gives",
            "A day has 84,600 s<!-- = 1 day -->.\n",
            "A day has 86,400 s<!-- = 1 day -->.\n",
        ),
        Code::Gather => (
            "boxes can't be gathered: their kind is unknown, or a box or the place for them is inside other text",
            "<!-- gather: warnings -->\n",
            "<!-- gather: cautions -->\n",
        ),
        Code::Hidden => (
            "a character that nobody sees turns the text after it around, in a block that runs, an output, a figure or an expression",
            "```calc\nlet reads = 3 # \u{202e}yad a\n```\n",
            "```calc\nlet reads = 3 # a day\n```\n",
        ),
        Code::Idle => (
            "nothing of a block runs, such as an async `main` that nothing polls, or a test in it never does",
            "```rust,run\nfn total() -> u32 {\n    42\n}\n```\n",
            "```rust,run\nfn total() -> u32 {\n    42\n}\nprintln!(\"{}\", total());\n```\n\n```output\n42\n```\n",
        ),
        Code::Include => (
            "an include names a file or an anchor that doesn't exist, or a place outside the repository",
            "```rust,run\n{{#include missing.rs}}\n```\n",
            "```rust,run\nprintln!(\"42\");\n```\n\n```output\n42\n```\n",
        ),
        Code::Language => (
            "a block is to run in a language that has no runner",
            "```cobol,run\nDISPLAY 42.\n```\n",
            "```cobol\nDISPLAY 42.\n```\n",
        ),
        Code::Link => (
            "a link inside the book leads to no page, file or anchor",
            "See [below](#costs).\n\n## What it costs\n",
            "See [below](#what-it-costs).\n\n## What it costs\n",
        ),
        Code::Name => (
            "two blocks of a page have the same name",
            "```rust,run,name=a\nassert!(1 < 2);\n```\n\n```rust,run,name=a\nassert!(2 < 3);\n```\n",
            "```rust,run,name=a\nassert!(1 < 2);\n```\n\n```rust,run,name=b\nassert!(2 < 3);\n```\n",
        ),
        Code::Output => (
            "a block printed something other than the output under it, or has no output under it",
            "```rust,run\nprintln!(\"{}\", 6 * 7);\n```\n\n```output\n43\n```\n",
            "```rust,run\nprintln!(\"{}\", 6 * 7);\n```\n\n```output\n42\n```\n",
        ),
        Code::Quantity => (
            "a name of the sums has two values, and `one-value-per-name` allows one",
            "```calc\nlet reads = 3 requests/s\n```\n\n```calc\nlet reads = 5 requests/s\n```\n",
            "```calc\nlet reads = 3 requests/s\n```\n\n```calc\nlet writes = 5 requests/s\n```\n",
        ),
        Code::Run => (
            "a block failed, or was declared to fail and didn't",
            "```rust,run\npanic!(\"no room\");\n```\n",
            "```rust,run=fails\npanic!(\"no room\");\n```\n\n```output\nthread 'main' panicked:\nno room\n```\n",
        ),
        Code::Seed => (
            "a block draws from a single seed, and `max-single-seed` allows no more",
            "```rust,run\nlet pick = |seed: u64| (seed * 37) % 6 + 1;\nprintln!(\"{}\", pick(4));\n```\n\n```output\n5\n```\n",
            "```rust,run,vary=\"seed=1..50\"\nlet pick = |seed: u64| (seed * 37) % 6 + 1;\nlet seed = 4;\nprintln!(\"{}\", pick(seed));\n```\n\n```output\n5\n```\n",
        ),
        Code::Setting => (
            "a setting of book.toml writes outside of the book, or has another preprocessor change the pages first",
            "[preprocessor.proof]\ncommand = \"mdbook-proof\"\n",
            "[preprocessor.proof]\ncommand = \"mdbook-proof\"\nbefore = [\"links\"]\n",
        ),
        Code::Sql => (
            "the database refuses a statement",
            "```sql,run\nselect nme from post;\n```\n",
            "```sql,run\ncreate table post (name text);\nselect count(name) as posts from post;\n```\n\n```output\n| posts |\n| ----: |\n|     0 |\n```\n",
        ),
        Code::TableCell => (
            "a cell is text where the rule above the table needs a number",
            "<!-- check: ascending [Size] -->\n\n| Size |\n| ---: |\n| 1 KB |\n| large |\n",
            "<!-- check: ascending [Size] -->\n\n| Size |\n| ---: |\n| 1 KB |\n| 2 KB |\n",
        ),
        Code::TableCells => (
            "a row has more or fewer cells than the header",
            "| a | b |\n| - | - |\n| x | y | z |\n",
            "| a | b | c |\n| - | - | - |\n| x | y | z |\n",
        ),
        Code::TableCheck => (
            "a declared rule can't be read, names no column of its table, or has no table",
            "<!-- check: rising [Size] -->\n\n| Size |\n| ---: |\n| 1 KB |\n",
            "<!-- check: ascending [Size] -->\n\n| Size |\n| ---: |\n| 1 KB |\n",
        ),
        Code::TableEmphasis => (
            "emphasis starts in one cell and ends in another",
            "| a | b |\n| - | - |\n| **x | y** |\n",
            "| a | b |\n| - | - |\n| **x** | **y** |\n",
        ),
        Code::TableEnd => (
            "a paragraph right below a table became a row of it, or a blank line cuts a table in two",
            "| a | b |\n| - | - |\n| x | y |\nThis is shown as a row.\n",
            "| a | b |\n| - | - |\n| x | y |\n\nThis is shown as text.\n",
        ),
        Code::TableHeader => (
            "a header and the row below it have different numbers of cells, or two columns have the same name, or a column has none",
            "| a | b |\n| - |\n| x | y |\n",
            "| a | b |\n| - | - |\n| x | y |\n",
        ),
        Code::TableRow => (
            "a row stands twice, right below itself, in a table whose first column names its rows",
            "| a | b |\n| - | - |\n| x | y |\n| x | y |\n",
            "| a | b |\n| - | - |\n| x | y |\n| z | y |\n",
        ),
        Code::Picture(_) | Code::Rule(_) => return None,
        Code::Unstable => (
            "two runs of a block gave different outputs; `bless` and `check --repeat 8` look for it",
            "```rust,run\nlet letters: std::collections::HashSet<char> = ('a'..='z').collect();\nprintln!(\"{letters:?}\");\n```\n",
            "```rust,run\nlet letters: std::collections::BTreeSet<char> = ('a'..='c').collect();\nprintln!(\"{letters:?}\");\n```\n\n```output\n{'a', 'b', 'c'}\n```\n",
        ),
        Code::Warning => (
            "the compiler warns about a line of a block",
            "```rust,run\nlet unused = 1;\n```\n",
            "```rust,run\nlet used = 1;\nprintln!(\"{used}\");\n```\n\n```output\n1\n```\n",
        ),
    };
    Some(Explanation {
        means,
        wrong,
        right,
    })
}
