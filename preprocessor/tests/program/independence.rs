//! Blocks are independent: what one does reaches no other, and what the compiler says of one is that one's.

use crate::fixture::{Answer, Book};

/// A page whose block prints 4, under which somebody wrote what he wants it to print.
const VICTIM: &str =
    "```rust,run\nprintln!(\"2 + 2 = {}\", 2 + 2);\n```\n\n```output\nFORGED: 2 + 2 = 5\n```\n";

/// An honest page beside it.
const HONEST: &str =
    "```rust,run\nprintln!(\"3 + 3 = {}\", 3 + 3);\n```\n\n```output\n3 + 3 = 6\n```\n";

/// What tries to print or replace something in every program that it is linked into, or compiled beside.
const FORGERIES: &[(&str, &str)] = &[
    (
        "init-array",
        "fn main() { }\nextern \"C\" fn before() { println!(\"FORGED: 2 + 2 = 5\"); std::process::exit(0); }\n#[used]\n#[unsafe(link_section = \".init_array\")]\nstatic X: extern \"C\" fn() = before;\n",
    ),
    (
        "fini-array",
        "fn main() { }\nextern \"C\" fn after() { println!(\"FORGED: 2 + 2 = 5\"); }\n#[used]\n#[unsafe(link_section = \".fini_array\")]\nstatic X: extern \"C\" fn() = after;\n",
    ),
    (
        "preinit-array",
        "fn main() { }\nextern \"C\" fn before() { println!(\"FORGED: 2 + 2 = 5\"); std::process::exit(0); }\n#[used]\n#[unsafe(link_section = \".preinit_array\")]\nstatic X: extern \"C\" fn() = before;\n",
    ),
    (
        "export-name",
        "fn main() { }\n#[unsafe(export_name = \"write\")]\npub extern \"C\" fn mine(_: i32, _: *const u8, n: usize) -> isize { n as isize }\n",
    ),
    (
        "no-mangle",
        "fn main() { }\n#[unsafe(no_mangle)]\npub extern \"C\" fn write(_: i32, _: *const u8, n: usize) -> isize { n as isize }\n",
    ),
    (
        "raw-no-mangle",
        "fn main() { }\n#[unsafe(r#no_mangle)]\npub extern \"C\" fn write(_: i32, _: *const u8, n: usize) -> isize { n as isize }\n",
    ),
    (
        "assembly",
        "fn main() { }\ncore::arch::global_asm!(\".globl write\", \"write: mov rax, rdx\", \"ret\");\n",
    ),
    (
        "renamed-assembly",
        "use std::arch::global_asm as println;\nfn main() { }\nprintln!(\".globl write\", \"write: mov rax, rdx\", \"ret\");\n",
    ),
    (
        "inner-macro-use",
        "#/**/![macro_use]\nmacro_rules! println { ($($x:tt)*) => { std::print!(\"FORGED: 2 + 2 = 5\\n\") } }\nfn main() { println!(); }\n",
    ),
    (
        "raw-macro-use",
        "#![r#macro_use]\nmacro_rules! println { ($($x:tt)*) => { std::print!(\"FORGED: 2 + 2 = 5\\n\") } }\nfn main() { println!(); }\n",
    ),
    (
        "shebang",
        "#!/*\n#![macro_use]\nmacro_rules! println { ($($x:tt)*) => { std::print!(\"FORGED: 2 + 2 = 5\\n\") } }\nfn main() { println!(); }\n// */\n",
    ),
    (
        "own-println",
        "macro_rules! println { ($($x:tt)*) => { std::print!(\"FORGED: 2 + 2 = 5\\n\") } }\nfn main() { println!(); }\n",
    ),
    (
        "own-std",
        "mod std { pub mod process { pub struct ExitCode; } }\nfn main() { ::std::println!(\"FORGED: 2 + 2 = 5\"); let _ = std::process::ExitCode; }\n",
    ),
    (
        "allocator",
        "use std::alloc::{GlobalAlloc, Layout, System};\nstruct A;\nunsafe impl GlobalAlloc for A {\n    unsafe fn alloc(&self, l: Layout) -> *mut u8 { unsafe { System.alloc(l) } }\n    unsafe fn dealloc(&self, _: *mut u8, _: Layout) { std::process::exit(0) }\n}\n#[global_allocator]\nstatic X: A = A;\nfn main() { }\n",
    ),
    (
        "large-static",
        "static X: [u8; 2_000_000_000] = [0; 2_000_000_000];\nfn main() { println!(\"{}\", X[std::env::args().count()]); }\n",
    ),
];

/// The findings about a file, as JSON prints them.
fn of(answer: &Answer, file: &str) -> usize {
    let place = format!("\"src/{file}.md\"");
    answer
        .stdout
        .lines()
        .filter(|line| line.contains(&place))
        .count()
}

