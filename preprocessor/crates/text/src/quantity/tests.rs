//! What is read as a quantity, and what is refused.

use super::*;
use proptest::prelude::*;

fn read(text: &str) -> Printed {
    last(text, DecimalMark::Point)
        .unwrap_or_else(|refusal| panic!("{text}: {refusal:?}"))
        .unwrap_or_else(|| panic!("{text}: nothing"))
}

fn value(printed: &Printed) -> f64 {
    let sign = if printed.is_negative { -1.0 } else { 1.0 };
    sign * printed.parts[0].number * printed.parts[0].scale
}

/// The value with its unit.
fn one(text: &str, mark: DecimalMark) -> (String, String) {
    match last(text, mark) {
        Ok(Some(printed)) => (
            format!("{}", value(&printed)),
            printed.parts[0].unit.clone(),
        ),
        other => (format!("{other:?}"), String::new()),
    }
}

#[test]
fn the_last_quantity_of_a_sentence_is_read() {
    for (text, value, unit) in [
        ("In 2026 it serves 1,157 requests/s", "1157", "requests/s"),
        ("some **52.60 minutes**", "52.6", "minutes"),
        ("100 million users", "100000000", "users"),
        ("99.99%", "99.99", "%"),
        ("5 ‰", "0.5", "%"),
        ("14.3×", "14.3", "times"),
        ("10x", "10", "times"),
        ("it is 2^30", "1073741824", ""),
        ("it is 2³⁰ bytes", "1073741824", "bytes"),
        ("costs $5", "5", "dollars"),
        ("costs US$5", "5", "dollars"),
        ("$1.2 million", "1200000", "dollars"),
        ("$15/month", "15", "dollars/month"),
        ("€5", "5", "euros"),
        ("5 €", "5", "euros"),
        ("-$5", "-5", "dollars"),
        ("1.5e6", "1500000", ""),
        ("2e-3 s", "0.002", "s"),
        ("1.5 × 10^6 B", "1500000", "B"),
        ("1.5×10⁶ B", "1500000", "B"),
        ("15·10⁻¹ s", "1.5", "s"),
        ("2 x 10^3", "2000", ""),
        ("3&times;10<sup>6</sup> B", "3000000", "B"),
        ("5 e", "5", "e"),
        ("5k requests/s", "5000", "requests/s"),
        ("3M users", "3000000", "users"),
        ("3'472 items", "3472", "items"),
        ("3’472 items", "3472", "items"),
        ("3_472_000", "3472000", ""),
        ("3\u{a0}472 items", "3472", "items"),
        ("3\u{2009}472 items", "3472", "items"),
        ("3\u{202f}472 items", "3472", "items"),
        ("3\u{2007}472 items", "3472", "items"),
        ("3&#8239;472&nbsp;items", "3472", "items"),
        ("1/3 s", "0.3333333333333333", "s"),
        ("½", "0.5", ""),
        ("2½ h", "2.5", "h"),
        ("2 ½ h", "2.5", "h"),
        ("\"12 MB\"", "12", "MB"),
        ("“12 MB”", "12", "MB"),
        ("(12 MB)", "12", "MB"),
        ("(about 12 MB)", "12", "MB"),
        ("12 *MB*", "12", "MB"),
        ("`12 MB`", "12", "MB"),
        ("[12 MB](a.md)", "12", "MB"),
        ("5 m^2", "5", "m^2"),
        ("5 m²", "5", "m²"),
        ("of IPv6 5 ms", "5", "ms"),
        ("3 of 5 s", "5", "s"),
        ("from 3 to 5 ms", "5", "ms"),
        ("3 × 5 = 15 MB", "15", "MB"),
        ("3 ms<!-- = a --> to 5 ms", "5", "ms"),
        ("3 ms<!-- = a -->–5 ms", "5", "ms"),
        ("毎秒5件", "5", "件"),
        ("5 %<sup>1</sup>", "5", "%"),
        ("see\n> 5 ms", "5", "ms"),
        ("l’5", "5", ""),
        ("level 3: 5", "5", ""),
        ("有（5", "5", ""),
        ("a—5 ms", "5", "ms"),
        ("a -> 5 ms", "5", "ms"),
    ] {
        assert_eq!(
            one(text, DecimalMark::Point),
            (value.into(), unit.into()),
            "{text}"
        );
    }
    for text in ["no number", "5 requests, and more", "5.", "5 user-hours"] {
        assert_eq!(last(text, DecimalMark::Point), Ok(None), "{text}");
    }
}

