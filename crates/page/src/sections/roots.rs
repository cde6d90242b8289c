//! Every root: who signed, against whose thresholds, and what it changed.

use super::changes::changes;
use super::{Section, Table, cell, day, folded, scrolled};
use crate::facts::{CountFacts, Facts, RootFacts};
use crate::{Html, pictures};

pub(super) fn section(facts: &Facts) -> Option<Section> {
    if facts.roots.is_empty() {
        return None;
    }
    Some(Section::new("#roots", "Every root, and who signed it", "Roots", |html| {
        html.leaf(
            "p",
            "",
            "A new root is signed by enough of the keys of the root before, and by enough of its own: so nobody can take \
             a seat without those who hold the others. The file says until when a root holds, not when it was made.",
        );
        scrolled(html, "Picture of every root and its signers", |html| pictures::roots(html, facts));
        let rows: Vec<(Option<&RootFacts>, &RootFacts)> = befores(facts).collect();
        let older = rows.len().saturating_sub(OPEN);
        let (old, new) = rows.split_at_checked(older).unwrap_or((&[], &rows));
        table(html, facts, new, "The same in words, the newest first");
        if let (Some((_, first)), Some((_, last))) = (old.first(), old.last()) {
            let summary = format!("Roots {} to {}", first.file.version, last.file.version);
            folded(html, &summary, |html| table(html, facts, old, &summary));
        }
        if facts.roots.len() > 1 && facts.keys.iter().any(|key| key.owner.is_some()) {
            html.leaf(
                "p",
                "more",
                "A person is named by the newest root that names the key, also where an older root gave it without a name.",
            );
        }
    }))
}

/// Each root with the one before.
fn befores(facts: &Facts) -> impl Iterator<Item = (Option<&RootFacts>, &RootFacts)> {
    let before = std::iter::once(None).chain(facts.roots.iter().map(Some));
    before.zip(&facts.roots)
}

fn table(html: &mut Html, facts: &Facts, rows: &[(Option<&RootFacts>, &RootFacts)], caption: &str) {
    let columns = &["Root", "Expires", "Old keys", "Own keys", "Signed by", "What it changed"];
    Table { caption, columns }.write(html, |table| {
        for (before, root) in rows.iter().rev() {
            let changed = match before {
                None => vec!["the first of this repository".to_owned()],
                Some(before) => changes(facts, before, root),
            };
            table.row([
                cell(|html| {
                    html.text(&root.file.version.to_string());
                }),
                cell(|html| day(html, root.file.expires)),
                cell(|html| count(html, root.previous.as_ref())),
                cell(|html| count(html, Some(&root.own))),
                cell(|html| signers(html, facts, root)),
                cell(|html| {
                    if changed.is_empty() {
                        html.leaf("span", "more", "no key and no threshold");
                    }
                    for change in &changed {
                        html.class("p", "", |html| {
                            html.name(change);
                        });
                    }
                    if let Some(ceremony) = &root.ceremony {
                        html.class("p", "more", |html| {
                            html.text("ceremony ").name(ceremony);
                        });
                    }
                }),
            ]);
        }
    });
}

fn count(html: &mut Html, count: Option<&CountFacts>) {
    match count {
        None => html.leaf("span", "more short", "none before"),
        Some(CountFacts { have, need, keys }) => {
            let (signed, needed) = (format!("{have} of {keys}"), format!("needs {need}"));
            html.leaf("span", "short", &signed).text(" ").leaf("span", "more short", &needed)
        }
    };
}

fn signers(html: &mut Html, facts: &Facts, root: &RootFacts) {
    for (at, signer) in root.signers.iter().enumerate() {
        if at > 0 {
            html.text(", ");
        }
        html.name(&facts.briefly(&signer.key));
        // Of the first there is nothing to tell.
        match (signer.for_previous, signer.for_own) {
            (true, false) => html.text(" ").leaf("span", "more", "(for the root before)"),
            (false, true) if root.previous.is_some() => html.text(" ").leaf("span", "more", "(new here)"),
            _ => html,
        };
    }
}

/// Rows that are open; older ones are folded.
const OPEN: usize = 20;
