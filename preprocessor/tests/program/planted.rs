//! Planted faults: one of each kind is found, at its line, and nothing else is.

use mdbook_proof::figures::engine::Workplace;
use mdbook_proof::line::{Line, Page, Tried};
use mdbook_proof::text::code::Code;
use mdbook_proof::text::edit;
use mdbook_proof::text::source::Source;
use mdbook_proof::work::settings::{Options, Settings};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

/// A page judged with what a run named `sweep` printed.
fn judged(text: &str) -> Page {
    let settings = Settings::without_book(PathBuf::new(), &Options::default());
    let mut line = Line::at(Workplace::default(), &settings).unwrap();
    let source = Arc::new(Source::new("a.md", text));
    let mut page = line.read(&source);
    let printed =
        "| entries | LRU | two words |\n|--|--|--|\n| 100 | 0.394 | 7 |\n| 1000 | 0.75 | 8 |\n";
    page.runs.add(Some("sweep"), Some(printed.to_owned()));
    line.judge(&mut page, &Tried::default());
    page
}

/// The findings as code, line and quoted text.
fn found(text: &str) -> Vec<(&'static str, usize, String)> {
    let page = judged(text);
    let source = page.source;
    page.findings
        .into_iter()
        // Rows may occur twice here; that is for the structural checks.
        .filter(|finding| finding.code != Code::TableRow)
        .map(|finding| {
            let line = source.position(finding.span.start).line;
            (
                finding.code.name(),
                line,
                source.slice(finding.span).to_owned(),
            )
        })
        .collect()
}

#[track_caller]
fn one(text: &str, code: &str, line: usize, quoted: &str) {
    let found = found(text);
    assert_eq!(found.len(), 1, "{text}\n{found:?}");
    assert_eq!(
        (found[0].0, found[0].1, found[0].2.as_str()),
        (code, line, quoted),
        "{text}"
    );
}

#[track_caller]
fn none(text: &str) {
    assert_eq!(found(text), [], "{text}");
}

const NINES: &str = "<!-- check:\n[Year] = (1 - [Availability]) × 365.25 days\n[Week] = (1 - [Availability]) × 7 days\n\
    ascending [Availability]\n-->\n\n| Availability | Year | Week |\n| ---: | ---: | ---: |\n\
    | 99.9% | 8.77 h | 10m 5s |\n| **99.99 %** | 52.6 min | 1m 0.5s |\n";

const LATENCY: &str = "| What | ns | us | ms |\n|--|--:|--:|--:|\n| SSD | 150,000 | 150 | — |\n\
    | disk | 10,000,000 | 10,000 | 10 |\n| cache | 0.5 | | |\n";

const TOTAL: &str = "<!-- check: sum [Size] -->\n| What | Size |\n|--|--:|\n| posts | 2.8 TB |\n\
    | follows | 16 GB |\n| favorites | 240 GB |\n| **all** | **3.056 TB** |\n";

const POWERS: &str = "<!-- check: [Bytes] = [Power] -->\n| Power | Bytes |\n|--|--|\n| 2^10 | 1,024 |\n| `2^20` | 1,048,576 |\n";

#[test]
fn right_tables_have_no_findings() {
    for text in [NINES, LATENCY, TOTAL, POWERS] {
        none(text);
        none(&text.replace('\n', "\r\n"));
    }
}

#[test]
fn a_wrong_downtime_a_wrong_unit_a_wrong_total_and_a_wrong_power_are_found() {
    let planted = |text: &str, from: &str, to: &str, code, line, quoted: &str| {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        one(&text.replace(from, to), code, line, quoted);
    };
    planted(NINES, "1m 0.5s", "1m 5s", "table-formula", 10, "1m 5s");
    planted(NINES, "8.77 h", "8.70 h", "table-formula", 9, "8.70 h");
    planted(NINES, "52.6 min", "52.6 s", "table-formula", 10, "52.6 s");
    planted(LATENCY, "150 |", "15 |", "table-units", 3, "15");
    planted(LATENCY, " 10 |", " 1 |", "table-units", 4, "1");
    planted(TOTAL, "3.056 TB", "2.7 TB", "table-sum", 7, "2.7 TB");
    planted(TOTAL, "240 GB", "240 MB", "table-sum", 7, "3.056 TB");
    planted(
        POWERS,
        "1,048,576",
        "1,048,567",
        "table-formula",
        5,
        "1,048,567",
    );
    planted(POWERS, "1,024", "1,000", "table-formula", 4, "1,000");
}

