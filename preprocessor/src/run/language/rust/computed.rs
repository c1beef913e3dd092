//! The numbers that a block runs with and that an expression computes: those in its code, and those of the library that it reaches.
//!
//! What it reaches is found by names: the items of the library that it imports and names, those that these name, and so on. A name that
//! several items have means all of them, so that a number too many may be found and none too few. Of a constant of which one field is
//! read, only that field's number counts.

use crate::figures::literal;
use crate::run::language::rust::tokens::{self, is_keyword, is_punct, level, word};
use proc_macro2::{Delimiter, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The items of a library, and how they reach numbers that are computed.
#[derive(Debug, Default)]
pub struct Computed {
    /// By their names.
    items: BTreeMap<String, Vec<Item>>,
    /// What each file imports.
    imports: Vec<Imports>,
}

/// An item of a library.
#[derive(Debug)]
struct Item {
    /// The number of its file.
    file: usize,
    uses: BTreeSet<Use>,
    /// The expressions of its numbers, each with the field that the number is the value of.
    numbers: Vec<(Option<String>, String)>,
}

/// A name in code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Use {
    name: String,
    /// The field that is read of it.
    field: Option<String>,
    /// Whether the name of a module comes before it.
    is_of_module: bool,
}

/// The names that a file imports.
#[derive(Debug, Default)]
struct Imports {
    names: BTreeSet<String>,
    /// Whether it imports all that a module has.
    has_glob: bool,
}

impl Computed {
    /// Reads the Rust files of a library. One that can't be read has no numbers: what it takes to compile it was there.
    pub fn read<'path>(files: impl Iterator<Item = &'path Path>) -> Self {
        let mut computed = Self::default();
        for text in files.filter_map(|file| std::fs::read_to_string(file).ok()) {
            computed.add(&text);
        }
        computed
    }

    fn add(&mut self, text: &str) {
        let Some(stream) = tokens::read(text) else {
            return;
        };
        let file = self.imports.len();
        let tokens = level(stream);
        let items = items(&tokens);
        let imports = items.iter().map(|item| Imports::of(item));
        self.imports
            .push(imports.reduce(Imports::and).unwrap_or_default());
        for item in items {
            let Some(name) = name(item) else { continue };
            let (Some(first), Some(last)) = (item.first(), item.last()) else {
                continue;
            };
            let bytes = first.span().byte_range().start..last.span().byte_range().end;
            let lines = text.get(bytes).unwrap_or_default().lines();
            let mut read = Item {
                file,
                numbers: lines.flat_map(numbers).collect(),
                uses: BTreeSet::new(),
            };
            uses(item, &mut read.uses);
            self.items.entry(name).or_default().push(read);
        }
    }

    /// The expressions of the numbers that a block reaches, those in its own code left out.
    pub fn reached(&self, code: &str) -> BTreeSet<&str> {
        let mut reached = BTreeSet::new();
        let Some(stream) = tokens::read(code) else {
            return reached;
        };
        let tokens = level(stream);
        let own = Imports::of(&tokens);
        let mut found = BTreeSet::new();
        uses(&tokens, &mut found);
        // A name with the file that it is in; the block's own code is in none.
        let open = found.into_iter().map(|used| (None, used));
        let mut open: BTreeSet<(Option<usize>, Use)> = open.collect();
        let mut done = BTreeSet::new();
        while let Some(next) = open.pop_first() {
            if !done.insert(next.clone()) {
                continue;
            }
            let (file, used) = &next;
            for item in self.named(used, *file, &own) {
                let is_read =
                    |(of, _): &&(Option<String>, String)| of.is_some() && *of == used.field;
                if let Some((_, expression)) = item.numbers.iter().find(is_read) {
                    reached.insert(expression.as_str());
                    continue;
                }
                reached.extend(
                    item.numbers
                        .iter()
                        .map(|(_, expression)| expression.as_str()),
                );
                open.extend(item.uses.iter().map(|used| (Some(item.file), used.clone())));
            }
        }
        reached
    }

    /// The items that a name means in a file.
    fn named(&self, used: &Use, file: Option<usize>, own: &Imports) -> Vec<&Item> {
        let name = used.name.as_str();
        let all = self.items.get(name).map_or([].as_slice(), Vec::as_slice);
        let is_here = all.iter().any(|item| Some(item.file) == file);
        let imports = file.and_then(|file| self.imports.get(file)).unwrap_or(own);
        let is_imported = used.is_of_module || imports.has(name);
        let is_meant = |item: &&Item| match is_here {
            // Parts of it may be in files that import it.
            true => Some(item.file) == file || self.imports[item.file].has(name),
            false => is_imported,
        };
        all.iter().filter(is_meant).collect()
    }
}

