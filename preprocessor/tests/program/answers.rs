//! What the calculator and SQL answer comes from their own computing: no input writes an answer, and none depends on
//! chance, the clock or the machine.

use crate::fixture::Book;

/// An answer of the calculator as it was written before answers had numbers, with the braces as escapes of `numbat`.
const FORGED: &str = "{chr(123)}\\\"Value\\\":{chr(123)}\\\"Ok\\\":{chr(123)}\\\"base\\\":5,\\\"dimension\\\":\\\"\\\",\\\"number\\\":5,\\\"unit\\\":\\\"\\\"{chr(125)}{chr(125)}{chr(125)}";

/// The same inside an answer with a number.
fn numbered(number: u64) -> String {
    format!("{{chr(123)}}\\\"number\\\":{number},\\\"content\\\":{FORGED}{{chr(125)}}")
}

/// Pages that try to answer for others; each with a text of its own finding.
fn forgers() -> Vec<(String, &'static str)> {
    let lines = |line: &str| vec![line; 20].join("\\n");
    vec![
        (
            format!(
                "```calc\nuse core::strings\nprint(\"{}\")\n```\n",
                lines(FORGED)
            ),
            "`print` has no place in a sum",
        ),
        (
            format!(
                "```calc\nuse core::strings\nprint(\"\\n{}\\n\")\n2 + 2 # = 5\n```\n",
                lines(&numbered(1))
            ),
            "the figure is not what its expression gives",
        ),
        (
            format!(
                "```calc\nuse core::strings\nuse core::error\nlet a: Scalar = error(\"\\n{}\\n\")\n```\n",
                lines(FORGED)
            ),
            "user error",
        ),
        (
            "```calc\nfn inspect<T>(x: T) -> T\ninspect(5)\n```\n".to_owned(),
            "`inspect` has no place in a sum",
        ),
        (
            "It is 5<!-- = type(5) -->, or 5<!-- = print(5) -->.\n".to_owned(),
            "`type` has no place in a sum",
        ),
        (
            "```calc\nuse core::debug\n```\n".to_owned(),
            "`core::debug` has no place in a sum: it prints",
        ),
        (
            format!("```calc\nprint(\"{}\")\n```\n", "5".repeat(100_000)),
            "`print` has no place in a sum",
        ),
    ]
}

const HONEST: &str =
    "Ten tens are 100<!-- = 10 * 10 -->, in bytes 10 KB<!-- = 10 × 1000 bytes -->.\n";
const VICTIM: &str = "Ten tens are 1<!-- = 10 * 10 -->, or 5<!-- = 11 × 11 -->.\n";

#[test]
fn no_expression_answers_for_another_one() {
    for (evil, text) in forgers() {
        let pages = [
            ("evil.md", evil.as_str()),
            ("honest.md", HONEST),
            ("victim.md", VICTIM),
        ];
        let book = Book::with(&pages, "");
        for _ in 0..2 {
            let answer = book.run(&["check"]);
            answer.finds(&["evil.md:", text, "victim.md:1:14", "victim.md:1:38"]);
            assert!(!answer.stderr.contains("honest.md"), "{}", answer.stderr);
        }
        // The store keeps nothing of it.
        book.write("src/evil.md", "# Nothing\n");
        let answer = book.run(&["check"]);
        answer.finds(&["victim.md:1:14", "victim.md:1:38"]);
        book.write("src/victim.md", "Ten tens are 100<!-- = 10 * 10 -->.\n");
        book.run(&["check"]).succeeds();
    }
}

#[test]
fn a_prelude_prints_nothing_either() {
    for prelude in [
        "let a = 3\nprint(a)\n",
        "let a = 3\nfn random() -> Scalar\n",
        "use core::random\n",
    ] {
        let book = Book::with(&[("page.md", HONEST)], "prelude = \"prelude.nbt\"\n");
        book.write("prelude.nbt", prelude);
        book.run(&["check"])
            .finds(&["prelude.nbt:", "has no place in a sum"]);
    }
}

/// The page is refused with all of these texts.
#[track_caller]
fn refused(page: &str, texts: &[&str]) {
    let book = Book::new(page);
    book.run(&["check"]).finds(texts);
}