/// What is refused, the part that belongs to it, and what the message says.
const REFUSED: &[(&str, &str, &str)] = &[
    (
        "it does 3 472 requests/s",
        "3 472 requests/s",
        "could be one number or two",
    ),
    ("12 000", "12 000", "one number or two"),
    ("in 2026 5 ms", "2026 5 ms", "one number or two"),
    (
        "2 million 500 thousand",
        "2 million 500 thousand",
        "one number or two",
    ),
    ("2026\u{a0}5 ms", "2026\u{a0}5 ms", "one number or two"),
    ("3\n472", "3\n472", "one number or two"),
    ("12,5 %", "12,5 %", "as this book writes"),
    ("1,23,456", "1,23,456", "as this book writes"),
    ("1234,567", "1234,567", "as this book writes"),
    ("0,123", "0,123", "as this book writes"),
    ("1.234,5", "1.234,5", "as this book writes"),
    ("1'23", "1'23", "as this book writes"),
    ("1,234'567", "1,234'567", "as this book writes"),
    (".5 ms", ".5 ms", "doesn't start at its number"),
    ("3–5 ms", "3–5 ms", "is a range"),
    ("3-5 ms", "3-5 ms", "is a range"),
    ("3 to 5 ms", "3 to 5 ms", "is a range"),
    ("3<!-- x --> to 5 ms", "3<!-- x --> to 5 ms", "is a range"),
    ("3 – 5 ms", "3 – 5 ms", "is a range"),
    ("3 ms – 5 ms", "3 ms – 5 ms", "is a range"),
    ("3 ms–5 ms", "3 ms–5 ms", "is a range"),
    ("5 ± 1", "± 1", "±"),
    ("±1", "±1", "±"),
    ("<5 ms", "<5 ms", "is a bound"),
    ("&lt; 5 ms", "&lt; 5 ms", "is a bound"),
    ("≥5", "≥5", "is a bound"),
    ("2 × 3 MB", "2 × 3 MB", "more than one number"),
    ("2 MB + 3 MB", "2 MB + 3 MB", "more than one number"),
    ("2 x 3", "2 x 3", "more than one number"),
    ("2026-11-29", "2026-11-29", "is a date"),
    ("29/11/2026", "29/11/2026", "is a date"),
    ("12:30", "12:30", "a ratio"),
    ("3:1", "3:1", "a ratio"),
    ("1.2.3", "1.2.3", "a version"),
    ("127.0.0.1", "127.0.0.1", "a version"),
    ("0x10", "0x10", "not a decimal number"),
    ("0b101", "0b101", "not a decimal number"),
    ("3rd", "3rd", "an ordinal"),
    ("3<sup>rd</sup>", "3<sup>rd</sup>", "an ordinal"),
    ("in v2", "v2", "a word with digits"),
    ("H2O", "H2O", "a word with digits"),
    ("IPv6", "IPv6", "a word with digits"),
    ("GPT-5", "GPT-5", "a word with digits"),
    ("#5", "#5", "doesn't start at its number"),
    ("HK$5", "HK$5", "doesn't start at its number"),
    ("50%5", "50%5", "doesn't start at its number"),
    ("2*10^6", "2*10^6", "markup between its digits"),
    ("1**2**", "1**2", "markup between its digits"),
    (
        "3<!-- = 3 -->472",
        "3<!-- = 3 -->472",
        "markup between its digits",
    ),
    (
        "2<sup>3</sup> MB",
        "2<sup>3</sup> MB",
        "a power or the mark",
    ),
    ("5 m<sup>2</sup>", "5 m<sup>2</sup>", "a power or the mark"),
    ("1.5^2", "1.5^2", "has a power"),
    ("2^10^3", "2^10^3", "has a power"),
    ("~1/3", "~1/3", "can't be approximate"),
    ("$5 MB", "$5 MB", "both a currency"),
    ("–5 ms", "–5 ms", "doesn't start at its number"),
    ("515^152", "515^152", "too large"),
    ("1e299 trillion", "1e299 trillion", "too large"),
    (
        "3\u{200b}472",
        "3\u{200b}472",
        "doesn't start at its number",
    ),
    ("有3，472", "有3，472", "doesn't start at its number"),
    ("－5", "－5", "doesn't start at its number"),
    ("〜5", "〜5", "doesn't start at its number"),
    ("minus 5", "minus 5", "doesn't start at its number"),
    ("3k 472 B", "3k 472 B", "one number or two"),
    ("3\\\n472", "3\\\n472", "one number or two"),
    ("3 : 1", "3 : 1", "a ratio"),
    ("3：1", "3：1", "doesn't start at its number"),
    ("3万5000", "3万5000", "doesn't start at its number"),
    ("1…5 ms", "1…5 ms", "doesn't start at its number"),
    ("٣472", "٣472", "doesn't start at its number"),
];

