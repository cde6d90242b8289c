//! What is to be typed, in order, with everything filled in; and when it is to be typed again.

use super::people::{Holder, Team};
use super::{Expires, OFFLINE_DAYS, SIGNING_CONFIG, SNAPSHOT_DAYS, TIMESTAMP_DAYS, TRUSTED_ROOT};
use crate::text::wrap;
use chrono::{DateTime, Utc};
use tuffet_metadata::format_time;

/// The list, and what it was made for.
pub(super) struct Next {
    pub(super) ceremony: String,
    pub(super) at: DateTime<Utc>,
    parts: Vec<Part>,
    meaning: &'static str,
    seats: String,
    online: String,
    /// What every plan of this team says beside its changes.
    terms: String,
}

/// What one person does.
struct Part {
    who: String,
    why: &'static str,
    commands: Vec<String>,
}

impl Next {
    pub(super) fn new(at: DateTime<Utc>, team: &Team) -> Self {
        let ceremony = format!("{}-initial", at.format("%Y-%m-%d"));
        let terms = terms(team);
        let online = quoted(&team.online.key);
        let mut parts: Vec<Part> = team.everybody().map(enrolment).collect();
        parts.push(planning(&ceremony, at, team, &terms));
        let signers = usize::try_from(team.threshold).unwrap_or(usize::MAX);
        parts.extend(team.holders.iter().take(signers).map(|holder| Part {
            who: holder.owner.clone(),
            why: "reads what the signature would change, compares the digests with the others, and signs. On another \
                  machine: in a copy of ceremony/, whose files under signatures/ then come back",
            commands: vec![format!("tuffet sign ceremony/{ceremony} --key {}", quoted(&holder.key))],
        }));
        parts.push(Part {
            who: "whoever runs this".to_owned(),
            why: "publishes: from here on repository/ is static files, for any web server or bucket",
            commands: vec![
                format!("tuffet assemble ceremony/{ceremony}"),
                format!("tuffet publish ceremony/{ceremony} --online-key {online}"),
                "tuffet drill --only time --ical ../renewals.ics".to_owned(),
            ],
        });
        parts.push(Part {
            who: "every client".to_owned(),
            why: "starts from repository/1.root.json, which is shipped with it; its --url is where you serve repository/",
            commands: vec![
                "tuffet client init --cache ../cache --root repository/1.root.json".to_owned(),
                "tuffet trust-root fetch --cache ../cache --url repository".to_owned(),
            ],
        });
        let seats = format!("{} of {}", team.threshold, team.holders.len());
        Self { ceremony, at, parts, meaning: team.meaning(), seats, online, terms }
    }

    pub(super) fn commands(&self) -> Vec<String> {
        self.parts.iter().flat_map(|part| part.commands.clone()).collect()
    }

    pub(super) fn expires(&self) -> Expires {
        Expires::from(self.at)
    }

    /// What was chosen, a line each.
    pub(super) fn choices(&self) -> String {
        self.reasons().iter().map(|(what, why)| wrap(&format!("{what:<11}"), INDENT, why) + "\n").collect()
    }

    fn reasons(&self) -> Vec<(&'static str, String)> {
        vec![
            ("threshold", format!("{}: {}", self.seats, self.meaning)),
            ("online key", format!("{} signs snapshot and timestamp, and nothing else", self.online)),
            ("approvals", "none: nobody but the keyholders looks at a draft (K5)".to_owned()),
        ]
    }

    /// When what has to be renewed, and by which command.
    pub(super) fn dates(&self) -> String {
        self.renewals().iter().map(|(what, how)| wrap(&format!("{what:<11}"), INDENT, how) + "\n").collect()
    }