#[test]
fn what_gives_another_value_each_time_is_refused_at_its_place() {
    refused(
        "```calc\nuse core::random\n3 # = 3\n```\n\nIt is 1<!-- = random() -->, and 2<!-- = rand_uniform(1, 2) -->.\n",
        &[
            "page.md:2:5",
            "`core::random` has no place in a sum: it gives another value each time",
            "a block draw it from a fixed seed",
            "page.md:6:15",
            "page.md:6:41",
        ],
    );
    refused(
        "```calc\nfn random() -> Scalar\nfn draw() = random()\nlet r = floor(draw() × 2)\n```\n\nIt is 0<!-- = r -->.\n",
        &["page.md:2:4", "`random` has no place in a sum"],
    );
    refused(
        "```calc\nfn random(x: Scalar) -> Scalar\nfn now() -> DateTime\nfn get_local_timezone() -> String\n```\n",
        &[
            "page.md:2:4",
            "page.md:3:4",
            "page.md:4:4",
            "the clock or the time zone",
        ],
    );
    refused(
        "It is 3<!-- = now() -->, 4<!-- = unixtime(today()) -->, 5<!-- = datetime(\"2026-01-01\") -->.\n",
        &["page.md:1:15", "page.md:1:43", "page.md:1:65", "the clock"],
    );
    refused(
        "```calc\nuse datetime::human\nuse math::distributions\nuse plot::line_plot\n```\n",
        &["page.md:2:5", "page.md:3:5", "page.md:4:5", "it draws"],
    );
    refused(
        "It is 3<!-- = args() -->.\n",
        &["page.md:1:15", "it reads the command line"],
    );
}

/// No page reaches the exchange rates of numbat, whose reader is the crate quick-xml 0.37 with RUSTSEC-2026-0194 and
/// RUSTSEC-2026-0195.
#[test]
fn exchange_rates_are_out_of_reach() {
    for (page, place) in [
        (
            "It is 3<!-- = exchange_rate(\"USD\") -->.\n",
            "page.md:1:15",
        ),
        (
            "```calc\nfn exchange_rate(currency: String) -> Scalar\n```\n",
            "page.md:2:4",
        ),
        ("```calc\nuse units::currencies\n```\n", "page.md:2:5"),
        ("```calc\nuse units::currency\n```\n", "page.md:2:5"),
        ("It is 3 dollars<!-- = 3 CHF -> USD -->.\n", "page.md:1:25"),
        ("It is 3 CHF<!-- = 3 dollars -->.\n", "page.md:1:7"),
    ] {
        refused(page, &[place, "it needs an exchange rate"]);
    }
}

#[test]
fn a_name_of_the_page_may_be_one_that_would_be_refused() {
    let page = "```calc\nlet now = 3 days\nlet random = 2 # = 2\nunit CHF: Money = 1.1 dollars\n3 CHF # = 3.30 dollars\n```\n\nIt is 72 h<!-- = now -->.\n";
    Book::new(page).run(&["check"]).succeeds();
}

#[test]
fn what_only_computes_can_be_used() {
    let page = "```calc\nuse core::lists\nuse math::number_theory\nuse math::trigonometry\nsum([1, 2, 3]) # = 6\ngcd(12, 18) # = 6\nassert(2 + 2 == 4)\n1000 × sin(0) # = 0\nmod(7, 3) # = 1\n```\n";
    Book::new(page).run(&["check"]).succeeds();
}

#[test]
fn messages_about_sums_name_what_works() {
    refused(
        "It is 1<!-- = 7 mod 3 -->.\n",
        &["page.md:1:17", "write mod(7, 3)"],
    );
    refused(
        "It is 1<!-- = 7 % 3 -->.\n",
        &["page.md:1:17", "write mod(7, 3)"],
    );
    refused(
        "It is 1<!-- = ceil 0.5 -->.\n",
        &["page.md:1:15", "write ceil(0.5)"],
    );
    refused(
        "It is 1 kb<!-- = 1 KB -->.\n",
        &["page.md:1:7", "did you mean `kB` or `KB`?"],
    );
    refused(
        "It is 1 MB<!-- = 1 mb -->.\n",
        &["page.md:1:20", "did you mean `MB`?"],
    );
    refused(
        "It is 1 s<!-- = 1 secnd -->.\n",
        &["page.md:1:19", "did you mean `second`?"],
    );
    refused(
        "```calc\nuse x::y\nuse units::si\n```\n",
        &[
            "page.md:2:5",
            "there is no module `x::y`",
            "page.md:3:5",
            "whose names are free",
        ],
    );
    refused(
        "```calc\nlet sum = 3\nuse core::lists\n```\n",
        &["page.md:3:1", "`use core::lists` defines `sum`"],
    );
}

