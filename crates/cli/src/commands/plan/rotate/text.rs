//! The plan for people: what, when and why in short, then each ceremony.

use super::Planned;
use super::steps::{Typed, signers};
use super::wishes::short;
use crate::table::{Column, Table};
use crate::text::wrap;
use tuffet_builder::{Newcomer, Quorum, RotationSeat, RotationStep};
use tuffet_keys::{Class, Scheme};
use tuffet_metadata::RoleName;

pub(super) fn render(planned: &Planned<'_>, written: bool) -> String {
    let mut out = format!("{}\n", planned.place);
    out += &line("from", &planned.from());
    out += &line("result", &result(planned));
    for note in &planned.notes {
        out += &line("device", note);
    }
    out += "\n";
    out += &overview(planned);
    if !planned.plan.why.is_empty() {
        out += "\n";
    }
    for (number, sentence) in planned.plan.why.iter().enumerate() {
        out += &line(if number == 0 { "why" } else { "" }, sentence);
    }
    for step in &planned.plan.steps {
        out += &ceremony(planned, step);
    }
    if let Some(demand) = planned.plan.demand {
        let from = planned.plan.steps.last().map_or(0, |step| step.version(&RoleName::Root).unwrap_or_default());
        out += "\n";
        out += &line(
            "classes",
            &format!(
                "a client that pins root {from} or later may demand signatures by {demand} keys of root (T35): without it a \
                 forger of classical signatures meets the threshold as before. One that pins an older root may not: the keys of \
                 root {} answer to the demand too, and none is of ML-DSA",
                from.saturating_sub(1)
            ),
        );
        out += &line(
            "signers",
            "no signer of this program makes ML-DSA signatures yet: the people can be found and the plan reviewed, and the \
             ceremony waits for devices that can",
        );
    }
    if written {
        let files: Vec<String> = planned.plan.steps.iter().map(|step| planned.file(step)).collect();
        out += "\n";
        out += &line("written", &files.join(", "));
    } else {
        out += "\n";
        out += &line("next", &format!("the same with --out {} writes the files of changes", planned.folder.display()));
    }
    out
}

fn line(head: &str, text: &str) -> String {
    wrap(&format!("{head:<10} "), INDENT, text) + "\n"
}

fn result(planned: &Planned<'_>) -> String {
    let steps = &planned.plan.steps;
    let root = steps.iter().rev().find_map(|step| step.version(&RoleName::Root));
    let root = root.map_or_else(|| "root stays".to_owned(), |version| format!("root v{version}"));
    match steps.as_slice() {
        [one] => format!("{root} in one ceremony, on {}", one.at.format("%Y-%m-%d")),
        many => {
            let last = many.last().map_or_else(String::new, |step| step.at.format("%Y-%m-%d").to_string());
            format!("{root} in {} ceremonies, the last on {last}", many.len())
        }
    }
}

fn overview(planned: &Planned<'_>) -> String {
    let mut table = Table::new([
        ("", Column::Number),
        ("on", Column::Text),
        ("root", Column::Text),
        ("by its old keys", Column::Text),
        ("by its new keys", Column::Text),
        ("targets", Column::Text),
        ("who comes", Column::Wide),
    ]);
    for step in &planned.plan.steps {
        let version = |role| step.version(&role).map_or_else(|| "stays".to_owned(), |version| format!("v{version}"));
        let quorums = step.quorums(&RoleName::Root);
        let count = |quorum: Option<&Quorum>| quorum.map_or_else(|| "-".to_owned(), count);
        let comes: Vec<&str> = step.newcomers.iter().map(|newcomer| newcomer.who.as_str()).collect();
        table.row([
            step.number.to_string(),
            step.at.format("%Y-%m-%d").to_string(),
            version(RoleName::Root),
            count(quorums.first()),
            count(quorums.get(1)),
            version(RoleName::Targets),
            if comes.is_empty() { "nobody".to_owned() } else { comes.join(", ") },
        ]);
    }
    table.finish()
}

/// `3 of 5`, and how many of them can where it is not all.
fn count(quorum: &Quorum) -> String {
    let (keys, can) = (quorum.seats.len(), quorum.can_sign());
    let can = if can == keys { String::new() } else { format!(", {can} can") };
    format!("{} of {keys}{can}", quorum.threshold)
}

fn ceremony(planned: &Planned<'_>, step: &RotationStep) -> String {
    let files: Vec<String> = step.roles.iter().map(|(role, version, _)| format!("{role} v{version}")).collect();
    let head =
        format!("\nCEREMONY {}, on {}: {}\n", step.number, step.at.format("%Y-%m-%d at %H:%M UTC"), files.join(", "));
    let mut out = head;
    for (number, change) in step.changes.iter().enumerate() {
        out += &line(if number == 0 { "changes" } else { "" }, &change.words());
    }
    for (number, newcomer) in step.newcomers.iter().enumerate() {
        out += &line(if number == 0 { "comes" } else { "" }, &comes(newcomer));
    }
    out += "\n";
    out += &seats(step);
    out += &line("enough", &enough(step));
    if step.version(&RoleName::Targets).is_none() {
        let lattice = if step.newcomers.iter().any(is_lattice) {
            "; `--renew targets` beside the changes has them signed by both classes"
        } else {
            ""
        };
        let text = format!("stay as published: their signatures meet the threshold of the new root too{lattice}");
        out += &line("targets", &text);
    }
    for (role, version, quorums) in step.roles.iter().filter(|(role, ..)| matches!(role, RoleName::Delegated(_))) {
        for quorum in quorums {
            let names: Vec<&str> = quorum.seats.iter().map(|seat| seat.owner.as_str()).collect();
            let text = format!(
                "v{version} needs {} of {} by {}: {}",
                quorum.threshold,
                quorum.seats.len(),
                quorum.by,
                names.join(", ")
            );
            out += &line(role.as_str(), &text);
        }
    }
    for finding in &step.warnings {
        let name = finding.lint.map_or(finding.rule, |lint| lint.id);
        out += &line("warns", &format!("{name} {}: {}", finding.place, finding.message));
    }
    out += &line("clients", &followers(planned, step));
    for row in &step.clients {
        out += &line("", &row.to_string());
    }
    out += "\n";
    for (number, typed) in planned.commands(step).iter().enumerate() {
        out += &command(if number == 0 { "type" } else { "" }, typed);
    }
    out
}

