//! The rows of the threat table as they were played.

use super::words::date;
use crate::table::{Column, Table};
use crate::text::wrap;
use tuffet_drill::{Played, PlayedRow, Reaction, RowOutcome, Told};

pub(super) fn text(rows: &[PlayedRow]) -> String {
    let what = "what thieves and bad mirrors can do, played on a copy with throw-away keys against this program's client: \
                four of them, in use and new, from the oldest root and the newest";
    let mut out = format!("\n{}\n", wrap("THREATS: ", "  ", what));
    let mut table = Table::new([("row", Column::Text), ("clients", Column::Text), ("what", Column::Wide)]);
    let (mut refused, mut taken, mut not_played) = (0, 0, Vec::new());
    for row in rows {
        match &row.outcome {
            RowOutcome::NotPlayed(why) => not_played.push((row, why)),
            RowOutcome::Played(played) => {
                let word = clients(played);
                *(if word == "refused" { &mut refused } else { &mut taken }) += 1;
                table.row([row.id.clone(), word, told(row, played)]);
            }
        }
    }
    out += &table.finish();
    if !not_played.is_empty() {
        out += "\nNOT PLAYED\n";
        for (row, why) in &not_played {
            out += &(wrap(&format!("  {:<5}", row.id), "       ", why) + "\n");
        }
    }
    let differs: Vec<String> = rows
        .iter()
        .flat_map(|row| row.differs().iter().map(move |what| format!("{} {}: {what}", row.id, row.case)))
        .collect();
    for what in &differs {
        out += &(wrap("  DIFFERS: ", "    ", what) + "\n");
    }
    let end = if differs.is_empty() { "as the table says" } else { "AND NOT ALL AS THE TABLE SAYS" };
    let (played, not) = (refused + taken, not_played.len());
    out + &format!("\n{played} rows played, {refused} refused, {taken} not, {end}; {not} not played\n")
}

/// What clients did, as short as it can be said.
pub(super) fn clients(played: &Played) -> String {
    let word = |told: &Told| match (&played.until, told.reaction) {
        (_, Reaction::Refuses) => "refused".to_owned(),
        (Some(until), _) => format!("held to {}", date(until.expires.time())),
        (None, Reaction::Takes) => "accepted".to_owned(),
        (None, Reaction::Installs) => "installed".to_owned(),
    };
    let taking: Vec<&Told> = played.clients.iter().filter(|told| told.reaction != Reaction::Refuses).collect();
    let Some(first) = taking.first().map(|told| word(told)) else { return "refused".to_owned() };
    let whose = match () {
        () if taking.len() == played.clients.len() => "",
        () if taking.iter().all(|told| told.new) && played.clients.iter().filter(|t| t.new).count() == taking.len() => {
            "new: "
        }
        () if taking.iter().all(|told| told.new && told.oldest) => "oldest: ",
        () => "some: ",
    };
    format!("{whose}{first}")
}

/// What was done, and for a row that some client falls for what helps and what comes after.
fn told(row: &PlayedRow, played: &Played) -> String {
    let stolen =
        if row.stolen == "nothing" { "somebody on the way".to_owned() } else { format!("with {}", row.stolen) };
    let mut out = format!("{stolen} {}", row.does);
    if played.clients.iter().any(|told| told.reaction != Reaction::Refuses) && row.helps != "nothing needed" {
        out += &format!(". Helps: {}", row.helps);
    }
    match &played.after {
        Some(Ok(_)) if row.case.is_empty() => out += ". Afterwards every client follows again",
        Some(Ok(_)) => out += &format!(". Afterwards, {}, every client follows again", row.case),
        Some(Err(why)) => out += &format!(". Afterwards {why}"),
        None => {}
    }
    out
}