#[test]
fn a_formula_says_the_row_the_columns_the_values_and_the_right_text() {
    let page = judged(&NINES.replace("1m 0.5s", "1m 5s"));
    let finding = &page.findings[0];
    assert_eq!(finding.label.as_deref(), Some("allows 64.5 to 65.5 s"));
    assert_eq!(
        finding.details.as_deref(),
        Some(
            "- 1m 5s\n+ 1m 0s\n  row 2 (`99.99 %`), column [Week] = (1 - [Availability]) × 7 days\n  \
             with [Availability] = 99.99 %\n  computed: 60.48 s"
        )
    );
}

#[test]
fn bless_corrects_a_wrong_cell_and_fills_an_empty_one() {
    let text = NINES.replace("8.77 h", "8.70 h").replace("52.6 min", "   ");
    let page = judged(&text);
    assert_eq!((page.findings.len(), page.meaning.unfilled.len()), (1, 1));
    assert_eq!(page.meaning.skipped.len(), 1);
    let findings = page.findings.into_iter().chain(page.meaning.unfilled);
    let blessed = edit::apply(&text, findings.filter_map(|finding| finding.blessed));
    assert!(blessed.contains("| 8.77 h |"), "{blessed}");
    assert!(blessed.contains("| 0.877 h |"), "{blessed}");
    none(&blessed);
    let text = "<!-- check: [B (ms)] = 2 × [A] -->\n| A | B (ms) |\n|--|--|\n| 1.25 s |  |\n";
    let page = judged(text);
    let blessed = edit::apply(
        text,
        page.meaning.unfilled.into_iter().filter_map(|f| f.blessed),
    );
    assert!(blessed.contains("| 2,500 |"), "{blessed}");
}

#[test]
fn one_wrong_cell_is_one_finding_whatever_follows_from_it() {
    let text = "<!-- check:\n[B] = 2 × [A]\n[C] = 3 × [B]\n-->\n| A | B | C |\n|--|--|--|\n| 1 s | 2 s | 6 s |\n";
    none(text);
    one(&text.replace("| 2 s", "| 5 s"), "table-formula", 7, "5 s");
}

#[test]
fn keys_and_order_are_checked() {
    let table = |rules: &str, cells: [&str; 3]| {
        format!(
            "<!-- check: {rules} -->\n| K | V |\n|--|--|\n| {} | 1 |\n| {} | 2 |\n| {} | 3 |\n",
            cells[0], cells[1], cells[2]
        )
    };
    none(&table("key [K]", ["a", "b", "c"]));
    one(&table("key [K]", ["a", "b", "`a`"]), "table-key", 6, "a");
    one(&table("key [K]", ["a", "", "c"]), "table-key", 5, "  ");
    none(&table("ascending [K]", ["900 B", "1 KB", "1 KiB"]));
    none(&table("ascending [K]", ["1", "—", "2–3"]));
    none(&table(
        "ascending [K]",
        ["2025-12-31", "2026-01-02", "2026-10-01"],
    ));
    one(
        &table("ascending [K]", ["1 KB", "900 B", "1 MB"]),
        "table-order",
        5,
        "900 B",
    );
    one(
        &table("descending [K]", ["3", "2", "2.5"]),
        "table-order",
        6,
        "2.5",
    );
    one(
        &table("ascending [K]", ["b", "c", "a"]),
        "table-order",
        6,
        "a",
    );
    one(
        &table("ascending [K]", ["1 s", "2 KB", "3 KB"]),
        "table-order",
        5,
        "2 KB",
    );
    one(
        &table("ascending [K]", ["1", "two", "3"]),
        "table-cell",
        5,
        "two",
    );
    none(&table("key [K], [V]", ["a", "a", "a"]));
}

#[test]
fn totals_and_shares_are_exact_unless_they_are_roundings() {
    let table = |rules: &str, cells: [&str; 4]| {
        format!(
            "<!-- check: {rules} -->\n| V |\n|--|\n| {} |\n| {} |\n| {} |\n| {} |\n",
            cells[0], cells[1], cells[2], cells[3]
        )
    };
    none(&table("sum [V]", ["1,000", "200", "30", "1,230"]));
    one(
        &table("sum [V]", ["1,000", "200", "31", "1,230"]),
        "table-sum",
        7,
        "1,230",
    );
    none(&table("sum [V]", ["33.3", "33.3", "33.3", "100.0"]));
    one(
        &table("sum [V]", ["33.3", "33.3", "33.0", "100.0"]),
        "table-sum",
        7,
        "100.0",
    );
    one(
        &table("sum [V]", ["33 ms", "33 ms", "33 ms", "100 ms"]),
        "table-sum",
        7,
        "100 ms",
    );
    none(&table("sum [V]; rounded [V]", ["33", "33", "33", "100"]));
    one(
        &table("sum [V]", ["1 s", "2 GB", "3 s", "6 s"]),
        "table-sum",
        5,
        "2 GB",
    );
    none(&table("share [V]", ["50 %", "25 %", "20%", "5 %"]));
    none(&table("share [V]", ["0.5", "0.25", "0.2", "5 %"]));
    one(
        &table("share [V]", ["50 %", "25 %", "20 %", "6 %"]),
        "table-share",
        2,
        "V",
    );
    none(&table("share [V]", ["33.3 %", "33.3 %", "33.3 %", "—"]));
    one(
        &table("share [V]", ["33 %", "33 %", "33 %", "—"]),
        "table-share",
        2,
        "V",
    );
    none(&table(
        "share [V]; sum [V]",
        ["50 %", "30 %", "20 %", "100 %"],
    ));
}

