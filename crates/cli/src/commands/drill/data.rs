//! The same for programs.

use super::{Drilled, Loss, asked, threats, time, words};
use serde_json::{Value, json};
use tuffet_builder::{
    Ahead, Choice, Event, EventKind, OutOfBand, RoleState, Roster, Row, SignedBy, SubsetTally, Subsets, Thief, Unit,
    Verdict, judge, needs,
};
use tuffet_drill::{PlayedRow, Reaction, Revocation, RowOutcome, Told};
use tuffet_metadata::{RoleName, format_time};

pub(super) fn of(drilled: &Drilled) -> Value {
    let roster = &drilled.roster;
    json!({
        "subject": drilled.subject,
        "at": format_time(drilled.at),
        "notes": drilled.notes,
        "keys": roster.keys.iter().map(|key| json!({
            "name": key.name(), "fingerprint": key.fingerprint.to_string(), "owner": key.owner,
            "online_uri": key.online_uri, "keyids": key.keyids.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "roles": roster.roles.iter().map(|role| json!({
            "role": role.label(), "by": role.by.as_str(), "threshold": role.threshold, "keys": role.keys,
            "names": role.names.iter().map(RoleName::as_str).collect::<Vec<_>>(),
            "may_be_lost": role.spare(), "may_be_stolen": role.threshold.saturating_sub(1),
            "expires": role.expires.as_ref().map(ToString::to_string),
        })).collect::<Vec<_>>(),
        "loss": drilled.loss.as_ref().map(|found| loss(roster, found, drilled)),
        "asked": drilled.asked.as_ref().map(|asked| of_asked(roster, asked)),
        "time": drilled.ahead.as_ref().map(of_time),
        "threats": drilled.threats.as_ref().map(|rows| rows.iter().map(row).collect::<Vec<_>>()),
        "revocation": drilled.revocation.as_ref().map(|(keys, found)| match found {
            Ok(found) => revocation(keys, found),
            Err(why) => json!({"keys": keys, "out_of_band": why}),
        }),
    })
}

fn loss(roster: &Roster, found: &Loss, drilled: &Drilled) -> Value {
    let of = |units: &[Unit], subsets: &Subsets| {
        let rows = |rows: &[Row], is_lost: bool| -> Vec<Value> {
            let one = |row: &Row| {
                let first = row.sets.first().map(|set| words::as_situation(set, units, is_lost)).unwrap_or_default();
                let found = needs(roster, &first, &judge(roster, &first, drilled.at));
                json!({
                    "sets": row.sets.iter().map(|set| choice(set, units)).collect::<Vec<_>>(),
                    "verdict": verdict(roster, &row.verdict),
                    "needs": found.iter().map(|need| words::need(roster, need)).collect::<Vec<_>>(),
                })
            };
            rows.iter().map(one).collect()
        };
        json!({
            "units": units.iter().map(|unit| json!({"name": unit.name, "keys": unit.keys})).collect::<Vec<_>>(),
            "losses": rows(&subsets.losses, true), "thefts": rows(&subsets.thefts, false),
            "lost": subsets.lost.as_ref().map(tally), "stolen": subsets.stolen.as_ref().map(tally),
            "mixed": subsets.mixed.as_ref().map(tally),
        })
    };
    json!({
        "by_key": of(&found.keys, &found.by_key),
        "by_person": found.by_person.as_ref().map(|(people, found)| of(people, found)),
    })
}

/// Numbers as text: JSON's are no longer exact beyond 2^53.
fn tally(tally: &SubsetTally) -> Value {
    json!({
        "all": tally.all.to_string(), "operable": tally.operable.to_string(),
        "recoverable": tally.recoverable.to_string(), "compromised": tally.compromised.to_string(),
        "dead": tally.dead.to_string(), "stolen_root": tally.stolen_root.to_string(),
    })
}

fn choice(choice: &Choice, units: &[Unit]) -> Value {
    let part = |(number, of): &(u64, Vec<usize>)| json!({"any": number, "of": of});
    json!({"text": words::choice(choice, units), "parts": choice.parts.iter().map(part).collect::<Vec<_>>()})
}

fn verdict(roster: &Roster, verdict: &Verdict) -> Value {
    let out_of_band = verdict.out_of_band.map(|why| match why {
        OutOfBand::RootLost => "root-lost",
        OutOfBand::RootStolen => "root-stolen",
    });
    let role = |(role, found): (&tuffet_builder::RosterRole, &tuffet_builder::RoleVerdict)| {
        let (state, until) = match found.state {
            RoleState::Operable { .. } => ("operable", None),
            RoleState::Waits { until, .. } => ("waits", Some(format_time(until))),
            RoleState::Recoverable => ("recoverable", None),
            RoleState::Dead => ("dead", None),
        };
        let thief = found.thief.map(|thief| match thief {
            Thief::Own => "signs",
            Thief::Above => "names-keys",
        });
        json!({"role": role.label(), "by": role.by.as_str(), "state": state, "until": until, "thief": thief})
    };
    json!({
        "outcome": words::outcome(verdict),
        "out_of_band": out_of_band,
        "roles": roster.roles.iter().zip(&verdict.roles).map(role).collect::<Vec<_>>(),
        "harm": words::harm(roster, verdict),
    })
}

fn of_asked(roster: &Roster, asked: &asked::Asked) -> Value {
    json!({
        "lost": asked.situation.lost,
        "stolen": asked.situation.stolen,
        "absent": asked.situation.absent.iter()
            .map(|(key, until)| json!({"key": key, "until": format_time(*until)})).collect::<Vec<_>>(),
        "verdict": verdict(roster, &asked.verdict),
        "needs": asked.needs.iter().map(|need| words::need(roster, need)).collect::<Vec<_>>(),
    })
}

fn of_time(ahead: &Ahead) -> Value {
    let event = |event: &Event| {
        let kind = match &event.kind {
            EventKind::Due { .. } => "due",
            EventKind::Expires => "expires",
            EventKind::WindowEnds => "window-ends",
        };
        json!({
            "at": format_time(event.at), "days": event.days_from(ahead.at), "kind": kind, "role": event.role.as_str(),
            "file": event.file, "version": event.version, "machine": event.signed_by == SignedBy::Machine,
            "subject": event.subject, "waits_until": event.waits_until.map(format_time),
            "breaks": time::breaks(event), "unless": time::unless(event),
        })
    };
    json!({
        "stops": ahead.stops(false).map(event),
        "stops_with_machine": ahead.stops(true).map(event),
        "events": ahead.events.iter().map(event).collect::<Vec<_>>(),
    })
}

fn row(row: &PlayedRow) -> Value {
    let told = |told: &Told| {
        let reaction = match told.reaction {
            Reaction::Refuses => "refuses",
            Reaction::Takes => "takes",
            Reaction::Installs => "installs",
        };
        json!({"client": told.client, "reaction": reaction, "words": told.words})
    };
    let all = |clients: &[Told]| clients.iter().map(told).collect::<Vec<_>>();
    let (played, why) = match &row.outcome {
        RowOutcome::NotPlayed(why) => (None, Some(why)),
        RowOutcome::Played(played) => (Some(played), None),
    };
    json!({
        "id": row.id, "case": row.case, "stolen": row.stolen, "does": row.does, "design": row.design,
        "helps": row.helps,
        "not_played": why,
        "result": played.map(|played| threats::clients(played)),
        "clients": played.map(|played| all(&played.clients)),
        "until": played.and_then(|played| played.until.as_ref())
            .map(|until| json!({"role": until.role.as_str(), "expires": until.expires.to_string()})),
        "after": played.and_then(|played| played.after.as_ref()).map(|after| match after {
            Ok(clients) => json!({"clients": all(clients)}),
            Err(why) => json!({"out_of_band": why}),
        }),
        "differs": row.differs(),
    })
}

fn revocation(keys: &[String], found: &Revocation) -> Value {
    json!({
        "keys": keys,
        "roles": found.roles.iter().map(RoleName::as_str).collect::<Vec<_>>(),
        "new_keys": found.new_keys,
        "signatures": found.signed.iter()
            .map(|(role, number)| json!({"role": role.as_str(), "number": number})).collect::<Vec<_>>(),
        "people": found.people,
        "steps": found.steps.iter().map(|(who, types)| json!({"who": who, "types": types})).collect::<Vec<_>>(),
        "clients": found.clients.iter()
            .map(|(client, after)| json!({"client": client, "refreshes": after})).collect::<Vec<_>>(),
        "differs": found.differs,
    })
}