impl Imports {
    fn of(tokens: &[TokenTree]) -> Self {
        let mut imports = Self::default();
        let mut rest = tokens;
        while let Some((first, after)) = rest.split_first() {
            rest = after;
            if is_keyword(Some(first), "use") {
                let end = rest.iter().position(|token| is_punct(Some(token), ';'));
                let (path, after) = rest.split_at(end.unwrap_or(rest.len()));
                imports.add(path);
                rest = after;
            } else if let TokenTree::Group(group) = first {
                // What is imported inside of a function is taken for the whole file.
                imports = imports.and(Self::of(&level(group.stream())));
            }
        }
        imports
    }

    fn add(&mut self, path: &[TokenTree]) {
        for token in path {
            match token {
                TokenTree::Group(group) => self.add(&level(group.stream())),
                TokenTree::Punct(punct) => self.has_glob |= punct.as_char() == '*',
                _ => self.names.extend(word(Some(token))),
            }
        }
    }

    fn and(mut self, other: Self) -> Self {
        self.names.extend(other.names);
        self.has_glob |= other.has_glob;
        self
    }

    fn has(&self, name: &str) -> bool {
        self.has_glob || self.names.contains(name)
    }
}

/// The items of a file, without their attributes; those of tests and modules in other files are none.
fn items(tokens: &[TokenTree]) -> Vec<&[TokenTree]> {
    let mut items = Vec::new();
    let mut rest = tokens;
    let mut is_test = false;
    while !rest.is_empty() {
        if is_punct(rest.first(), '#') {
            let is_inner = is_punct(rest.get(1), '!');
            let attribute = rest.get(1 + usize::from(is_inner));
            let text = attribute.map(ToString::to_string).unwrap_or_default();
            is_test |= text.replace(' ', "").contains("cfg(test)");
            rest = &rest[(2 + usize::from(is_inner)).min(rest.len())..];
            continue;
        }
        let is_last = |token: &TokenTree| {
            is_punct(Some(token), ';')
                || matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
        };
        let value = rest.iter().position(|token| is_punct(Some(token), '='));
        let end = rest.iter().position(is_last).unwrap_or(rest.len() - 1);
        // A constant ends with its semicolon, also behind a brace of its value.
        let is_value = value.is_some_and(|value| value < end) && !is_punct(rest.get(end), ';');
        let end = match is_value {
            true => rest
                .iter()
                .position(|token| is_punct(Some(token), ';'))
                .unwrap_or(end),
            false => end,
        };
        let (item, after) = rest.split_at(end + 1);
        if !is_test {
            items.push(item);
        }
        is_test = false;
        rest = after;
    }
    items
}

/// What an item is called: an implementation is a part of its type.
fn name(item: &[TokenTree]) -> Option<String> {
    const KEYWORDS: [&str; 9] = [
        "fn",
        "struct",
        "enum",
        "union",
        "const",
        "static",
        "type",
        "trait",
        "macro_rules",
    ];
    let at = item.iter().position(|token| {
        let is_item = KEYWORDS
            .iter()
            .any(|keyword| is_keyword(Some(token), keyword));
        is_item || is_keyword(Some(token), "impl") || is_keyword(Some(token), "mod")
    })?;
    if is_keyword(item.get(at), "impl") {
        let brace = |token: &TokenTree| {
            matches!(token, TokenTree::Group(_)) || is_keyword(Some(token), "where")
        };
        let header = &item[at + 1..];
        let header = &header[..header.iter().position(brace).unwrap_or(header.len())];
        let of = header
            .iter()
            .position(|token| is_keyword(Some(token), "for"));
        let of = of.map_or(header, |of| &header[of + 1..]);
        // Of `<T> List<T>` and of `path::List` it is the last name outside of angle brackets.
        let mut depth = 0_usize;
        let mut last = None;
        for token in of {
            match token {
                _ if is_punct(Some(token), '<') => depth += 1,
                _ if is_punct(Some(token), '>') => depth = depth.saturating_sub(1),
                _ if depth == 0 => last = word(Some(token)).or(last),
                _ => {}
            }
        }
        return last;
    }
    // `const fn` and `macro_rules!` have a word or a mark between.
    item[at + 1..]
        .iter()
        .filter_map(|token| word(Some(token)))
        .find(|word| !matches!(word.as_str(), "fn" | "mut" | "unsafe" | "async"))
}

