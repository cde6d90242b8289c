//! A look for programs.

use super::{Round, word};
use serde_json::{Value, json};
use tuffet_builder::outside::{Alarm, Horizon, Sighting, View, horizon, leading};
use tuffet_builder::{Seen, SignedBy};
use tuffet_metadata::format_time;

pub(super) fn of(round: &Round) -> Value {
    let alarms = round.alarms.iter().zip(&round.told);
    json!({
        "at": format_time(round.at),
        "state": round.worst().map_or("fine", word),
        "alarms": alarms.map(|(one, told)| {
            let mut data = alarm(one);
            data["new"] = (!told).into();
            data
        }).collect::<Vec<_>>(),
        "settled": round.settled,
        "roles": roles(round).iter().map(|row| role(row, round)).collect::<Vec<_>>(),
        "urls": round.sightings.iter().map(url).collect::<Vec<_>>(),
        "notes": round.notes,
    })
}

/// One line of a watch that goes on.
pub(super) fn line(round: &Round) -> Value {
    let mut data = of(round);
    data["schema"] = "tuffet-outside-v1".into();
    data
}

pub(super) fn alarm(alarm: &Alarm) -> Value {
    let symptom = alarm.symptom;
    json!({
        "id": symptom.id, "name": symptom.name, "rule": symptom.rule, "severity": word(alarm.level), "url": alarm.url,
        "subject": alarm.subject, "message": alarm.message, "fix": symptom.fix,
    })
}

/// The horizon of the view that says how the repository stands.
pub(super) fn roles(round: &Round) -> Vec<Horizon> {
    leading(&round.sightings).map(|(_, view)| horizon(&view.seen, &round.thresholds, round.at)).unwrap_or_default()
}

fn role(row: &Horizon, round: &Round) -> Value {
    json!({
        "role": row.role.as_str(), "version": row.version, "expires": format_time(row.expires),
        "days_left": row.days_left(round.at), "warning_from": format_time(row.warning_from),
        "critical_from": format_time(row.critical_from), "state": row.level(round.at).map_or("fine", word),
        "signed_by": if row.signed_by == SignedBy::Machine { "machine" } else { "people" },
        "threshold": row.threshold, "owners": row.owners,
    })
}

fn url(sighting: &Sighting) -> Value {
    let mut data = json!({"url": sighting.url, "mirror": sighting.is_mirror, "reached": sighting.found.is_ok()});
    match &sighting.found {
        Err(reason) => data["reason"] = reason.as_str().into(),
        Ok(view) => {
            data["accepted"] = view.seen.refused.is_none().into();
            data["versions"] = versions(view)
                .into_iter()
                .map(|(role, version)| (role.to_owned(), version.into()))
                .collect::<serde_json::Map<_, Value>>()
                .into();
            if let Some(answers) = &view.answers {
                data["timestamp"] = json!({"age": answers.timestamp.age, "lifetime": answers.timestamp.lifetime()});
                data["absent"] = json!({"status": answers.absent.status, "lifetime": answers.absent.lifetime()});
            }
        }
    }
    data
}

/// Of the top-level roles that are there.
pub(super) fn versions(view: &View) -> Vec<(&'static str, u64)> {
    let seen = &view.seen;
    let all = [
        ("root", seen.roots.iter().map(Seen::version).max()),
        ("timestamp", seen.timestamp.as_ref().map(Seen::version)),
        ("snapshot", seen.snapshot.as_ref().map(Seen::version)),
        ("targets", seen.targets.as_ref().map(Seen::version)),
    ];
    all.into_iter().filter_map(|(role, version)| Some((role, version?))).collect()
}
