//! The styles and the script of what is added to a page, which the page brings along: a preprocessor can't add files to a book.
//!
//! They come last, where no heading and no text of the page depends on what is before it. A book with many pages
//! lists the files under `additional-css` and `additional-js` instead, and sets `styles = false`.

/// Both style sheets and the script, as blocks of HTML.
pub(super) const STYLES: &str = concat!(
    "\n\n<style>\n",
    include_str!("../../theme/proof.css"),
    include_str!("../../theme/pictures.css"),
    "</style>\n\n<script>\n",
    include_str!("../../theme/proof.js"),
    "</script>\n"
);