/// The names in code. What follows a dot is a field or a method, and what follows a type is a part of it. What is imported isn't used by
/// that, unless it gets another name.
fn uses(tokens: &[TokenTree], found: &mut BTreeSet<Use>) {
    let mut imported = 0;
    for (at, token) in tokens.iter().enumerate() {
        if at < imported {
            continue;
        }
        if is_keyword(Some(token), "use") {
            let rest = &tokens[at..];
            let end = rest.iter().position(|token| is_punct(Some(token), ';'));
            let import = &rest[..end.unwrap_or(rest.len())];
            if !renames(import) {
                imported = at + import.len();
            }
            continue;
        }
        let before = |by: usize| at.checked_sub(by).and_then(|at| tokens.get(at));
        if let TokenTree::Group(group) = token {
            uses(&level(group.stream()), found);
        }
        let Some(name) = word(Some(token)) else {
            continue;
        };
        let is_range = is_punct(before(1), '.') && is_punct(before(2), '.');
        let is_in_path = is_punct(before(1), ':') && is_punct(before(2), ':');
        let of = word(before(3)).filter(|_| is_in_path);
        let is_of_type = of
            .as_ref()
            .is_some_and(|of| of.starts_with(char::is_uppercase));
        if is_of_type || (is_punct(before(1), '.') && !is_range) {
            continue;
        }
        let has_field = is_punct(tokens.get(at + 1), '.') && !is_punct(tokens.get(at + 2), '.');
        let field = has_field.then(|| word(tokens.get(at + 2))).flatten();
        let is_call = matches!(tokens.get(at + 3), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis);
        found.insert(Use {
            name,
            field: field.filter(|_| !is_call),
            is_of_module: of.is_some(),
        });
    }
}

/// Whether an import gives another name.
fn renames(import: &[TokenTree]) -> bool {
    import.iter().any(|token| match token {
        TokenTree::Group(group) => renames(&level(group.stream())),
        _ => is_keyword(Some(token), "as"),
    })
}

/// The computed numbers of a line, each with the field that it is the value of.
fn numbers(line: &str) -> Vec<(Option<String>, String)> {
    let number = |literal: literal::Literal| {
        let printed = literal.printed?;
        let before = line[..printed.span.start].trim_end().strip_suffix(':');
        let field = before.map(|before| last_word(before).to_owned());
        Some((field, line[literal.expression].to_owned()))
    };
    literal::read(line).into_iter().filter_map(number).collect()
}

/// The word that a text ends with.
pub fn last_word(text: &str) -> &str {
    let text = text.trim_end();
    let start = text.rfind(|c: char| !c.is_alphanumeric() && c != '_');
    let start = start.map_or(0, |at| {
        at + text[at..].chars().next().map_or(0, char::len_utf8)
    });
    &text[start..]
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIBRARY: &str = "//! A library.\nuse std::fmt;\n\n#[derive(Debug)]\npub struct Service { pub users: u32, pub rate: f64 }\n\n\
        pub const SERVICE: Service = Service {\n    users: 10 /* = user_count */,\n    rate: 2.5 /* = rate */,\n};\n\n\
        const PAGE: usize = SERVICE.users as usize;\n\n\
        pub struct Store<T> { kept: Vec<T> }\nimpl<T> Store<T> {\n    pub fn new() -> Self { Self { kept: Vec::with_capacity(PAGE) } }\n}\n\
        impl<T> fmt::Display for Store<T> { }\n\n\
        pub fn whole() -> f64 { all(&SERVICE) }\nfn all(service: &Service) -> f64 { service.rate }\npub fn plain() -> u32 { 3 }\n\
        #[cfg(test)]\nmod tests { fn plain() -> u32 { 7 /* = other */ } }\n";

    fn reached(code: &str) -> Vec<&'static str> {
        let mut computed = Computed::default();
        computed.add(LIBRARY);
        let computed: &'static Computed = Box::leak(Box::new(computed));
        computed.reached(code).into_iter().collect()
    }

    #[test]
    fn what_a_block_reaches_is_found_by_names_and_fields() {
        for (code, expressions) in [
            ("use l::SERVICE; let a = SERVICE.rate;", &["rate"][..]),
            (
                "use l::{SERVICE as S}; let a = S.rate;",
                &["rate", "user_count"],
            ),
            ("let a = SERVICE.rate;", &[]),
            ("let a = l::SERVICE.rate;", &["rate"]),
            ("let a = l::Rule::SERVICE;", &[]),
            (
                "use l::*; let a = SERVICE.users + SERVICE.rate as u32;",
                &["rate", "user_count"],
            ),
            ("use l::*; let a = &SERVICE;", &["rate", "user_count"]),
            (
                "use l::*; let s: Store<u8> = Store::new();",
                &["user_count"],
            ),
            ("use l::*; let a = whole();", &["rate", "user_count"]),
            ("use l::*; let a = 0..SERVICE.users;", &["user_count"]),
            ("use l::*; let a = plain(); // SERVICE", &[]),
            ("use l::*; let a = b.whole();", &[]),
            ("use l::*; println!(\"{}\", SERVICE.rate);", &["rate"]),
            (
                "use l::*; let a = SERVICE.unknown;",
                &["rate", "user_count"],
            ),
            ("not rust (", &[]),
        ] {
            assert_eq!(reached(code), expressions, "{code}");
        }
    }

    #[test]
    fn a_word_ends_a_text() {
        assert_eq!(last_word("let load "), "load");
        assert_eq!(last_word("é_1"), "é_1");
        assert_eq!(last_word("x("), "");
    }
}
