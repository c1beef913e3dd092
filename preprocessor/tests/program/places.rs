//! Where a block ran is nowhere in its output: what `bless` writes is right in another folder, and with nothing remembered.

use crate::fixture::Book;
use std::path::Path;

const SH: &str = "[preprocessor.proof.runner.sh]\ncommand = \"sh\"\n";
const PYTHON: &str = "[preprocessor.proof.runner.python]\ncommand = \"/usr/bin/python3\"\n";

/// Whether this machine has a program; otherwise a test of its language can't run.
fn has(program: &str) -> bool {
    Path::new(program).exists()
}

/// What `bless` writes for a block is right everywhere, and holds all of these texts.
#[track_caller]
fn everywhere(fence: &str, code: &str, configuration: &str, texts: &[&str]) {
    let page = format!("```{fence}\n{code}\n```\n");
    let book = Book::with(&[("page.md", &page)], configuration);
    book.run(&["bless"]).succeeds();
    let blessed = book.page();
    for text in texts {
        assert!(blessed.contains(text), "no `{text}` in\n{blessed}");
    }
    let place = book.root().file_name().unwrap().to_str().unwrap();
    for text in [place, "mdbook-proof", "block_", "blocks_", "/tmp"] {
        assert!(!blessed.contains(text), "`{text}` in\n{blessed}");
    }
    // Other folders, of another length, and nothing remembered.
    let other = Book::with(&[("page.md", "text\n")], "");
    for file in ["book.toml", "src/SUMMARY.md"] {
        other.write(&format!("a/longer é/place/{file}"), &book.read(file));
    }
    other.write("a/longer é/place/src/page.md", &blessed);
    let folder = ["--dir", "a/longer é/place"];
    other.run(&[&["check"], &folder[..]].concat()).succeeds();
    other
        .run(&[&["check", "--repeat", "4"], &folder[..]].concat())
        .succeeds();
}

/// A block whose output depends on where it runs is refused, though each run by itself gives the same again and again.
#[track_caller]
fn refused(fence: &str, code: &str, configuration: &str) {
    let page = format!("```{fence}\n{code}\n```\n");
    let book = Book::with(&[("page.md", &page)], configuration);
    book.run(&["bless"]).finds(&[
        "page.md:1:1",
        "two runs of the block gave different outputs",
    ]);
    assert_eq!(book.page(), page);
    // What one build keeps is no answer to the question whether runs differ.
    book.run(&["check"]).finds(&["no output under it"]);
    book.run(&["check", "--repeat", "3"])
        .finds(&["two runs of the block gave different outputs"]);
}

#[test]
fn a_shell_tells_only_its_files_name() {
    everywhere("sh,run", "echo \"$0\"\npwd", SH, &["\nblock.sh\n/run\n"]);
    everywhere(
        "sh,run",
        "echo \"in $PWD, ${0%/*}\"",
        SH,
        &["in /run, block.sh\n"],
    );
    everywhere(
        "sh,run=fails",
        "nosuchcommand",
        SH,
        &["block.sh: 1: nosuchcommand: not found", "exit status 127"],
    );
    everywhere(
        "sh,run=fails",
        "echo ok\ncd nowhere",
        SH,
        &["block.sh: 2: cd: can't cd to nowhere"],
    );
}

#[test]
fn what_depends_on_the_place_in_a_shell_is_refused() {
    refused("sh,run", "echo ${#PWD}", SH);
    refused("sh,run", "cd ../..; pwd", SH);
    refused("sh,run", "echo \"${PWD%\"${PWD#??????}\"}\"", SH);
}

#[test]
fn python_tells_only_its_files_name() {
    if !has("/usr/bin/python3") {
        return;
    }
    everywhere(
        "python,run=fails",
        "raise ValueError(\"no\")",
        PYTHON,
        &[
            "File \"/run/block.py\", line 1, in <module>",
            "ValueError: no",
        ],
    );
    everywhere(
        "python,run",
        "import os, sys, json, pathlib\nprint(__file__, sys.argv[0], os.getcwd())\nprint(pathlib.Path.cwd().as_uri(), json.dumps({\"at\": os.path.realpath(\".\")}))",
        PYTHON,
        &[
            "/run/block.py block.py /run\n",
            "file:///run {\"at\": \"/run\"}",
        ],
    );
    everywhere(
        "python,run",
        "from urllib.parse import quote\nprint(quote(__file__, safe=\"\"), ascii(__file__), __file__.encode())",
        PYTHON,
        &["%2Frun%2Fblock.py '/run/block.py' b'/run/block.py'"],
    );
    refused("python,run", "print(len(__file__))", PYTHON);
    refused(
        "python,run",
        "import hashlib\nprint(hashlib.md5(__file__.encode()).hexdigest())",
        PYTHON,
    );
}

