//! What the page says, part by part; a part that has nothing to say is left out.

mod ceremonies;
mod changes;
mod delegations;
mod devices;
mod pin;
mod roles;
mod roots;
mod trust;
mod unread;

use crate::facts::{Facts, KeyFacts, brief};
use crate::{Html, Time};

/// One part of the page.
pub(crate) struct Section {
    /// `#pin`.
    pub(crate) anchor: &'static str,
    title: &'static str,
    /// Its title in the navigation.
    pub(crate) short: &'static str,
    content: Html,
}

impl Section {
    fn new(anchor: &'static str, title: &'static str, short: &'static str, write: impl FnOnce(&mut Html)) -> Self {
        let mut content = Html::default();
        write(&mut content);
        Self { anchor, title, short, content }
    }

    pub(crate) fn write(self, html: &mut Html) {
        let id = self.anchor.trim_start_matches('#');
        // The picture of a trust root is as wide as the page.
        let class = if id == "trust" { "broad" } else { "" };
        html.with("section", &[("class", class), ("aria-labelledby", id)], |html| {
            html.with("h2", &[("id", id)], |html| {
                html.text(self.title);
            });
            html.class("div", "content", |html| {
                html.append(&self.content);
            });
        });
    }
}

pub(crate) fn all(facts: &Facts) -> Vec<Section> {
    let all = [
        unread::section(facts),
        pin::section(facts),
        roles::section(facts),
        roots::section(facts),
        delegations::section(facts),
        trust::section(facts),
        devices::section(facts),
        ceremonies::section(facts),
    ];
    all.into_iter().flatten().collect()
}

/// `2026-12-22`, and under it how far that is from the page.
fn expiry(html: &mut Html, time: Time, made: Time) {
    day(html, time);
    let class = if time <= made { "gone" } else { "more" };
    let word = if time <= made { "expired " } else { "" };
    html.text(" ").leaf("span", class, &format!("{word}{}", time.apart_from(made)));
}

fn day(html: &mut Html, time: Time) {
    html.with("time", &[("datetime", &time.text())], |html| {
        html.text(&time.day());
    });
}

/// A digest in groups. What is copied has no spaces.
fn hex(html: &mut Html, digest: &str) {
    html.class("code", "hex", |html| {
        let mut rest = digest;
        while !rest.is_empty() {
            let (group, after) = rest.split_at_checked(8).unwrap_or((rest, ""));
            html.leaf("span", "", group);
            rest = after;
        }
    });
}

/// `ed25519, key 2040fe89`.
fn key_words(key: Option<&KeyFacts>) -> String {
    key.map_or_else(
        || "not in this list of keys".to_owned(),
        |key| format!("{}, key {}", key.scheme, brief(&key.keyid)),
    )
}

/// Names, each on its own.
fn names<'a>(html: &mut Html, names: impl IntoIterator<Item = &'a str>) {
    let mut first = true;
    for name in names {
        if !first {
            html.text(", ");
        }
        html.name(name);
        first = false;
    }
    if first {
        html.leaf("span", "more", "nobody");
    }
}

/// A table that becomes a list of cards where it would not fit. The roles are said, because what is no table by its style is
/// none for a screen reader.
struct Table<'a> {
    caption: &'a str,
    columns: &'static [&'static str],
}

impl Table<'_> {
    fn write(&self, html: &mut Html, rows: impl FnOnce(&mut Rows<'_>)) {
        html.with("table", &[("role", "table")], |html| {
            html.leaf("caption", "", self.caption);
            html.with("thead", &[("role", "rowgroup")], |html| {
                html.with("tr", &[("role", "row")], |html| {
                    for column in self.columns {
                        html.with("th", &[("role", "columnheader"), ("scope", "col")], |html| {
                            html.text(column);
                        });
                    }
                });
            });
            html.with("tbody", &[("role", "rowgroup")], |html| rows(&mut Rows { html, columns: self.columns }));
        });
    }
}

struct Rows<'a> {
    html: &'a mut Html,
    columns: &'static [&'static str],
}

impl Rows<'_> {
    /// A row; its first cell names it.
    fn row<const N: usize>(&mut self, cells: [Html; N]) {
        let columns = self.columns;
        self.html.with("tr", &[("role", "row")], |html| {
            for (at, (column, cell)) in columns.iter().zip(cells).enumerate() {
                let (tag, role) = if at == 0 { ("th", "rowheader") } else { ("td", "cell") };
                let scope: &[_] = if at == 0 { &[("scope", "row")] } else { &[] };
                let attributes = [&[("role", role), ("data-label", *column)], scope].concat();
                html.with(tag, &attributes, |html| {
                    html.class("div", "", |html| {
                        html.append(&cell);
                    });
                });
            }
        });
    }
}

/// A cell of a table.
fn cell(write: impl FnOnce(&mut Html)) -> Html {
    let mut html = Html::default();
    write(&mut html);
    html
}

/// What can be wider than a phone scrolls by itself, by keyboard as well.
fn scrolled(html: &mut Html, label: &str, inside: impl FnOnce(&mut Html)) {
    html.with("div", &[("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", label)], inside);
}

/// What is long is opened by who wants it.
fn folded(html: &mut Html, summary: &str, inside: impl FnOnce(&mut Html)) {
    html.class("details", "", |html| {
        html.leaf("summary", "", summary);
        inside(html);
    });
}
