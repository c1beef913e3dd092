//! Answers to a browser on this machine, and to no other.

use crate::book::serve::connections::Connections;
use crate::book::serve::http::{self, Answer, NoRequest, Request};
use crate::book::serve::reload;
use crate::book::serve::site::{Built, News, Site};
use crate::text::address;
use anyhow::{Context, Result};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// How long a request for news waits at most.
const PATIENCE: Duration = Duration::from_secs(25);
/// How many connections are open at most. A browser opens six.
const MOST_CONNECTIONS: usize = 100;
/// How long to wait where the system has no more handles or threads.
const PAUSE: Duration = Duration::from_millis(100);

/// A port of this machine, reserved for this server.
#[derive(Debug)]
pub struct Port {
    listener: TcpListener,
    /// Its number.
    pub number: u16,
}

impl Port {
    /// Takes a port of the loopback address; a free one for 0.
    ///
    /// # Errors
    /// When it is taken.
    pub fn take(number: u16) -> Result<Self> {
        let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), number);
        let listener = TcpListener::bind(address).with_context(|| {
            format!("port {number} is taken or not allowed; `--port` chooses another, and `--port 0` any free one")
        })?;
        let number = listener
            .local_addr()
            .map_or(number, |address| address.port());
        Ok(Self { listener, number })
    }

    /// Answers from now on, in threads of its own.
    pub fn serve(self, site: &Arc<Site>) {
        let site = Arc::clone(site);
        let connections = Connections::new(MOST_CONNECTIONS);
        thread::spawn(move || {
            for stream in self.listener.incoming() {
                let site = Arc::clone(&site);
                let served = stream
                    .and_then(|stream| connections.add(stream, move |stream| serve(stream, &site)));
                if served.is_err() {
                    thread::sleep(PAUSE);
                }
            }
        });
    }
}

fn serve(mut stream: TcpStream, site: &Site) {
    let (answer, with_body) = match http::read(&mut stream) {
        Ok(request) => (answer(&request, site), request.method != "HEAD"),
        Err(NoRequest::Bad(status, reason)) => (refuse(status, reason), true),
        Err(NoRequest::Gone) => return,
    };
    // The browser may be gone.
    let _ = http::write(&mut stream, &answer, with_body);
}

fn answer(request: &Request, site: &Site) -> Answer {
    if !is_from_here(request) {
        return refuse(403, "this is served for this machine only");
    }
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        let mut answer = refuse(405, "only GET is answered");
        answer.headers.push(("Allow", "GET, HEAD".to_owned()));
        return answer;
    }
    let has_body = request.header("Transfer-Encoding").next().is_some()
        || request
            .header("Content-Length")
            .any(|length| length != b"0");
    if has_body {
        return refuse(400, "a request for a page has no body");
    }
    let target = request.target.as_str();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if path == "/.serve/news" {
        let seen = query.strip_prefix("seen=").unwrap_or_default();
        let Some(news) = site.after(seen, PATIENCE) else {
            // The script asks again.
            return refuse(503, "too many pages wait for news");
        };
        return match serde_json::to_string(&news) {
            Ok(text) => respond(200, "application/json", text.into_bytes()),
            Err(_) => refuse(500, "the news can't be written"),
        };
    }
    let Some(path) = relative(path) else {
        return refuse(400, "this is not a path");
    };
    site.read(|built, news| page(built, news, &path))
        .unwrap_or_else(|| html(503, &reload::placeholder(&site.now())))
}

/// Whether a request is one of this server's own pages, or of somebody at this machine: it names one host, and no page of another site sent it.
fn is_from_here(request: &Request) -> bool {
    let mut hosts = request.header("Host");
    let host = match (hosts.next(), hosts.next()) {
        (Some(host), None) => String::from_utf8_lossy(host),
        _ => return false,
    };
    let own = format!("http://{host}");
    let is_own = request
        .header("Origin")
        .all(|origin| origin.eq_ignore_ascii_case(own.as_bytes()));
    is_own && is_here(&host)
}

