//! What changes from one signing configuration to another.

use std::fmt;

use super::{Others, Selection, Service, SigningConfig};
use crate::json::Json;
use crate::pairs::Pairs;
use crate::rest;
use crate::shown::text;

/// A change from one signing configuration to another. `Display` says it in one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigChange {
    /// A service that was not there.
    Added {
        /// What it is: `Rekor v2`.
        what: String,
        /// Its address.
        url: String,
        /// Its operator, its window, members nobody knows.
        details: Vec<String>,
    },
    /// A service that is there no more.
    Removed {
        /// What it is.
        what: String,
        /// Its address.
        url: String,
    },
    /// Another value in a field.
    Field {
        /// The field, and of what.
        what: String,
        /// What it was.
        from: Option<String>,
        /// What it is.
        to: Option<String>,
    },
    /// Services that stay stand in another order: clients take the first they can use.
    Reordered {
        /// The list's name in the file.
        list: &'static str,
        /// The services in the new order.
        order: Vec<String>,
    },
    /// A member that no version of the format has.
    Unknown {
        /// Where.
        path: String,
        /// What: `adds 1`.
        text: String,
    },
    /// Nothing that was there is gone.
    NothingRemoved,
}

impl ConfigChange {
    /// Whether a reader must not pass over it.
    #[must_use]
    pub fn is_warning(&self) -> bool {
        matches!(self, Self::Unknown { .. })
    }
}

impl fmt::Display for ConfigChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added { what, url, details } => write!(f, "adds {what} {}, {}", text(url), details.join(", ")),
            Self::Removed { what, url } => write!(f, "removes {what} {}", text(url)),
            Self::Field { what, from, to } => match (from, to) {
                (Some(from), Some(to)) => write!(f, "changes {what} from {} to {}", text(from), text(to)),
                (None, Some(to)) => write!(f, "sets {what} to {}", text(to)),
                (Some(from), None) => write!(f, "removes {what}, which was {}", text(from)),
                (None, None) => write!(f, "leaves {what}"),
            },
            Self::Reordered { list, order } => write!(f, "changes the order of `{list}`: now {}", order.join("; ")),
            Self::Unknown { path, text } => {
                write!(f, "WARNING: unknown member `{path}`, which some clients refuse: {text}")
            }
            Self::NothingRemoved => f.write_str("removes nothing"),
        }
    }
}

impl SigningConfig {
    /// Every change from `old`, and none where they are equal. Without an old one all is new.
    #[must_use]
    pub fn changes_from(&self, old: Option<&Self>) -> Vec<ConfigChange> {
        let Self { ca_urls, oidc_urls, rekor_tlog_urls, rekor_tlog_config, tsa_urls, tsa_config, others } = self;
        let mut changes = Vec::new();
        let mut list = |word, list, was: fn(&Self) -> &Option<Vec<Service>>, is: &Option<Vec<Service>>| {
            lists(word, list, old.and_then(|old| was(old).as_deref()), is.as_deref(), &mut changes);
        };
        list("CA", "caUrls", |old| &old.ca_urls, ca_urls);
        list("OIDC", "oidcUrls", |old| &old.oidc_urls, oidc_urls);
        list("Rekor", "rekorTlogUrls", |old| &old.rekor_tlog_urls, rekor_tlog_urls);
        list("TSA", "tsaUrls", |old| &old.tsa_urls, tsa_urls);
        let was = old.and_then(|old| old.rekor_tlog_config.as_ref());
        selections("rekorTlogConfig", was, rekor_tlog_config.as_ref(), &mut changes);
        let was = old.and_then(|old| old.tsa_config.as_ref());
        selections("tsaConfig", was, tsa_config.as_ref(), &mut changes);
        unknown("", old.map(|old| &old.others), Some(others), &mut changes);
        let removed = changes.iter().any(|change| matches!(change, ConfigChange::Removed { .. }));
        if old.is_some() && !removed && !changes.is_empty() {
            changes.push(ConfigChange::NothingRemoved);
        }
        changes
    }
}

fn lists(
    word: &str,
    list: &'static str,
    old: Option<&[Service]>,
    new: Option<&[Service]>,
    changes: &mut Vec<ConfigChange>,
) {
    // An empty list and none: one meaning, two files.
    let empty = |services: Option<&[Service]>| services.map(|_| "an empty list".to_owned());
    if old.unwrap_or_default().is_empty() && new.unwrap_or_default().is_empty() && old.is_some() != new.is_some() {
        let what = format!("`{list}`");
        changes.push(ConfigChange::Field { what, from: empty(old), to: empty(new) });
    }
    let what = |service: &Service| format!("{word} v{}", service.major_api_version);
    let identity = |service: &Service| (service.url.clone(), service.major_api_version);
    let pairs = Pairs::new(old.unwrap_or_default(), new.unwrap_or_default(), identity);
    for service in &pairs.removed {
        changes.push(ConfigChange::Removed { what: what(service), url: service.url.clone() });
    }
    for service in &pairs.added {
        let operator = service
            .operator
            .as_ref()
            .map_or_else(|| "no operator".to_owned(), |operator| format!("operator {}", text(operator)));
        let details = vec![operator, service.valid_for.to_string()];
        changes.push(ConfigChange::Added { what: what(service), url: service.url.clone(), details });
        unknown(&format!("{list}: {}: ", text(&service.url)), None, Some(&service.others), changes);
    }
    for (old, new) in &pairs.kept {
        changed(list, &format!("{} {}", what(new), text(&new.url)), old, new, changes);
    }
    if pairs.reordered {
        let order = pairs.kept.iter().map(|(_, service)| format!("{} {}", what(service), text(&service.url)));
        changes.push(ConfigChange::Reordered { list, order: order.collect() });
    }
}

fn changed(list: &str, service: &str, old: &Service, new: &Service, changes: &mut Vec<ConfigChange>) {
    let Service { url, major_api_version: _, valid_for, operator, others } = new;
    let time = |time: Option<&crate::time::WrittenTime>| time.map(ToString::to_string);
    for (field, from, to) in [
        ("start", time(old.valid_for.start()), time(valid_for.start())),
        ("end", time(old.valid_for.end()), time(valid_for.end())),
        ("operator", old.operator.clone(), operator.clone()),
    ] {
        if from != to {
            changes.push(ConfigChange::Field { what: format!("the {field} of {service}"), from, to });
        }
    }
    unknown(&format!("{list}: {}: ", text(url)), Some(&old.others), Some(others), changes);
}

fn selections(name: &str, old: Option<&Selection>, new: Option<&Selection>, changes: &mut Vec<ConfigChange>) {
    let shown = |selection: &Selection| match selection.count {
        Some(count) => format!("{} {count}", selection.selector.as_str()),
        None => selection.selector.as_str().to_owned(),
    };
    let (from, to) = (old.map(shown), new.map(shown));
    if from != to {
        changes.push(ConfigChange::Field { what: format!("`{name}`"), from, to });
    }
    let others = |selection: Option<&'_ Selection>| selection.map(|selection| selection.others.clone());
    unknown(&format!("{name}."), others(old).as_ref(), others(new).as_ref(), changes);
}

fn unknown(place: &str, old: Option<&Others>, new: Option<&Others>, changes: &mut Vec<ConfigChange>) {
    let map = |others: Option<&Others>| Json::Map(others.cloned().unwrap_or_default());
    rest::differences("", Some(&map(old)), Some(&map(new)), &mut |path, text| {
        changes.push(ConfigChange::Unknown { path: format!("{place}{path}"), text });
    });
}
