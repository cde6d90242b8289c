//! Every root as a column, every key as a line: who had a seat when, and who signed.

use super::{Picture, circle, line, path, short, told};
use crate::Html;
use crate::facts::{Facts, RootFacts, SeatsFacts};

pub(crate) fn roots(html: &mut Html, facts: &Facts) {
    let keys = keys(facts);
    let (mut right, mut bottom) = (LEFT, TOP);
    for _ in &facts.roots {
        right += COLUMN;
    }
    for _ in &keys {
        bottom += ROW;
    }
    let (width, height) = ((right + 12.0).max(LEGEND), bottom + FOOT);
    let picture = Picture {
        id: ["roots-title", "roots-words"],
        labelled_by: "roots-title roots-words",
        class: "roots",
        width,
        height,
    };
    picture.write(html, "Who signed which root", &words(facts, &keys), |html| {
        let mut y = TOP;
        for key in &keys {
            super::text(html, "who", LEFT - 14.0, y + 4.0, &short(&facts.briefly(key), 18));
            line(html, "rule", (LEFT - 4.0, y), (right - 8.0, y));
            y += ROW;
        }
        let mut x = LEFT + COLUMN / 2.0;
        let mut before = None;
        for root in &facts.roots {
            column(html, facts, root, before, &keys, x);
            before = Some(root);
            x += COLUMN;
        }
        super::text(html, "label", LEFT - 14.0, TOP - 32.0, "root");
        super::text(html, "label", LEFT - 14.0, bottom + 10.0, "signed ≥ needed");
        super::text(html, "label", LEFT - 14.0, bottom + 30.0, "expires");
        legend(html, bottom + 80.0);
    });
}

fn column(html: &mut Html, facts: &Facts, root: &RootFacts, before: Option<&RootFacts>, keys: &[&str], x: f64) {
    let (mut y, old) = (TOP, before.and_then(seats));
    super::text(html, "version", x, TOP - 32.0, &root.file.version.to_string());
    let changed = old.zip(seats(root)).is_some_and(|(old, new)| old != new);
    for key in keys {
        let seat = seats(root).is_some_and(|seats| seats.keys.iter().any(|id| id == key));
        let signer = root.signers.iter().find(|signer| signer.key == *key);
        let (who, version) = (facts.briefly(key), root.file.version);
        match (signer, seat) {
            (Some(signer), _) => {
                // Who signs for the root before alone has left with this one.
                let (class, word) = if signer.for_own { ("signed", "") } else { ("left", ", for the root before") };
                told(html, &format!("{who} signed root {version}{word}"), |html| circle(html, class, (x, y), 8.0));
            }
            (None, true) => {
                let word = format!("{who} has a seat in root {version} and did not sign it");
                told(html, &word, |html| circle(html, "seat", (x, y), 7.0));
            }
            (None, false) => {}
        }
        y += ROW;
    }
    if changed {
        let edge = x - COLUMN / 2.0;
        line(html, "change", (edge, TOP - 20.0), (edge, y - 14.0));
    }
    let (have, need) = (root.own.have, root.own.need);
    super::text(html, "count", x, y + 10.0, &format!("{have} ≥ {need}"));
    let year = |root: &RootFacts| root.file.expires.year();
    super::text(html, "date", x, y + 30.0, root.file.expires.month());
    if before.is_none_or(|before| year(before) != year(root)) {
        super::text(html, "year", x, y + 46.0, &year(root));
    }
}

fn legend(html: &mut Html, y: f64) {
    circle(html, "signed", (20.0, y), 7.0);
    super::text(html, "legend", 34.0, y + 4.0, "signed");
    circle(html, "seat", (106.0, y), 6.5);
    super::text(html, "legend", 120.0, y + 4.0, "had a seat, did not sign");
    circle(html, "left", (296.0, y), 7.0);
    super::text(html, "legend", 310.0, y + 4.0, "signed and left");
    path(html, "change", &format!("M426 {0}V{1}", super::number(y - 8.0), super::number(y + 8.0)));
    super::text(html, "legend", 436.0, y + 4.0, "keys or threshold changed");
}

/// Keys that had a seat or signed, in the order of their first root.
fn keys(facts: &Facts) -> Vec<&str> {
    let mut out: Vec<&str> = Vec::new();
    for root in &facts.roots {
        let seated = seats(root).into_iter().flat_map(|seats| &seats.keys);
        let signed = root.signers.iter().map(|signer| &signer.key);
        for key in seated.chain(signed) {
            if !out.contains(&key.as_str()) {
                out.push(key);
            }
        }
    }
    out
}

fn seats(root: &RootFacts) -> Option<&SeatsFacts> {
    root.seats.iter().find(|seats| seats.role == "root")
}

/// What the picture is; the table below it says everything in it.
fn words(facts: &Facts, keys: &[&str]) -> String {
    let mut text = format!("{} roots and {} keys. ", facts.roots.len(), keys.len());
    for root in &facts.roots {
        let names: Vec<String> = root.signers.iter().map(|signer| facts.briefly(&signer.key)).collect();
        let day = root.file.expires.day();
        text.push_str(&format!("Root {}, expires {day}, signed by {}. ", root.file.version, names.join(", ")));
    }
    text.push_str("The table below says the same.");
    text
}

const LEFT: f64 = 168.0;
const TOP: f64 = 64.0;
const COLUMN: f64 = 47.0;
const ROW: f64 = 30.0;
const FOOT: f64 = 100.0;
/// The legend ends here.
const LEGEND: f64 = 610.0;