fn comes(newcomer: &Newcomer) -> String {
    let scheme = short(newcomer.scheme);
    match (&newcomer.key, newcomer.is_known) {
        (Some(key), _) => format!("{}, with the {scheme} key {}, which has enrolled", newcomer.who, key.short()),
        (None, false) => format!("{}, with a {scheme} key that is to enrol first", newcomer.who),
        (None, true) => format!("{}, who is known, with a new {scheme} key that is to enrol first", newcomer.who),
    }
}

/// Who signs what: a line a key.
fn seats(step: &RotationStep) -> String {
    let root = step.quorums(&RoleName::Root);
    let targets = step.quorums(&RoleName::Targets);
    let columns = [root.first(), root.get(1), targets.first()];
    let of = |q: &Quorum| format!("{} of {}", q.threshold, q.seats.len());
    let title = |quorum: Option<&Quorum>| quorum.map_or_else(String::new, |q| format!("{}: {}", q.by, of(q)));
    let [old, new, listing] = columns;
    let (old_title, new_title) = (title(old), title(new));
    let targets_title = listing.map_or_else(String::new, |q| format!("targets: {}", of(q)));
    let mut table = Table::new([
        ("signs", Column::Text),
        ("key", Column::Text),
        (&old_title, Column::Text),
        (&new_title, Column::Text),
        (&targets_title, Column::Text),
    ]);
    let mut order: Vec<(&str, String, &RotationSeat)> = Vec::new();
    for seat in columns.iter().flatten().flat_map(|quorum| &quorum.seats) {
        if order.iter().all(|(.., other)| !other.is_same(seat)) {
            order.push((&seat.owner, key(seat), seat));
        }
    }
    for (owner, key, seat) in order {
        let cell = |quorum: Option<&Quorum>| {
            let Some(quorum) = quorum else { return String::new() };
            let found = quorum.seats.iter().find(|other| other.is_same(seat));
            match found {
                None => "-",
                Some(seat) if seat.signs => "signs",
                Some(seat) if seat.can_sign => "can",
                Some(_) => "away",
            }
            .to_owned()
        };
        table.row([owner.to_owned(), key, cell(old), cell(new), cell(listing)]);
    }
    table.finish()
}

fn key(seat: &RotationSeat) -> String {
    let name = seat.key.map_or_else(|| "to enrol".to_owned(), |key| key.short().chars().take(8).collect());
    if seat.scheme.class() == Class::PostQuantum { format!("{name}, {}", short(seat.scheme)) } else { name }
}

fn enough(step: &RotationStep) -> String {
    format!(
        "{}: rehearsed with throw-away keys, signed by these and nobody else. `can`: in their place or beside them",
        signers(step).join(", ")
    )
}

fn followers(planned: &Planned<'_>, step: &RotationStep) -> String {
    let oldest = planned.published.roots[0].common.version;
    let now = planned.published.root().common.version;
    let Some(root) = step.version(&RoleName::Root) else {
        return "no new root: whatever root they pin, they read the new targets".to_owned();
    };
    let pins =
        if oldest == root - 1 { format!("root {oldest}") } else { format!("any root from {oldest} to {}", root - 1) };
    let read = "each was read as a client reads it";
    let read = if oldest == now {
        read.to_owned()
    } else {
        format!("roots {oldest} to {now} as published lead to v{now}, and of those that follow {read}")
    };
    let old = if step.newcomers.iter().any(is_lattice) {
        "; and so do those that know no ML-DSA and count classical keys alone"
    } else {
        ""
    };
    format!("a client that pins {pins} follows to v{root}: {read}{old}")
}

fn is_lattice(newcomer: &Newcomer) -> bool {
    newcomer.scheme.class() == Class::PostQuantum
}

/// Who types, and what; long commands go on after a backslash.
fn command(head: &str, typed: &Typed) -> String {
    let mut out = if typed.who == "you" {
        format!("{head:<10} ")
    } else {
        format!("{}{INDENT}", wrap(&format!("{head:<10} # "), INDENT, &format!("{}:", typed.who)) + "\n")
    };
    let mut width = INDENT.len();
    let mut words = typed.command.split(' ').peekable();
    let mut first = true;
    while let Some(word) = words.next() {
        // An option and its value stay together.
        let mut piece = word.to_owned();
        if word.starts_with("--")
            && let Some(value) = words.next_if(|next| !next.starts_with("--"))
        {
            piece = format!("{piece} {value}");
        }
        if !first && width + 1 + piece.len() > 78 {
            out += &format!(" \\\n{INDENT}  ");
            width = INDENT.len() + 2;
        } else if !first {
            out.push(' ');
            width += 1;
        }
        width += piece.len();
        out += &piece;
        first = false;
    }
    out + "\n"
}

/// For JSON: schemes by their name in metadata.
pub(super) fn name(scheme: Scheme) -> &'static str {
    scheme.name()
}

const INDENT: &str = "           ";
