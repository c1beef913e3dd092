//! Figures in every notation: each is read whole or refused, and rewritten as its author writes.

use crate::fixture::Book;
use mdbook_proof::figures::engine::Workplace;
use mdbook_proof::line::{Line, Page, Tried};
use mdbook_proof::text::edit;
use mdbook_proof::text::source::Source;
use mdbook_proof::work::settings::{Options, Settings};
use mdbook_proof_text::quantity::DecimalMark;
use proptest::prelude::*;
use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;

#[test]
fn no_part_of_a_number_is_proved() {
    let page = "# P\n\nIt does 3 472 requests/s<!-- = 472 requests/s -->, and 12 000<!-- = 0 -->.\n\n\
        Then 3\u{202f}472 B<!-- = 472 B -->, 3'472 B<!-- = 472 B -->, 1/3<!-- = 3 -->, 2³ MB<!-- = 3 MB -->,\n\
        12<!-- = 12 --> 000, 3<!-- = 3 --> million, 3<!-- = 3 --> 472<!-- = 472 -->, 2 × 10³<!-- = 10^3 -->,\n\
        3–5 ms<!-- = 5 ms -->, 2026-11-29<!-- = 29 -->, v2<!-- = 2 --> and 127.0.0.1<!-- = 1 -->.\n\n\
        > A quote of\n> 5 ms<!-- = 5 ms -->.\n\n| a |\n|---|\n| 12 000<!-- = 12,000 --> |\n";
    let book = Book::new(page);
    book.run(&["check"]).finds(&[
        "page.md:3:9",
        "`3 472 requests/s` could be one number or two",
        "write 3,472 for one number",
        "`12 000` could be one number or two",
        "`12` continues after its expression",
        "`3` continues after its expression",
        "`3–5 ms` is a range",
        "`2026-11-29` is a date",
        "`v2` is a word with digits",
        "`127.0.0.1` is a version",
        "15 findings",
    ]);
}

#[test]
fn what_bless_writes_is_green_and_in_its_authors_notation() {
    let page = "# P\n\nIt does 3\u{202f}471 requests/s<!-- = 3,472 requests/s -->, 1'000'000 B<!-- = 2 MB -->, 2×10³ B<!-- = 3 KB -->,\n\
        **11** *MB*<!-- = 12 MB -->, \"11 MB\"<!-- = 12 MB -->, 12&nbsp;MB<!-- = 13 MB --> and $5<!-- = 7 dollars -->.\n\n\
        ```calc\n3 × 4,000 B  # = 11 000 B\n```\n";
    let book = Book::new(page);
    book.run(&["bless"]).succeeds();
    let blessed = book.page();
    for text in [
        "It does 3\u{202f}472 requests/s<",
        " 2'000'000 B<",
        " 3×10³ B<",
        "**12** *MB*<",
        "\"12 MB\"<",
        " 13&nbsp;MB<",
        " $7<",
        "# = 12 000 B\n",
    ] {
        assert!(blessed.contains(text), "{text}\n{blessed}");
    }
    book.run(&["check"]).succeeds();
    book.run(&["bless"]).succeeds();
    assert_eq!(book.page(), blessed);
}

#[test]
fn what_bless_cannot_write_stays_and_is_said() {
    let page =
        "# P\n\nOne of three: 1/3<!-- = 1/4 -->; 2^10 B<!-- = 2 KiB -->; 3 472<!-- = 3,473 -->.\n";
    let book = Book::new(page);
    book.run(&["bless"]).finds(&[
        "the value can't be written in the way that this figure is",
        "3 findings",
    ]);
    assert_eq!(book.page(), page);
}

#[test]
fn the_decimal_mark_is_that_of_the_books_language_or_a_setting() {
    let page = "# P\n\nEs sind 12,5 %<!-- = 1/8 --> von 3.472 B<!-- = 3,472 B -->, also 5 €<!-- = 5 euros -->.\n\n\
        ```calc\n1 MB / 8 # = 125,0 KB\n7 s / 4 # =\n```\n\n<!-- check: sum [Anteil] -->\n\n| Anteil |\n|---|\n| 12,5 % |\n| 7,5 % |\n| 20,0 % |\n";
    let with_language = |language: &str| {
        let book = Book::new(page);
        let configuration = book.read("book.toml");
        book.write(
            "book.toml",
            &configuration.replace("[book]\n", &format!("[book]\nlanguage = \"{language}\"\n")),
        );
        book
    };
    let book = with_language("de");
    book.run(&["bless"]).succeeds();
    assert!(
        book.page().contains("7 s / 4 # = 1,75 s"),
        "{}",
        book.page()
    );
    book.run(&["check"]).succeeds();
    with_language("de-CH")
        .run(&["check"])
        .finds(&["`12,5 %` is not a number as this book writes them"]);
    Book::new(page).run(&["check"]).finds(&[
        "`12,5 %` is not a number as this book writes them",
        "decimal = \",\"",
    ]);
    let set = Book::with(&[("page.md", &book.page())], "decimal = \",\"\n");
    set.run(&["check"]).succeeds();
    Book::with(&[("page.md", page)], "decimal = \";\"\n")
        .run(&["check"])
        .gives_up(&["`decimal = \";\"`"]);
}

