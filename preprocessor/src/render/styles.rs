//! The styles of what is added to a page, which the page brings along: a preprocessor can't add files to a book.
//!
//! They come last, where no heading and no text of the page depends on what is before it. A book with many pages
//! lists the two files under `additional-css` instead, and sets `styles = false`.

/// Both style sheets, as a block of HTML.
pub(super) const STYLES: &str = concat!(
    "\n\n<style>\n",
    include_str!("../../theme/proof.css"),
    include_str!("../../theme/pictures.css"),
    "</style>\n"
);
