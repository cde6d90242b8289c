//! K19: an emergency rotation, played to the end.

use super::super::throw_away::throw_away;
use super::asked;
use super::words;
use crate::CliError;
use crate::table::{Column, Table};
use crate::text::wrap;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use tuffet_builder::{Observed, Roster, Situation, judge, needs};
use tuffet_drill::{Revocation, Twin};
use tuffet_keys::Fingerprint;

type Found = (Vec<String>, Result<Revocation, String>);

/// Plays it, or says why no rotation helps.
pub(super) fn play(names: &[String], roster: &Roster, seen: &Observed, at: DateTime<Utc>) -> Result<Found, CliError> {
    let places = asked::all(roster, names)?;
    let situation = Situation { stolen: places.clone(), ..Situation::default() };
    let verdict = judge(roster, &situation, at);
    let keys: Vec<String> = places
        .iter()
        .filter_map(|place| roster.keys.get(*place))
        .map(|key| key.name().escape_debug().to_string())
        .collect();
    if verdict.out_of_band.is_some() {
        let why: Vec<String> =
            needs(roster, &situation, &verdict).iter().map(|need| words::need(roster, need)).collect();
        return Ok((keys, Err(why.join("; "))));
    }
    let stolen: BTreeSet<Fingerprint> =
        places.iter().filter_map(|place| roster.keys.get(*place)).map(|key| key.fingerprint).collect();
    let mut make = throw_away();
    let twin = Twin::of(seen, &mut *make)?;
    let found = tuffet_drill::revoke(&twin, &stolen, at, &mut *make)?;
    Ok((keys, Ok(found)))
}

pub(super) fn text(names: &[String], found: &Result<Revocation, String>) -> String {
    let mut out = format!("\n{}\n", wrap("REVOKED: ", "  ", &words::list(names)));
    let found = match found {
        Ok(found) => found,
        Err(why) => return out + &(wrap("  no rotation helps: ", "  ", why) + "\n"),
    };
    let roles: Vec<String> = found.roles.iter().map(ToString::to_string).collect();
    out += &(wrap("  roles that lose a key   ", "    ", &words::list(&roles)) + "\n");
    for (role, number) in &found.signed {
        let what = format!("{number}: clients refuse it with fewer");
        out += &(wrap(&format!("  signatures for {:<9}", role.to_string()), "    ", &what) + "\n");
    }
    out += &format!("  new keys to enrol       {}\n", found.new_keys);
    out += &format!("  people                  {}\n  commands                {}\n\n", found.people, found.steps.len());
    let mut table = Table::new([("", Column::Number), ("who", Column::Text), ("types", Column::Wide)]);
    for (number, (who, what)) in found.steps.iter().enumerate() {
        table.row([(number + 1).to_string(), who.clone(), what.clone()]);
    }
    out += &(table.finish() + "\n");
    for (client, after) in &found.clients {
        let after = match after {
            Some(1) => "follows at its next refresh".to_owned(),
            Some(number) => format!("follows after {number} refreshes"),
            None => "does not follow".to_owned(),
        };
        out += &(wrap("  a client ", "    ", &format!("{client}: {after}")) + "\n");
    }
    for what in &found.differs {
        out += &(wrap("  DIFFERS: ", "    ", what) + "\n");
    }
    if found.differs.is_empty() {
        out += "  what the revoked keys sign from now on every client refuses\n";
    }
    out
}
