//! What was taken, for people and for programs.

use crate::table::{Column, Table};
use crate::text::wrap;
use serde_json::{Value, json};
use tuffet_repository::{Finished, Note, Taken};

/// The roles, what was left out, and the notes.
pub(super) fn text(taken: &Taken) -> String {
    let mut table = Table::new([("role", Column::Text), ("version", Column::Number), ("expires", Column::Text)]);
    for (role, version, expires) in &taken.roles {
        table.row([role.to_string(), version.to_string(), expires.clone()]);
    }
    let mut text = table.finish();
    let (first, sha256) = &taken.first_root;
    text += &format!("{}, {}\n", count(taken.files.len(), "file"), count(taken.targets, "target"));
    text += &format!("first root v{first}, sha256 {sha256}\n");
    if !taken.left_out.is_empty() {
        text += "\nleft out\n";
        for left in taken.left_out.iter().take(SHOWN) {
            text += &format!("{}\n", wrap("  ", "    ", &format!("{}: {}", left.file.escape_debug(), left.why)));
        }
        let more = taken.left_out.len().saturating_sub(SHOWN);
        if more > 0 {
            text += &format!("  and {more} more, which --json names\n");
        }
    }
    if !taken.notes.is_empty() {
        text += "\nnotes\n";
        for note in &taken.notes {
            text += &format!("{}\n", wrap("  ", "    ", &note.to_string()));
        }
    }
    text
}

pub(super) fn done(finished: Finished) -> &'static str {
    match finished {
        Finished::Written => "is written",
        Finished::Unchanged => "was there, with the same bytes",
    }
}

pub(super) fn data(taken: &Taken, finished: Finished) -> Value {
    let roles = taken
        .roles
        .iter()
        .map(|(role, version, expires)| json!({"role": role.as_str(), "version": version, "expires": expires}));
    let files = taken.files.iter().map(
        |file| json!({"file": file.file, "from": file.from, "sha256": file.sha256.to_string(), "length": file.length}),
    );
    let left_out = taken.left_out.iter().map(|left| json!({"file": left.file, "why": left.why}));
    json!({
        "layout": taken.layout.name(),
        "written": finished == Finished::Written,
        "first_root": {"version": taken.first_root.0, "sha256": taken.first_root.1.to_string()},
        "roles": roles.collect::<Vec<_>>(),
        "targets": taken.targets,
        "files": files.collect::<Vec<_>>(),
        "left_out": left_out.collect::<Vec<_>>(),
        "notes": taken.notes.iter().map(note).collect::<Vec<_>>(),
    })
}

fn note(note: &Note) -> Value {
    let mut data = json!({"code": note.code(), "text": note.to_string()});
    if let Note::OpenEvent(open) = note {
        let invites = open.invites.iter().map(|(who, roles)| json!({"who": who, "roles": roles}));
        let unsigned = open.unsigned.iter().map(|unsigned| {
            let counts = unsigned.counts.iter().map(
                |(root, have, need, missing)| json!({"root": root, "have": have, "need": need, "missing": missing}),
            );
            let counts = counts.collect::<Vec<_>>();
            json!({"role": unsigned.role, "version": unsigned.version, "counts": counts})
        });
        data["invites"] = invites.collect();
        data["unsigned"] = unsigned.collect();
    }
    data
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// A checkout may hold thousands of files that nobody publishes.
const SHOWN: usize = 20;