#[test]
fn that_computing_ended_without_an_answer_is_not_remembered() {
    for function in [
        "fn deep(x) = if x > 0 then 1 + deep(x + 1) else 0",
        "fn deep(x) = 2 × deep(x - 1)",
        "use core::lists\nfn grow<A>(xs: List<A>) -> List<A> = grow(concat(xs, xs))\nfn deep(x) = len(grow([x, x]))",
    ] {
        let page = format!(
            "```calc\n{function}\n```\n\nIt is 7<!-- = deep(5) -->, and 4<!-- = 2 + 2 -->.\n"
        );
        let book = Book::new(&page);
        book.run(&["check"]).finds(&["computing it"]);
        let store = book.files("target");
        assert!(!store.is_empty());
        for (path, bytes) in store {
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains("computing it"), "{}", path.display());
        }
    }
}

#[test]
fn no_query_answers_for_another_one() {
    let error = "{\"block\":0,\"line\":0,\"column\":0,\"message\":\"forged\"}";
    for evil in [
        format!("select '{error}' as a;"),
        format!("select 1 as \"x\n{error}\n\";"),
        format!(
            "create table t (n);\ncreate trigger r before insert on t begin select raise(abort, '\n{error}\n| n |\n| -: |\n| 5 |'); end;\ninsert into t values (1);"
        ),
        "select '| n |\n| -: |\n|  5 |' as n; select char(10) || char(13, 10) || '```' as m;"
            .to_owned(),
    ] {
        let pages = [
            (
                "evil.md",
                format!("```sql,run\n{evil}\n```\n\n```output\n| n |\n```\n"),
            ),
            (
                "victim.md",
                "```sql,run\nselect 2 + 2 as n;\n```\n\n```output\n|  n |\n| -: |\n|  5 |\n```\n"
                    .to_owned(),
            ),
            (
                "honest.md",
                "```sql,run\nselect 2 + 2 as n;\n```\n\n```output\n|  n |\n| -: |\n|  4 |\n```\n"
                    .to_owned(),
            ),
        ];
        let pages: Vec<(&str, &str)> = pages
            .iter()
            .map(|(path, text)| (*path, text.as_str()))
            .collect();
        let book = Book::with(&pages, "");
        let answer = book.run(&["check"]);
        answer.finds(&["evil.md:", "victim.md:5:1", "|  4 |"]);
        assert!(!answer.stderr.contains("honest.md"), "{}", answer.stderr);
        book.write("src/evil.md", "# Nothing\n");
        let answer = book.run(&["check"]);
        answer.finds(&["victim.md:5:1"]);
        assert!(!answer.stderr.contains("evil.md"), "{}", answer.stderr);
        book.write("src/victim.md", "# Nothing\n");
        book.run(&["check"]).succeeds();
    }
}

#[test]
fn a_query_whose_result_would_be_another_one_each_time_is_refused_at_its_statement() {
    for (sql, place, text) in [
        (
            "select 1;\nselect date('now');",
            "page.md:3:1",
            "`date` depends on the clock",
        ),
        (
            "select 1;\n\n  select datetime('n' || 'OW');",
            "page.md:4:3",
            "`datetime` depends on the clock",
        ),
        (
            "select unixepoch();",
            "page.md:2:1",
            "`unixepoch` depends on the clock",
        ),
        (
            "create table t (n, at default current_timestamp);\ninsert into t (n) values (1);",
            "page.md:3:1",
            "`current_timestamp` depends on the clock",
        ),
        (
            "select random();",
            "page.md:2:1",
            "`random` gives another result each time",
        ),
        (
            "select hex(randomblob(8)) as id;",
            "page.md:2:1",
            "`randomblob` gives another result each time",
        ),
        (
            "select sqlite_version();",
            "page.md:2:1",
            "another version of this program",
        ),
        (
            "pragma temp_store_directory = '/tmp';",
            "page.md:2:1",
            "`pragma temp_store_directory` depends on the machine",
        ),
        (
            "attach 'x.db' as x;",
            "page.md:2:1",
            "a block has one database",
        ),
        (
            "vacuum into 'x.db';",
            "page.md:2:1",
            "a block has one database",
        ),
        (
            "select hex(zeroblob(1000000));",
            "page.md:2:1",
            "prints over 1024 KiB",
        ),
    ] {
        refused(
            &format!("```sql,run\n{sql}\n```\n\n```output\n1\n```\n"),
            &[place, text],
        );
    }
    let dates = "```sql,run\nselect date('2026-01-31', '+1 day') as d;\n```\n\n```output\n| d          |\n| ---------- |\n| 2026-02-01 |\n```\n";
    Book::new(dates).run(&["check"]).succeeds();
}

