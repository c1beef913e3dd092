//! Bar charts: bars lie, so that their names and figures can be read on a phone.

use crate::chart::canvas::{self, Area, Drawing, DrawingError, Legend, Paper, ROW, write};
use crate::chart::data::{Data, Series};
use crate::chart::scale::Scale;
use crate::chart::style;
use crate::text;
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

/// The height of a bar.
const BAR: i32 = 180;
/// The distance between the bars of two names.
const GAP: i32 = 110;

/// Draws the bars of each name, those of one name below each other.
pub(super) fn draw(paper: Paper, data: &Data, names: &[String]) -> Drawing {
    let legend = Legend::new(&data.series, paper);
    let top = legend.height + if data.y_label.is_some() { ROW + 40 } else { 40 };
    // A reference is a mark across the bars beside it, not one more bar.
    let bars: Vec<&Series> = (data.series.iter())
        .filter(|series| !series.is_reference)
        .collect();
    let band = i32::try_from(bars.len().max(1))? * BAR + GAP;
    let height = top + i32::try_from(names.len())? * band + ROW;

    let are_years = text::are_years(names.iter().map(String::as_str));
    let names: Vec<String> = (names.iter())
        .map(|name| match are_years {
            true => name.as_str().into(),
            false => text::separated(name),
        })
        .map(|name| text::cut(&name, 0.42 * paper.room()))
        .collect();
    let widest = |texts: &mut dyn Iterator<Item = &String>| {
        texts.map(|t| canvas::width(t)).max().unwrap_or(0)
    };
    let left = widest(&mut names.iter()) + 80;
    let figures = data.series.iter().flat_map(|series| &series.printed);
    let figures: Vec<String> = figures
        .map(|figure| text::separated(figure).into_owned())
        .collect();
    let room = widest(&mut figures.iter()).min(1300) + 100;

    let values = data
        .series
        .iter()
        .flat_map(|series| series.values.iter().flatten());
    let scale = Scale::new(values.copied().chain([0.0]), false, false, 5);
    canvas::on(paper, height, |area| {
        let context = ChartBuilder::on(area)
            .margin_top(top)
            .margin_bottom(ROW)
            .margin_left(left)
            .margin_right(room)
            .build_cartesian_2d(scale.from..scale.to, 0f64..1f64)?;
        let along = |value: f64| context.backend_coord(&(value, 0.0)).0;
        let zero = along(0.0);
        if let Some(label) = &data.y_label {
            let label = text::cut(label, paper.room());
            write(area, &label, (0, top - ROW / 2 - 40), HPos::Left)?;
        }
        for (row, name) in names.iter().enumerate() {
            let band_top = top + i32::try_from(row)? * band + GAP / 2;
            let middle = band_top + (band - GAP) / 2;
            write(area, name, (left - 80, middle), HPos::Right)?;
            let marks: Vec<(usize, i32)> = (data.series.iter())
                .filter(|series| series.is_reference)
                .filter_map(|series| Some((series.look, along(series.values[row]?))))
                .collect();
            for (place, series) in bars.iter().enumerate() {
                let y = band_top + i32::try_from(place)? * BAR;
                let Some(value) = series.values[row] else {
                    continue;
                };
                let end = along(value);
                let from = (zero.min(end), y + 15);
                bar(area, series.look, from, (zero.max(end), y + BAR - 15))?;
                let figure = text::cut(&text::separated(&series.printed[row]), 10.0);
                let mut x = end.max(zero) + 60;
                // A figure steps aside for a mark.
                let width = canvas::width(&figure);
                for (_, mark) in &marks {
                    if (x - 40..x + width + 40).contains(mark) {
                        x = mark + 60;
                    }
                }
                write(area, &figure, (x, y + BAR / 2), HPos::Left)?;
            }
            for (look, x) in marks {
                let (from, to) = (band_top - 25, band_top + band - GAP + 25);
                mark(area, look, (x, from), (x, to))?;
            }
        }
        let bottom = height - ROW;
        let firm = style::INK.mix(0.8).stroke_width(10);
        area.draw(&PathElement::new(vec![(zero, top), (zero, bottom)], firm))?;
        let x_label = text::cut(&data.x_label, paper.room());
        write(area, &x_label, (0, bottom + ROW / 2), HPos::Left)?;
        legend.draw(area, 0, |number, from, to| {
            let series = &data.series[number];
            if series.is_reference {
                mark(area, series.look, from, to)
            } else {
                bar(area, series.look, (from.0, from.1 - 60), (to.0, to.1 + 60))
            }
        })?;
        Ok(String::new())
    })
}

/// A bar: its color shows through differently for each series, and its outline is dashed as a line would be.
fn bar(area: &Area<'_>, look: usize, from: (i32, i32), to: (i32, i32)) -> Result<(), DrawingError> {
    area.draw(&Rectangle::new([from, to], style::fill(look).filled()))?;
    let outline = vec![from, (to.0, from.1), to, (from.0, to.1), from];
    area.draw(&PathElement::new(
        outline,
        style::line(look).stroke_width(14),
    ))?;
    Ok(())
}

fn mark(
    area: &Area<'_>,
    look: usize,
    from: (i32, i32),
    to: (i32, i32),
) -> Result<(), DrawingError> {
    area.draw(&PathElement::new(
        vec![from, to],
        style::reference(look).stroke_width(22),
    ))?;
    Ok(())
}
