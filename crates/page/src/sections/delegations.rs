//! Whom the targets role hands parts of its paths to.

use super::{Section, Table, cell, expiry, scrolled};
use crate::facts::{DelegationFacts, Facts};
use crate::{Html, pictures};

pub(super) fn section(facts: &Facts) -> Option<Section> {
    if facts.delegations.is_empty() {
        return None;
    }
    Some(Section::new("#delegations", "Who may speak for which paths", "Delegations", |html| {
        html.leaf("p", "", "The targets role, or a role below it, hands these paths to keys of their own.");
        scrolled(html, "Picture of the delegations", |html| pictures::delegations(html, facts));
        if facts.delegations.iter().any(|delegation| delegation.terminating) {
            html.leaf("p", "more", "A broken line: a search for such a path goes there and ends.");
        }
        let columns = &["Role", "Delegated by", "Signers", "Paths", "Now"];
        Table { caption: "The same in words, in the order of a search", columns }.write(html, |table| {
            for delegation in &facts.delegations {
                table.row([
                    cell(|html| {
                        html.name(&delegation.role);
                    }),
                    cell(|html| {
                        html.name(&delegation.by);
                    }),
                    cell(|html| signers(html, delegation, facts)),
                    cell(|html| paths(html, delegation)),
                    cell(|html| now(html, delegation, facts)),
                ]);
            }
        });
    }))
}

fn signers(html: &mut Html, delegation: &DelegationFacts, facts: &Facts) {
    let seats = &delegation.seats;
    html.text(&format!("{} of {}: ", seats.threshold, seats.keys.len()));
    let people: Vec<String> = seats.keys.iter().map(|id| facts.briefly(id)).collect();
    super::names(html, people.iter().map(String::as_str));
}

fn paths(html: &mut Html, delegation: &DelegationFacts) {
    if let Some(bins) = delegation.bins {
        html.text(&format!("every path, in {bins} bins by its hash"));
        return;
    }
    for path in &delegation.paths {
        html.class("p", "", |html| {
            html.leaf("code", "", path);
        });
    }
    let shown = u64::try_from(delegation.paths.len()).unwrap_or(u64::MAX);
    match delegation.path_count.saturating_sub(shown) {
        0 if shown == 0 => html.leaf("span", "more", "none"),
        0 => html,
        more if shown == 0 => html.leaf("span", "more", &format!("paths by {more} prefixes of their hashes")),
        more => html.leaf("span", "more", &format!("and {more} more")),
    };
    if delegation.terminating {
        html.leaf("p", "more", "a search for them ends here");
    }
}

fn now(html: &mut Html, delegation: &DelegationFacts, facts: &Facts) {
    match (&delegation.file, delegation.bins) {
        (Some(file), _) => {
            html.text(&format!("version {}", file.version));
            if let Some(targets) = delegation.targets {
                html.text(&format!(", {targets} target{}", if targets == 1 { "" } else { "s" }));
            }
            html.text(", expires ");
            expiry(html, file.expires, facts.made);
        }
        (None, Some(_)) => {
            html.leaf("span", "more", "each bin is a file of its own");
        }
        (None, None) => {
            html.leaf("span", "more", "no file yet: nothing may be found below it");
        }
    }
}