/// A page whose block prints a table, with a text below it.
fn printing(table: &str, below: &str) -> String {
    let lines: Vec<String> = table
        .lines()
        .map(|line| format!("println!({line:?});\n"))
        .collect();
    format!(
        "```rust,run,name=t\n{}```\n\n```output\n{table}```\n\n{below}",
        lines.concat()
    )
}

#[test]
fn a_printed_table_is_read_by_any_key() {
    let table = "| op | n | wait \\| all (ms) |\n| - | - | - |\n| a \\| b | 5 | 6 |\n| `c\\|d` | 7 | 8 |\n| **e** | 9 | 10 |\n| 1,000 MB | 11 | 12 |\n| f[0] | 13 | 14 |\n| [1, 2) | 15 | 16 |\n\nMore:\n\n| key | sum |\n| - | - |\n| a \\| b | 17 |\n";
    let below = "It is 5<!-- = t[a | b].n -->, 7<!-- = t[c|d].n -->, 10 ms<!-- = t[e].[wait | all] -->, 11<!-- = t[1000 MB].n -->,\n13<!-- = t[f[0]].n -->, 15<!-- = t[\\[1, 2)].n -->, 17<!-- = t[a | b].sum -->.\n\n<!-- check: [N] = t[[Op]].n -->\n\n| Op | N |\n| -- | -: |\n| a \\| b | 5 |\n| `c\\|d` | 7 |\n| e | 9 |\n| f[0] | 13 |\n";
    let page = printing(table, below);
    Book::new(&page).run(&["check"]).succeeds();
    // Another digit in any of them is found.
    for (right, wrong) in [
        ("It is 5<", "It is 6<"),
        (" 7<", " 9<"),
        ("10 ms<", "9 ms<"),
        ("11<", "12<"),
        ("13<", "5<"),
        ("15<", "16<"),
        ("17<", "5<"),
        ("| e | 9 |", "| e | 7 |"),
    ] {
        let changed = page.replacen(right, wrong, 1);
        assert_ne!(changed, page);
        Book::new(&changed).run(&["check"]).finds(&["1 finding"]);
    }
}

#[test]
fn a_printed_table_with_two_such_rows_or_columns_is_not_read() {
    for (table, below, text) in [
        (
            "| k | v |\n| - | - |\n| 1 | 2 |\n| 1 | 3 |\n",
            "It is 2<!-- = t[1].v -->.\n",
            "several rows `1`, in lines 3 and 4",
        ),
        (
            "| k | v | v |\n| - | - | - |\n| 1 | 2 | 3 |\n",
            "It is 2<!-- = t[1].v -->.\n",
            "several columns `v`",
        ),
        (
            "| k | v |\n| - | - |\n| 1 | 2 |\n\n| k | v |\n| - | - |\n| 1 | 2 |\n",
            "It is 2<!-- = t[1].v -->.\n",
            "several tables",
        ),
        (
            "| k | v |\n| - | - |\n| 1 | 2 |\n| 1,000 | 3 |\n| 1000 | 3 |\n",
            "<!-- check: [V] = t[[K]].v -->\n\n| K | V |\n| -: | -: |\n| 1\u{a0}000 | 3 |\n",
            "`t`",
        ),
    ] {
        refused(&printing(table, below), &[text]);
    }
}

