//! Line and scatter charts.

use crate::chart::band;
use crate::chart::canvas::{
    self, Area, Drawing, DrawingError, Legend, MARKER, Paper, ROW, whole, write,
};
use crate::chart::data::{Data, Series};
use crate::chart::scale::Scale;
use crate::chart::style;
use crate::chart::{Chart, ChartKind};
use crate::text;
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;
use std::collections::BTreeSet;

/// A line of more points has no markers.
const MARKERS: usize = 30;
/// An axis of no more places has its ticks there.
const OWN_TICKS: usize = 7;
/// More points are drawn as dots.
const DOTS: usize = 500;
/// The distance at which nobody can tell two dots apart.
const GRID: i32 = 20;

type Points = Vec<Option<(i32, i32)>>;

/// Draws the series over the numbers of the first column.
pub(super) fn draw(paper: Paper, chart: &Chart, data: &Data, x: &[(f64, String)]) -> Drawing {
    let y_values = data.series.iter().flat_map(|series| {
        let spread = series.spread.iter().flatten();
        let spread = spread.flat_map(|(low, high)| [*low, *high]);
        series.values.iter().flatten().copied().chain(spread)
    });
    let mut y_scale = Scale::new(y_values, chart.log_y, true, 5);
    let mut x_scale = Scale::new(
        x.iter().map(|(x, _)| *x),
        chart.log_x,
        chart.kind == ChartKind::Scatter,
        5,
    );
    if x.len() <= OWN_TICKS {
        // The places that were measured say more than round numbers.
        x_scale.mark(x);
    }
    for ticks in [&mut x_scale.ticks, &mut y_scale.ticks] {
        if !text::are_years(ticks.iter().map(|(_, label)| label.as_str())) {
            for (_, label) in ticks {
                *label = text::separated(label).into_owned();
            }
        }
    }
    // A line is named at its end, where nobody has to look for it.
    let are_named = paper.names_lines && chart.kind == ChartKind::Line && data.series.len() > 1;
    let names: Vec<String> = (data.series.iter().filter(|_| are_named))
        .map(|series| text::cut(&series.name, paper.room() / 3.0))
        .collect();
    let legend = Legend::new(if are_named { &[] } else { &data.series }, paper);
    let top = legend.height + if data.y_label.is_some() { ROW + 40 } else { 60 };
    let widest = y_scale
        .ticks
        .iter()
        .map(|(_, label)| canvas::width(label))
        .max();
    let left = (widest.unwrap_or(0) + 120).min(paper.width / 2);
    // What stands at the right: names of lines, or half of the last place's label.
    let named = names.iter().map(|name| canvas::width(name) + 140).max();
    let last = x_scale
        .ticks
        .last()
        .map(|(_, label)| canvas::width(label) / 2 + 20);
    let right = [named, last].into_iter().flatten().fold(200, i32::max);
    let frame = Frame {
        left,
        right: paper.width - right,
        top,
        bottom: top + paper.plot,
    };
    let height = frame.bottom + 2 * ROW + 60;
    // A line goes from left to right, whatever order the rows have.
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|a, b| x[*a].0.total_cmp(&x[*b].0));
    let is_line = |series: &Series| chart.kind == ChartKind::Line || series.is_reference;
    canvas::on(paper, height, |area| {
        let context = ChartBuilder::on(area)
            .margin_top(top)
            .margin_right(right)
            .x_label_area_size(2 * ROW + 60)
            .y_label_area_size(left)
            .build_cartesian_2d(x_scale.from..x_scale.to, y_scale.from..y_scale.to)?;
        let place = |x: f64, y: f64| context.backend_coord(&(x_scale.place(x), y_scale.place(y)));
        let points: Vec<Points> = data
            .series
            .iter()
            .map(|series| {
                let at = |row: &usize| series.values[*row].map(|y| place(x[*row].0, y));
                order.iter().map(at).collect()
            })
            .collect();
        axes(area, &x_scale, &y_scale, &frame, data)?;
        for series in data.series.iter().filter(|one| !one.spread.is_empty()) {
            let edges = |row: &usize| {
                let at = |y: f64| place(x[*row].0, y);
                series.spread[*row].map(|(low, high)| [at(low), at(high)])
            };
            let edges: band::Edges = order.iter().map(edges).collect();
            band::draw(area, series, &edges)?;
        }
        let mut on_top = String::new();
        for (series, points) in data.series.iter().zip(&points) {
            if is_line(series) {
                line(area, series, points)?;
            } else {
                on_top.push_str(&scatter(area, series.look, points)?);
            }
        }
        name_lines(area, &frame, data, &points, &names)?;
        legend.draw(area, 0, |number, from, to| {
            let series = &data.series[number];
            let middle = (i32::midpoint(from.0, to.0), from.1);
            if is_line(series) {
                path(area, vec![from, to], series)?;
            }
            if !is_line(series) || (x.len() <= MARKERS && !series.is_reference) {
                marker(area, series.look, middle, MARKER)?;
            }
            Ok(())
        })?;
        Ok(on_top)
    })
}

