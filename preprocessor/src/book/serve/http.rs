//! One request and one answer on a connection that comes from anybody.
//!
//! This is the part of HTTP that pages on this machine need: a head is read, within a size and a time, by the parser of hyper; an answer is
//! written, and the connection ends. No body is ever read, and no second request, so lengths and chunks that a stranger claims have nothing
//! to act on. A server such as hyper brings a runtime and 12 crates, and would leave these bounds to us too.

use std::fmt::Write as _;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

/// The largest head of a request.
const LARGEST_HEAD: usize = 16 * 1024;
/// The most headers in it.
const MOST_HEADERS: usize = 64;
/// How long a head may take to arrive.
const HEAD_TIME: Duration = Duration::from_secs(5);
/// How long an answer may take to be read.
const ANSWER_TIME: Duration = Duration::from_secs(60);
/// What is still read, and for how long, so that a client that is still sending gets to read its answer.
const LARGEST_REST: usize = 4 * 1024 * 1024;
const REST_TIME: Duration = Duration::from_secs(1);

/// The head of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// Its method, such as `GET`.
    pub(super) method: String,
    /// What it asks for.
    pub(super) target: String,
    headers: Vec<(String, Vec<u8>)>,
}

impl Request {
    /// All values of a header.
    pub(super) fn header<'request>(
        &'request self,
        name: &'request str,
    ) -> impl Iterator<Item = &'request [u8]> {
        let named = self
            .headers
            .iter()
            .filter(|(other, _)| other.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_slice())
    }
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    /// Its status.
    pub(super) status: u16,
    /// Its headers, besides those that every answer has.
    pub(super) headers: Vec<(&'static str, String)>,
    /// Its body.
    pub(super) body: Vec<u8>,
}

/// Why there is no request to answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoRequest {
    /// What came is no request, or too much of one: the status that says so, and the reason.
    Bad(u16, &'static str),
    /// The client went away.
    Gone,
}

/// Reads the head of a request.
///
/// # Errors
/// When none comes.
pub(super) fn read(stream: &mut TcpStream) -> Result<Request, NoRequest> {
    let end = Instant::now() + HEAD_TIME;
    let mut bytes = Vec::new();
    let mut part = [0; 4096];
    loop {
        let count = read_until(stream, end, &mut part).map_err(|error| match error.kind() {
            ErrorKind::TimedOut => NoRequest::Bad(408, "the request took too long"),
            _ => NoRequest::Gone,
        })?;
        if count == 0 {
            return Err(NoRequest::Gone);
        }
        bytes.extend_from_slice(&part[..count]);
        if let Some(request) = parse(&bytes)? {
            return Ok(request);
        }
        if bytes.len() > LARGEST_HEAD {
            return Err(NoRequest::Bad(431, "the head of the request is too large"));
        }
    }
}

/// The request in these bytes; none if more are needed.
fn parse(bytes: &[u8]) -> Result<Option<Request>, NoRequest> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut head = httparse::Request::new(&mut headers);
    match head.parse(bytes) {
        Ok(httparse::Status::Partial) => return Ok(None),
        Ok(httparse::Status::Complete(_)) => {}
        Err(httparse::Error::TooManyHeaders) => {
            return Err(NoRequest::Bad(431, "the request has too many headers"));
        }
        Err(_) => return Err(NoRequest::Bad(400, "this is not a request")),
    }
    let headers = head.headers.iter();
    Ok(Some(Request {
        method: head.method.unwrap_or_default().to_owned(),
        target: head.path.unwrap_or_default().to_owned(),
        headers: headers
            .map(|header| (header.name.to_owned(), header.value.to_owned()))
            .collect(),
    }))
}

/// Writes an answer and ends the connection. A `HEAD` gets what a `GET` would, without the body.
///
/// # Errors
/// When the client is gone, or reads too slowly.
pub(super) fn write(stream: &mut TcpStream, answer: &Answer, with_body: bool) -> io::Result<()> {
    let mut head = format!("HTTP/1.1 {} {}\r\n", answer.status, reason(answer.status));
    for (name, value) in &answer.headers {
        // A header ends where a line does, and a file's name may have one.
        let value: String = value.chars().filter(|c| !c.is_control()).collect();
        let _ = write!(head, "{name}: {value}\r\n");
    }
    let _ = write!(
        head,
        "Content-Length: {}\r\nConnection: close\r\n\r\n",
        answer.body.len()
    );
    let end = Instant::now() + ANSWER_TIME;
    write_until(stream, end, head.as_bytes())?;
    if with_body {
        write_until(stream, end, &answer.body)?;
    }
    stream.shutdown(Shutdown::Write)?;
    // A connection that is closed while something is unread is reset, and the answer is lost.
    let end = Instant::now() + REST_TIME;
    let mut part = [0; 4096];
    let mut rest = 0;
    while rest < LARGEST_REST {
        match read_until(stream, end, &mut part)? {
            0 => break,
            count => rest += count,
        }
    }
    Ok(())
}

fn read_until(stream: &mut TcpStream, end: Instant, part: &mut [u8]) -> io::Result<usize> {
    loop {
        stream.set_read_timeout(Some(left(end)?))?;
        match stream.read(part) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                return Err(ErrorKind::TimedOut.into());
            }
            read => return read,
        }
    }
}

fn write_until(stream: &mut TcpStream, end: Instant, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        stream.set_write_timeout(Some(left(end)?))?;
        match stream.write(bytes) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(count) => bytes = &bytes[count..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn left(end: Instant) -> io::Result<Duration> {
    match end.saturating_duration_since(Instant::now()) {
        // A time-out of zero would mean none.
        Duration::ZERO => Err(ErrorKind::TimedOut.into()),
        left => Ok(left),
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        302 => "Found",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        431 => "Request Header Fields Too Large",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_head_is_read_when_it_is_whole() {
        let whole = b"GET /a?b HTTP/1.1\r\nHost: localhost\r\nhost: b\r\nX: \xff\r\n\r\nrest";
        let request = parse(whole).unwrap().unwrap();
        assert_eq!((&*request.method, &*request.target), ("GET", "/a?b"));
        assert_eq!(
            request.header("HOST").collect::<Vec<_>>(),
            [&b"localhost"[..], b"b"]
        );
        for end in 0..whole.len() - "rest".len() {
            assert_eq!(parse(&whole[..end]), Ok(None), "{end}");
        }
    }

    #[test]
    fn what_is_no_request_is_refused() {
        let headers = |count| format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(count));
        for (text, status) in [
            ("\0\r\n\r\n", 400),
            ("GET / HTTP/2.0\r\n\r\n", 400),
            ("GET  / HTTP/1.1\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nA\u{e9}: b\r\n\r\n", 400),
            (&headers(MOST_HEADERS + 1), 431),
        ] {
            let Err(NoRequest::Bad(found, _)) = parse(text.as_bytes()) else {
                panic!("{text:?} is read");
            };
            assert_eq!(found, status, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&[b"GET / HTTP/1.1\r\n", &bytes[..]].concat());
            let _ = parse(&bytes);
        }
    }
}
