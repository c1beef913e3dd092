//! `serve`: the book in a browser while it is written.

use crate::fixture::Book;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

const PAGE: &str = "# Page\n\nThe sum is 4<!-- = 2 + 2 -->.\n";
const BUILT: &str = "verified and built";
/// Longer than any build here takes, even where other tests run beside it.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program while it serves; it ends with this value.
pub(crate) struct Serving {
    pub(crate) program: Child,
    /// What it prints, line by line.
    lines: Receiver<String>,
    pub(crate) address: String,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

impl Serving {
    /// Serves the book on a free port, and waits for its first build.
    pub(crate) fn start(book: &Book) -> Self {
        let mut command = book.command();
        command.args(["--book", "serve", "--port", "0"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut program = command.spawn().unwrap();
        let (sender, lines) = mpsc::channel();
        let streams: [Box<dyn Read + Send>; 2] = [
            Box::new(program.stdout.take().unwrap()),
            Box::new(program.stderr.take().unwrap()),
        ];
        for stream in streams {
            let sender = sender.clone();
            thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    let _ = sender.send(line);
                }
            });
        }
        let mut serving = Self {
            program,
            lines,
            address: String::new(),
        };
        let line = serving.hears("served at http://");
        let address = line.split('/').nth(2).unwrap();
        address.clone_into(&mut serving.address);
        serving
    }

    /// Waits until the program prints a line with this text.
    #[track_caller]
    pub(crate) fn hears(&self, text: &str) -> String {
        let end = Instant::now() + PATIENCE;
        let mut heard = Vec::new();
        while let Ok(line) = self
            .lines
            .recv_timeout(end.saturating_duration_since(Instant::now()))
        {
            if line.contains(text) {
                return line;
            }
            heard.push(line);
        }
        panic!("no `{text}` in {heard:#?}");
    }

    /// Asserts that the program prints nothing for a while.
    #[track_caller]
    fn is_quiet(&self) {
        let heard = self.lines.recv_timeout(Duration::from_secs(3));
        assert!(heard.is_err(), "{heard:?}");
    }