/// Asserts that neither the victim nor the honest page sees anything of these blocks, while they are there and afterwards.
#[track_caller]
fn forges_nothing(forgeries: &[(&str, &str)]) {
    let pages: Vec<(String, String)> = forgeries
        .iter()
        .map(|(name, code)| (format!("{name}.md"), format!("```rust,run\n{code}```\n")))
        .collect();
    let mut all: Vec<(&str, &str)> = vec![("victim.md", VICTIM), ("honest.md", HONEST)];
    all.extend(
        pages
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str())),
    );
    let book = Book::with(&all, "");
    let answer = book.run(&["check", "--format", "json"]);
    assert_eq!(
        (of(&answer, "victim"), of(&answer, "honest")),
        (1, 0),
        "{}",
        answer.stdout
    );
    assert!(answer.stdout.contains("+2 + 2 = 4"), "{}", answer.stdout);
    // What was remembered while they were there is right.
    for (path, _) in &pages {
        std::fs::remove_file(book.root().join("src").join(path)).unwrap();
    }
    book.write(
        "src/SUMMARY.md",
        "# Summary\n\n- [V](victim.md)\n- [H](honest.md)\n",
    );
    book.write(
        "src/victim.md",
        &VICTIM.replace("FORGED: 2 + 2 = 5", "2 + 2 = 4"),
    );
    let answer = book.run(&["check", "--verbose"]);
    answer.succeeds();
    assert!(!answer.stderr.contains("ran:"), "{}", answer.stderr);
    book.run(&["check", "--fresh"]).succeeds();
}

#[test]
fn a_block_forges_nothing_on_another_page() {
    forges_nothing(FORGERIES);
}

/// In pairs with the victim, since one forgery could hide another one's effect.
#[test]
fn a_single_forgery_forges_nothing_either() {
    for forgery in FORGERIES.chunks(5) {
        forges_nothing(forgery);
    }
}

#[test]
fn honest_blocks_that_collide_in_one_crate_both_run() {
    let allocator = "```rust,run\n#[global_allocator]\nstatic A: std::alloc::System = std::alloc::System;\nfn main() { println!(\"1\"); }\n```\n\n```output\n1\n```\n";
    let meters = "```rust,run\n#[derive(PartialEq)]\nstruct Meters(f64);\nimpl PartialEq<Meters> for f64 { fn eq(&self, m: &Meters) -> bool { *self == m.0 } }\nimpl PartialOrd<Meters> for f64 { fn partial_cmp(&self, m: &Meters) -> Option<std::cmp::Ordering> { self.partial_cmp(&m.0) } }\nprintln!(\"{} {}\", 1.0 < Meters(2.0), 1.0 == Meters(1.0));\n```\n\n```output\ntrue true\n```\n";
    let parsed = "```rust,run\nlet x = 1.5f64;\nif x < \"2\".parse().unwrap() {\n    println!(\"less\");\n}\n```\n\n```output\nless\n```\n";
    let book = Book::with(
        &[
            ("allocator.md", allocator),
            ("other.md", &allocator.replace('1', "2")),
            ("meters.md", meters),
            ("parsed.md", parsed),
        ],
        "",
    );
    book.run(&["check"]).succeeds();
}

/// A crate that fails without a word about any block is divided until the cause is alone.
#[test]
fn a_block_that_fails_in_no_line_is_found_and_the_others_run() {
    let mut pages: Vec<(String, String)> = (0..30)
        .map(|n| {
            (
                format!("p{n}.md"),
                format!("```rust,run\nprintln!(\"{{}}\", {n});\n```\n\n```output\n{n}\n```\n"),
            )
        })
        .collect();
    let large = "```rust,run\nprintln!(\"{}\", size_of::<[u64; usize::MAX]>());\n```\n";
    pages.push(("large.md".to_owned(), large.to_owned()));
    let pages: Vec<(&str, &str)> = pages
        .iter()
        .map(|(p, t)| (p.as_str(), t.as_str()))
        .collect();
    let book = Book::with(&pages, "");
    let answer = book.run(&["check", "--format", "json"]);
    assert_eq!(answer.stdout.lines().count(), 1, "{}", answer.stdout);
    assert_eq!(of(&answer, "large"), 1, "{}", answer.stdout);
    assert!(
        answer.stdout.contains("too big for the target"),
        "{}",
        answer.stdout
    );
}

#[test]
fn what_does_not_compile_is_named_where_it_is_and_nowhere_else() {
    let wrong = "```rust,run\nlet x: u8 = \"a\";\n```\n";
    let book = Book::with(&[("honest.md", HONEST), ("wrong.md", wrong)], "");
    let answer = book.run(&["check", "--format", "json"]);
    assert_eq!(
        (of(&answer, "honest"), of(&answer, "wrong")),
        (0, 1),
        "{}",
        answer.stdout
    );
    assert!(
        answer.stdout.contains("mismatched types"),
        "{}",
        answer.stdout
    );
}

