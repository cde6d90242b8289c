//! A look as metrics, in the text format that Prometheus reads.

use super::{Round, data, word};
use crate::prometheus::{Metrics, count};
use tuffet_builder::outside::Level;

pub(super) fn render(round: &Round) -> String {
    let mut out = Metrics::default();
    out.gauge("tuffet_watch_look_timestamp_seconds", "When the repository was looked at");
    out.sample(&[], round.at.timestamp());
    out.gauge("tuffet_watch_alarms", "Alarms by severity");
    for level in [Level::Critical, Level::Warning, Level::Note] {
        out.sample(&[("severity", word(level))], count(round.count(level)));
    }
    out.gauge("tuffet_watch_alarm", "Each alarm, as long as it lasts");
    for alarm in &round.alarms {
        let (id, name) = (alarm.symptom.id, alarm.symptom.name);
        let labels = [("id", id), ("name", name), ("severity", word(alarm.level)), ("url", &*alarm.url)];
        out.sample(&[&labels[..], &[("subject", &*alarm.subject)]].concat(), 1);
    }
    out.gauge("tuffet_watch_up", "Whether a URL answered");
    for sighting in &round.sightings {
        out.sample(&[("url", &sighting.url)], i64::from(sighting.found.is_ok()));
    }
    let views = || round.sightings.iter().filter_map(|sighting| Some((&*sighting.url, sighting.found.as_ref().ok()?)));
    out.gauge("tuffet_watch_accepted", "Whether clients accept what a URL serves");
    for (url, view) in views() {
        out.sample(&[("url", url)], i64::from(view.seen.refused.is_none()));
    }
    out.gauge("tuffet_watch_role_version", "The version of a role at a URL");
    for (url, view) in views() {
        for (role, version) in data::versions(view) {
            out.sample(&[("url", url), ("role", role)], count(version));
        }
    }
    out.gauge("tuffet_watch_cache_age_seconds", "For how long a cache has had timestamp.json, where one says so");
    for (url, view) in views() {
        if let Some(age) = view.answers.as_ref().and_then(|answers| answers.timestamp.age) {
            out.sample(&[("url", url)], count(age));
        }
    }
    let roles = data::roles(round);
    out.gauge("tuffet_watch_role_expiry_timestamp_seconds", "When a role expires");
    for row in &roles {
        out.sample(&[("role", row.role.as_str())], row.expires.timestamp());
    }
    out.gauge("tuffet_watch_role_critical_timestamp_seconds", "From when on a role's expiry is critical");
    for row in &roles {
        out.sample(&[("role", row.role.as_str())], row.critical_from.timestamp());
    }
    out.text
}
