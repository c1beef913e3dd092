//! The known name that an unknown one may have been meant to be.

use numbat::Context;
use numbat::module_importer::BuiltinModuleImporter;
use numbat::resolver::CodeSource;

/// What units are written with, short and long.
const PREFIXES: [&str; 20] = [
    "", "n", "µ", "m", "k", "M", "G", "T", "P", "Ki", "Mi", "Gi", "Ti", "nano", "micro", "milli",
    "kilo", "mega", "giga", "tera",
];

/// The names that differ from `word` in the case of letters or a plural's `s`, else the one that `numbat` suggests if
/// it is near; closest first.
pub(super) fn suggestion(context: &Context, word: &str, theirs: Option<&str>) -> Option<String> {
    let mut found = Vec::new();
    for spelled in [Some(word), word.strip_suffix('s')].into_iter().flatten() {
        let is_like = |name: &str| name.to_lowercase() == spelled.to_lowercase();
        for unit in context.unit_names().iter().flatten() {
            for prefix in PREFIXES {
                let name = format!("{prefix}{unit}");
                if is_like(&name) && is_sensible(context, &name) {
                    found.push(name);
                }
            }
        }
        let others = context.variable_names().chain(context.function_names());
        found.extend(others.map(String::from).filter(|name| is_like(name)));
    }
    let changes = |name: &String| {
        name.chars()
            .zip(word.chars())
            .filter(|(a, b)| a != b)
            .count()
    };
    found.sort_by_key(changes);
    found.dedup();
    if found.is_empty() {
        let near =
            |name: &&str| strsim::damerau_levenshtein(name, word) <= word.chars().count() / 3;
        found.extend(theirs.filter(near).map(str::to_owned));
    }
    match found.as_slice() {
        [] => None,
        [one] => Some(format!("did you mean `{one}`?")),
        [one, other, ..] => Some(format!("did you mean `{one}` or `{other}`?")),
    }
}

/// Whether a prefix and a unit make one that people use: bits and bytes have no fractions.
fn is_sensible(context: &Context, name: &str) -> bool {
    let whole = format!("let sensible__ = floor(1 {name} / bit) > 0");
    let any = format!("let sensible__ = 1 {name}");
    let works = |code: &str| {
        context
            .clone()
            .interpret(code, CodeSource::Internal)
            .is_ok()
    };
    works(&any) && (!works(&whole) || !name.starts_with(['n', 'µ', 'm']))
}

/// The name that `numbat` suggests in a note of an error.
pub(super) fn in_note(note: &str) -> Option<&str> {
    note.trim()
        .strip_prefix("Did you mean '")?
        .strip_suffix("'?")
}

/// Whether `numbat` has a module of this name.
pub(super) fn is_module(name: &str) -> bool {
    use numbat::module_importer::ModuleImporter as _;
    let modules = BuiltinModuleImporter::default().list_modules();
    modules.iter().any(|module| module.to_string() == name)
}
