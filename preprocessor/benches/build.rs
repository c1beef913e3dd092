//! How long builds take, compared with their parts: `cargo bench --bench build`.
//!
//! All of it runs on one generated book, in whole processes, the measurements interleaved, so that a
//! machine that slows down affects all of them. The medians and their ratios are printed as a table.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a measurement ends where it fails"
)]

use mdbook_driver::MDBook;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

const PROOF: &str = env!("CARGO_BIN_EXE_mdbook-proof");
const RUNS: usize = 7;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [_, "plain", folder] => MDBook::load(folder).unwrap().build().unwrap(),
        [_, "test", folder] => MDBook::load(folder).unwrap().test(vec![]).unwrap(),
        _ => {
            let folder = tempfile::tempdir().unwrap();
            small(folder.path());
            growth(folder.path());
        }
    }
}

/// 16 chapters with 4 blocks each.
fn small(folder: &Path) {
    let book = folder.join("book");
    write_book(&book, 16);
    let plain = folder.join("plain");
    emit(&book, &plain);
    let tested = folder.join("tested");
    write_tested(&tested, 16);
    let merged = folder.join("merged.rs");
    fs::write(&merged, merged_program(16)).unwrap();
    let one = folder.join("one.rs");
    let mut times: Vec<(&str, Vec<f64>)> = Vec::new();
    let mut add = |name: &'static str, time: f64| match times.iter_mut().find(|(n, _)| *n == name) {
        Some((_, list)) => list.push(time),
        None => times.push((name, vec![time])),
    };
    for run in 0..=RUNS {
        let mut results = Vec::new();
        results.push(("plain", itself("plain", &plain)));
        if run < 3 {
            results.push(("test", itself("test", &tested)));
        }
        results.push(("rustc", rustc(&merged)));
        let _ = fs::remove_dir_all(book.join("target/mdbook-proof"));
        results.push(("cold", proof(&book)));
        results.push(("warm", proof(&book)));
        let code = block(3, 1_000 + run);
        fs::write(&one, format!("fn main() {{\n{code}}}\n")).unwrap();
        results.push(("rustc one", rustc(&one)));
        edit(&book, run);
        results.push(("edit", proof(&book)));
        // The first round warms the disk's cache.
        if run > 0 {
            for (name, time) in results {
                add(name, time);
            }
        }
    }
    let median = |name: &str| {
        let (_, list) = times.iter_mut().find(|(n, _)| *n == name).unwrap();
        list.sort_by(f64::total_cmp);
        list[list.len() / 2]
    };
    let mut median = median;
    let names = [
        "plain",
        "test",
        "rustc",
        "cold",
        "warm",
        "rustc one",
        "edit",
    ];
    let [plain, test, rustc, cold, warm, one, edited] = names.map(&mut median);
    println!("16 chapters, 64 blocks, medians of {RUNS} runs\n");
    println!("| what | seconds |\n| --- | ---: |");
    for (what, time) in [
        ("plain mdBook over the Markdown that we emit", plain),
        ("`mdbook test`, edition 2024", test),
        ("one `rustc` of all blocks merged", rustc),
        ("ours, cold", cold),
        ("ours, warm", warm),
        ("`rustc` of one block", one),
        ("ours, after an edit of one block", edited),
    ] {
        println!("| {what} | {time:.3} |");
    }
    println!("\n| ratio | is | wanted |\n| --- | ---: | ---: |");
    println!(
        "| cold, less plain mdBook, to merged `rustc` | {:.2} | ≤ 1.5 |",
        (cold - plain) / rustc
    );
    println!("| cold to merged `rustc` | {:.2} | ≤ 1.5 |", cold / rustc);
    println!("| `mdbook test` to cold | {:.1} | ≥ 4 |", test / cold);
    println!("| warm to plain mdBook | {:.2} | ≤ 1.15 |", warm / plain);
    println!(
        "| edit to `rustc` of one block | {:.2} | ≤ 1.5 |",
        edited / one
    );
    println!(
        "| edit, less plain mdBook, to `rustc` of one block | {:.2} | ≤ 1.5 |",
        (edited - plain) / one
    );
}

/// 1,000 chapters with 4,000 blocks that are all remembered.
fn growth(folder: &Path) {
    let book = folder.join("large");
    write_book(&book, 1_000);
    let plain = folder.join("large-plain");
    emit(&book, &plain);
    let mut ratios: Vec<(f64, f64)> = (0..3)
        .map(|_| (proof(&book), itself("plain", &plain)))
        .collect();
    ratios.sort_by(|a, b| (a.0 / a.1).total_cmp(&(b.0 / b.1)));
    let (ours, theirs) = ratios[1];
    println!(
        "\n1,000 chapters, 4,000 remembered blocks: {ours:.2} s, plain mdBook {theirs:.2} s, ratio {:.2} (wanted ≤ 1.3)",
        ours / theirs
    );
}

