//! A text put together from parts of files, which knows the file and the bytes that each of its parts comes from.

use crate::text::source::Source;
use crate::text::span::Span;
use std::sync::Arc;

/// A part of an assembled text, up to where the next one starts.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    /// Its first byte in the assembled text.
    start: usize,
    /// The file that it comes from.
    file: Arc<Source>,
    /// The bytes of the file that it is a copy of, or that it replaces.
    span: Span,
    /// Whether it is a copy, byte for byte.
    is_copy: bool,
}

/// A text and its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assembly {
    text: String,
    pieces: Vec<Piece>,
}

impl Assembly {
    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Appends a copy of a file's bytes.
    pub fn copy(&mut self, file: &Arc<Source>, span: Span) {
        let text = file.slice(span);
        self.push(text, file, span, true);
    }

    /// Appends a text in place of bytes of a file.
    pub fn write(&mut self, text: &str, file: &Arc<Source>, span: Span) {
        self.push(text, file, span, false);
    }

    /// Appends a part of another assembled text.
    pub fn append(&mut self, other: &Self, span: Span) {
        let first = other.piece(span.start);
        for (number, piece) in other.pieces.iter().enumerate().skip(first) {
            if piece.start >= span.end {
                break;
            }
            let start = piece.start.max(span.start);
            let end = other.end(number).min(span.end);
            let origin = match piece.is_copy {
                true => Span::new(start, end)
                    .shift(piece.span.start)
                    .back(piece.start),
                false => piece.span,
            };
            let text = Span::new(start, end).slice(&other.text);
            self.push(text, &piece.file, origin, piece.is_copy);
        }
    }

    fn push(&mut self, text: &str, file: &Arc<Source>, span: Span, is_copy: bool) {
        if text.is_empty() {
            return;
        }
        let continues = self.pieces.last().is_some_and(|last| {
            last.is_copy && is_copy && Arc::ptr_eq(&last.file, file) && last.span.end == span.start
        });
        match self.pieces.last_mut() {
            Some(last) if continues => last.span.end = span.end,
            _ => self.pieces.push(Piece {
                start: self.text.len(),
                file: Arc::clone(file),
                span,
                is_copy,
            }),
        }
        self.text.push_str(text);
    }

    /// The files that the text comes from, each once.
    pub(crate) fn files(&self) -> Vec<&Arc<Source>> {
        let mut files: Vec<&Arc<Source>> = Vec::new();
        for piece in &self.pieces {
            if !files.iter().any(|file| Arc::ptr_eq(file, &piece.file)) {
                files.push(&piece.file);
            }
        }
        files
    }

    /// The file and the bytes that a part of the text comes from: those of its first byte's file.
    pub(crate) fn origin(&self, span: Span) -> Option<(&Arc<Source>, Span)> {
        let first = self.piece(span.start);
        let piece = self.pieces.get(first)?;
        let start = self.place(first, span.start).start;
        // A part that begins in a file, includes another and ends in the first is a part of the first.
        let last = (first..=self.piece(span.end.saturating_sub(1)).max(first))
            .rev()
            .find(|number| Arc::ptr_eq(&self.pieces[*number].file, &piece.file))?;
        let end = self.place(last, span.end.min(self.end(last))).end;
        Some((&piece.file, Span::new(start, end.max(start))))
    }

    /// The bytes of a file that a part of the text is a copy of; none where some of it comes from elsewhere.
    pub(crate) fn copied(&self, span: Span, file: &Source) -> Option<Span> {
        let is_from = |piece: &Piece| std::ptr::eq(&raw const *piece.file, file);
        // At the border of two files an insertion belongs to the one that was asked for.
        let at = |offset: usize| {
            let number = self.piece(offset);
            let before = number.checked_sub(1);
            let is_border = self.pieces.get(number)?.start == offset;
            [Some(number), before.filter(|_| is_border)]
                .into_iter()
                .flatten()
                .find(|number| self.pieces[*number].is_copy && is_from(&self.pieces[*number]))
        };
        let first = at(span.start)?;
        let last = at(span.end)?;
        let inside = self.pieces.get(first..=last.max(first))?;
        let start = self.place(first, span.start).start;
        let end = self.place(last, span.end).end;
        let is_cut = self.end(last) == span.end && goes_on(file, end);
        let is_inside = inside.iter().all(is_from) && start <= end && !is_cut;
        is_inside.then(|| Span::new(start, end))
    }

