//! What is wanted, as options and as a file.

use crate::CliError;
use crate::commands::read;
use crate::context::time;
use chrono::{DateTime, Duration, Utc};
use clap::Args;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use tuffet_builder::{Absence, OfflineRole, Pace, Replacement, RotationGoal, RotationTerms, SecondKeys, expiry_days};
use tuffet_keys::{PublicKey, Scheme};
use tuffet_metadata::RoleName;
use tuffet_repository::Published;

/// What is wanted, when, by whom. The same in a file, where a list takes the place of an option that may be given again.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Wishes {
    /// `tuffet-rotation-goal-v1`, in a file.
    #[arg(skip)]
    pub schema: String,
    /// One person for another; may be given again
    #[arg(long, value_name = "OUT=IN")]
    pub replace: Vec<String>,
    /// The same person with a new key on a new device; may be given again
    #[arg(long, value_name = "WHO")]
    pub new_device: Vec<String>,
    /// One person more; may be given again
    #[arg(long, value_name = "WHO")]
    pub add: Vec<String>,
    /// One person less; may be given again
    #[arg(long, value_name = "WHO")]
    pub remove: Vec<String>,
    /// Everybody new, in the order of the seats: @f,@g,@h
    #[arg(long, value_name = "WHO,WHO", value_delimiter = ',')]
    pub all_new: Vec<String>,
    /// A new device for every YubiKey whose firmware is older
    #[arg(long, value_name = "VERSION")]
    pub firmware_floor: Option<String>,
    /// What is below the floor where nothing proves the firmware: `below` or `keep`
    #[arg(long, value_name = "CHOICE")]
    pub unproved: Option<String>,
    /// Signatures that root and targets are to need
    #[arg(long, value_name = "N")]
    pub threshold: Option<u64>,
    /// The same of root alone
    #[arg(long, value_name = "N", conflicts_with = "threshold")]
    pub root_threshold: Option<u64>,
    /// The same of targets alone
    #[arg(long, value_name = "N", conflicts_with = "threshold")]
    pub targets_threshold: Option<u64>,
    /// Let --add and --remove be about this role alone: `root` or `targets`
    #[arg(long, value_name = "ROLE")]
    pub only: Option<String>,
    /// Second keys of this scheme beside the first, for good: ml-dsa-44, ml-dsa-65, ml-dsa-87
    #[arg(long, value_name = "SCHEME")]
    pub hybrid: Option<String>,
    /// Who holds them, if not every keyholder a second one; may be given again
    #[arg(long, value_name = "WHO", requires = "hybrid")]
    pub hybrid_by: Vec<String>,
    /// Second keys of this scheme, and then they alone
    #[arg(long, value_name = "SCHEME", conflicts_with = "hybrid")]
    pub migrate: Option<String>,
    /// The first ceremony
    #[arg(long, value_name = "TIME")]
    pub date: Option<String>,
    /// Days between ceremonies [default: 14]
    #[arg(long, value_name = "DAYS")]
    pub every: Option<u32>,
    /// When the last one must have been held
    #[arg(long, value_name = "TIME")]
    pub before: Option<String>,
    /// Days until root and targets expire [default: as root says, else 182]
    #[arg(long, value_name = "DAYS")]
    pub offline_days: Option<u32>,
    /// Who cannot sign, and until when; may be given again
    #[arg(long, value_name = "WHO[=TIME]")]
    pub absent: Vec<String>,
    /// Exchange everybody in one ceremony
    #[arg(long, conflicts_with = "staged")]
    pub at_once: bool,
    /// Exchange people in as many ceremonies as it takes that familiar keys remain
    #[arg(long)]
    pub staged: bool,
    /// A client of the table that may be left behind, or `all`; may be given again
    #[arg(long, value_name = "CLIENT")]
    pub leave_behind: Vec<String>,
    /// The scheme of keys that come: ed25519, ecdsa-sha2-nistp256 and so on [default: as root's first key]
    #[arg(long, value_name = "SCHEME")]
    pub scheme: Option<String>,
}

impl Wishes {
    /// Reads a file of them.
    pub(super) fn read(path: &Path) -> Result<Self, CliError> {
        let wrong = |problem: &str| CliError::new("goal", format!("{}: {problem} (K1)", path.display()));
        let text = String::from_utf8(read(path)?).map_err(|_| wrong("expected UTF-8"))?;
        let wishes: Self = toml::from_str(&text).map_err(|e| {
            let line = e.span().and_then(|span| text.get(..span.start));
            let line = line.map_or(1, |before| before.matches('\n').count() + 1);
            wrong(&format!("line {line}: {}", e.message().lines().next().unwrap_or_default().escape_debug()))
        })?;
        match wishes.schema.as_str() {
            SCHEMA => Ok(wishes),
            found => Err(wrong(&format!("expected schema {SCHEMA}, found `{}`", found.escape_debug()))),
        }
    }