/// The code of a block, about ten lines.
fn block(chapter: usize, number: usize) -> String {
    format!(
        "use std::collections::BTreeMap;
let mut map: BTreeMap<u64, u64> = BTreeMap::new();
for n in 0..{}u64 {{
    *map.entry(n % {}).or_insert(0) += n * {};
}}
let mut pairs: Vec<_> = map.into_iter().collect();
pairs.sort_by_key(|(key, _)| std::cmp::Reverse(*key));
let total: u64 = pairs.iter().map(|(_, value)| value).sum();
println!(\"{{}} {{}}\", pairs.len(), total);
",
        100 + number,
        7 + chapter,
        number + 1
    )
}

/// What a block prints.
fn printed(chapter: usize, number: usize) -> String {
    let (count, keys) = (100 + number as u64, 7 + chapter as u64);
    let total: u64 = (0..count).map(|n| n * (number as u64 + 1)).sum();
    format!("{} {total}", count.min(keys))
}

fn page(chapter: usize, fence: &str, with_output: bool) -> String {
    let mut text = format!("# Chapter {chapter}\n\n");
    for number in 0..4 {
        let _ = write!(
            text,
            "Some text that says what the block below does, in a sentence or two. It names a *term* and [a link](chapter_0.md).\n\n| size | hits |\n| ---: | ---: |\n| 10 | 4 |\n| 20 | 7 |\n\n```{fence}\n{}```\n\n",
            block(chapter, number)
        );
        if with_output {
            let _ = write!(text, "```output\n{}\n```\n\n", printed(chapter, number));
        }
    }
    text
}

fn write_pages(folder: &Path, chapters: usize, text: impl Fn(usize) -> String) {
    fs::create_dir_all(folder.join("src")).unwrap();
    let mut summary = String::new();
    for chapter in 0..chapters {
        fs::write(
            folder.join(format!("src/chapter_{chapter}.md")),
            text(chapter),
        )
        .unwrap();
        let _ = writeln!(summary, "- [Chapter {chapter}](chapter_{chapter}.md)");
    }
    fs::write(folder.join("src/SUMMARY.md"), summary).unwrap();
}

const BOOK: &str = "[book]\ntitle = \"Bench\"\n\n[rust]\nedition = \"2024\"\n\n[output.html.playground]\nrunnable = false\n\n[output.html.search]\nenable = true\n";

fn write_book(folder: &Path, chapters: usize) {
    write_pages(folder, chapters, |chapter| page(chapter, "rust,run", true));
    fs::write(
        folder.join("book.toml"),
        format!("{BOOK}\n[preprocessor.proof]\nbefore = [\"links\"]\n"),
    )
    .unwrap();
    proof(folder);
}

fn write_tested(folder: &Path, chapters: usize) {
    write_pages(folder, chapters, |chapter| page(chapter, "rust", false));
    fs::write(folder.join("book.toml"), BOOK).unwrap();
}

/// The Markdown that the preprocessor hands to mdBook, as a book of its own.
fn emit(book: &Path, plain: &Path) {
    use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
    let loaded = MDBook::load(book).unwrap();
    let context =
        PreprocessorContext::new(book.to_owned(), loaded.config.clone(), "html".to_owned());
    let proof = mdbook_proof::book::preprocessor::Proof {
        options: mdbook_proof::work::settings::Options {
            program: Some(PROOF.into()),
            ..Default::default()
        },
    };
    let proven = proof.run(&context, loaded.book.clone()).unwrap();
    let texts: Vec<String> = proven
        .chapters()
        .map(|chapter| chapter.content.clone())
        .collect();
    write_pages(plain, texts.len(), |chapter| texts[chapter].clone());
    fs::write(plain.join("book.toml"), BOOK).unwrap();
}

fn merged_program(chapters: usize) -> String {
    let mut text = String::new();
    let mut calls = String::new();
    for chapter in 0..chapters {
        for number in 0..4 {
            let _ = write!(
                text,
                "fn block_{chapter}_{number}() {{\n{}}}\n",
                block(chapter, number)
            );
            let _ = writeln!(calls, "block_{chapter}_{number}();");
        }
    }
    format!("{text}fn main() {{\n{calls}}}\n")
}

/// Changes one block of the book, with its output.
fn edit(book: &Path, run: usize) {
    let file = book.join("src/chapter_3.md");
    let text = page(3, "rust,run", true)
        .replace(&block(3, 0), &block(3, 2_000 + run))
        .replace(
            &format!("\n{}\n", printed(3, 0)),
            &format!("\n{}\n", printed(3, 2_000 + run)),
        );
    fs::write(file, text).unwrap();
}

fn itself(what: &str, folder: &Path) -> f64 {
    time(
        Command::new(std::env::current_exe().unwrap())
            .arg(what)
            .arg(folder),
    )
}

fn proof(folder: &Path) -> f64 {
    time(Command::new(PROOF).args(["build", "--dir"]).arg(folder))
}

fn rustc(file: &Path) -> f64 {
    let out = file.with_extension("out");
    time(
        Command::new("rustc")
            .args(["--edition=2024", "-Cdebuginfo=0", "-o"])
            .arg(out)
            .arg(file),
    )
}

fn time(command: &mut Command) -> f64 {
    let start = Instant::now();
    let output = command.stdin(Stdio::null()).output().unwrap();
    let time = start.elapsed().as_secs_f64();
    assert!(
        output.status.success(),
        "{command:?}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    time
}
