//! One change of a trust root, and its sentence.

use std::fmt;

use crate::entries::EntryKind;
use crate::names::MediaType;
use crate::shown::{short, text};
use crate::time::{Window, WrittenTime};

/// An entry as a sentence names it: what it is, where it is, and the beginning of its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// What it is.
    pub kind: EntryKind,
    /// The log's base URL, or the authority's subject and URI.
    pub name: String,
    /// The log's id, or SHA-256 of the authority's first certificate; in hex.
    pub id: String,
}

impl Named {
    fn id_words(&self) -> &'static str {
        match signs_with(self.kind) {
            "key" => "id",
            certificate => certificate,
        }
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({} {})", self.kind.words(), text(&self.name), self.id_words(), short(&self.id))
    }
}

/// The start or the end of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// The start.
    Start,
    /// The end.
    End,
}

impl Edge {
    fn words(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::End => "end",
        }
    }
}

/// A change from one trust root to another. `Display` says it in one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrustChange {
    /// The media type; without an old one where there was no trust root.
    MediaType {
        /// What it was.
        from: Option<MediaType>,
        /// What it is.
        to: MediaType,
    },
    /// An entry that was not there.
    Added {
        /// The entry.
        entry: Named,
        /// The algorithm of its key or first certificate.
        algorithm: String,
        /// When it is valid.
        window: Window,
        /// What else a reader compares: ids and certificates whole.
        details: Vec<String>,
    },
    /// An entry that is there no more.
    Removed(Named),
    /// One entry goes and another comes at the same address: whoever answers there is somebody else.
    Replaced {
        /// What it is.
        kind: EntryKind,
        /// The address.
        address: String,
        /// Algorithm and id that go.
        from: (String, String),
        /// Algorithm and id that come.
        to: (String, String),
    },
    /// Another key under the id of the old one.
    KeyUnderId {
        /// The log.
        entry: Named,
        /// Algorithm and SHA-256 of the key that goes.
        from: (String, String),
        /// Algorithm and SHA-256 of the key that comes.
        to: (String, String),
    },
    /// An entry that had no end gets one.
    Closed {
        /// The entry.
        entry: Named,
        /// Its end.
        end: WrittenTime,
    },
    /// An entry that had an end has none any more.
    Reopened {
        /// The entry.
        entry: Named,
        /// The end it had.
        was: WrittenTime,
    },
    /// The start or the end of a window is another.
    Moved {
        /// The entry.
        entry: Named,
        /// Which of the two.
        edge: Edge,
        /// What it was.
        from: Option<WrittenTime>,
        /// What it is.
        to: Option<WrittenTime>,
    },
    /// Another value in a field of an entry.
    Field {
        /// The entry.
        entry: Named,
        /// The field's name in the file.
        field: &'static str,
        /// What it was.
        from: Option<String>,
        /// What it is.
        to: Option<String>,
    },
    /// Another certificate of a chain than the first, by which the entry is known.
    Certificate {
        /// The authority.
        entry: Named,
        /// Its place in the chain, from 1.
        position: usize,
        /// What it was.
        from: Option<String>,
        /// What it is.
        to: Option<String>,
    },
    /// Entries that stay stand in another order.
    Reordered {
        /// Of which list.
        kind: EntryKind,
        /// Their names in the new order.
        order: Vec<Named>,
    },
    /// A difference of the files that has no words of its own.
    Other {
        /// Where: `ctlogs[0]`.
        path: String,
        /// What: `adds []`.
        text: String,
    },
    /// Nothing that was there is gone, which is what a reader looks for first.
    NothingRemoved,
}

impl TrustChange {
    /// Whether a reader must not pass over it: it takes trust away, or gives it to somebody else under a known name.
    #[must_use]
    pub fn is_warning(&self) -> bool {
        matches!(self, Self::Removed(_) | Self::Replaced { .. } | Self::KeyUnderId { .. } | Self::Reopened { .. })
    }
}