#[test]
fn a_figure_that_is_not_understood_is_refused_whole() {
    for (text, span, message) in REFUSED {
        let refusal = match last(text, DecimalMark::Point) {
            Err(refusal) => refusal,
            other => panic!("{text}: {other:?}"),
        };
        assert!(refusal.message.contains(message), "{text}: {refusal:?}");
        assert_eq!(&text[refusal.span.clone()], *span, "{refusal:?}");
    }
    let help = |text| last(text, DecimalMark::Point).unwrap_err().help;
    assert!(help("3 472 requests/s").contains("write 3,472 "));
    assert!(help("0x10").contains("write 16"));
}

#[test]
fn a_decimal_comma_is_the_books_choice() {
    for (text, value, unit) in [
        ("12,5 %", "12.5", "%"),
        ("0,125 s", "0.125", "s"),
        ("3.472 Anfragen", "3472", "Anfragen"),
        ("1.234.567,8 B", "1234567.8", "B"),
        ("1\u{202f}234,5 s", "1234.5", "s"),
        ("1,5×10⁶ B", "1500000", "B"),
    ] {
        assert_eq!(
            one(text, DecimalMark::Comma),
            (value.into(), unit.into()),
            "{text}"
        );
    }
    for text in [
        "12.5 %",
        "1,2,3",
        "1,234.5",
        "12 000 B",
        "3 bis 5 s",
        "3 à 5 s",
    ] {
        assert!(last(text, DecimalMark::Comma).is_err(), "{text}");
    }
}

#[test]
fn marks_and_signs_belong_to_it() {
    let printed = read("about ~1,400");
    assert!(printed.is_approximate && printed.parts[0].trailing_zeros == 2);
    assert_eq!(printed.span, 6..12);
    assert!(read("≈ 5").is_approximate && read("~ 5").is_approximate);
    assert!(read("to −5").is_negative && read("(-5").is_negative && read("$-5").is_negative);
    assert!(!read("+5").is_negative && !read("the result - 5 ms").is_negative);
}

#[test]
fn compound_times_are_one_quantity() {
    for text in ["8h 45m 57s", "8 h 45 min 57 s", "8h45m57s"] {
        let printed = read(&format!("in a year {text}"));
        let parts: Vec<_> = printed
            .parts
            .iter()
            .map(|p| (p.number, p.unit.as_str()))
            .collect();
        assert_eq!(parts, [(8.0, "h"), (45.0, "min"), (57.0, "s")], "{text}");
    }
    assert_eq!(read("3 GB 200 MB").parts.len(), 2);
    assert_eq!(read("takes 2 h").parts.len(), 1);
    assert_eq!(read("3 of 5 s").parts.len(), 1);
    assert_eq!(read("with 3 copies 5 ms").parts.len(), 1);
    assert_eq!(read("8 h<!-- = 8 h --> 45 min").parts.len(), 1);
}

