//! Pictures, each with a name and with its content in words: SVG that takes its colours from the page's style sheet.

mod delegations;
mod roots;

pub(crate) use delegations::delegations;
pub(crate) use roots::roots;

use crate::Html;
use crate::facts::short;

/// A picture with a name. `id` begins the ids of name and description.
struct Picture {
    id: [&'static str; 2],
    /// Both ids, as one attribute wants them.
    labelled_by: &'static str,
    class: &'static str,
    width: f64,
    height: f64,
}

impl Picture {
    fn write(&self, html: &mut Html, title: &str, words: &str, inside: impl FnOnce(&mut Html)) {
        let [title_id, words_id] = self.id;
        let (width, height) = (number(self.width), number(self.height));
        let view = format!("0 0 {width} {height}");
        let attributes = [
            ("class", self.class),
            ("viewBox", &view),
            ("width", &width),
            ("height", &height),
            ("role", "img"),
            ("aria-labelledby", self.labelled_by),
        ];
        html.with("svg", &attributes, |html| {
            html.with("title", &[("id", title_id)], |html| {
                html.text(title);
            });
            html.with("desc", &[("id", words_id)], |html| {
                html.text(words);
            });
            inside(html);
        });
    }
}

fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

fn text(html: &mut Html, class: &str, x: f64, y: f64, content: &str) {
    html.with("text", &[("class", class), ("x", &number(x)), ("y", &number(y))], |html| {
        html.text(content);
    });
}

fn line(html: &mut Html, class: &str, from: (f64, f64), to: (f64, f64)) {
    let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(number);
    html.empty("line", &[("class", class), ("x1", &x1), ("y1", &y1), ("x2", &x2), ("y2", &y2)]);
}

fn circle(html: &mut Html, class: &str, at: (f64, f64), radius: f64) {
    let [x, y, r] = [at.0, at.1, radius].map(number);
    html.empty("circle", &[("class", class), ("cx", &x), ("cy", &y), ("r", &r)]);
}

fn path(html: &mut Html, class: &str, d: &str) {
    html.empty("path", &[("class", class), ("d", d)]);
}

/// What a pointer over the shapes of `inside` is told.
fn told(html: &mut Html, title: &str, inside: impl FnOnce(&mut Html)) {
    html.with("g", &[], |html| {
        html.leaf("title", "", title);
        inside(html);
    });
}
