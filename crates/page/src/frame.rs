//! The page around the sections: head, header, navigation, foot.

use crate::facts::{Facts, RoleFacts};
use crate::sections::{self, Section};
use crate::{Html, STATUS};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tuffet_keys::sha256;

pub(crate) fn page(facts: &Facts) -> Html {
    let sections = sections::all(facts);
    let mut body = Html::default();
    body.with("a", &[("class", "skip"), ("href", "#main")], |html| {
        html.text("Skip to the content");
    });
    body.class("header", "head", |html| header(html, facts, &sections));
    body.with("main", &[("id", "main"), ("tabindex", "-1")], |html| {
        for section in sections {
            section.write(html);
        }
    });
    body.class("footer", "foot", |html| footer(html, facts));
    let policy = policy(&body);
    let mut page = Html::doctype();
    page.with("html", &[("lang", "en")], |html| {
        html.with("head", &[], |html| head(html, facts, &policy));
        html.with("body", &[], |html| {
            html.append(&body);
        });
    });
    page
}

fn head(html: &mut Html, facts: &Facts, policy: &str) {
    html.empty("meta", &[("charset", "utf-8")]);
    html.empty("meta", &[("name", "generator"), ("content", GENERATOR)]);
    html.empty("meta", &[("http-equiv", "Content-Security-Policy"), ("content", policy)]);
    html.empty("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]);
    html.empty("meta", &[("name", "referrer"), ("content", "no-referrer")]);
    html.empty("meta", &[("name", "color-scheme"), ("content", "light dark")]);
    html.leaf("title", "", &title(facts));
    html.empty("link", &[("rel", "icon"), ("href", ICON)]);
    html.style(SHEET);
}

/// Nothing is fetched and nothing runs, even if a mistake of ours let somebody's text become markup. The style sheets that
/// may apply are named by their digests.
fn policy(body: &Html) -> String {
    let sheets = std::iter::once(SHEET).chain(drawn_sheets(body.as_text()));
    let digests: Vec<String> =
        sheets.map(|sheet| format!("'sha256-{}'", STANDARD.encode(sha256(sheet.as_bytes()).as_bytes()))).collect();
    format!("default-src 'none'; img-src data:; style-src {}; base-uri 'none'; form-action 'none'", digests.join(" "))
}

/// The style sheets of pictures. No text of a file can look like one: its `<` is escaped.
fn drawn_sheets(body: &str) -> impl Iterator<Item = &str> {
    body.split("<style>").skip(1).filter_map(|rest| rest.split_once("</style>")).map(|(sheet, _)| sheet)
}

fn title(facts: &Facts) -> String {
    facts.name.clone().unwrap_or_else(|| "A root of trust".to_owned())
}

fn header(html: &mut Html, facts: &Facts, sections: &[Section]) {
    html.leaf("p", "eyebrow", "Root of trust");
    html.class("h1", "", |html| {
        html.name(&title(facts));
    });
    html.class("p", "lede", |html| lede(html, facts));
    html.class("dl", "strip", |html| strip(html, facts));
    html.with("nav", &[("aria-label", "On this page")], |html| {
        html.class("ul", "", |html| {
            for section in sections {
                html.class("li", "", |html| {
                    html.with("a", &[("href", section.anchor)], |html| {
                        html.text(section.short);
                    });
                });
            }
        });
    });
}

fn lede(html: &mut Html, facts: &Facts) {
    html.text("A repository of The Update Framework. ");
    html.text(
        "A client that holds one of its roots and follows the signatures ends up with what the people below decided",
    );
    html.text(if facts.trust_root.is_some() {
        ": which transparency logs, certificate authorities and timestamp authorities are to be trusted."
    } else {
        "."
    });
    if let Some(url) = &facts.url {
        html.text(" Clients fetch it at ");
        link(html, url);
        html.text(".");
    }
}

/// A link, if that is what it is: no text of a file becomes an address that runs something.
pub(crate) fn link(html: &mut Html, url: &str) {
    if url.starts_with("https://") || url.starts_with("http://") {
        html.with("a", &[("href", url), ("class", "url")], |html| {
            html.text(url);
        });
    } else {
        html.leaf("code", "url", url);
    }
}

fn strip(html: &mut Html, facts: &Facts) {
    let role = |name: &str| facts.roles.iter().find(|role| role.role == name);
    let mut fact = |label: &'static str, value: &str, more: &str| {
        html.class("div", "", |html| {
            html.leaf("dt", "", label);
            html.class("dd", "", |html| {
                html.leaf("span", "figure", value);
                html.leaf("span", "more", more);
            });
        });
    };
    if let Some(root) = role("root") {
        let keys = root.seats.keys.len();
        fact("Newest root", &format!("{}", root.file.version), &root.file.name);
        fact("Signatures it takes", &format!("{} of {keys}", root.seats.threshold), "keys of the root role");
        fact("Root expires", &root.file.expires.day(), &root.file.expires.apart_from(facts.made));
    }
    let others = facts.roles.iter().filter(|role| role.role != "root");
    if let Some(RoleFacts { role, file, .. }) = others.min_by_key(|role| role.file.expires) {
        let more = format!("{role}, {}", file.expires.apart_from(facts.made));
        fact("Next to expire", &file.expires.day(), &more);
    }
}

fn footer(html: &mut Html, facts: &Facts) {
    html.class("p", "", |html| {
        html.text("Made by tuffet at ");
        html.with("time", &[("datetime", &facts.made.text())], |html| {
            html.text(&facts.made.text());
        });
        html.text(", from files whose signatures it verified. Days are counted from then. The same for programs: ");
        html.with("a", &[("href", STATUS)], |html| {
            html.text(STATUS);
        });
        html.text(". This page runs no script and asks no other server for anything.");
    });
}

/// Who made the page, by which it is known again.
pub(crate) const GENERATOR: &str = "tuffet page";
const SHEET: &str = include_str!("page.css");
/// A seal, for the tab.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle cx='8' \
                    cy='8' r='7' fill='%231f5c4d'/%3E%3Cpath d='M4.5 8.3l2.4 2.4 4.6-5' fill='none' stroke='%23fff' \
                    stroke-width='1.8'/%3E%3C/svg%3E";