    /// The file's wishes and the command line's. Both may not say one thing.
    pub(super) fn and(mut self, typed: &Self) -> Result<Self, CliError> {
        fn one<T: Clone>(name: &str, own: &mut Option<T>, typed: &Option<T>) -> Result<(), CliError> {
            match (&own, typed) {
                (Some(_), Some(_)) => {
                    Err(CliError::usage(format!("--{name}: expected it once, found it in the file of the goal too")))
                }
                (None, Some(_)) => {
                    own.clone_from(typed);
                    Ok(())
                }
                _ => Ok(()),
            }
        }
        one("firmware-floor", &mut self.firmware_floor, &typed.firmware_floor)?;
        one("unproved", &mut self.unproved, &typed.unproved)?;
        one("threshold", &mut self.threshold, &typed.threshold)?;
        one("root-threshold", &mut self.root_threshold, &typed.root_threshold)?;
        one("targets-threshold", &mut self.targets_threshold, &typed.targets_threshold)?;
        one("only", &mut self.only, &typed.only)?;
        one("hybrid", &mut self.hybrid, &typed.hybrid)?;
        one("migrate", &mut self.migrate, &typed.migrate)?;
        one("date", &mut self.date, &typed.date)?;
        one("every", &mut self.every, &typed.every)?;
        one("before", &mut self.before, &typed.before)?;
        one("offline-days", &mut self.offline_days, &typed.offline_days)?;
        one("scheme", &mut self.scheme, &typed.scheme)?;
        for (own, typed) in [
            (&mut self.replace, &typed.replace),
            (&mut self.new_device, &typed.new_device),
            (&mut self.add, &typed.add),
            (&mut self.remove, &typed.remove),
            (&mut self.all_new, &typed.all_new),
            (&mut self.hybrid_by, &typed.hybrid_by),
            (&mut self.absent, &typed.absent),
            (&mut self.leave_behind, &typed.leave_behind),
        ] {
            own.extend(typed.iter().cloned());
        }
        self.at_once |= typed.at_once;
        self.staged |= typed.staged;
        Ok(self)
    }

    /// What is to be reached; what the firmware floor adds is the devices' affair.
    pub(super) fn goal(&self, published: &Published) -> Result<RotationGoal, CliError> {
        let mut goal = RotationGoal { add: self.add.clone(), remove: self.remove.clone(), ..RotationGoal::default() };
        for text in &self.replace {
            let (outgoing, incoming) =
                text.split_once('=').filter(|(out, comes)| !out.is_empty() && !comes.is_empty()).ok_or_else(|| {
                    CliError::usage(format!("--replace: expected OUT=IN, found `{}`", text.escape_debug()))
                })?;
            goal.replace.push(Replacement { outgoing: outgoing.to_owned(), incoming: incoming.to_owned() });
        }
        for who in &self.new_device {
            goal.replace.push(Replacement { outgoing: who.clone(), incoming: who.clone() });
        }
        self.everybody(published, &mut goal);
        if let Some(only) = &self.only {
            goal.roles.insert(match only.as_str() {
                "root" => OfflineRole::Root,
                "targets" => OfflineRole::Targets,
                found => {
                    let found = found.escape_debug();
                    return Err(CliError::usage(format!("--only: expected root or targets, found `{found}`")));
                }
            });
        }
        goal.root_threshold = self.root_threshold.or(self.threshold);
        goal.targets_threshold = self.targets_threshold.or(self.threshold);
        let scheme = self.hybrid.as_ref().map(|s| ("--hybrid", s)).or(self.migrate.as_ref().map(|s| ("--migrate", s)));
        if let Some((option, scheme)) = scheme {
            let scheme = scheme_named(option, scheme)?;
            goal.second = Some(SecondKeys { scheme, by: self.hybrid_by.clone(), then_alone: self.migrate.is_some() });
        }
        for name in goal.names() {
            if !tuffet_ceremony::Plan::is_name(name) {
                let found = name.escape_debug();
                return Err(CliError::usage(format!("expected names such as @alice, found `{found}`")));
            }
        }
        Ok(goal)
    }

