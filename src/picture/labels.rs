//! Names beside a figure, each with a line to what it names; none on another, none outside.

use std::fmt::Write;

/// The figures' width; both halves mirror each other.
pub(super) const WIDTH: f32 = 1000.0;
/// What is drawn keeps to the middle, names stand in a column on either side.
const LEFT_COLUMN: f32 = 210.0;
const RIGHT_COLUMN: f32 = 784.0;
/// Where the columns end: below the left one is the edge, below the right one the locator.
const LEFT_END: f32 = 735.0;
const RIGHT_END: f32 = 570.0;
const TOP: f32 = 40.0;
/// So many letters fit into a column in one line.
const LETTERS: usize = 17;
/// And so many of the title, which is larger and must not reach the body.
const TITLE_LETTERS: usize = 16;

/// Which column a name stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Right,
    Left,
}

/// A name, and what it points to.
pub(super) struct Label<'a> {
    pub(super) text: &'a str,
    pub(super) at: (f32, f32),
    pub(super) side: Side,
    /// The colour of a chosen muscle, whose name is large; others are small and grey.
    pub(super) colour: Option<&'a str>,
}

impl Label<'_> {
    fn line_height(&self) -> f32 {
        if self.colour.is_some() { 28.0 } else { 24.0 }
    }

    fn height(&self, lines: usize) -> f32 {
        self.line_height() * u8::try_from(lines).map_or(1.0, f32::from) + 12.0
    }
}

/// The title and the labels as SVG.
pub(super) fn place<'a>(title: &str, view: &str, labels: impl Iterator<Item = Label<'a>>) -> String {
    let mut svg = String::from("<g font-family=\"Inter, sans-serif\">\n");
    let mut y = TOP;
    for line in wrapped(title, TITLE_LETTERS) {
        text(&mut svg, (24.0, y), "font-size=\"26\" font-weight=\"600\" fill=\"#2b2620\"", &line);
        y += 32.0;
    }
    for line in wrapped(view, 24) {
        text(&mut svg, (24.0, y), "font-size=\"18\" fill=\"#6d665b\"", &line);
        y += 23.0;
    }
    let (right, left): (Vec<_>, Vec<_>) = labels.partition(|label| label.side == Side::Right);
    column(&mut svg, left, y + 24.0, LEFT_END);
    column(&mut svg, right, TOP, RIGHT_END);
    svg.push_str("</g>\n");
    svg
}

/// Puts labels under each other, each as near to the height of what it names as the others allow.
fn column(svg: &mut String, mut labels: Vec<Label<'_>>, start: f32, end: f32) {
    labels.sort_by(|a, b| a.at.1.total_cmp(&b.at.1));
    let lines: Vec<Vec<String>> = labels.iter().map(|label| wrapped(label.text, LETTERS)).collect();
    let height = |at: usize| labels[at].height(lines[at].len());
    let mut tops: Vec<f32> = Vec::new();
    let mut free = start;
    for (at, label) in labels.iter().enumerate() {
        let top = (label.at.1 - height(at) / 2.0).max(free);
        free = top + height(at);
        tops.push(top);
    }
    let mut limit = end;
    for (at, top) in tops.iter_mut().enumerate().rev() {
        *top = top.min(limit - height(at));
        limit = *top;
    }
    for ((label, lines), top) in labels.iter().zip(&lines).zip(tops) {
        draw(svg, label, lines, top);
    }
}

fn draw(svg: &mut String, label: &Label<'_>, lines: &[String], top: f32) {
    let middle = top + label.height(lines.len()) / 2.0;
    let (x, from, anchor) = match label.side {
        Side::Right => (RIGHT_COLUMN, RIGHT_COLUMN - 7.0, "start"),
        Side::Left => (LEFT_COLUMN, LEFT_COLUMN + 7.0, "end"),
    };
    let size = if label.colour.is_some() { "font-size=\"22\" font-weight=\"600\"" } else { "font-size=\"19\"" };
    let colour = label.colour.unwrap_or("#5b5346");
    let (to_x, to_y) = label.at;
    let _ = writeln!(
        svg,
        "<path d=\"M{from},{middle:.1}L{to_x},{to_y}\" stroke=\"#fff\" stroke-opacity=\".75\" stroke-width=\"4\"/>\
         <path d=\"M{from},{middle:.1}L{to_x},{to_y}\" stroke=\"{colour}\" stroke-width=\"1.6\"/>\
         <circle cx=\"{to_x}\" cy=\"{to_y}\" r=\"4.5\" fill=\"{colour}\" stroke=\"#fff\" stroke-width=\"1.5\"/>"
    );
    let mut y = top + 6.0 + label.line_height() * 0.76;
    for line in lines {
        let style = format!(
            "{size} text-anchor=\"{anchor}\" fill=\"{colour}\" stroke=\"#f8f6f1\" stroke-width=\"5\" stroke-linejoin=\"round\" paint-order=\"stroke\""
        );
        text(svg, (x, y), &style, line);
        y += label.line_height();
    }
}

fn text(svg: &mut String, (x, y): (f32, f32), style: &str, text: &str) {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let _ = writeln!(svg, "<text x=\"{x}\" y=\"{y:.1}\" {style}>{text}</text>");
}

/// Lines of at most so many letters, broken between words.
fn wrapped(text: &str, letters: usize) -> Vec<String> {
    textwrap::wrap(text, textwrap::Options::new(letters).break_words(false)).into_iter().map(Into::into).collect()
}
