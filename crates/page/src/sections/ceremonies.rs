//! What people did, by the records of their ceremonies.

use super::{Section, day, folded, hex, names};
use crate::Html;
use crate::facts::{CeremonyFacts, CeremonyState, Facts};

pub(super) fn section(facts: &Facts) -> Option<Section> {
    if facts.ceremonies.is_empty() {
        return None;
    }
    Some(Section::new("#ceremonies", "Recorded ceremonies", "Ceremonies", |html| {
        html.leaf(
            "p",
            "",
            "Each closed record was replayed for this page: every signature in it verifies, and its lines are chained by hashes. \
             Whoever has the record can do the same; its head says that it is the same record.",
        );
        let (recent, older) = facts.ceremonies.split_at_checked(OPEN).unwrap_or((&facts.ceremonies, &[]));
        list(html, recent);
        if !older.is_empty() {
            folded(html, &format!("{} earlier", older.len()), |html| list(html, older));
        }
    }))
}

fn list(html: &mut Html, ceremonies: &[CeremonyFacts]) {
    html.class("div", "ceremonies", |html| {
        for ceremony in ceremonies {
            html.class("article", "card", |html| one(html, ceremony));
        }
    });
}

fn one(html: &mut Html, ceremony: &CeremonyFacts) {
    html.class("h3", "", |html| {
        html.name(&ceremony.id);
    });
    html.class("p", "", |html| {
        day(html, ceremony.time);
        html.text(", ");
        let (class, word) = match ceremony.state {
            CeremonyState::Planned => ("mark", "planned"),
            CeremonyState::Open => ("mark", "under way"),
            CeremonyState::Published => ("mark good", "published"),
            CeremonyState::Aborted => ("mark bad", "given up"),
        };
        html.leaf("span", class, word);
        if let Some(reason) = &ceremony.reason {
            html.text(": ").name(reason);
        }
    });
    html.class("dl", "facts", |html| {
        let mut people = |label: &'static str, list: &[String], write_none: bool| {
            if write_none || !list.is_empty() {
                html.leaf("dt", "", label);
                html.class("dd", "", |html| names(html, list.iter().map(String::as_str)));
            }
        };
        people("Signs", &ceremony.signs, false);
        people("Signed by", &ceremony.signed_by, true);
        people("Witnessed by", &ceremony.approved_by, false);
        html.leaf("dt", "", "Statement");
        html.class("dd", "", |html| statement(html, ceremony));
        if let (Some(head), Some(lines)) = (&ceremony.head, ceremony.lines) {
            html.leaf("dt", "", "Transcript");
            html.class("dd", "", |html| {
                html.text(&format!("{lines} lines, head "));
                hex(html, head);
            });
        }
    });
}

fn statement(html: &mut Html, ceremony: &CeremonyFacts) {
    let Some(stated) = &ceremony.stated_by else {
        html.leaf("span", "more", "none");
        return;
    };
    html.text("signed by ");
    names(html, stated.iter().map(String::as_str));
    if let Some(statement) = &ceremony.statement {
        html.text(", ");
        let href = format!("./{statement}");
        html.with("a", &[("href", &href)], |html| {
            html.text("statement.json");
        });
    }
    if let Some(sha256) = &ceremony.statement_sha256 {
        html.text(", SHA-256 ");
        hex(html, sha256);
    }
}

/// Ceremonies that are open; earlier ones are folded.
const OPEN: usize = 6;
