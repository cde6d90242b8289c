//! What is told to others: a webhook hears what is new, a calendar shows who is needed when.

use super::super::drill::ical;
use super::{Round, data};
use tuffet_builder::outside::leading;
use tuffet_builder::{Ahead, EventKind, SignedBy, Situation, ahead};
use tuffet_metadata::RoleName;

#[cfg(feature = "network")]
pub(super) use webhook::Webhook;

/// The next ceremonies: what people sign, when it is due and when it ends, and whom it takes. Empty where the repository
/// cannot be read.
pub(super) fn calendar(round: &Round) -> String {
    let rows = data::roles(round);
    let Some((_, view)) = leading(&round.sightings) else { return empty() };
    let Some(all) = ahead(&view.seen, &Situation::default(), &[], round.at) else { return empty() };
    let by_people =
        |event: &tuffet_builder::Event| event.signed_by == SignedBy::People && event.kind != EventKind::WindowEnds;
    let ahead = Ahead { at: all.at, events: all.events.into_iter().filter(by_people).collect() };
    let who = |role: &RoleName| rows.iter().find(|row| row.role == *role).map(tuffet_builder::outside::Horizon::who);
    ical::calendar(&ahead, &view.seen, &who)
}

fn empty() -> String {
    let none = Ahead { at: chrono::DateTime::UNIX_EPOCH, events: Vec::new() };
    ical::calendar(&none, &tuffet_builder::Observed::default(), &|_| None)
}

#[cfg(feature = "network")]
mod webhook {
    use super::super::super::network::Network;
    use super::super::super::read;
    use super::super::{Round, data, text, word};
    use crate::{CliError, outcome};
    use serde_json::json;
    use std::path::Path;
    use tuffet_metadata::format_time;

    /// Who is told.
    pub(in super::super) struct Webhook(tuffet_client::Webhook);

    impl Webhook {
        /// The URL stands in a file: everybody on the machine can read a command's arguments.
        pub(in super::super) fn open(path: &Path, network: &Network) -> Result<Self, CliError> {
            let text = String::from_utf8(read(path)?).unwrap_or_default();
            let opened = tuffet_client::Webhook::new(text.trim(), &network.config()?);
            opened.map(Self).map_err(|e| CliError::usage(format!("{}: {e}", path.display())))
        }

        /// Tells what is new or over. Whether it was told: what was not is told at the next look.
        pub(in super::super) fn tell(&self, round: &Round) -> bool {
            if !round.is_news() {
                return true;
            }
            let new: Vec<_> = round.new_alarms().map(data::alarm).collect();
            let mut words = vec![format!("tuffet watch: {}", text::state(round))];
            words.extend(
                round.new_alarms().map(|alarm| {
                    format!("{} {} {}: {}", word(alarm.level), alarm.symptom.id, alarm.url, alarm.message)
                }),
            );
            words.extend(round.settled.iter().map(|settled| format!("over: {}", settled.trim_end())));
            let body = json!({
                "schema": "tuffet-outside-webhook-v1", "at": format_time(round.at),
                "state": round.worst().map_or("fine", word), "new": new, "settled": round.settled,
                // What chat programs show of a webhook.
                "text": words.join("\n"),
            });
            match self.0.post(body.to_string().as_bytes()) {
                Ok(()) => true,
                Err(error) => {
                    outcome::warn(&format!("{error}: told again at the next look"));
                    false
                }
            }
        }
    }
}

#[cfg(not(feature = "network"))]
pub(super) struct Webhook;

#[cfg(not(feature = "network"))]
impl Webhook {
    pub(super) fn open(_: &std::path::Path, _: &super::super::network::Network) -> Result<Self, crate::CliError> {
        Err(crate::CliError::usage("this program was built without its network code: it tells no webhook"))
    }

    pub(super) fn tell(&self, _: &Round) -> bool {
        true
    }
}
