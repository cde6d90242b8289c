//! Whom clients of Sigstore are to trust.

use super::{Section, Table, cell, day, hex, scrolled};
use crate::facts::{Facts, TrustEntryFacts, TrustFacts, brief};
use crate::{Html, Time};

pub(super) fn section(facts: &Facts) -> Option<Section> {
    let trust = facts.trust_root.as_ref()?;
    Some(Section::new("#trust", "What clients are to trust", "Trust root", |html| {
        html.class("p", "", |html| {
            html.text("The target ").leaf("code", "", &trust.path);
            html.text(" names the logs and authorities a verifier believes, and for which times.");
        });
        if let Some(root) = &trust.drawn {
            scrolled(html, "Picture of the trust root", |html| {
                html.class("div", "drawn", |html| html.timeline(root, facts.made, TITLE));
            });
        }
        table(html, trust, facts.made);
        if !trust.set_aside.is_empty() {
            html.class("p", "", |html| {
                html.text("Entries this version of tuffet cannot read: ");
                super::names(html, trust.set_aside.iter().map(String::as_str));
            });
        }
        html.class("dl", "digest", |html| {
            html.class("dt", "", |html| {
                html.text("SHA-256 of ").leaf("code", "", &trust.path);
            });
            html.class("dd", "", |html| hex(html, &trust.sha256));
        });
    }))
}

fn table(html: &mut Html, trust: &TrustFacts, made: Time) {
    let columns = &["Name", "Kind", "Trusted", "Key", "Id"];
    Table { caption: "The same in words", columns }.write(html, |table| {
        for entry in &trust.entries {
            table.row([
                cell(|html| {
                    html.name(&entry.name);
                    if let Some(url) = entry.url.as_ref().filter(|url| **url != entry.name) {
                        html.class("p", "more", |html| {
                            html.name(url);
                        });
                    }
                }),
                cell(|html| {
                    html.text(&entry.kind);
                }),
                cell(|html| trusted(html, entry, made)),
                cell(|html| {
                    html.leaf("span", "", &entry.algorithm);
                }),
                cell(|html| {
                    html.with("abbr", &[("title", &entry.id)], |html| {
                        html.leaf("code", "short", &brief(&entry.id));
                    });
                }),
            ]);
        }
    });
}

fn trusted(html: &mut Html, entry: &TrustEntryFacts, made: Time) {
    let Some(start) = entry.start else {
        html.leaf("span", "more", "never: it has no start");
        return;
    };
    html.text("from ");
    day(html, start);
    if let Some(end) = entry.end {
        html.text(" to ");
        day(html, end);
    }
    let word = match entry.end {
        _ if start > made => "not yet",
        Some(end) if end <= made => "no more",
        _ => return,
    };
    html.text(" ").leaf("span", "more", word);
}

const TITLE: &str = "When each log and authority is trusted";
