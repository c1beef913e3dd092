//! The info string of a fence: what kind of fence it is, and its attributes.

use crate::read::output::{self, View};
use crate::read::{Fence, Parameter, parameter};
use crate::text::code::Code;
use crate::text::finding::Finding;
use crate::text::info_string::{self, Word, nearest};
use crate::text::source::Source;
use mdbook_proof_pictures::{Drawing, Origin, Wanted};
use std::sync::Arc;
use std::time::Duration;

/// What kind of fence it is.
#[derive(Debug, PartialEq, Eq)]
pub enum Kind {
    /// A code block that we leave alone.
    Plain,
    /// A block that runs.
    Run(Attributes),
    /// The committed output of the block above, and how it is shown.
    Output(View),
    /// A capacity sum.
    Calc,
    /// A picture of its text.
    Sketch(Drawing),
}

/// The attributes of a block that runs.
#[derive(Debug, PartialEq, Eq)]
pub struct Attributes {
    /// The name of its language.
    pub language: String,
    /// `name=`: the name by which expressions read its output.
    pub name: Option<String>,
    /// `run=fails`: whether it has to fail.
    pub fails: bool,
    /// `timeout=`: how long it may run.
    pub timeout: Option<Duration>,
    /// `vary=`: what may vary in it.
    pub vary: Vec<Parameter>,
    /// `fixed=`: why its seed is the only one.
    pub fixed: Option<String>,
    /// `here-only=`: why readers can't run it in the page.
    pub here_only: Option<String>,
}

/// The longest time that a block may ask for.
const LONGEST: Duration = Duration::from_secs(600);

/// Reads a fence's info string.
///
/// # Errors
/// A finding for an unknown language, attribute or value.
pub fn read(source: &Arc<Source>, fence: &Fence, languages: &[&str]) -> Result<Kind, Box<Finding>> {
    let info = source.slice(fence.info);
    let language = info_string::language(info);
    let words = match info_string::words(info) {
        Ok(words) => words,
        // It is read again as an `output` fence, which reports it.
        Err(_) if language == "output" => Vec::new(),
        Err(open) if info.contains("run") => {
            let start = fence.info.start;
            let span = open.shift(start);
            let message = "a quotation is never closed";
            let finding = Finding::new(Code::Attribute, source, span, message);
            return Err(Box::new(finding.with_help("end it with a `\"`")));
        }
        // The words may belong to another tool.
        Err(_) => return Ok(Kind::Plain),
    };
    let attributes = words.get(1..).unwrap_or_default();
    if let Some(picture) = mdbook_proof_pictures::find(language, Origin::Fence) {
        none_of(source, fence, attributes, &format!("a `{language}` fence"))?;
        let wanted = Wanted::default();
        return Ok(Kind::Sketch(Drawing { picture, wanted }));
    }
    let is_run = |word: &Word| word.name == "run";
    match language {
        "output" => Ok(Kind::Output(output::read(source, fence)?)),
        "calc" => {
            none_of(source, fence, attributes, "a `calc` fence")?;
            Ok(Kind::Calc)
        }
        _ if !attributes.iter().any(is_run) => Ok(Kind::Plain),
        _ if languages.contains(&language) => run(source, fence, language, attributes),
        _ => Err(Box::new(
            finding(
                source,
                fence,
                Code::Language,
                format!("blocks in `{language}` can't be run"),
            )
            .with_help(format!(
                "`run` works on {}; leave it out to only show the code, or name a command under [preprocessor.proof.runner.{language}] in book.toml",
                languages.join(", ")
            )),
        )),
    }
}

fn run(
    source: &Arc<Source>,
    fence: &Fence,
    language: &str,
    attributes: &[Word],
) -> Result<Kind, Box<Finding>> {
    let mut run = Attributes {
        language: language.to_owned(),
        name: None,
        fails: false,
        timeout: None,
        vary: Vec::new(),
        fixed: None,
        here_only: None,
    };
    let wrong = |message: String, help: &str| {
        Box::new(finding(source, fence, Code::Attribute, message).with_help(help))
    };
    for attribute in attributes {
        match (attribute.name.as_str(), attribute.value.as_deref()) {
            ("run", None) => {}
            ("run", Some("fails")) => run.fails = true,
            ("name", Some(value)) if is_name(value) => run.name = Some(value.to_owned()),
            ("name", Some(value)) => {
                return Err(wrong(
                    format!("`{value}` can't be a name"),
                    "a name has letters, digits and `_`, and starts with a letter",
                ));
            }
            ("timeout", Some(value)) => match duration(value) {
                Some(time) if time <= LONGEST && !time.is_zero() => run.timeout = Some(time),
                _ => {
                    return Err(wrong(
                        format!("`{value}` is not a time that a block may run"),
                        "write `timeout=20s` or `timeout=500ms`, up to 600s",
                    ));
                }
            },
            ("vary", _) => run.vary = parameter::read(source, fence, attribute)?,
            ("fixed", value) => {
                let help = "say why one seed is enough: `fixed=\"the run shows one trace\"`";
                run.fixed = Some(reason("fixed", value).map_err(|message| wrong(message, help))?);
            }
            ("here-only", value) => {
                let help =
                    "say why readers can't run it in the page: `here-only=\"it starts threads\"`";
                run.here_only =
                    Some(reason("here-only", value).map_err(|message| wrong(message, help))?);
            }
            (name, _) => {
                let text = &source.slice(fence.info)[attribute.span];
                return Err(wrong(
                    format!("unknown attribute `{text}`"),
                    &suggestion(name),
                ));
            }
        }
    }
    Ok(Kind::Run(run))
}

/// The reason that an attribute gives.
fn reason(attribute: &str, value: Option<&str>) -> Result<String, String> {
    let given = value.map(str::trim).filter(|why| !why.is_empty());
    given
        .map(str::to_owned)
        .ok_or_else(|| format!("`{attribute}` needs its reason"))
}

/// The attribute that was probably meant, or all there are.
fn suggestion(name: &str) -> String {
    const KNOWN: [(&str, &str); 6] = [
        ("run", "run=fails"),
        ("name", "name=NAME"),
        ("timeout", "timeout=20s"),
        ("vary", "vary=\"seed=1..50\""),
        ("fixed", "fixed=\"REASON\""),
        ("here-only", "here-only=\"REASON\""),
    ];
    let near = nearest(name, &KNOWN.map(|(name, _)| name));
    match KNOWN.iter().find(|(name, _)| Some(*name) == near) {
        Some((_, form)) => format!("did you mean `{form}`?"),
        None => {
            let forms = KNOWN.map(|(_, form)| form).join(", ");
            format!("a block that runs takes run, {forms}")
        }
    }
}

/// `20s` or `500ms`: two units, where `humantime` would also accept months.
fn duration(text: &str) -> Option<Duration> {
    let at = text.find(|c: char| !c.is_ascii_digit())?;
    let number: u64 = text[..at].parse().ok()?;
    match &text[at..] {
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        _ => None,
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn none_of(
    source: &Arc<Source>,
    fence: &Fence,
    attributes: &[Word],
    what: &str,
) -> Result<(), Box<Finding>> {
    match attributes.first() {
        None => Ok(()),
        Some(attribute) => Err(Box::new(
            finding(
                source,
                fence,
                Code::Attribute,
                format!(
                    "unknown attribute `{}`",
                    &source.slice(fence.info)[attribute.span]
                ),
            )
            .with_help(format!("{what} takes no attributes")),
        )),
    }
}

fn finding(source: &Arc<Source>, fence: &Fence, code: Code, message: String) -> Finding {
    Finding::new(code, source, fence.info, message)
}