#[test]
fn a_cell_that_is_no_number_says_why() {
    let table = |cell: &str| {
        format!(
            "# P\n\n<!-- check: [B] = 2 × [A] -->\n\n| A | B |\n|---|---|\n| {cell} | 24000 B |\n"
        )
    };
    for cell in [
        "12 000 B",
        "12,000 B",
        "12&#8239;000 B",
        "1.2e4 B",
        "1.2×10⁴ B",
        "12k B",
    ] {
        Book::new(&table(cell)).run(&["check"]).succeeds();
    }
    for (cell, message) in [
        ("0x10", "`0x10` is not a decimal number"),
        ("12,5 B", "`12,5 B` is not a number as this book writes"),
        ("1**2** B", "has markup between its digits"),
        ("2026-11-29", "is a date"),
    ] {
        Book::new(&table(cell))
            .run(&["check"])
            .finds(&["table-cell", message, "1 finding"]);
    }
    Book::new(&table("11–12 KB")).run(&["check"]).succeeds();
    let prices = "# P\n\n<!-- check: [Year] = 12 × [Month (€)] -->\n\n| Month (€) | Year |\n|---|---|\n| 5 | 60 € |\n| €7 | €84 |\n";
    Book::new(prices).run(&["check"]).succeeds();
}

#[test]
fn marks_that_are_never_closed_take_no_longer_than_the_page() {
    for open in ["[a](", "[a][", "<!--", "<sup>", "[^"] {
        let page = format!(
            "# P\n\nIt is 5 ms<!-- = 5 ms --> {}\n",
            open.repeat(400_000 / open.len())
        );
        Book::new(&page).run(&["check"]);
    }
}

thread_local! {
    static LINE: RefCell<[Line; 2]> = RefCell::new([DecimalMark::Point, DecimalMark::Comma].map(|mark| {
        let mut settings = Settings::without_book(PathBuf::new(), &Options::default());
        settings.decimal_mark = mark;
        Line::at(Workplace::default(), &settings).unwrap()
    }));
}

/// A page judged with a decimal mark.
fn judged(text: &str, mark: DecimalMark) -> Page {
    let source = Arc::new(Source::new("a.md", text));
    LINE.with_borrow_mut(|lines| {
        let line = &mut lines[usize::from(mark == DecimalMark::Comma)];
        let mut page = line.read(&source);
        line.judge(&mut page, &Tried::default());
        page
    })
}

