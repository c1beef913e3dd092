//! `serve` and requests that no browser sends: each gets a short answer or none, and the next one gets its page.

use crate::fixture::Book;
use crate::serve::Serving;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

/// What is answered to these bytes, while they are still being sent.
fn sent(serving: &Serving, bytes: &[u8]) -> String {
    let stream = TcpStream::connect(&serving.address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let mut writing = stream.try_clone().unwrap();
    let bytes = bytes.to_owned();
    // The server may stop reading.
    let writer = std::thread::spawn(move || writing.write_all(&bytes));
    let answer = received(stream);
    let _ = writer.join().unwrap();
    answer
}

fn received(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let mut part = [0; 4096];
    loop {
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(count) => answer.extend_from_slice(&part[..count]),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
            Err(error) => panic!("{error}"),
        }
    }
    let _ = stream.shutdown(Shutdown::Both);
    String::from_utf8_lossy(&answer).into_owned()
}

#[track_caller]
fn still_serves(serving: &mut Serving) {
    assert_eq!(serving.program.try_wait().unwrap(), None, "it ended");
    let page = serving.get("/page.html");
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
}

#[test]
fn no_claim_about_a_body_is_believed() {
    let book = Book::new("# Page\n");
    let mut serving = Serving::start(&book);
    for (method, host, headers, body, status) in [
        (
            "POST",
            "evil.example",
            "Content-Length: 99999999999999",
            "x",
            403,
        ),
        (
            "POST",
            "localhost",
            "Content-Length: 99999999999999",
            "x",
            405,
        ),
        (
            "GET",
            "localhost",
            "Content-Length: 99999999999999",
            "x",
            400,
        ),
        (
            "GET",
            "localhost",
            "Content-Length: 18446744073709551616",
            "",
            400,
        ),
        ("GET", "localhost", "Content-Length: -1", "", 400),
        ("GET", "localhost", "Content-Length: 0x10", "", 400),
        ("GET", "localhost", "Content-Length: 1, 2", "ab", 400),
        (
            "GET",
            "localhost",
            "Content-Length: 0\r\nContent-Length: 5",
            "abcde",
            400,
        ),
        ("GET", "localhost", "Content-Length: 0", "", 200),
        (
            "GET",
            "localhost",
            "Transfer-Encoding: chunked",
            "ffffffffffffffff\r\nx",
            400,
        ),
        (
            "GET",
            "localhost",
            "Transfer-Encoding: chunked\r\nContent-Length: 0",
            "0\r\n\r\n",
            400,
        ),
        (
            "HEAD",
            "localhost",
            "Expect: 100-continue\r\nContent-Length: 5",
            "",
            400,
        ),
    ] {
        let request =
            format!("{method} /page.html HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n\r\n{body}");
        let answer = sent(&serving, request.as_bytes());
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{headers}: {answer}"
        );
        still_serves(&mut serving);
    }
    let endless = format!(
        "GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        "400\r\n".repeat(2_000_000)
    );
    sent(&serving, endless.as_bytes());
    still_serves(&mut serving);
}

#[test]
fn what_is_no_request_and_too_large_a_one_are_refused() {
    let book = Book::new("# Page\n");
    let mut serving = Serving::start(&book);
    let large = format!(
        "GET / HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n",
        "x".repeat(1_000_000)
    );
    let many = format!(
        "GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n",
        "a: b\r\n".repeat(1_000)
    );
    let long = format!(
        "GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "x".repeat(100_000)
    );
    for (request, status) in [
        (large.as_str(), 431),
        (&many, 431),
        (&long, 431),
        ("\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}", 400),
        ("GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", 400),
        (
            "GET http://localhost/page.html HTTP/1.1\r\nHost: localhost\r\n\r\n",
            400,
        ),
        ("GET * HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        ("GET /a%0d%0aX:y HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n\r\n", 403),
        ("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n", 200),
    ] {
        let answer = sent(&serving, request.as_bytes());
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{}: {answer}",
            &request[..20.min(request.len())]
        );
        still_serves(&mut serving);
    }
}

#[test]
fn only_pages_of_this_server_and_people_at_this_machine_are_answered() {
    let book = Book::new("# Page\n");
    let serving = Serving::start(&book);
    let own = format!("Origin: http://{}", serving.address);
    for (headers, status) in [
        (own.as_str(), 200),
        ("Origin: http://evil.example", 403),
        ("Origin: https://localhost", 403),
        ("Origin: http://localhost:1", 403),
        ("Origin: null", 403),
        ("Host: evil.example", 403),
    ] {
        let request = format!(
            "GET /.serve/news HTTP/1.1\r\nHost: {}\r\n{headers}\r\n\r\n",
            serving.address
        );
        let answer = sent(&serving, request.as_bytes());
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{headers}: {answer}"
        );
    }
}

#[test]
fn a_head_is_answered_without_a_body_and_only_the_first_of_two_requests() {
    let book = Book::new("# Page\n");
    let serving = Serving::start(&book);
    let head = serving.answer("HEAD", "/page.html", "localhost");
    assert!(
        head.ends_with("\r\n\r\n") && head.contains("Content-Length: "),
        "{head}"
    );
    assert!(!head.contains("Content-Length: 0"), "{head}");
    let two = "GET /page.html HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(2);
    let answer = sent(&serving, two.as_bytes());
    assert_eq!(answer.matches("HTTP/1.1 200").count(), 1, "{answer}");
    assert!(answer.contains("Connection: close"), "{answer}");
}

#[test]
fn a_request_that_never_ends_is_given_up_and_keeps_nobody_waiting() {
    let book = Book::new("# Page\n");
    let mut serving = Serving::start(&book);
    let mut silent = TcpStream::connect(&serving.address).unwrap();
    silent.write_all(b"GET /page.ht").unwrap();
    let mut slow = TcpStream::connect(&serving.address).unwrap();
    let start = Instant::now();
    still_serves(&mut serving);
    // A byte now and then doesn't prolong it.
    while start.elapsed() < Duration::from_secs(30) && slow.write_all(b"x").is_ok() {
        std::thread::sleep(Duration::from_millis(500));
    }
    assert!(start.elapsed() < Duration::from_secs(30), "it waits on");
    assert!(received(silent).starts_with("HTTP/1.1 408 "));
    still_serves(&mut serving);
}

#[test]
fn thousands_of_connections_keep_nobody_waiting() {
    let book = Book::new("# Page\n");
    let mut serving = Serving::start(&book);
    let seen = serving.news("").attempt;
    let news = format!("GET /.serve/news?seen={seen} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    for first in ["", "GET /", &news] {
        // An ordinary process may have 1,024 handles.
        for _ in 0..4 {
            let open: Vec<TcpStream> = (0..500)
                .map(|_| {
                    let mut stream = TcpStream::connect(&serving.address).unwrap();
                    let _ = stream.write_all(first.as_bytes());
                    stream
                })
                .collect();
            still_serves(&mut serving);
            drop(open);
        }
        #[cfg(target_os = "linux")]
        {
            let threads = format!("/proc/{}/task", serving.program.id());
            let threads = std::fs::read_dir(threads).unwrap().count();
            assert!(threads < 250, "{threads} threads");
        }
    }
}