    /// The answer to a request, its head included.
    pub(crate) fn answer(&self, method: &str, path: &str, host: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    pub(crate) fn get(&self, path: &str) -> String {
        self.answer("GET", path, &self.address)
    }

    /// The news for a page that has seen an attempt.
    pub(crate) fn news(&self, seen: &str) -> News {
        let answer = self.get(&format!("/.serve/news?seen={seen}"));
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        let value: serde_json::Value = serde_json::from_str(body).unwrap();
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        News {
            attempt: text("attempt"),
            good: text("good"),
            failure: text("failure"),
        }
    }
}

pub(crate) struct News {
    pub(crate) attempt: String,
    good: String,
    failure: String,
}

#[test]
fn a_page_is_served_with_a_script_that_the_built_book_never_has() {
    let book = Book::with(&[("page.md", PAGE), ("part/other.md", "# Other\n")], "");
    book.run(&[]).succeeds();
    let before = book.files("book");
    let serving = Serving::start(&book);
    let page = serving.get("/page.html");
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(shows(&page, "The sum is 4."), "{page}");
    assert!(page.contains("/.serve/news"), "{page}");
    assert!(shows(&serving.get("/"), "The sum is 4."));
    assert!(serving.get("/part/other.html").contains("Other"));
    let style = serving.get("/toc.html");
    assert!(style.starts_with("HTTP/1.1 200"), "{style}");
    assert_eq!(book.files("book"), before, "`serve` wrote the built book");
    let served = before.iter().any(|(_, bytes)| {
        let text = String::from_utf8_lossy(bytes);
        text.contains("/.serve/news")
    });
    assert!(!served, "the script is in the built book");
}

#[test]
fn only_this_machine_and_only_the_book_are_answered() {
    let book = Book::new(PAGE);
    let serving = Serving::start(&book);
    assert!(
        serving.address.starts_with("127.0.0.1:"),
        "{}",
        serving.address
    );
    for (method, path, host, status) in [
        ("GET", "/page.html", "localhost:3000", 200),
        ("HEAD", "/page.html", "localhost", 200),
        ("GET", "/page.html", "book.example", 403),
        ("GET", "/.serve/news", "book.example", 403),
        ("POST", "/page.html", "localhost", 405),
        ("GET", "/../../book.toml", "localhost", 400),
        ("GET", "/%2e%2e/%2e%2e/book.toml", "localhost", 400),
        ("GET", "//etc/passwd", "localhost", 404),
        ("GET", "/none.html", "localhost", 404),
        ("GET", "/css", "localhost", 302),
    ] {
        let answer = serving.answer(method, path, host);
        let expected = format!("HTTP/1.1 {status}");
        assert!(
            answer.starts_with(&expected),
            "{method} {path} {host}: {answer}"
        );
    }
    let missing = serving.get("/none.html");
    assert!(missing.contains("/.serve/news"), "{missing}");
}

#[test]
fn a_change_is_built_and_the_open_page_learns_of_it() {
    let book = Book::new(PAGE);
    let serving = Serving::start(&book);
    let first = serving.news("");
    assert_eq!(first.attempt, first.good);
    book.write("src/page.md", &PAGE.replace("sum is", "total is"));
    let news = serving.news(&first.attempt);
    assert_ne!(news.good, first.good);
    assert_eq!(news.failure, "");
    serving.hears("changed: src");
    serving.hears(BUILT);
    assert!(shows(&serving.get("/page.html"), "The total is 4."));
    // A page in a folder that was not there before.
    book.write("src/part/new.md", "# New\n");
    book.write(
        "src/SUMMARY.md",
        "# Summary\n\n- [P](page.md)\n- [N](part/new.md)\n",
    );
    serving.hears(BUILT);
    let mut page = serving.get("/part/new.html");
    if !page.starts_with("HTTP/1.1 200") {
        // Both files were not yet written when the first build began.
        serving.hears(BUILT);
        page = serving.get("/part/new.html");
    }
    assert!(page.contains("New"), "{page}");
    book.write("src/part/new.md", "# Newer\n");
    serving.hears(BUILT);
    assert!(serving.get("/part/new.html").contains("Newer"));
}

#[test]
fn a_failed_build_is_shown_and_keeps_the_last_page_until_it_is_fixed() {
    let book = Book::new(PAGE);
    let serving = Serving::start(&book);
    let first = serving.news("");
    book.write("src/page.md", &PAGE.replace("is 4", "is 5"));
    let news = serving.news(&first.attempt);
    assert_eq!(news.good, first.good);
    assert!(news.failure.contains("page.md:3:12"), "{}", news.failure);
    assert!(
        news.failure.contains("cargo book bless"),
        "{}",
        news.failure
    );
    serving.hears("page.md:3:12");
    assert!(shows(&serving.get("/page.html"), "The sum is 4."));
    book.write("src/page.md", PAGE);
    let fixed = serving.news(&news.attempt);
    assert_ne!(fixed.good, first.good);
    assert_eq!(fixed.failure, "");
}

#[test]
fn a_failure_of_the_configuration_is_shown_too() {
    let book = Book::new(PAGE);
    let serving = Serving::start(&book);
    let first = serving.news("");
    let before = book.read("book.toml");
    book.write("book.toml", &format!("{before}\nlibary = \"x\"\n"));
    let news = serving.news(&first.attempt);
    assert!(news.failure.contains("libary"), "{}", news.failure);
    book.write("book.toml", &before);
    assert_eq!(serving.news(&news.attempt).failure, "");
}

#[test]
fn a_warning_of_mdbooks_is_shown_on_the_page() {
    let book = Book::new(PAGE);
    let serving = Serving::start(&book);
    let first = serving.news("");
    book.write("src/page.md", &format!("{PAGE}\n<div>\n\n<span>\n"));
    let news = serving.news(&first.attempt);
    assert!(news.failure.contains("warning[mdbook]"), "{}", news.failure);
}

#[test]
fn a_book_that_was_never_built_says_why_and_appears_when_it_is_fixed() {
    let book = Book::new("It is 5<!-- = 2 + 2 -->.\n");
    let serving = Serving::start(&book);
    let page = serving.get("/page.html");
    assert!(page.starts_with("HTTP/1.1 503"), "{page}");
    assert!(page.contains("/.serve/news"), "{page}");
    let news = serving.news("");
    assert!(news.failure.contains("page.md:1:7"), "{}", news.failure);
    book.write("src/page.md", PAGE);
    serving.news(&news.attempt);
    assert!(shows(&serving.get("/page.html"), "The sum is 4."));
}

#[test]
fn nothing_is_built_without_a_change() {
    let book = Book::new(PAGE);
    let serving = Serving::start(&book);
    serving.is_quiet();
    // Read, saved as it was, and written where builds write.
    assert_eq!(book.page(), PAGE);
    book.write("src/page.md", PAGE);
    book.write("src/.page.md.swp", "x");
    book.write("book/page.html", "x");
    book.write("target/x", "x");
    serving.is_quiet();
    book.write("src/page.md", &format!("{PAGE}\nMore.\n"));
    serving.hears(BUILT);
    serving.is_quiet();
}

#[test]
fn a_port_that_is_taken_is_an_error() {
    let book = Book::new(PAGE);
    let serving = Serving::start(&book);
    let port = serving.address.rsplit_once(':').unwrap().1;
    book.run(&["serve", "--port", port])
        .gives_up(&[&format!("port {port} is taken")]);
}

#[cfg(target_os = "linux")]
#[test]
fn an_interrupt_ends_it_at_once() {
    use rustix::process::{Pid, Signal, kill_process};
    let book = Book::new(PAGE);
    let mut serving = Serving::start(&book);
    kill_process(Pid::from_child(&serving.program), Signal::INT).unwrap();
    let start = Instant::now();
    serving.program.wait().unwrap();
    assert!(start.elapsed() < Duration::from_secs(5));
}

/// Whether a page's text, its tags taken out, holds a sentence.
fn shows(html: &str, sentence: &str) -> bool {
    let parts = html.split('<');
    let text: String = parts
        .map(|part| part.split_once('>').map_or(part, |(_, text)| text))
        .collect();
    text.contains(sentence)
}
