//! How a client begins: the oldest and the newest root, by digest in hex and in words.

use super::{Section, hex, scrolled};
use crate::Html;
use crate::facts::{Facts, SignedFacts};
use tuffet_keys::{Sha256, words};

pub(super) fn section(facts: &Facts) -> Option<Section> {
    let newest = facts.roots.last()?;
    let oldest = facts.roots.first().filter(|oldest| oldest.file.version != newest.file.version);
    Some(Section::new("#pin", "How to pin it", "Pin it", |html| {
        html.leaf(
            "p",
            "",
            "A client begins with one root file that reached it in a way it trusts. Every later root is signed by the keys \
             of the one before, so either of these leads to the newest.",
        );
        html.with("div", &[("class", "warning"), ("role", "note")], |html| {
            html.class("p", "", |html| {
                html.leaf("strong", "", "A digest read here proves nothing by itself. ");
                html.text(
                    "Whoever could change the files could change this text too. Compare it with a second source: the \
                     signed statement of a ceremony, a person who was there, a copy you got elsewhere.",
                );
            });
        });
        html.class("div", "pins", |html| {
            pin(html, &newest.file, "The newest root, for whoever begins today.");
            if let Some(oldest) = oldest {
                pin(html, &oldest.file, "The oldest, for whoever wants to follow every change since.");
            }
        });
        html.leaf("h3", "", "With tuffet");
        scrolled(html, "Commands for tuffet", |html| {
            html.class("pre", "", |html| {
                html.class("code", "", |html| {
                    for line in commands(facts, &newest.file) {
                        html.text(&line).newline();
                    }
                });
            });
        });
        html.leaf("h3", "", "With another client");
        html.class("p", "", |html| {
            html.text("Download ");
            download(html, &newest.file.name);
            html.text(", compare its SHA-256, and give it to the client as its trusted ");
            html.leaf("code", "", "root.json");
            html.text(". A client wants the metadata at ");
            match &facts.url {
                Some(url) => crate::frame::link(html, url),
                None => {
                    html.text("the address this page came from");
                }
            }
            html.text(", and target files in ");
            html.leaf("code", "", "targets/");
            html.text(" below it.");
        });
    }))
}

fn pin(html: &mut Html, file: &SignedFacts, what: &'static str) {
    html.class("article", "card", |html| {
        html.class("h3", "", |html| download(html, &file.name));
        html.leaf("p", "more", what);
        html.class("dl", "digest", |html| {
            html.leaf("dt", "", "SHA-256");
            html.class("dd", "", |html| hex(html, &file.sha256));
            if let Some(digest) = Sha256::from_hex(&file.sha256) {
                html.leaf("dt", "", "To read aloud");
                html.leaf("dd", "words", &words::encode(digest.as_bytes()));
            }
            html.leaf("dt", "", "Bytes");
            html.leaf("dd", "", &file.length.to_string());
        });
    });
}

/// A file that lies beside the page.
fn download(html: &mut Html, name: &str) {
    let href = format!("./{name}");
    html.with("a", &[("href", &href), ("download", name)], |html| {
        html.text(name);
    });
}

fn commands(facts: &Facts, newest: &SignedFacts) -> [String; 3] {
    // What people paste into a shell holds nothing a shell would read.
    let plain = |c: char| c.is_ascii_alphanumeric() || ":/._-%~".contains(c);
    let url = facts.url.as_deref().filter(|url| url.starts_with("http") && url.chars().all(plain)).unwrap_or("URL");
    [
        format!("tuffet client init --cache trust --root {} \\", newest.name),
        format!("    --sha256 {}", newest.sha256),
        format!("tuffet client refresh --cache trust --url {url}"),
    ]
}
