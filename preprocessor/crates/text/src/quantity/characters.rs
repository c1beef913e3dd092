//! The characters that figures are written with, by what they mean.

/// A space that belongs to the number around it: no line is broken there.
pub(crate) fn is_group_space(c: char) -> bool {
    matches!(
        c,
        '\u{a0}' | '\u{2007}' | '\u{2008}' | '\u{2009}' | '\u{200a}' | '\u{202f}'
    )
}

/// Any space.
pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace() || is_group_space(c)
}

/// A hyphen, a dash or a minus sign.
pub(crate) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '‐' | '‑' | '‒' | '–' | '—' | '−' | '﹣' | '－')
}

/// A letter that joins what stands beside it to one word. Chinese, Japanese, Korean and Thai join nothing.
pub(crate) fn is_letter(c: char) -> bool {
    c == '_' || (c.is_alphabetic() && !is_unspaced(c))
}

/// Whether a character is of a script that has no spaces between words. Wide signs, letters and digits are not.
pub(crate) fn is_unspaced(c: char) -> bool {
    const PUNCTUATION: &str = "！（）［］，：；？";
    let is_script = matches!(u32::from(c), 0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff
        | 0x2e80..=0x9fff | 0xac00..=0xd7af | 0xf900..=0xfaff | 0xff61..=0xff9f | 0x20000..=0x3ffff);
    PUNCTUATION.contains(c) || (is_script && !c.is_numeric() && !matches!(c, '〜' | '〰'))
}

/// A Chinese or Japanese numeral, which goes on with a number beside it: `3万5000`.
pub(crate) fn is_numeral(c: char) -> bool {
    "〇零一二三四五六七八九十百千万萬億亿兆京点點".contains(c)
}

/// The value of a character that is a fraction.
pub(crate) fn fraction(c: char) -> Option<f64> {
    const FRACTIONS: [(char, f64, f64); 18] = [
        ('½', 1.0, 2.0),
        ('⅓', 1.0, 3.0),
        ('⅔', 2.0, 3.0),
        ('¼', 1.0, 4.0),
        ('¾', 3.0, 4.0),
        ('⅕', 1.0, 5.0),
        ('⅖', 2.0, 5.0),
        ('⅗', 3.0, 5.0),
        ('⅘', 4.0, 5.0),
        ('⅙', 1.0, 6.0),
        ('⅚', 5.0, 6.0),
        ('⅐', 1.0, 7.0),
        ('⅛', 1.0, 8.0),
        ('⅜', 3.0, 8.0),
        ('⅝', 5.0, 8.0),
        ('⅞', 7.0, 8.0),
        ('⅑', 1.0, 9.0),
        ('⅒', 1.0, 10.0),
    ];
    let found = FRACTIONS.iter().find(|(fraction, ..)| *fraction == c)?;
    Some(found.1 / found.2)
}

/// The digit or the minus sign that a superscript is.
pub(crate) fn superscript(c: char) -> Option<char> {
    let at = SUPERSCRIPTS.chars().position(|other| other == c)?;
    "0123456789-+".chars().nth(at)
}

/// The superscripts of the digits, in order, and of the signs.
pub(crate) const SUPERSCRIPTS: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺";

/// A quotation mark.
pub(crate) fn is_quote(c: char) -> bool {
    matches!(
        c,
        '"' | '\'' | '“' | '”' | '„' | '‘' | '’' | '‚' | '«' | '»' | '‹' | '›'
    )
}

/// What may stand right before a figure without being a part of it.
pub(crate) fn is_opening(c: char) -> bool {
    is_quote(c)
        || is_unspaced(c)
        || matches!(c, '(' | '[' | '{' | '=' | '|' | '—' | '→' | '↑' | '↓' | '…')
}

/// What messages and the prelude call the unit of a currency's sign.
pub fn currency(c: char) -> Option<&'static str> {
    match c {
        '$' => Some("dollars"),
        '€' => Some("euros"),
        '£' => Some("pounds"),
        '¥' => Some("yen"),
        _ => None,
    }
}