/// Where the plot itself is.
struct Frame {
    left: i32,
    right: i32,
    top: i32,
    bottom: i32,
}

/// Writes the names of lines beside their ends, one below the other where ends are close.
fn name_lines(
    area: &Area<'_>,
    frame: &Frame,
    data: &Data,
    points: &[Points],
    names: &[String],
) -> Result<(), DrawingError> {
    let ends = points.iter().zip(names).zip(&data.series);
    let apart = ROW * 4 / 5;
    let ends = ends.filter_map(|((points, name), series)| {
        let heights: Vec<i32> = points.iter().flatten().map(|(_, y)| *y).collect();
        let last = *heights.last()?;
        // Lines that meet at the end are named in the order that they have before.
        let mean = heights.iter().sum::<i32>() / i32::try_from(heights.len()).ok()?;
        Some((last, name, series, (last / apart, mean)))
    });
    let mut ends: Vec<_> = ends.collect();
    ends.sort_by_key(|(.., order)| *order);
    // Downward from the first, and then upward from the frame's lower edge as far as needed.
    let mut places: Vec<i32> = Vec::new();
    for (y, ..) in &ends {
        let least = places.last().map_or(i32::MIN, |above| above + apart);
        places.push((*y).max(least));
    }
    let mut below = frame.bottom + apart / 2;
    for place in places.iter_mut().rev() {
        *place = (*place).min(below);
        below = *place - apart;
    }
    for ((_, name, series, _), y) in ends.iter().zip(places) {
        let color = match series.is_reference {
            true => style::reference(series.look),
            false => style::line(series.look),
        };
        let style = canvas::text_style(HPos::Left).color(&color);
        area.draw(&Text::new((*name).clone(), (frame.right + 100, y), style))?;
    }
    Ok(())
}

/// Ticks, a light line at each tick of the upright axis, and the labels.
///
/// Drawn by us: the mesh of `plotters` is dense, and puts the upright label on its side.
fn axes(
    area: &Area<'_>,
    x: &Scale,
    y: &Scale,
    frame: &Frame,
    data: &Data,
) -> Result<(), DrawingError> {
    let Frame {
        left,
        right,
        top,
        bottom,
    } = *frame;
    let along = |scale: &Scale, at: f64, from: i32, to: i32| {
        let share = (at - scale.from) / (scale.to - scale.from);
        whole(f64::from(from) + share * f64::from(to - from))
    };
    let light = style::INK.mix(0.2).stroke_width(8);
    let firm = style::INK.mix(0.8).stroke_width(10);
    for (at, label) in &y.ticks {
        let y = along(y, *at, bottom, top);
        area.draw(&PathElement::new(vec![(left, y), (right, y)], light))?;
        write(area, label, (left - 70, y), HPos::Right)?;
    }
    area.draw(&PathElement::new(
        vec![(left, bottom), (right, bottom)],
        firm,
    ))?;
    let mut free = i32::MIN;
    for (at, label) in &x.ticks {
        let x = along(x, *at, left, right);
        area.draw(&PathElement::new(vec![(x, bottom), (x, bottom + 50)], firm))?;
        let half = canvas::width(label) / 2;
        if x - half > free {
            write(area, label, (x, bottom + 150), HPos::Center)?;
            free = x + half + 80;
        }
    }
    let x_label = text::cut(&data.x_label, canvas::ems(right));
    write(area, &x_label, (right, bottom + 150 + ROW), HPos::Right)?;
    if let Some(over) = &data.over {
        let over = format!("band: {over}");
        let room = right - left - canvas::width(&x_label) - 100;
        if canvas::width(&over) < room {
            write(area, &over, (left, bottom + 150 + ROW), HPos::Left)?;
        }
    }
    if let Some(label) = &data.y_label {
        write(
            area,
            &text::cut(label, canvas::ems(right)),
            (0, top - ROW / 2 - 80),
            HPos::Left,
        )?;
    }
    Ok(())
}