    fn renewals(&self) -> Vec<(&'static str, String)> {
        let Expires { timestamp, snapshot, offline, renew_by } = self.expires();
        let day = |time: DateTime<Utc>| time.format("%Y-%m-%d").to_string();
        vec![
            (
                "timestamp",
                format!("expires {}: once a day, `tuffet online once --online-key {}`", day(timestamp), self.online),
            ),
            ("snapshot", format!("expires {}: by the same command", day(snapshot))),
            (
                "root",
                format!("and targets expire {}: by {}, `{}`", day(offline), day(renew_by), self.renewal(renew_by)),
            ),
            ("calendar", "../renewals.ics has these dates, once the list is done".to_owned()),
        ]
    }

    fn renewal(&self, at: DateTime<Utc>) -> String {
        let (id, date) = (at.format("%Y-%m-%d-renewal"), format_time(at));
        format!("tuffet plan change {id} --date {date} --renew root --renew targets {}", self.terms)
    }

    /// NEXT.md.
    pub(super) fn page(&self) -> String {
        let mut out = format!(
            "# From here to a served repository\n\n{}\n",
            wrap("", "", "Typed in this folder, in this order, by the person named. Each command can be run again.")
        );
        for (what, why) in self.reasons() {
            out += &format!("- {}\n", wrap("", "  ", &format!("{what}: {why}")));
        }
        let mut number = 0;
        for part in &self.parts {
            out += &format!("\n## {}\n\n{}\n", part.who, wrap("", "", part.why));
            for command in &part.commands {
                number += 1;
                out += &format!("\n{number}.\n\n```sh\n{}\n```\n", broken(command));
            }
        }
        out += "\n## Renewals\n\n";
        for (what, how) in self.renewals() {
            out += &format!("- {what} {how}\n");
        }
        out
    }
}

fn enrolment(holder: &Holder) -> Part {
    let (key, stem) = (quoted(&holder.key), &holder.stem);
    Part {
        who: if holder.owner.starts_with('@') {
            holder.owner.clone()
        } else {
            "whoever runs the online key".to_owned()
        },
        why: "makes a key and proves it; on another machine, with invites/ copied there and enrolled/ copied back",
        commands: vec![
            format!("tuffet key generate {key}"),
            format!("tuffet key enroll --key {key} --invite invites/{stem}.json --out enrolled/{stem}"),
        ],
    }
}

fn terms(team: &Team) -> String {
    let software = if team.everybody().any(|holder| holder.is_file) { " --allow-software-keys" } else { "" };
    let reason = match team.holders.len() {
        1 => "one person",
        _ => "the keyholders are the whole team",
    };
    format!("--approvals 0 --waive 'K5={reason}'{software}")
}

fn planning(ceremony: &str, at: DateTime<Utc>, team: &Team, terms: &str) -> Part {
    let mut plan = format!("tuffet plan new {ceremony} --date {} --threshold {}", format_time(at), team.threshold);
    for holder in &team.holders {
        plan += &format!(" --keyholder enrolled/{}", holder.stem);
    }
    plan += &format!(
        " --online enrolled/online --target {TRUSTED_ROOT} --target {SIGNING_CONFIG} --offline-days {OFFLINE_DAYS} \
         --snapshot-days {SNAPSHOT_DAYS} --timestamp-days {TIMESTAMP_DAYS} {terms}"
    );
    Part {
        who: "whoever runs this".to_owned(),
        why: "plans, has plan.toml looked at, and computes what is to be signed",
        commands: vec![plan, format!("tuffet draft ceremony/{ceremony}")],
    }
}

/// A word for a shell, as it stands.
fn quoted(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./:@%+,".contains(&b);
    if !text.is_empty() && text.bytes().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

/// A command over several lines, broken before an option.
fn broken(command: &str) -> String {
    let mut out = String::new();
    let mut width = 0;
    for (place, part) in command.split(" --").enumerate() {
        let part = if place == 0 { part.to_owned() } else { format!(" --{part}") };
        if width > 0 && width + part.len() > 78 {
            out += " \\\n ";
            width = 1;
        }
        width += part.len();
        out += &part;
    }
    out
}

const INDENT: &str = "           ";