    /// The number of the part that a byte belongs to; the last one for the end of the text.
    fn piece(&self, offset: usize) -> usize {
        let after = self.pieces.partition_point(|piece| piece.start <= offset);
        after.saturating_sub(1)
    }

    /// Where a part ends.
    fn end(&self, number: usize) -> usize {
        let next = self.pieces.get(number + 1);
        next.map_or(self.text.len(), |piece| piece.start)
    }

    /// Where an offset of the text lies in the file of a part: a place, or all that the part stands for.
    fn place(&self, number: usize, offset: usize) -> Span {
        let piece = &self.pieces[number];
        match piece.is_copy {
            true => Span::at(piece.span.start + offset.saturating_sub(piece.start)),
            false => piece.span,
        }
    }
}

/// Whether a file goes on after what may be the last line of an include: what is added there would not be included.
fn goes_on(file: &Source, end: usize) -> bool {
    let rest = file.slice(end..file.text().len());
    let rest = rest.strip_prefix('\r').unwrap_or(rest);
    let next = rest.strip_prefix('\n').and_then(|rest| rest.lines().next());
    next.is_some_and(|next| !next.contains("ANCHOR_END:"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `ab«one\ntwo»cd`, of which the middle is another file's.
    fn assembled() -> (Assembly, Arc<Source>, Arc<Source>) {
        let page = Arc::new(Source::new("page.md", "ab{}cd"));
        let part = Arc::new(Source::new("part.md", "one\r\ntwo\r\n"));
        let mut assembly = Assembly::default();
        assembly.copy(&page, Span::new(0, 2));
        assembly.copy(&part, Span::new(0, 3));
        assembly.write("\n", &part, Span::new(3, 5));
        assembly.copy(&part, Span::new(5, 8));
        assembly.copy(&page, Span::new(4, 6));
        (assembly, page, part)
    }

    #[test]
    fn each_part_knows_its_file() {
        let (assembly, page, part) = assembled();
        assert_eq!(assembly.text(), "abone\ntwocd");
        for (from, to, file, start, end) in [
            (0, 1, &page, 0, 1),
            (3, 5, &part, 1, 3),
            (4, 8, &part, 2, 7),
            (5, 6, &part, 3, 5),
            // Over an include.
            (1, 10, &page, 1, 5),
            // Into one, and out of one.
            (1, 4, &page, 1, 2),
            (7, 10, &part, 6, 8),
            (11, 11, &page, 6, 6),
        ] {
            let (found, span) = assembly.origin(Span::new(from, to)).unwrap();
            assert_eq!(
                (found.path(), span),
                (file.path(), Span::new(start, end)),
                "{from}..{to}"
            );
        }
        assert_eq!(assembly.files().len(), 2);
    }

    #[test]
    fn only_what_is_a_copy_can_be_written_back() {
        let (assembly, page, part) = assembled();
        let copied = |from, to, file: &Arc<Source>| assembly.copied(Span::new(from, to), file);
        assert_eq!(copied(0, 2, &page), Some(Span::new(0, 2)));
        assert_eq!(copied(3, 8, &part), Some(Span::new(1, 7)));
        assert_eq!(copied(1, 10, &page), None);
        // An insertion where one file ends and the other begins.
        assert_eq!(copied(2, 2, &page), Some(Span::at(2)));
        assert_eq!(copied(2, 2, &part), Some(Span::at(0)));
        assert_eq!(copied(9, 9, &part), Some(Span::at(8)));
        assert_eq!(copied(11, 11, &page), Some(Span::at(6)));
    }

    proptest! {
        #[test]
        fn a_part_of_a_part_comes_from_the_same_bytes(from in 0usize..12, to in 0usize..12) {
            let (assembly, ..) = assembled();
            let span = Span::new(from.min(to).min(11), from.max(to).min(11));
            let mut part = Assembly::default();
            part.append(&assembly, span);
            prop_assert_eq!(part.text(), span.slice(assembly.text()));
            for at in 0..span.len() {
                let (one, other) = (Span::new(at, at + 1), Span::new(span.start + at, span.start + at + 1));
                prop_assert_eq!(part.origin(one), assembly.origin(other));
            }
        }
    }
}