    /// Everybody new: by the order of the seats.
    fn everybody(&self, published: &Published, goal: &mut RotationGoal) {
        let mut seats: Vec<String> = Vec::new();
        if !self.all_new.is_empty() {
            let root = published.root();
            let keys = root.authority(&RoleName::Root).keys().chain(root.authority(&RoleName::Targets).keys());
            for owner in keys.filter_map(|key| key.owner()) {
                if !seats.iter().any(|seat| seat == owner) {
                    seats.push(owner.to_owned());
                }
            }
        }
        let mut coming = self.all_new.iter();
        for outgoing in seats {
            match coming.next() {
                Some(incoming) => goal.replace.push(Replacement { outgoing, incoming: incoming.clone() }),
                None => goal.remove.push(outgoing),
            }
        }
        goal.add.extend(coming.cloned());
    }

    /// Under which terms.
    pub(super) fn terms(&self, published: &Published, now: DateTime<Utc>) -> Result<RotationTerms, CliError> {
        let date = self.date.as_deref().ok_or_else(|| {
            CliError::usage("expected the time of the first ceremony, found none").hint("give it with --date TIME")
        })?;
        let mut absent = Vec::new();
        for text in &self.absent {
            let (who, until) = match text.split_once('=') {
                Some((who, until)) => (who, Some(day(until)?)),
                None => (text.as_str(), None),
            };
            absent.push(Absence { who: who.to_owned(), until });
        }
        let root = published.root();
        let days = self.offline_days.unwrap_or_else(|| self.default_days(published));
        let first = root.authority(&RoleName::Root).keys().find_map(|key| key.public().map(PublicKey::scheme));
        let scheme = self.scheme.as_deref().map(|name| scheme_named("--scheme", name)).transpose()?;
        let every = self.every();
        if every == 0 || days == 0 {
            let option = if every == 0 { "--every" } else { "--offline-days" };
            return Err(CliError::usage(format!("{option}: expected a number of days from 1, found 0")));
        }
        let pace = match (self.at_once, self.staged) {
            (true, true) => return Err(CliError::usage("expected --at-once or --staged, found both")),
            (true, false) => Pace::Once,
            (false, true) => Pace::Staged,
            (false, false) => Pace::Auto,
        };
        Ok(RotationTerms {
            now,
            first: day(date)?,
            every: Duration::days(every.into()),
            before: self.before.as_deref().map(day).transpose()?,
            offline: Duration::days(days.into()),
            absent,
            pace,
            leave_behind: self.leave_behind.iter().cloned().collect(),
            enrolled: BTreeMap::new(),
            scheme: scheme.or(first).unwrap_or(Scheme::Ed25519),
        })
    }

    pub(super) fn every(&self) -> u32 {
        self.every.unwrap_or(14)
    }

    /// For how long root says that it is signed, where a plan takes that.
    pub(super) fn default_days(&self, published: &Published) -> u32 {
        let days = expiry_days(&published.root().value());
        days.and_then(|days| u32::try_from(days).ok()).filter(|days| (1..=400).contains(days)).unwrap_or(182)
    }
}

/// A time, or a day for its beginning.
pub(super) fn day(text: &str) -> Result<DateTime<Utc>, CliError> {
    let whole = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
    tuffet_metadata::parse_time(&whole).map_or_else(|| time(text), Ok)
}

fn scheme_named(option: &str, name: &str) -> Result<Scheme, CliError> {
    SCHEMES.into_iter().find(|scheme| scheme.name() == name || short(*scheme) == name).ok_or_else(|| {
        let names: Vec<String> = SCHEMES.into_iter().map(short).collect();
        let found = name.escape_debug();
        CliError::usage(format!("{option}: expected {}, found `{found}`", names.join(", ")))
    })
}

/// `ml-dsa-65`, as people say it.
pub(super) fn short(scheme: Scheme) -> String {
    match scheme {
        Scheme::EcdsaP256 => "p256".to_owned(),
        Scheme::EcdsaP384 => "p384".to_owned(),
        scheme => scheme.name().trim_end_matches("/1").to_owned(),
    }
}

const SCHEMES: [Scheme; 7] = [
    Scheme::Ed25519,
    Scheme::EcdsaP256,
    Scheme::EcdsaP384,
    Scheme::RsaPssSha256,
    Scheme::MlDsa44,
    Scheme::MlDsa65,
    Scheme::MlDsa87,
];
const SCHEMA: &str = "tuffet-rotation-goal-v1";