#[test]
fn roundings_count_on_both_sides_only_where_they_are_declared() {
    let table = |rules: &str| {
        format!("<!-- check: [B] = 3 × [A]{rules} -->\n| A | B |\n|--|--|\n| 0.33 s | 1.00 s |\n")
    };
    one(&table(""), "table-formula", 4, "1.00 s");
    none(&table("; rounded [A]"));
    let whole = "<!-- check: [B] = [A] / 3 -->\n| A | B |\n|--|--|\n| 10 | 3 |\n";
    one(whole, "table-formula", 4, "3");
    none(&whole.replace(" -->", "; rounded [B] -->"));
}

#[test]
fn columns_follow_runs() {
    let table = |key: &str, hit: &str, rest: &str| {
        format!(
            "<!-- check:\n[Hit] = sweep[[Entries]].LRU{rest}\n-->\n| Entries | Hit |\n|--|--|\n| {key} | {hit} |\n| 1,000 | 75 % |\n"
        )
    };
    none(&table("100", "39.4 %", ""));
    none(&table("`100`", "0.39", ""));
    none(&table("100", "7.394", " + sweep[100].[two words]").replace("75 %", "7.75"));
    one(&table("100", "39.5 %", ""), "table-formula", 6, "39.5 %");
    one(&table("150", "39.4 %", ""), "table-formula", 6, "150");
}

#[test]
fn units_of_one_name_agree_and_others_are_left_alone() {
    one(
        "| What | Latency (ns) | Latency (µs) |\n|--|--|--|\n| a | 1,500 | 15 |\n",
        "table-units",
        3,
        "15",
    );
    for text in [
        "| What | Read (ms) | Write (s) |\n|--|--|--|\n| a | 5 | 9 |\n",
        "| h | min | s |\n|--|--|--|\n| 1 | 30 | 5 |\n",
        "| min | max |\n|--|--|\n| 1 | 3 |\n",
        "| minutes | hours |\n|--|--|\n| 90 | 1.5 |\n",
        "| KB | KiB |\n|--|--|\n| 64 | 62.5 |\n",
        "| users | posts |\n|--|--|\n| 64 | 62 |\n",
        "| 時間 (ms) | זמן (s) | 🦀 (ns) |\n|--|--|--|\n| 1 | 1 | 1 |\n",
        "| Size (approx.) | Size (see below) |\n|--|--|\n| 1 | 2 |\n",
    ] {
        none(text);
    }
}

#[test]
fn quantities_are_read_as_people_write_them() {
    for (figure, formula) in [
        ("8h 45m 57s", "31,557 s"),
        ("8 h 45 min 57 s", "31,557 s"),
        ("45m", "2,700 s"),
        ("1,048,576", "2^20"),
        ("99.99%", "1 - 0.01%"),
        ("~1 GB/s", "1.4 GB / s"),
        ("150 µs", "150,000 ns"),
        ("150 us", "150,000 ns"),
        ("64 KiB", "65,536 bytes"),
        ("64 KB", "64,000 bytes"),
        ("2^30", "1,073,741,824"),
        ("1.5 bn", "1,500 million"),
        ("`12`[^a]", "3 × 4"),
        ("**1.5e6** B", "1.5 MB"),
    ] {
        let text = format!(
            "<!-- check: [V] = {formula} -->\n| V | T |\n|--|--|\n| {figure} | x |\n\n[^a]: b\n"
        );
        // `m` alone is a minute where its column holds times.
        let text = text.replace("| 45m | x |", "| 45m | x |\n| 2,700 s | x |");
        none(&text);
        let wrong = text.replace(formula, &format!("2 × ({formula})"));
        assert!(!found(&wrong).is_empty(), "{wrong}");
    }
    let page = judged("<!-- check: [V] = 3 -->\n| V |\n|--|\n| — |\n|  |\n| 1–5 |\n| <5 |\n");
    assert_eq!((page.findings.len(), page.meaning.skipped.len()), (0, 4));
}

#[test]
fn rules_stand_in_quotes_and_lists_and_use_the_pages_own_names() {
    none(
        "```calc\nlet factor = 2 # = 2\nlet reads = 3 reads\n```\n\n> - <!-- check:\n>   [B] = factor × [A]\n>   -->\n>\n>   | A | B |\n>   |--|--|\n>   | 5 reads | 10 reads |\n",
    );
    none(
        "<!-- check: key [A] -->\n<!-- prettier-ignore -->\n<!-- check: ascending [A] -->\n| A |\n|--|\n| 1 |\n",
    );
}

