//! Claims whose form is wrong.

use crate::claims::parse;

/// Claims, the bytes that are wrong, what the message says, and the help.
const WRONG: [(&str, &str, &str, &str); 35] = [
    (
        "",
        "",
        "the claim ends where an expression is expected",
        "a column `sweep.wait`",
    ),
    (
        "wait.random",
        "m",
        "ends where a comparison is expected",
        "wait within 5% of",
    ),
    (
        "wait.random >",
        ">",
        "ends where an expression is expected",
        "a cell",
    ),
    (
        "wait.random > ?",
        "?",
        "`?` is found where an expression",
        "a number",
    ),
    (
        "wait. random > 3",
        "random",
        "where the name of a column",
        "`sweep[80].wait`",
    ),
    (
        "wait[80.random > 3",
        "[",
        "`[` is found where a comparison",
        "write `sweep",
    ),
    (
        "(wait[80].random > 3",
        ">",
        "where `)` is expected",
        "close",
    ),
    ("max(wait.random > 3", ">", "where `,` or `)`", "close"),
    (
        "wait[80].random > 12 000 ms",
        "12 000",
        "not one number",
        "12,000",
    ),
    (
        "wait[80].random within 5%",
        "%",
        "ends where `of` is expected",
        "of b",
    ),
    (
        "wait[80].random within 5% from 3",
        "3",
        "`3` is found where `of`",
        "",
    ),
    (
        "wait.random never grows",
        "grows",
        "where `rises` or `falls`",
        "never falls",
    ),
    (
        "wait.random > 3 where busy",
        "y",
        "ends where a comparison",
        "where busy",
    ),
    (
        "wait.random > 3 where 2 is x",
        "2",
        "`is` picks rows by a column",
        "[policy] is LRU",
    ),
    (
        "2 is x",
        "2",
        "`is` compares the text of cells",
        "is \"LRU\"",
    ),
    (
        "wait[80].random is",
        "s",
        "ends where a text",
        "two choices",
    ),
    (
        "output contains",
        "s",
        "ends where a text in quotes",
        "contains",
    ),
    ("output contains \" \"", "\" \"", "no text between", "words"),
    (
        "wait.random > 3 ms for",
        "r",
        "ends where the name of a parameter",
        "for servers",
    ),
    (
        "wait.random > 3 ms for 45 seed",
        "seed",
        "where `of`",
        "45 of 50",
    ),
    (
        "wait.random > 3 ms for 51 of 50 seed",
        "51 of 50",
        "can't hold for 51 of 50",
        "smaller number",
    ),
    (
        "wait.random > 3 ms on seed",
        "seed",
        "where `average over`",
        "on average over seed",
    ),
    (
        "wait.random > 3 ms over seed",
        "seed",
        "where a whole number",
        "over 50 seed",
    ),
    ("wait.random > 3 ms sometimes", "ms sometimes", "", ""),
    (
        "wait.random > 3 ms for seed, servers",
        ",",
        "`,` is found",
        "for servers",
    ),
    (
        "wait.random > 3 ms for servers 9..1",
        "9..1",
        "the range `9..1` is empty",
        "write a range",
    ),
    (
        "wait.random > 3 ms for seed × seed",
        "seed",
        "twice",
        "leave one out",
    ),
    (
        "wait.random > 3 ms on average over seed on average over servers",
        "on average over servers",
        "twice",
        "leave",
    ),
    (
        "wait.random > 3 ms over 5 seed over 6 seed",
        "seed",
        "twice",
        "leave",
    ),
    (
        "3 ms > 2 ms",
        "3 ms > 2 ms",
        "reads no output",
        "named block",
    ),
    (
        "wait.random ≥ wait.random",
        "wait.random ≥ wait.random",
        "the same expression",
        "another column",
    ),
    ("wait.random within 5% of wait . random", "", "", ""),
    (
        "wait.[two choices] within 5% of wait.[two  choices]",
        "wait.[two choices] within 5% of wait.[two  choices]",
        "the same expression",
        "",
    ),
    (
        "wait.random within wait.random of 3",
        "wait.random",
        "the tolerance after `within` reads an output",
        "abs(a - b)",
    ),
    (
        "wait[80].jobs < 12345678901234567",
        "12345678901234567",
        "more digits than a number",
        "",
    ),
];

#[test]
fn wrong_syntax_is_an_error_at_its_bytes_with_the_right_form() {
    for (text, at, message, help) in WRONG {
        let Err(error) = parse(text) else {
            assert!(message.is_empty(), "`{text}` is accepted");
            continue;
        };
        let found = (&text[error.span.clone()], &error.message);
        assert!(error.message.contains(message), "{text}: {error:?}");
        assert!(at.is_empty() || found.0 == at, "{text}: {found:?}");
        let given = error.help.unwrap_or_default();
        assert!(given.contains(help), "{text}: {given}");
    }
    assert!(parse(&"1+".repeat(3_000)).is_err());
    assert!(parse(&format!("{}1 < wait[80].random", "(".repeat(500))).is_err());
    assert!(parse(&format!("{}1 < wait[80].random", "-".repeat(500))).is_err());
    assert!(parse(&format!("{}1 < wait[80].random", "2^".repeat(500))).is_err());
    assert!(parse(&format!("{}1 < wait[80].random", "max(".repeat(300))).is_err());
}
