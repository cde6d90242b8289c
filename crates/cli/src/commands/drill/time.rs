//! What breaks when, unless somebody does something.

use super::words::date;
use crate::table::{Column, Table};
use crate::text::wrap;
use tuffet_builder::{Ahead, Event, EventKind, SignedBy};
use tuffet_metadata::RoleName;

pub(super) fn text(ahead: &Ahead) -> String {
    let mut out = String::from("\nTIME: what breaks when, unless somebody does something\n");
    let machine = ahead.events.iter().any(|event| event.signed_by == SignedBy::Machine);
    let first = if machine { "where nobody and no machine signs" } else { "where nobody signs" };
    for (how, with_machine) in [(first, false), ("where the machine signs and nobody else", true)] {
        if let Some(event) = ahead.stops(with_machine).filter(|_| machine || !with_machine) {
            let days = in_days(event, ahead);
            let when = date(event.at);
            out += &(wrap("  ", "  ", &format!("{how}, every client stops {days}, {when}: {}", event.role)) + "\n");
        }
    }
    let mut table = Table::new([("in days", Column::Number), ("date", Column::Text), ("what", Column::Wide)]);
    for event in &ahead.events {
        table.row([event.days_from(ahead.at).to_string(), date(event.at), what(event)]);
    }
    out + "\n" + &table.finish()
}

fn in_days(event: &Event, ahead: &Ahead) -> String {
    match event.days_from(ahead.at) {
        1 => "in 1 day".to_owned(),
        days => format!("in {days} days"),
    }
}

/// An event and what helps, in a sentence.
pub(super) fn what(event: &Event) -> String {
    let and = if matches!(event.kind, EventKind::Due { .. }) { ":" } else { "," };
    format!("{}{and} {}", breaks(event), unless(event))
}

/// What happens, and for whom.
pub(super) fn breaks(event: &Event) -> String {
    let (role, version) = (&event.role, event.version);
    match (&event.kind, role) {
        (EventKind::Due { left, planned }, _) => {
            let days = left.num_days();
            let by = if *planned { "by its period" } else { "as a ceremony takes that long" };
            format!("{role} {version} is due {days} days before it expires, {by}")
        }
        (EventKind::Expires, RoleName::Delegated(_)) => {
            format!("{role} {version} expires: whoever asks for a target of it is refused")
        }
        (EventKind::Expires, _) => format!("{role} {version} expires: every client stops"),
        (EventKind::WindowEnds, _) => {
            let subject = event.subject.as_deref().unwrap_or_default();
            format!("{}: {subject} ends: what it makes after that is not trusted", event.file.escape_debug())
        }
    }
}

/// Who can do what about it.
pub(super) fn unless(event: &Event) -> String {
    let role = &event.role;
    let waits = event
        .waits_until
        .map(|until| format!("; enough of its people are back on {}", date(until)))
        .unwrap_or_default();
    let what = match (&event.kind, event.signed_by) {
        (EventKind::Due { .. }, SignedBy::Machine) => "the machine signs it anew".to_owned(),
        (EventKind::Due { .. }, SignedBy::People) => {
            format!("plan a ceremony, `tuffet plan change` with `renew` of {role}")
        }
        (EventKind::Expires, SignedBy::Machine) => "unless the machine signs it anew before".to_owned(),
        (EventKind::Expires, SignedBy::People) => "unless a ceremony signs it anew before".to_owned(),
        (EventKind::WindowEnds, _) => "unless it has a successor by then: `tuffet trust-root rotate`".to_owned(),
    };
    what + &waits
}