fn line(area: &Area<'_>, series: &Series, points: &Points) -> Result<(), DrawingError> {
    let with_markers = points.len() <= MARKERS && !series.is_reference;
    for run in points.split(Option::is_none) {
        let run: Vec<(i32, i32)> = run.iter().flatten().copied().collect();
        if with_markers || run.len() == 1 {
            for point in &run {
                marker(area, series.look, *point, MARKER)?;
            }
        }
        if run.len() > 1 {
            path(area, thinned(run), series)?;
        }
    }
    Ok(())
}

/// Draws markers; of many points it returns dots, because `plotters` takes ten times the bytes for each.
fn scatter(area: &Area<'_>, look: usize, points: &Points) -> Result<String, DrawingError> {
    let points: Vec<(i32, i32)> = points.iter().flatten().copied().collect();
    if points.len() <= DOTS {
        for point in points {
            marker(area, look, point, MARKER)?;
        }
        return Ok(String::new());
    }
    let places: BTreeSet<(i32, i32)> = points
        .iter()
        .map(|(x, y)| (x / GRID * GRID, y / GRID * GRID))
        .collect();
    Ok(style::dots(look, places))
}

fn marker(area: &Area<'_>, look: usize, at: (i32, i32), radius: i32) -> Result<(), DrawingError> {
    let style = style::line(look).filled();
    let corners = style::marker(look, radius);
    if corners.is_empty() {
        area.draw(&Circle::new(at, radius, style))?;
        return Ok(());
    }
    let corners: Vec<(i32, i32)> = corners.iter().map(|(x, y)| (at.0 + x, at.1 + y)).collect();
    area.draw(&Polygon::new(corners, style))?;
    Ok(())
}

fn path(area: &Area<'_>, points: Vec<(i32, i32)>, series: &Series) -> Result<(), DrawingError> {
    let color = if series.is_reference {
        style::reference(series.look)
    } else {
        style::line(series.look)
    };
    let width = if series.is_reference { 14 } else { 20 };
    area.draw(&PathElement::new(points, color.stroke_width(width)))?;
    Ok(())
}

/// At most four points for each pixel of width: the first, the lowest, the highest and the last of them.
fn thinned(points: Vec<(i32, i32)>) -> Vec<(i32, i32)> {
    if points.len() < 1000 {
        return points;
    }
    let mut kept: Vec<(i32, i32)> = Vec::new();
    for column in points.chunk_by(|a, b| a.0 / 10 == b.0 / 10) {
        let by_height = |at: &usize| column[*at].1;
        let mut places = vec![0, column.len() - 1];
        places.extend((0..column.len()).min_by_key(by_height));
        places.extend((0..column.len()).max_by_key(by_height));
        places.sort_unstable();
        places.dedup();
        kept.extend(places.into_iter().map(|at| column[at]));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_ends_and_extremes() {
        let mut points: Vec<(i32, i32)> = (0..10_000).map(|i| (i, i % 5)).collect();
        points[5_005].1 = 99;
        let thin = thinned(points.clone());
        assert!(thin.len() < 4_001);
        assert_eq!((thin[0], thin[thin.len() - 1]), (points[0], points[9_999]));
        assert!(thin.contains(&(5_005, 99)));
    }
}
