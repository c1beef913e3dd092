//! `explain`: says what a finding means.

use crate::cli::output::{Caller, Format, print, write};
use anyhow::Result;
use mdbook_proof::book::explain;
use mdbook_proof::text::{message, visible};

pub(crate) fn explain(code: Option<&str>, caller: &Caller) -> Result<bool> {
    let text = match code {
        Some(code) => explain::explain(code)?,
        None => explain::list(),
    };
    if caller.format != Format::Json {
        print(&visible::text(&text));
        return Ok(true);
    }
    for (name, (_, explanation)) in explain::all() {
        if code.is_none_or(|code| code == name) {
            write(&message::json_line(&serde_json::json!({
                "code": name,
                "means": explanation.means,
                "wrong": explanation.wrong,
                "right": explanation.right,
            })));
        }
    }
    Ok(true)
}