#[test]
fn a_whole_text_is_one_quantity() {
    for text in [
        "`38`",
        " **5 ms** ",
        "\"12 MB\"",
        "12 000",
        "1 234 567 B",
        "~ 5",
    ] {
        assert!(whole(text).is_some(), "{text}");
    }
    for text in [
        "a 38",
        "12 00",
        "1 2",
        "(5)",
        "2026-11-29",
        "0x10",
        "12,5",
        "5 MB 3",
    ] {
        assert!(whole(text).is_none(), "{text}");
    }
}

/// A long comment before the rest of a number.
const COMMENT: &str = concat!(
    "<!-- it goes on and on, and on and on, and on and on, and on and on, and on and on, ",
    "and on and on, and on and on, and on and on, and on and on, and on and on -->000"
);

#[test]
fn a_figure_may_continue_after_its_expression() {
    for (text, after) in [
        ("12", " 000 requests"),
        ("12", "\u{a0}000"),
        ("12", ",5 %"),
        ("12", "5"),
        ("12", "e6"),
        ("12", "<sup>6</sup>"),
        ("12", "²"),
        ("12", "%"),
        ("12", " %"),
        ("12", " million users"),
        ("12", " × 10^6"),
        ("12", "×"),
        ("12", " ½"),
        ("12", "/13"),
        ("12", "万"),
        ("12", "<!-- x -->5"),
        ("12", COMMENT),
        ("5 MB", "ps"),
        ("5 MB", "/s"),
    ] {
        assert!(continues(&read(text), after), "{text}|{after}");
    }
    for (text, after) in [
        ("12", ""),
        ("12", " users"),
        ("12", ", 5 of them"),
        ("12", ". The"),
        ("12", " 5000 of them"),
        ("12", "–13"),
        ("12", "** users"),
        ("12", " 個"),
        ("12", " millions of them"),
        ("5 MB", " 100 times"),
        ("5 MB", ") a"),
    ] {
        assert!(!continues(&read(text), after), "{text}|{after}");
    }
}

#[test]
fn integers_keep_their_digits() {
    for (text, digits) in [
        ("9,007,199,254,740,993", Some("9007199254740993")),
        ("−12 000", Some("-12000")),
        ("007", Some("7")),
        ("5 ms", None),
        ("5.0", None),
        ("2^10", None),
    ] {
        assert_eq!(whole(text).unwrap().integer().as_deref(), digits, "{text}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic_and_every_place_fits(
        text in "[ 015.,'_:/×^⁶½e+−~<$%‰xkMhms()\"\\-\u{202f}–*`&;é]{0,24}",
        comma in any::<bool>(),
    ) {
        let mark = if comma { DecimalMark::Comma } else { DecimalMark::Point };
        match last(&text, mark) {
            Ok(Some(printed)) => {
                prop_assert!(text.get(printed.span.clone()).is_some());
                prop_assert!(printed.span.start <= printed.sign.start);
                prop_assert!(text.get(printed.sign.clone()).is_some());
                for part in &printed.parts {
                    prop_assert!((part.number * part.scale).is_finite(), "{:?}", part);
                    prop_assert!(text.get(part.digits.clone()).is_some());
                    prop_assert!(printed.span.start <= part.digits.start && part.digits.end <= printed.span.end);
                }
            }
            Ok(None) => {}
            Err(refusal) => prop_assert!(!text.get(refusal.span.clone()).unwrap().is_empty()),
        }
        let _ = read_whole(&text, mark);
        for range in numbers(&text, mark) {
            prop_assert!(text.get(range).is_some());
        }
    }
}
