//! The pages that `SUMMARY.md` lists: each has to be a text file inside of `src`.

use crate::text::code::Code;
use crate::text::encoding;
use crate::text::finding::Finding;
use crate::text::info_string::nearest;
use crate::text::markdown;
use crate::text::path::{normal, relative};
use crate::work::settings::Settings;
use anyhow::{Context, Result};
use pulldown_cmark::{Event, Tag};
use std::path::Path;

/// What is wrong with the listed pages, at their places in `SUMMARY.md`, or in the page if that is no text.
pub(super) fn findings(settings: &Settings) -> Result<Vec<Finding>> {
    let shown = settings.src.join("SUMMARY.md");
    let path = settings.root.join(&shown);
    let bytes =
        std::fs::read(&path).with_context(|| format!("failed to read `{}`", path.display()))?;
    let summary = match encoding::decode(shown, bytes) {
        Ok(summary) => summary,
        Err(finding) => return Ok(vec![*finding]),
    };
    let mut findings = Vec::new();
    for (event, span) in markdown::parse(summary.text(), &settings.markdown()) {
        let Event::Start(Tag::Link { dest_url, .. }) = event else {
            continue;
        };
        let finding = |(message, help): (String, String)| {
            Finding::new(Code::File, &summary, span, message).with_help(help)
        };
        // As mdBook reads it.
        match page(&dest_url.replace("%20", " "), settings) {
            Ok(()) => {}
            Err(Problem::Listed(message, help)) => findings.push(finding((message, help))),
            Err(Problem::Page(found)) => findings.push(*found),
        }
    }
    Ok(findings)
}

enum Problem {
    /// A message and a help text about the list.
    Listed(String, String),
    /// A finding in the page.
    Page(Box<Finding>),
}

/// Whether a listed page can be read; a draft has no path.
fn page(listed: &str, settings: &Settings) -> Result<(), Problem> {
    if listed.is_empty() {
        return Ok(());
    }
    let wrong = |message: String, help: String| Err(Problem::Listed(message, help));
    let src = settings.src.display();
    let inside = normal(Path::new(listed)).filter(|path| path.is_relative());
    let Some(path) = inside else {
        return wrong(
            format!("`{listed}` lies outside of `{src}`"),
            format!("move the page into `{src}`"),
        );
    };
    if listed.contains("://") {
        return wrong(
            format!("`{listed}` is no page of this book"),
            "list pages only; link to other sites from a page".to_owned(),
        );
    }
    let shown = settings.src.join(&path);
    let file = settings.root.join(&shown);
    match std::fs::metadata(&file) {
        Err(_) => {
            let help = match similar(&path, settings) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("create `{}`, or take it off the list", shown.display()),
            };
            wrong(format!("there is no page `{listed}`"), help)
        }
        Ok(about) if !about.is_file() => wrong(
            format!("`{listed}` is no file"),
            "list the page's file".to_owned(),
        ),
        Ok(_) => match std::fs::read(&file) {
            Err(error) => wrong(
                format!("`{listed}` can't be read: {error}"),
                "make it readable".to_owned(),
            ),
            Ok(bytes) => match encoding::decode(shown, bytes) {
                Ok(_) => Ok(()),
                Err(finding) => Err(Problem::Page(finding)),
            },
        },
    }
}

/// The page that was probably meant by one that isn't there.
fn similar(path: &Path, settings: &Settings) -> Option<String> {
    let src = settings.root.join(&settings.src);
    let pages: Vec<String> = crate::book::lint::sources(&src)
        .ok()?
        .filter_map(|source| Some(relative(&src, source.ok()?.ok()?.path())))
        .filter(|page| page != "SUMMARY.md")
        .collect();
    let known: Vec<&str> = pages.iter().map(String::as_str).collect();
    nearest(&path.to_string_lossy(), &known).map(str::to_owned)
}
