//! The pictures of `mdbook-proof`: what is drawn of an output or of a fence of its own.
//!
//! A picture is HTML on one line, mostly SVG, without scripts, ids, fonts or colors of its own. A kind of picture is
//! one file and one name in [`ALL`]. Nothing here reads a file or starts a process.

mod chart;
mod picture;
mod problem;
mod room;
mod sequence;
#[cfg(feature = "sketches")]
mod sketch;
mod svg;
mod table;
mod text;

pub use picture::{
    Choice, Drawing, Explanation, Needed, Origin, Picture, Problem, Refusal, Wanted,
};

/// All kinds of pictures, in the order in which help texts name them.
pub static ALL: &[&dyn Picture] = &[
    &table::Tables,
    &chart::Charts,
    &sequence::Sequences,
    #[cfg(feature = "sketches")]
    &sketch::Sketches,
];

/// The picture that a word asks for, of those drawn from `origin`.
pub fn find(word: &str, origin: Origin) -> Option<&'static dyn Picture> {
    let mut all = ALL.iter().filter(|picture| picture.origin() == origin);
    all.find(|picture| picture.word() == word).copied()
}

/// What is drawn of an output whose fence asks for no picture: its tables as tables, and nothing where it has none.
pub fn unasked(lines: &[&str]) -> Option<String> {
    table::unasked(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_pictures_or_attributes_share_a_word() {
        let outputs = ALL.iter().filter(|one| one.origin() == Origin::Output);
        let words: Vec<&str> = outputs
            .flat_map(|one| {
                let options = one.options().iter().map(|option| option.name);
                options.chain([one.word()])
            })
            .collect();
        let different: BTreeSet<&str> = words.iter().copied().collect();
        assert_eq!(words.len(), different.len(), "{words:?}");
    }
}
