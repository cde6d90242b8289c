//! The roles as they are now: who may sign, how many must, and until when it holds.

use super::{Section, expiry, key_words};
use crate::Html;
use crate::facts::{Facts, RoleFacts};

pub(super) fn section(facts: &Facts) -> Option<Section> {
    if facts.roles.is_empty() {
        return None;
    }
    Some(Section::new("#roles", "Roles and who signs them", "Roles", |html| {
        html.leaf(
            "p",
            "",
            "Names stand in the metadata for people to read; what counts are the keys. An online key is held by a machine, \
             which signs with it by itself.",
        );
        html.class("div", "roles", |html| {
            for role in &facts.roles {
                html.class("article", "card", |html| one(html, role, facts));
            }
        });
    }))
}

fn one(html: &mut Html, role: &RoleFacts, facts: &Facts) {
    html.class("h3", "", |html| {
        html.name(&role.role);
        html.text(" ").leaf("span", "more", &format!("version {}", role.file.version));
    });
    html.class("p", "", |html| {
        html.leaf("strong", "", &format!("{} of {}", role.seats.threshold, role.seats.keys.len()));
        html.text(" must sign; ");
        html.text(&format!("{} did.", role.signed.len()));
    });
    html.class("p", "until", |html| {
        html.text("Expires ");
        expiry(html, role.file.expires, facts.made);
    });
    html.class("ul", "people", |html| {
        for id in &role.seats.keys {
            let key = facts.key(id);
            let signed = role.signed.contains(id);
            html.class("li", if signed { "signed" } else { "unsigned" }, |html| {
                html.class("span", "who", |html| {
                    html.name(&facts.whose(id));
                    if key.is_some_and(|key| key.online && key.owner.is_some()) {
                        html.text(" ").leaf("span", "mark", "online");
                    }
                });
                html.text(" ").leaf("span", "more", &key_words(key));
                html.text(" ").leaf("span", "state", if signed { "signed" } else { "did not sign this version" });
            });
        }
    });
}