impl fmt::Display for TrustChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_warning() {
            f.write_str("WARNING: ")?;
        }
        let key = |(algorithm, id): &(String, String)| format!("{algorithm} {}", short(id));
        match self {
            Self::MediaType { from: None, to } => write!(f, "media type {}", to.as_str()),
            Self::MediaType { from: Some(from), to } => {
                write!(f, "changes the media type from {} to {}", from.as_str(), to.as_str())
            }
            Self::Added { entry, algorithm, window, details } => {
                write!(f, "adds {} {}, {algorithm}, {window}", entry.kind.words(), text(&entry.name))?;
                details.iter().try_for_each(|detail| write!(f, ", {detail}"))
            }
            Self::Removed(entry) => write!(f, "removes {entry}: what it vouched for is trusted no more"),
            Self::Replaced { kind, address, from, to } => write!(
                f,
                "the {} at {} has another {}: {} goes, {} comes",
                kind.words(),
                text(address),
                signs_with(*kind),
                key(from),
                key(to)
            ),
            Self::KeyUnderId { entry, from, to } => {
                write!(f, "{entry} has another key under the same id: {} goes, {} comes", key(from), key(to))
            }
            Self::Closed { entry, end } => write!(f, "closes {entry} at {end}"),
            Self::Reopened { entry, was } => write!(f, "reopens {entry}: no end any more, which was {was}"),
            Self::Moved { entry, edge, from, to } => moved(f, entry, *edge, from.as_ref(), to.as_ref()),
            Self::Field { entry, field, from, to } => {
                let shown = |value: &Option<String>| value.as_ref().map(|value| text(value));
                from_to(f, &format!("{field} of {entry}"), shown(from), shown(to))
            }
            Self::Certificate { entry, position, from, to } => {
                from_to(f, &format!("certificate {position} of the chain of {entry}"), from.clone(), to.clone())
            }
            Self::Reordered { kind, order } => {
                let order: Vec<String> = order.iter().map(ToString::to_string).collect();
                write!(f, "changes the order of `{}`: now {}", list(*kind), order.join("; "))
            }
            Self::Other { path, text } if path.is_empty() => f.write_str(text),
            Self::Other { path, text } => write!(f, "`{path}`: {text}"),
            Self::NothingRemoved => f.write_str("removes nothing"),
        }
    }
}

fn moved(
    f: &mut fmt::Formatter<'_>,
    entry: &Named,
    edge: Edge,
    from: Option<&WrittenTime>,
    to: Option<&WrittenTime>,
) -> fmt::Result {
    let edge = edge.words();
    match (from, to) {
        (Some(from), Some(to)) if from.time() == to.time() => {
            write!(f, "writes the {edge} of {entry} as {to} instead of {from}, the same moment")
        }
        (Some(from), Some(to)) => {
            let word = if to.time() < from.time() { "earlier" } else { "later" };
            write!(f, "moves the {edge} of {entry} from {from} to {to}, {word}")
        }
        (None, Some(to)) => write!(f, "sets the {edge} of {entry} to {to}"),
        (Some(from), None) => write!(f, "removes the {edge} of {entry}, which was {from}"),
        (None, None) => write!(f, "leaves the {edge} of {entry}"),
    }
}

fn from_to(f: &mut fmt::Formatter<'_>, what: &str, from: Option<String>, to: Option<String>) -> fmt::Result {
    match (from, to) {
        (None, Some(to)) => write!(f, "sets {what} to {to}"),
        (Some(from), None) => write!(f, "removes {what}, which was {from}"),
        (Some(from), Some(to)) => write!(f, "changes {what} from {from} to {to}"),
        (None, None) => write!(f, "leaves {what}"),
    }
}

fn signs_with(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::TransparencyLog | EntryKind::CtLog => "key",
        EntryKind::CertificateAuthority | EntryKind::TimestampAuthority => "first certificate",
    }
}

/// The list of the file that entries of this kind stand in.
fn list(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::TransparencyLog => "tlogs",
        EntryKind::CertificateAuthority => "certificateAuthorities",
        EntryKind::CtLog => "ctlogs",
        EntryKind::TimestampAuthority => "timestampAuthorities",
    }
}
