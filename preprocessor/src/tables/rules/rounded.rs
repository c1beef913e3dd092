//! `rounded`: the cells of a column are roundings wherever they are used.

use crate::tables::judge::{Judge, Sheet};
use crate::tables::rules::rule::{Declared, Explanation, Form, Rule};
use crate::text::code::Code;

/// It checks nothing by itself: figures of its columns cover all values that round to them.
#[derive(Debug)]
pub(crate) struct Rounded;

impl Rule for Rounded {
    fn form(&self) -> Form {
        Form::Word("rounded")
    }

    fn holds(&self) -> &'static str {
        "each cell is rounded, also where a formula reads it"
    }

    fn code(&self) -> Code {
        Code::TableCheck
    }

    fn explanation(&self) -> Explanation {
        Explanation {
            means: "a declared rule can't be read, names no column of its table, or has no table",
            wrong: "\
<!-- check: rounded [Sise] -->

| What | Size |
| --- | ---: |
| posts | 16 GB |
",
            right: "\
<!-- check: rounded [Size] -->

| What | Size |
| --- | ---: |
| posts | 16 GB |
",
        }
    }

    fn check(&self, _: &mut Judge<'_>, _: &Sheet<'_>, _: &Declared) {}
}
