//! Whether an entry held at a time, and if not, why not: a verifier that only hears "no" cannot tell an attack from a
//! clock.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};

use crate::authority::CertificateAuthority;
use crate::log::TransparencyLog;
use crate::shown;
use crate::time::{Window, WrittenTime};

/// Why an entry was not to be trusted at a time. `Display` says it as the end of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotValid {
    /// The window has no start, so it never opens.
    NoStart,
    /// The window had not opened.
    NotYet {
        /// When it opens.
        start: WrittenTime,
    },
    /// The window had closed.
    Ended {
        /// When it closed.
        end: WrittenTime,
    },
    /// A certificate of the chain was not valid yet.
    CertificateNotYet {
        /// Its place in the chain, from 1.
        position: usize,
        /// Its subject.
        subject: String,
        /// From when it is valid.
        not_before: DateTime<Utc>,
    },
    /// A certificate of the chain had expired, though the window was open.
    CertificateExpired {
        /// Its place in the chain, from 1.
        position: usize,
        /// Its subject.
        subject: String,
        /// Until when it was valid.
        not_after: DateTime<Utc>,
    },
}

impl Window {
    /// Whether the time lies in the window, as [`contains`](Self::contains) says.
    ///
    /// # Errors
    /// [`NotValid`]: no start, before the start, after the end.
    pub fn valid_at(&self, time: DateTime<Utc>) -> Result<(), NotValid> {
        let start = self.start().ok_or(NotValid::NoStart)?;
        if time < start.time() {
            return Err(NotValid::NotYet { start: start.clone() });
        }
        match self.end() {
            Some(end) if time > end.time() => Err(NotValid::Ended { end: end.clone() }),
            _ => Ok(()),
        }
    }
}

impl TransparencyLog {
    /// Whether the key was the log's at this time.
    ///
    /// # Errors
    /// [`NotValid`]: why it was not.
    pub fn valid_at(&self, time: DateTime<Utc>) -> Result<(), NotValid> {
        self.valid_for().valid_at(time)
    }
}

impl CertificateAuthority {
    /// Whether what it issued at this time is to be trusted, as [`is_valid_at`](Self::is_valid_at) says.
    ///
    /// # Errors
    /// [`NotValid`]: why it is not.
    pub fn valid_at(&self, time: DateTime<Utc>) -> Result<(), NotValid> {
        self.valid_for().valid_at(time)?;
        for (position, certificate) in (1..).zip(self.chain()) {
            let (not_before, not_after) = (certificate.not_before(), certificate.not_after());
            if time < not_before {
                return Err(NotValid::CertificateNotYet { position, subject: certificate.subject(), not_before });
            }
            if time > not_after {
                return Err(NotValid::CertificateExpired { position, subject: certificate.subject(), not_after });
            }
        }
        Ok(())
    }
}

impl fmt::Display for NotValid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |time: &DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
        match self {
            Self::NoStart => f.write_str("never valid: its window has no start"),
            Self::NotYet { start } => write!(f, "not valid before {start}"),
            Self::Ended { end } => write!(f, "not valid after {end}"),
            Self::CertificateNotYet { position, subject, not_before } => {
                write!(f, "certificate {position}, {}, is not valid before {}", shown::text(subject), time(not_before))
            }
            Self::CertificateExpired { position, subject, not_after } => {
                write!(f, "certificate {position}, {}, expired at {}", shown::text(subject), time(not_after))
            }
        }
    }
}
