//! The rows of the threat table on repositories of several shapes: no client does anything else than it must.

use super::original::*;
use crate::{PlayedRow, Reaction, RowOutcome, play};
use tuffet_builder::Pins;

fn rows(pins: Pins) -> Vec<PlayedRow> {
    let (twin, mut make) = twin(pins);
    play(&twin, at(NOW), &mut *make).unwrap()
}

fn told(row: &PlayedRow) -> String {
    let case = if row.case.is_empty() { String::new() } else { format!(" ({})", row.case) };
    match &row.outcome {
        RowOutcome::NotPlayed(why) => format!("{}{case}: not played: {why}", row.id),
        RowOutcome::Played(played) => {
            let until = played.until.as_ref().map(|b| format!(" until {} {}", b.role, b.expires)).unwrap_or_default();
            let of = |new: bool| {
                let told = played.clients.iter().filter(|told| told.new == new).map(|told| told.reaction);
                let found: std::collections::BTreeSet<Reaction> = told.collect();
                found.iter().map(|reaction| format!("{reaction:?}")).collect::<Vec<_>>().join("/")
            };
            let after = match &played.after {
                None => "",
                Some(Err(_)) => ", then out of band",
                Some(Ok(_)) => ", then mended",
            };
            format!("{}{case}: in use {}, new {}{until}{after}", row.id, of(false), of(true))
        }
    }
}

#[test]
fn every_row_does_what_the_table_says() {
    for pins in [Pins::Full, Pins::VersionOnly] {
        let rows = rows(pins);
        let differs: Vec<String> =
            rows.iter().flat_map(|row| row.differs().iter().map(|what| format!("{}: {what}", told(row)))).collect();
        assert!(differs.is_empty(), "{}", differs.join("\n"));
        for row in &rows {
            println!("{}", told(row));
        }
    }
}
