//! Markup, written by type: what is data can only become text or an attribute's value, and both are escaped.

use tuffet_trust_root::{Tolerant, is_hidden, timeline};

/// Markup in the making, HTML or SVG.
///
/// Names of elements and attributes are the program's own. Data of a file has no way to become one:
///
/// ```
/// # use tuffet_page::Html;
/// fn say(name: String) -> Html {
///     let mut html = Html::default();
///     html.leaf("p", "name", &name);
///     html
/// }
/// assert_eq!(say("a<b".to_owned()).into_text(), "<p class=\"name\">a&lt;b</p>\n");
/// ```
/// ```compile_fail,E0597
/// # use tuffet_page::Html;
/// fn say(name: String) -> Html {
///     let mut html = Html::default();
///     html.leaf(&name, "name", "text");
///     html
/// }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Html(String);

/// An attribute: its name is the program's, its value is anybody's.
pub(crate) type Attribute<'a> = (&'static str, &'a str);

impl Html {
    /// Text.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.0.push_str(&escaped(text));
        self
    }

    /// An element with a class (or none, if it is empty) and text.
    pub fn leaf(&mut self, tag: &'static str, class: &'static str, text: &str) -> &mut Self {
        self.class(tag, class, |html| {
            html.text(text);
        })
    }

    /// An element with a class (or none, if it is empty).
    pub fn class(&mut self, tag: &'static str, class: &'static str, inside: impl FnOnce(&mut Self)) -> &mut Self {
        let attributes = [("class", class)];
        self.with(tag, if class.is_empty() { &[] } else { &attributes }, inside)
    }

    /// An element with attributes.
    pub fn with(
        &mut self,
        tag: &'static str,
        attributes: &[(&'static str, &str)],
        inside: impl FnOnce(&mut Self),
    ) -> &mut Self {
        self.open(tag, attributes, ">");
        inside(self);
        self.0.push_str("</");
        self.0.push_str(tag);
        self.0.push('>');
        self.end_of(tag)
    }

    /// An element that holds nothing: `link`, `rect`.
    pub fn empty(&mut self, tag: &'static str, attributes: &[(&'static str, &str)]) -> &mut Self {
        self.open(tag, attributes, if VOID.contains(&tag) { ">" } else { "/>" });
        self.end_of(tag)
    }

    /// A name, which may be written in either direction and never turns what stands beside it.
    pub(crate) fn name(&mut self, name: &str) -> &mut Self {
        self.leaf("bdi", "", name)
    }

    /// The end of a line, where white space counts.
    pub(crate) fn newline(&mut self) -> &mut Self {
        self.0.push('\n');
        self
    }

    /// What was written elsewhere.
    pub(crate) fn append(&mut self, other: &Self) -> &mut Self {
        self.0.push_str(&other.0);
        self
    }

    /// The page's own style sheet.
    pub(crate) fn style(&mut self, sheet: &'static str) {
        self.0.push_str("<style>");
        self.0.push_str(sheet);
        self.0.push_str("</style>\n");
    }

    /// The picture that tuffet-trust-root draws, whose texts are escaped there.
    pub(crate) fn timeline(&mut self, root: &Tolerant, at: crate::Time, title: &str) {
        self.0.push_str(&timeline(root, at.0, title));
    }

    pub(crate) fn doctype() -> Self {
        Self("<!doctype html>\n".to_owned())
    }

    /// What is written, as text.
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }

    pub(crate) fn as_text(&self) -> &str {
        &self.0
    }

    fn open(&mut self, tag: &'static str, attributes: &[Attribute<'_>], end: &'static str) {
        self.0.push('<');
        self.0.push_str(tag);
        for (name, value) in attributes {
            self.0.push(' ');
            self.0.push_str(name);
            self.0.push_str("=\"");
            self.0.push_str(&escaped(value));
            self.0.push('"');
        }
        self.0.push_str(end);
    }

    fn end_of(&mut self, tag: &'static str) -> &mut Self {
        if !INLINE.contains(&tag) {
            self.0.push('\n');
        }
        self
    }
}

/// Text of markup: nothing in it is markup, nothing ends an attribute, and no character is invisible or turns the line.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if is_hidden(c) => out.extend(c.escape_debug()),
            c => out.push(c),
        }
    }
    out
}

/// Elements within a line: white space after them would show.
const INLINE: [&str; 10] = ["a", "abbr", "b", "bdi", "code", "em", "span", "strong", "time", "tspan"];
const VOID: [&str; 3] = ["link", "meta", "wbr"];