#[test]
fn an_error_inside_the_standard_library_is_reported_at_the_line_that_led_there() {
    let wrong = "```rust,run\nlet v: Vec<[u64; usize::MAX / 4]> = Vec::new();\nprintln!(\"{}\", v.len());\n```\n";
    let book = Book::with(&[("honest.md", HONEST), ("wrong.md", wrong)], "");
    book.run(&["check"]).finds(&[
        "error[compile]: values of the type",
        "src/wrong.md:2:",
        "1 finding",
    ]);
}

#[test]
fn what_a_block_tells_of_itself_is_the_same_everywhere() {
    let page = "```rust,run\nstruct Local;\nprintln!(\"{}\", module_path!());\nprintln!(\"{}\", std::any::type_name::<Local>());\nprintln!(\"{}\", std::env::args().count());\nprintln!(\"{}\", file!().contains(std::path::is_separator));\nprintln!(\"{:?} {:?} {:?}\", option_env!(\"HOME\"), option_env!(\"PATH\"), option_env!(\"TMPDIR\"));\nprintln!(\"{:?} {:?}\", option_env!(\"CARGO\"), option_env!(\"SECRET\"));\n```\n\n```output\nblock\nblock::main::Local\n1\nfalse\nNone Some(\"/usr/bin:/bin\") Some(\".\")\nNone None\n```\n";
    let book = Book::with(&[("page.md", page), ("honest.md", HONEST)], "");
    let path = format!("/secret:{}", std::env::var("PATH").unwrap());
    let mut command = book.command();
    command.args(["check"]).env("PATH", path).env("SECRET", "x");
    crate::fixture::answer(command.output().unwrap()).succeeds();
    book.run(&["check", "--alone"]).succeeds();
}

/// No character of the book's folder means something to the compiler or the linker.
#[test]
fn a_book_works_in_a_folder_of_any_name() {
    let library = "```rust,run\nprintln!(\"{}\", tiny_lib::answer());\n```\n\n```output\n42\n```\n";
    let alone = "```rust,run\nprintln!(\"{}\", module_path!());\n```\n\n```output\nblock\n```\n";
    let names = ["a,b", "50%", "a b", "a=b", "it's", "@x"];
    for name in names.into_iter().chain(cfg!(unix).then_some("\"q\"")) {
        let book = Book::with(
            &[("page.md", library), ("alone.md", alone)],
            "library = \"tiny-lib\"\n",
        );
        for file in ["book.toml", "src/SUMMARY.md", "src/page.md", "src/alone.md"] {
            book.write(&format!("{name}/{file}"), &book.read(file));
        }
        book.write(
            &format!("{name}/Cargo.toml"),
            "[package]\nname = \"tiny-lib\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[lib]\npath = \"lib.rs\"\n\n[workspace]\n",
        );
        book.write(
            &format!("{name}/Cargo.lock"),
            "version = 4\n\n[[package]]\nname = \"tiny-lib\"\nversion = \"0.1.0\"\n",
        );
        book.write(&format!("{name}/lib.rs"), "pub fn answer() -> u32 { 42 }\n");
        let answer = book.run(&["check", "--dir", name]);
        assert_eq!(answer.status, 0, "{name}: {}", answer.stderr);
    }
}

#[test]
fn what_never_runs_is_a_finding() {
    for (code, line, words) in [
        (
            "#[test]\nfn t() { assert_eq!(1, 2); }",
            2,
            "the test `t` never runs",
        ),
        (
            "fn f() {}\n#[tokio::test]\nasync fn u() {}\nfn main() { f() }",
            3,
            "the test `u` never runs",
        ),
        ("async fn main() { panic!() }", 2, "nothing polls it"),
        (
            "mod inner {\n    pub fn main() { panic!() }\n}",
            3,
            "inside of something else",
        ),
        (
            "macro_rules! m {\n    () => { fn main() {} };\n}",
            3,
            "inside of something else",
        ),
        ("# use std::fmt;\nstruct A;\nimpl A {}", 2, "only declares"),
        ("// fn main() {}", 2, "only declares"),
    ] {
        let book = Book::new(&format!("```rust,run\n{code}\n```\n"));
        let place = format!("page.md:{line}:");
        let answer = book.run(&["check"]);
        answer.finds(&["error[idle]", words, "1 finding"]);
        if !code.starts_with("//") {
            answer.finds(&[&place]);
        }
    }
}

#[test]
fn check_alone_compares_each_block_compiled_alone_with_its_page() {
    let book = Book::with(&[("honest.md", HONEST), ("victim.md", VICTIM)], "");
    book.run(&["check"]).finds(&["victim.md:5:1"]);
    let answer = book.run(&["check", "--alone", "--verbose"]);
    answer.finds(&[
        "victim.md:5:1",
        "ran: src/honest.md:1",
        "ran: src/victim.md:1",
    ]);
    // It left nothing, and the store as it was.
    let answer = book.run(&["check", "--verbose"]);
    assert!(!answer.stderr.contains("ran:"), "{}", answer.stderr);
    let left = book.files("target/mdbook-proof");
    assert!(
        left.iter().all(|(path, _)| !path.starts_with("work")),
        "{left:?}"
    );
}