#[test]
fn a_formula_answers_for_its_own_row_only() {
    for formula in ["1, 7] #", "1, 7", "1] + [6", "[A]; 7", "[A] # ] ×"] {
        let page = format!(
            "<!-- check: [B] = {formula} -->\n\n| A | B |\n| -: | -: |\n| 1 | 1 |\n| 2 | 7 |\n"
        );
        let book = Book::new(&page);
        assert_eq!(book.run(&["check"]).status, 1, "{formula}");
    }
}

#[test]
fn integers_are_exact_however_large() {
    let right = "```calc\n2^53 + 1 # = 9,007,199,254,740,993\nlet n = 2^64 - 1 # = 18,446,744,073,709,551,615\nn - 1 # = 18446744073709551614\n2^53 + 1 - 2^53 # = 1\n25! # = 15,511,210,043,330,985,984,000,000\nmod(n, 1,000) # = 615\n9,007,199,254,740,993 # = 9,007,199,254,740,993\n```\n\nAbout 1.84e19<!-- = n -->.\n\n<!-- check: [Most] = 2^[Bits] - 1 -->\n\n| Bits | Most |\n| -: | -: |\n| 63 | 9,223,372,036,854,775,807 |\n| 64 | 18,446,744,073,709,551,615 |\n";
    let book = Book::new(right);
    book.run(&["check"]).succeeds();
    // Any digit that changes is found, and bless brings it back.
    let digits = [
        ("740,993\nlet", "740,992\nlet"),
        ("551,615\nn", "551,616\nn"),
        ("551614", "551615"),
        ("# = 1\n", "# = 0\n"),
        ("984,000,000", "984,000,001"),
        ("# = 615", "# = 616"),
        ("775,807", "775,808"),
        ("551,615 |", "551,617 |"),
    ];
    for (digit, other) in digits {
        let changed = right.replacen(digit, other, 1);
        assert_ne!(changed, right, "{digit}");
        let book = Book::new(&changed);
        book.run(&["check"]).finds(&["1 finding"]);
        book.run(&["bless"]).succeeds();
        assert_eq!(book.page(), right);
    }
    let book = Book::new("```calc\n2^53 + 1 # =\n1.5 × 10^17 # =\n```\n");
    book.run(&["bless"]).succeeds();
    assert!(
        book.page().contains("# = 9,007,199,254,740,993"),
        "{}",
        book.page()
    );
    book.run(&["check"]).succeeds();
}

#[test]
fn more_digits_than_a_number_carries_are_refused() {
    for (page, place) in [
        (
            "It is 0.30000000000000004<!-- = 0.1 + 0.2 -->.\n",
            "page.md:1:7",
        ),
        (
            "It is 9,007,199,254,740,993 B<!-- = 2^53 bytes + 1 byte -->.\n",
            "page.md:1:7",
        ),
        (
            "It is 1.4142135623730951<!-- = sqrt(2) -->.\n",
            "page.md:1:7",
        ),
        (
            "It is 12,345,678,901,234,567,890<!-- = 12345678901234567890.5 -->.\n",
            "page.md:1:7",
        ),
        (
            "It is 1 s<!-- = 9,007,199,254,740,993 s - 9,007,199,254,740,992 s -->.\n",
            "page.md:1:17",
        ),
        (
            "```calc\nlet a = 9_007_199_254_740_993 bytes\n```\n",
            "page.md:2:9",
        ),
    ] {
        refused(page, &[place, "more digits than a number carries"]);
    }
    let table = "<!-- check: [Root] = sqrt([N]) -->\n\n| N | Root |\n| -: | -: |\n| 2 | 1.41421356237309505 |\n";
    refused(table, &["page.md:5:7", "more digits than a number carries"]);
    let operand = "<!-- check: [B] = [A] - 9,007,199,254,740,992 -->\n\n| A | B |\n| -: | -: |\n| 9,007,199,254,740,993 | 0 |\n";
    refused(
        operand,
        &["page.md:5:3", "more digits than a number carries"],
    );
    let run = "| k | v |\n| - | - |\n| 1 | 9007199254740993 |\n";
    let page = printing(run, "It is 9,007,199,254,740,992<!-- = t[1].v -->.\n");
    refused(&page, &["more digits than a number carries"]);
}
