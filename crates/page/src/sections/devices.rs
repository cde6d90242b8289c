//! Where keys lie, as far as the records of ceremonies tell.

use super::{Section, Table, cell};
use crate::Html;
use crate::facts::{DeviceFacts, Facts, Proof, brief};

pub(super) fn section(facts: &Facts) -> Option<Section> {
    if facts.devices.is_empty() {
        return None;
    }
    Some(Section::new("#devices", "Where the keys lie", "Devices", |html| {
        html.leaf(
            "p",
            "",
            "A device that can prove it made a key and will not give it out is attested: its maker signed for that. \
             What is not attested, the key's owner said.",
        );
        let (seated, others): (Vec<&DeviceFacts>, Vec<&DeviceFacts>) =
            facts.devices.iter().partition(|device| !device.roles.is_empty());
        table(html, facts, &seated, "Keys that may sign now");
        if !others.is_empty() {
            let summary = format!("{} more: witnesses, and keys that may sign no more", others.len());
            super::folded(html, &summary, |html| table(html, facts, &others, "Witnesses, and keys of before"));
        }
    }))
}

fn table(html: &mut Html, facts: &Facts, devices: &[&DeviceFacts], caption: &str) {
    if devices.is_empty() {
        return;
    }
    let columns = &["Whose", "Kept in", "What is said of it", "Signs"];
    Table { caption, columns }.write(html, |table| {
        for device in devices {
            table.row([
                cell(|html| {
                    html.name(&device.owner);
                    let id = facts.key(&device.key).map_or(&device.key, |key| &key.keyid);
                    html.class("p", "more", |html| {
                        html.text("key ").leaf("code", "", &brief(id));
                    });
                }),
                cell(|html| {
                    html.name(&device.kind);
                }),
                cell(|html| said(html, device)),
                cell(|html| {
                    super::names(html, device.roles.iter().map(String::as_str));
                    html.class("p", "more", |html| {
                        html.text("by the record of ").name(&device.ceremony);
                    });
                }),
            ]);
        }
    });
}

fn said(html: &mut Html, device: &DeviceFacts) {
    let (class, mark, none) = match device.proof {
        Proof::Attested => ("mark good", "attested", ""),
        Proof::Refused => ("mark bad", "evidence that proves nothing", ""),
        Proof::None => ("mark", "its owner says so", "nothing more"),
    };
    html.leaf("span", class, mark);
    html.text(" ");
    if device.says.is_empty() {
        html.leaf("span", "more", none);
    } else {
        super::names(html, device.says.iter().map(String::as_str));
    }
}