/// A figure, and how it is written.
#[derive(Debug, Clone)]
struct Figure {
    mark: DecimalMark,
    integer: String,
    fraction: String,
    separator: &'static str,
    exponent: Option<(&'static str, i32)>,
    sign: &'static str,
    unit: (&'static str, &'static str, &'static str),
    wrap: (&'static str, &'static str),
    before: &'static str,
}

impl Figure {
    /// The groups of its integer.
    fn groups(&self) -> Vec<String> {
        if self.separator.is_empty() {
            return vec![self.integer.clone()];
        }
        let first = (self.integer.len() - 1) % 3 + 1;
        let (first, rest) = self.integer.split_at(first);
        let rest = rest.as_bytes().chunks(3);
        std::iter::once(first.to_owned())
            .chain(rest.map(|group| String::from_utf8(group.to_vec()).unwrap()))
            .collect()
    }

    /// The page with these groups in the figure's place, and with its expression.
    fn page(&self, groups: &[String], sign: &str, exponent: Option<(&str, i32)>) -> String {
        let mut number = groups.join(self.separator);
        if !self.fraction.is_empty() {
            number.push(self.mark.as_char());
            number.push_str(&self.fraction);
        }
        let exponent = exponent.map_or(String::new(), |(form, power)| written(form, power));
        let (open, close) = self.wrap;
        let (currency, unit, _) = self.unit;
        format!(
            "{}{open}{sign}{currency}{number}{exponent}{unit}{close}<!-- = {} -->, and so on.\n",
            self.before,
            self.expression()
        )
    }

    /// A table with a figure in a cell, and its expression as the column's formula.
    fn table(&self, page: &str) -> String {
        let (figure, _) = page.split_once("<!--").unwrap();
        let figure = &figure[self.before.len()..];
        format!(
            "<!-- check: [B] = {} -->\n\n| A | B |\n|---|---|\n| x | {figure} |\n",
            self.expression()
        )
    }

    fn text(&self) -> String {
        self.page(&self.groups(), self.sign, self.exponent)
    }

    /// What gives exactly this figure.
    fn expression(&self) -> String {
        let sign = if matches!(self.sign, "-" | "−") {
            "-"
        } else {
            ""
        };
        let power = self.exponent.map_or(0, |(_, power)| power);
        let fraction = if self.fraction.is_empty() {
            "0"
        } else {
            &self.fraction
        };
        let scale = match power < 0 {
            true => format!("/ 10^{}", -power),
            false => format!("× 10^{power}"),
        };
        format!(
            "{sign}({}.{fraction} {scale}) × 1 {}",
            self.integer, self.unit.2
        )
    }

    /// Figures that differ from it and say something else.
    fn altered(&self, at: usize, digit: u32) -> Vec<(&'static str, String)> {
        let groups = self.groups();
        let mut texts = Vec::new();
        let mut add = |what, groups: &[String]| {
            texts.push((what, self.page(groups, self.sign, self.exponent)));
        };

        let place = at % self.integer.len();
        let old = self.integer.as_bytes()[place];
        let new = (u32::from(old - b'0') + digit) % 10;
        // A number doesn't start with a zero.
        if place > 0 || new > 0 {
            let mut other = self.clone();
            other.integer.replace_range(place..=place, &new.to_string());
            add("a digit changed", &other.groups());
        }
        let mut longer = groups.clone();
        longer[0].insert_str(0, &digit.to_string());
        add("a digit added before", &longer);
        add(
            "a group added before",
            &[vec![digit.to_string()], groups.clone()].concat(),
        );
        if groups.len() > 1 {
            let mut shorter = groups.clone();
            shorter.remove(at % groups.len());
            if shorter.concat() != self.integer {
                add("a group dropped", &shorter);
            }
            let mut moved = groups.clone();
            let first = moved[1].remove(0);
            moved[0].push(first);
            add("a separator moved", &moved);
        }
        let mut sign =
            |other| texts.push(("the sign changed", self.page(&groups, other, self.exponent)));
        match self.sign {
            "-" | "−" => sign(""),
            _ => ["-", "−", "±", "<", "≥"].into_iter().for_each(&mut sign),
        }
        if let Some((form, power)) = self.exponent {
            let other = self.page(&groups, self.sign, Some((form, power + 1)));
            texts.push(("the exponent changed", other));
            texts.push(("the exponent dropped", self.page(&groups, self.sign, None)));
        }
        texts
    }
}

/// A power of ten in a form, whose example has the power 6.
fn written(form: &str, power: i32) -> String {
    let raised: String = power
        .to_string()
        .chars()
        .filter_map(|c| match c {
            '-' => Some('⁻'),
            _ => "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().nth(c.to_digit(10)? as usize),
        })
        .collect();
    form.replace('6', &power.to_string()).replace('⁶', &raised)
}

fn figures() -> impl Strategy<Value = Figure> {
    let numbers = (1..2_000_000_000u64, "[0-9]{0,3}");
    let notation = (
        prop::sample::select(vec![
            "", ",", "'", "’", "_", "\u{a0}", "\u{2009}", "\u{202f}", "\u{2007}", "&nbsp;",
            "&thinsp;", "&#8239;",
        ]),
        prop::option::of((
            prop::sample::select(vec![
                "e6",
                "×10^6",
                " × 10^6",
                "×10⁶",
                "·10⁶",
                " × 10<sup>6</sup>",
                "&times;10^6",
                " x 10^6",
            ]),
            // Without an exponent, no more than 15 digits.
            prop::sample::select(vec![-3, -1, 2, 4, 5]),
        )),
        prop::sample::select(vec!["", "", "-", "−", "+"]),
        any::<bool>(),
    );
    let around = (
        // Before the number, after it, and the unit in the expression.
        prop::sample::select(vec![
            ("", "", ""),
            ("", " MB", "MB"),
            ("", "MB", "MB"),
            ("", "&nbsp;MB", "MB"),
            ("", "\u{202f}requests/s", "requests/s"),
            ("", " %", "%"),
            ("", "%", "%"),
            ("", "‰", "% / 10"),
            ("", " million users", "million users"),
            ("", "×", ""),
            ("$", "", "dollar"),
            ("US$", "", "dollar"),
            ("€", "", "euro"),
            ("", " €", "euro"),
            ("$", "/month", "dollar/month"),
        ]),
        prop::sample::select(vec![
            ("", ""),
            ("**", "**"),
            ("*", "*"),
            ("`", "`"),
            ("\"", "\""),
            ("“", "”"),
            ("(", ")"),
            ("[", "](#a)"),
            ("(about ", ")"),
        ]),
        prop::sample::select(vec![
            "",
            "It is ",
            "In 2026, it is ",
            "see v2 with ",
            "- ",
            "> ",
            "> a\n> ",
            "a = ",
            "a → ",
            "毎秒",
            "from 3 to ",
            "5 × 3 = ",
            "a—",
            "IPv6 has ",
        ]),
    );
    (numbers, notation, around).prop_map(
        |((integer, fraction), (separator, exponent, sign, comma), (unit, wrap, before))| {
            let mark = if comma {
                DecimalMark::Comma
            } else {
                DecimalMark::Point
            };
            let separator = match separator {
                "," => mark.separator(),
                other => other,
            };
            // What has no unit may be ended by a letter, and code has no entities.
            let unit = if unit.1 == "/month" {
                ("$", "", "dollar")
            } else {
                unit
            };
            Figure {
                mark,
                integer: integer.to_string(),
                fraction,
                separator,
                exponent,
                sign,
                unit,
                wrap,
                before,
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_right_figure_is_green_in_every_notation_and_no_other_is(
        figure in figures(),
        at in 0..10usize,
        digit in 1..10u32,
    ) {
        let text = figure.text();
        let page = judged(&text, figure.mark);
        prop_assert!(page.findings.is_empty(), "{}\n{:?}", text, page.findings);
        prop_assert_eq!(page.tally.counts.computed, 1, "{}", text);
        for (what, other) in figure.altered(at, digit) {
            prop_assert!(!judged(&other, figure.mark).findings.is_empty(), "{}: {}", what, other);
        }
    }

    #[test]
    fn the_right_cell_is_green_in_every_notation_and_no_other_is(
        figure in figures(),
        is_spaced in any::<bool>(),
        at in 0..10usize,
        digit in 1..10u32,
    ) {
        let mut figure = figure;
        if is_spaced {
            figure.separator = " ";
        }
        if figure.wrap.0.starts_with('(') {
            figure.wrap = ("", "");
        }
        let text = figure.table(&figure.text());
        let page = judged(&text, figure.mark);
        prop_assert!(page.findings.is_empty(), "{}\n{:?}", text, page.findings);
        prop_assert_eq!(page.tally.counts.computed, 1, "{}", text);
        for (what, other) in figure.altered(at, digit) {
            let page = judged(&figure.table(&other), figure.mark);
            // Bounds are skipped, and counted.
            let is_skipped = page.tally.counts.skipped == 1 && what == "the sign changed";
            prop_assert!(is_skipped || !page.findings.is_empty(), "{}: {}", what, other);
            let edits = page.findings.iter().filter_map(|finding| finding.blessed.clone());
            let blessed = edit::apply(page.source.text(), edits);
            if blessed != page.source.text() {
                let findings = judged(&blessed, figure.mark).findings;
                prop_assert!(findings.is_empty(), "{} becomes {}", other, blessed);
            }
        }
    }

    #[test]
    fn what_is_blessed_is_right_and_blessing_again_changes_nothing(
        figure in figures(),
        other in figures(),
    ) {
        // The value of the other one, in this one's notation and unit.
        let value = Figure { unit: figure.unit, ..other };
        let text = figure.text().replace(&figure.expression(), &value.expression());
        let blessed = |text: &str| {
            let page = judged(text, figure.mark);
            let edits = page.findings.iter().filter_map(|finding| finding.blessed.clone());
            (edit::apply(text, edits), page.findings.len())
        };
        let (once, _) = blessed(&text);
        let (twice, left) = blessed(&once);
        prop_assert_eq!(left, 0, "{} becomes {}", text, once);
        prop_assert_eq!(&twice, &once);
        // The notation is its author's.
        let (unit, wrap) = (figure.unit, figure.wrap);
        let tail = format!("{}{}<!-- =", unit.1, wrap.1);
        prop_assert!(once.contains(&tail), "{}", once);
        prop_assert!(once.starts_with(&format!("{}{}", figure.before, wrap.0)), "{}", once);
    }
}