#[test]
fn what_is_wrong_with_a_rule_is_found_at_the_rule() {
    let table = |rule: &str| {
        format!(
            "<!-- check:\n{rule}\n-->\n| A | B | C (ms) | C (s) |\n|--|--|--|--|\n| 5 GB | 2 s | 3,000 | 3 |\n| 0 GB | 2 s | 1,000 | 1 |\n"
        )
    };
    for (rule, code, quoted) in [
        ("[X] = 3", "table-check", "X"),
        ("[A] = 2 × [Bee]", "table-check", "Bee"),
        ("[A] = 2 × [C]", "table-check", "C"),
        ("sum [a]", "table-check", "a"),
        ("[A] = 3 +", "table-formula", "+"),
        ("[A] = peek × [B]", "table-formula", "peek"),
        ("[A] = [B", "table-check", "[B"),
        ("[A] = [C (ms)] + 5 GB", "table-formula", "[C (ms)] + 5 GB"),
        ("[A] = [A] / 0", "table-formula", "[A] / 0"),
        ("[A] = 12 000 bytes", "table-formula", "12 000"),
        ("[A] = nothing[[B]].x", "table-formula", "2 s"),
        ("hello [A]", "table-check", "hello"),
    ] {
        let found = found(&table(rule));
        assert!(!found.is_empty() && found.len() <= 2, "{rule}: {found:?}");
        assert_eq!(
            (found[0].0, found[0].2.as_str()),
            (code, quoted),
            "{rule}: {found:?}"
        );
    }
    one(
        &table("[A] = 5 GB × (3 s - [B]) / (1 s) + 0 × 1 GB / ([A] / (1 GB))"),
        "table-formula",
        7,
        "0 GB",
    );
    let of_another_kind = found(&table("[A] = 2 × [B]"));
    assert_eq!(of_another_kind.len(), 2, "{of_another_kind:?}");
    assert_eq!(
        (of_another_kind[0].1, of_another_kind[0].2.as_str()),
        (6, "5 GB")
    );
}

#[test]
fn one_wrong_cell_of_a_hundred_thousand_rows_is_found() {
    let mut text =
        "<!-- check: [B] = 2 × [A]; ascending [A]; key [A] -->\n| A | B |\n|--|--|\n".to_owned();
    for n in 0..100_000u32 {
        let b = if n == 77_777 { 1 } else { 2 * n };
        let _ = writeln!(text, "| {n} ms | {b} ms |");
    }
    one(&text, "table-formula", 77_781, "1 ms");
}

#[test]
fn tables_that_programs_print_are_under_the_same_rules() {
    let text = "- ```rust,run\n  ```\n\n  <!-- check: [B] = 2 × [A]; sum [A] -->\n\n  ```output,table\n  loaded\n  | A | B |\n  | - | - |\n  | 1 | 2 |\n  | 1 | 2 |\n  ```\n";
    none(text);
    let wrong = text.replacen("| 1 | 2 |", "| 1 | 3 |", 1);
    one(&wrong, "table-formula", 10, "3");
    let page = judged(&wrong);
    assert!(page.findings[0].blessed.is_none());
    one(
        &text.replace("| 1 | 2 |\n  ```", "| 2 | 4 |\n  ```"),
        "table-sum",
        11,
        "2",
    );
    none(
        &text
            .replace(",table", "")
            .replace("<!-- check: [B] = 2 × [A]; sum [A] -->\n", ""),
    );
}

#[test]
fn many_rounded_operands_allow_as_much_above_as_below() {
    let names = ["A", "B", "C", "D", "E", "F", "G", "H"];
    let table = |rule: &str, total: &str| {
        format!(
            "<!-- check: rounded [{}]; [T] = {rule} -->\n| {} | T |\n|{}--|\n| {}{total} |\n",
            names.join("], ["),
            names.join(" | "),
            "--|".repeat(8),
            "1.0 | ".repeat(8),
        )
    };
    let sum = "[A] + [B] + [C] + [D] + [E] + [F] + [G] + [H]";
    for total in ["7.6", "7.7", "8.0", "8.3", "8.4"] {
        none(&table(sum, total));
    }
    for total in ["7.5", "8.5"] {
        one(&table(sum, total), "table-formula", 4, total);
    }
    let difference = "[A] + [B] + [C] + [D] - [E] - [F] - [G] - [H]";
    none(&table(difference, "0.4"));
    none(&table(difference, "-0.4"));
    one(&table(difference, "0.5"), "table-formula", 4, "0.5");
}
