//! The state of `online run` as metrics. Times are seconds since 1970.

use crate::prometheus::{Metrics, count};
use chrono::{DateTime, Utc};
use tuffet_repository::{Agenda, OnlineState, Rounds};

pub(super) fn render(state: &OnlineState, now: DateTime<Utc>) -> String {
    let mut out = Metrics::default();
    let Rounds { not_due, signed, by_another, failed } = state.rounds;
    out.counter("tuffet_online_rounds_total", "Rounds by how they ended.");
    for (outcome, rounds) in [("not_due", not_due), ("signed", signed), ("by_another", by_another), ("failed", failed)]
    {
        out.sample(&[("outcome", outcome)], count(rounds));
    }
    out.gauge("tuffet_online_up", "Whether rounds still end.");
    out.sample(&[], state.is_alive(now).into());
    out.gauge("tuffet_online_alarm", "Whether an online role is overdue.");
    out.sample(&[], state.alarms(now).into());
    out.gauge("tuffet_online_failures_in_a_row", "Failed rounds since the last that did not.");
    out.sample(&[], state.failures_in_a_row.into());
    if let Some(at) = state.last_success {
        let help = "When the last round ended that did not fail.";
        out.gauge("tuffet_online_last_success_timestamp_seconds", help);
        out.sample(&[], at.timestamp());
    }
    if let Some(agenda) = &state.agenda {
        roles(&mut out, agenda);
    }
    out.text
}

fn roles(out: &mut Metrics, agenda: &Agenda) {
    out.gauge("tuffet_online_due_timestamp_seconds", "From when on an online role is to be signed anew.");
    out.sample(&[], agenda.due_from.timestamp());
    let roles = || agenda.online.iter().chain(&agenda.people);
    out.gauge("tuffet_role_expiry_timestamp_seconds", "When the published version of a role expires.");
    for horizon in roles() {
        out.sample(&[("role", horizon.role.as_str())], horizon.expires.timestamp());
    }
    out.gauge("tuffet_role_version", "The published version of a role.");
    for horizon in roles() {
        out.sample(&[("role", horizon.role.as_str())], count(horizon.version));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;
    use tuffet_metadata::{RoleName, parse_time};
    use tuffet_repository::{Due, Horizon};

    fn day(days: i64) -> DateTime<Utc> {
        parse_time("2026-12-01T00:00:00Z").unwrap() + Duration::days(days)
    }

    #[test]
    fn prometheus_reads_it() {
        let horizon = |role, version, days| Horizon { role, version, expires: day(days) };
        let agenda = Agenda {
            due: Due::Nothing,
            due_from: day(2),
            timestamp_from: day(2),
            alarm_from: day(5),
            online: [horizon(RoleName::Snapshot, 1, 21), horizon(RoleName::Timestamp, 2, 8)],
            people: vec![horizon(RoleName::Root, 1, 400), horizon(RoleName::Delegated("a \"b\"".into()), 7, 401)],
            held_back: None,
        };
        let state = OnlineState {
            rounds: Rounds { signed: 1, failed: 1, ..Rounds::default() },
            last_round: Some(day(1) + Duration::hours(1)),
            last_success: Some(day(1)),
            failures_in_a_row: 1,
            last_error: Some("the store is away".into()),
            agenda: Some(agenda),
            ..OnlineState::starting(day(1), std::time::Duration::from_secs(3600))
        };
        let expected = "\
# HELP tuffet_online_rounds_total Rounds by how they ended.
# TYPE tuffet_online_rounds_total counter
tuffet_online_rounds_total{outcome=\"not_due\"} 0
tuffet_online_rounds_total{outcome=\"signed\"} 1
tuffet_online_rounds_total{outcome=\"by_another\"} 0
tuffet_online_rounds_total{outcome=\"failed\"} 1
# HELP tuffet_online_up Whether rounds still end.
# TYPE tuffet_online_up gauge
tuffet_online_up 1
# HELP tuffet_online_alarm Whether an online role is overdue.
# TYPE tuffet_online_alarm gauge
tuffet_online_alarm 0
# HELP tuffet_online_failures_in_a_row Failed rounds since the last that did not.
# TYPE tuffet_online_failures_in_a_row gauge
tuffet_online_failures_in_a_row 1
# HELP tuffet_online_last_success_timestamp_seconds When the last round ended that did not fail.
# TYPE tuffet_online_last_success_timestamp_seconds gauge
tuffet_online_last_success_timestamp_seconds 1796169600
# HELP tuffet_online_due_timestamp_seconds From when on an online role is to be signed anew.
# TYPE tuffet_online_due_timestamp_seconds gauge
tuffet_online_due_timestamp_seconds 1796256000
# HELP tuffet_role_expiry_timestamp_seconds When the published version of a role expires.
# TYPE tuffet_role_expiry_timestamp_seconds gauge
tuffet_role_expiry_timestamp_seconds{role=\"snapshot\"} 1797897600
tuffet_role_expiry_timestamp_seconds{role=\"timestamp\"} 1796774400
tuffet_role_expiry_timestamp_seconds{role=\"root\"} 1830643200
tuffet_role_expiry_timestamp_seconds{role=\"a \\\"b\\\"\"} 1830729600
# HELP tuffet_role_version The published version of a role.
# TYPE tuffet_role_version gauge
tuffet_role_version{role=\"snapshot\"} 1
tuffet_role_version{role=\"timestamp\"} 2
tuffet_role_version{role=\"root\"} 1
tuffet_role_version{role=\"a \\\"b\\\"\"} 7
";
        assert_eq!(render(&state, day(1) + Duration::hours(1)), expected);
    }
}
