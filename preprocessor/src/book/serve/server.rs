//! Answers to a browser on this machine, and to no other.

use crate::book::serve::reload;
use crate::book::serve::site::{Built, News, Site};
use crate::text::address;
use anyhow::{Context, Result, anyhow};
use std::io::Cursor;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use tiny_http::{Header, Method, Request, Response, Server};

/// How long a request for news waits at most.
const PATIENCE: Duration = Duration::from_secs(25);

type Answer = Response<Cursor<Vec<u8>>>;

/// A port of this machine, reserved for this server.
pub struct Port {
    server: Server,
    /// Its number.
    pub number: u16,
}

impl std::fmt::Debug for Port {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Port({})", self.number)
    }
}

impl Port {
    /// Takes a port of the loopback address; a free one for 0.
    ///
    /// # Errors
    /// When it is taken.
    pub fn take(number: u16) -> Result<Self> {
        let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), number);
        let server = Server::http(address)
            .map_err(|error| anyhow!("{error}"))
            .with_context(|| {
                format!("port {number} is taken or not allowed; `--port` chooses another, and `--port 0` any free one")
            })?;
        let number = server.server_addr().to_ip().map_or(number, |ip| ip.port());
        Ok(Self { server, number })
    }

    /// Answers from now on, in threads of its own.
    pub fn serve(self, site: &Arc<Site>) {
        let site = Arc::clone(site);
        thread::spawn(move || {
            for request in self.server.incoming_requests() {
                let site = Arc::clone(&site);
                // Some requests wait for news.
                thread::spawn(move || {
                    let answer = answer(&request, &site);
                    // The browser may be gone.
                    let _ = request.respond(answer);
                });
            }
        });
    }
}

fn answer(request: &Request, site: &Site) -> Answer {
    let host = request
        .headers()
        .iter()
        .find(|header| header.field.equiv("Host"))
        .map(|header| header.value.as_str());
    if !host.is_some_and(is_here) {
        return refuse(403, "this is served for this machine only");
    }
    if !matches!(request.method(), Method::Get | Method::Head) {
        return refuse(405, "only GET is answered");
    }
    let (path, query) = request.url().split_once('?').unwrap_or((request.url(), ""));
    if path == "/.serve/news" {
        let seen = query.strip_prefix("seen=").unwrap_or_default();
        let news = site.after(seen, PATIENCE);
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

/// Whether a browser asked for this machine by a name that only this machine has. Another site's name that
/// was made to point here would let that site read the pages.
fn is_here(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

/// The path within the book for a URL's path; none where it would lead out of it.
fn relative(path: &str) -> Option<PathBuf> {
    let path = address::decoded(path)?;
    let mut relative = PathBuf::new();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        let leads_out = part == "." || part == ".." || part.contains(['\\', '\0', ':']);
        if leads_out {
            return None;
        }
        relative.push(part);
    }
    if path.ends_with('/') {
        relative.push("index.html");
    }
    Some(relative)
}

fn page(built: &Built, news: &News, path: &Path) -> Answer {
    let file = built.pages.join(path);
    if file.is_dir() {
        let place = format!("/{}/", path.to_string_lossy().replace('\\', "/"));
        let answer = refuse(302, "it is a folder");
        return match Header::from_bytes("Location", place) {
            Ok(header) => answer.with_header(header),
            Err(()) => answer,
        };
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
    let answer = Response::from_data(body).with_status_code(status);
    let headers = [
        ("Content-Type", kind),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    ];
    headers
        .into_iter()
        .filter_map(|(name, value)| Header::from_bytes(name, value).ok())
        .fold(answer, Response::with_header)
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
        for host in ["127.0.0.1:3000", "localhost", "localhost:80", "[::1]:3000"] {
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