/// Whether a browser asked for this machine by a name that only this machine has. Another site's name that
/// was made to point here would let that site read the pages.
fn is_here(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .any(|here| name.eq_ignore_ascii_case(here))
}

/// The path within the book for a URL's path; none where it would lead out of it.
fn relative(path: &str) -> Option<PathBuf> {
    let path = address::decoded(path.strip_prefix('/')?)?;
    let mut relative = PathBuf::new();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        let leads_out = part == "."
            || part == ".."
            || part.contains(['\\', ':'])
            || part.contains(char::is_control);
        if leads_out {
            return None;
        }
        relative.push(part);
    }
    if path.is_empty() || path.ends_with('/') {
        relative.push("index.html");
    }
    Some(relative)
}

fn page(built: &Built, news: &News, path: &Path) -> Answer {
    let file = built.pages.join(path);
    if file.is_dir() {
        let mut answer = refuse(302, "it is a folder");
        if let Some(place) = address::of_path(path) {
            answer.headers.push(("Location", format!("/{place}/")));
        }
        return answer;
    }
    let is_html = path
        .extension()
        .is_some_and(|extension| extension == "html");
    match std::fs::read(&file) {
        Ok(bytes) if is_html => {
            let text = String::from_utf8_lossy(&bytes);
            html(200, &reload::with_script(&text, news))
        }
        Ok(bytes) => respond(200, &kind(path), bytes),
        Err(_) => match std::fs::read_to_string(built.pages.join("404.html")) {
            Ok(text) => html(404, &reload::with_script(&text, news)),
            Err(_) => refuse(404, "there is no such page"),
        },
    }
}

fn kind(path: &Path) -> String {
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    match kind.type_().as_str() {
        "text" => format!("{kind}; charset=utf-8"),
        _ => kind.to_string(),
    }
}

fn html(status: u16, text: &str) -> Answer {
    respond(status, "text/html; charset=utf-8", text.as_bytes().to_vec())
}

fn refuse(status: u16, text: &str) -> Answer {
    respond(
        status,
        "text/plain; charset=utf-8",
        format!("{text}\n").into_bytes(),
    )
}

fn respond(status: u16, kind: &str, body: Vec<u8>) -> Answer {
    Answer {
        status,
        headers: [
            ("Content-Type", kind),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        .into_iter()
        .map(|(name, value)| (name, value.into()))
        .collect(),
        body,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out_of_the_book() {
        assert_eq!(relative("/"), Some("index.html".into()));
        assert_eq!(relative("/a//b%20c.html"), Some("a/b c.html".into()));
        assert_eq!(relative("/a/"), Some("a/index.html".into()));
        assert_eq!(relative("/%0"), Some("%0".into()));
        for path in [
            "",
            "*",
            "http://localhost/a.html",
            "/a%00",
            "/a%0d%0ab",
            "/../book.toml",
            "/a/%2e%2e/%2e%2e/x",
            "/a/..%2fx",
            "/..\\x",
            "/c:/x",
            "/%ff",
        ] {
            assert_eq!(relative(path), None, "{path}");
        }
    }

    #[test]
    fn files_are_served_as_what_they_are() {
        for (path, expected) in [
            ("a.css", "text/css; charset=utf-8"),
            ("a.JS", "text/javascript; charset=utf-8"),
            ("a.wasm", "application/wasm"),
            ("a.svg", "image/svg+xml"),
            ("a.avif", "image/avif"),
            ("a", "application/octet-stream"),
        ] {
            assert_eq!(kind(Path::new(path)), expected);
        }
    }

    #[test]
    fn only_names_of_this_machine_are_answered() {
        for host in [
            "127.0.0.1:3000",
            "localhost",
            "localhost:80",
            "[::1]:3000",
            "LocalHost",
        ] {
            assert!(is_here(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example:3000",
            "10.0.0.1",
        ] {
            assert!(!is_here(host), "{host}");
        }
    }
}