#[test]
fn node_reads_the_ending_and_tells_only_its_files_name() {
    if !has("/usr/bin/node") {
        return;
    }
    let node = "[preprocessor.proof.runner.js]\ncommand = \"/usr/bin/node\"\nmemory = \"64GiB\"\nread = [\"/etc/ssl\"]\n";
    everywhere(
        "js,run",
        "console.log(__filename, process.cwd())",
        node,
        &["/run/block.js /run\n"],
    );
    let module = format!("{node}file = \"block.mjs\"\n");
    everywhere(
        "js,run",
        "import fs from \"fs\";\nconsole.log(typeof fs, import.meta.url);",
        &module,
        &["object file:///run/block.mjs\n"],
    );
    everywhere(
        "js,run=fails",
        "import \"fs\";\nthrow new Error(\"no\");",
        &module,
        &["file:///run/block.mjs:2", "Error: no"],
    );
}

#[test]
fn rust_tells_only_the_blocks_own_lines() {
    everywhere(
        "rust,run",
        "println!(\"{} {}\", file!(), std::any::type_name::<T>());\nstruct T;\nprintln!(\"{}\", std::panic::Location::caller());",
        "",
        &["block.rs block::main::T\nblock.rs:3:16\n"],
    );
    everywhere(
        "rust,run",
        "#![allow(unused)]\nfn main() {\n    println!(\"{} {}\", file!(), module_path!());\n}",
        "",
        &["\nblock.rs block\n"],
    );
    everywhere(
        "rust,run",
        "use std::env::{args, current_dir, current_exe};\nlet exe = current_exe().unwrap();\nprintln!(\"{} {:?}\", exe.display(), current_dir().unwrap());\nprintln!(\"{}\", args().next().unwrap());",
        "",
        &["/bin/block \"/run\"\n/bin/block\n"],
    );
    refused(
        "rust,run",
        "println!(\"{}\", std::env::current_dir().unwrap().as_os_str().len());",
        "",
    );
    refused(
        "rust,run",
        "println!(\"{}\", std::env::current_exe().unwrap().as_os_str().len());",
        "",
    );
    refused(
        "rust,run",
        "println!(\"{}\", std::env::current_dir().unwrap().ancestors().nth(2).unwrap().display());",
        "",
    );
}

#[test]
fn a_debug_print_of_a_failing_block_keeps_its_place_in_the_block() {
    for (code, text) in [
        (
            "let x = dbg!(2 * 3);\nassert!(x > 10, \"too small\");",
            "[block.rs:1:9] 2 * 3 = 6\nthread 'main' panicked:\ntoo small\n",
        ),
        (
            "# use std::process::exit;\n\nfn main() {\n    dbg!((1, 2));\n    exit(3);\n}",
            "[block.rs:4:5] (1, 2) = (\n    1,\n    2,\n)\nexit status 3\n",
        ),
        (
            "#![allow(unused)]\nfn main() {\n    dbg!();\n    eprintln!(\"see {}:{}\", file!(), \"x\");\n    None::<u8>.unwrap();\n}",
            "[block.rs:3:5]\nsee block.rs:x\nthread 'main' panicked:\n",
        ),
    ] {
        everywhere("rust,run=fails", code, "", &[text]);
    }
}

#[test]
fn a_file_name_of_the_books_is_a_name_and_nothing_else() {
    for name in ["a/b.sh", "..", "", "-c", "{file}"] {
        let configuration = format!("{SH}file = '{name}'\n");
        let book = Book::with(&[("page.md", "```sh,run\necho 1\n```\n")], &configuration);
        book.run(&["check"])
            .gives_up(&["book.toml", "runner of `sh`", "such as `block.sh`"]);
    }
    let named = format!("{SH}file = \"Main.txt\"\n");
    everywhere("sh,run", "echo \"$0\"", &named, &["\nMain.txt\n"]);
}
