//! One look at a repository, and what is due signed and published.

use super::{Agenda, Due, Schedule};
use crate::{
    Accepted, OnlineExpiries, Place, Published, Receipt, Repository, RepositoryError, stage_online, stage_timestamp,
};
use chrono::{DateTime, Duration, Utc};
use std::collections::BTreeSet;
use tuffet_builder::{Periods, Pins};
use tuffet_keys::Sign;
use tuffet_metadata::RoleName;

/// What the online key does for one repository, wherever it lies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OnlineRoles {
    /// Days until a snapshot expires, where not root decides ([`Schedule::of`]).
    pub snapshot_days: Option<u32>,
    /// The same for the timestamp.
    pub timestamp_days: Option<u32>,
    /// Delegated roles that may have expired under a new snapshot ([`Agenda::heeding_people`]).
    pub passed_over: BTreeSet<RoleName>,
}

/// What came of one look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Round {
    /// Nothing was due.
    NotDue(Agenda),
    /// Something was, and is signed and published.
    Signed(Agenda, Receipt),
    /// Something was, and another publisher was faster.
    ByAnother(Agenda),
}

impl Round {
    /// What is due next.
    #[must_use]
    pub fn agenda(&self) -> &Agenda {
        match self {
            Self::NotDue(agenda) | Self::Signed(agenda, _) | Self::ByAnother(agenda) => agenda,
        }
    }
}

impl OnlineRoles {
    /// Signs what is due at `now`. Several of these may run at once, in several places: the conditional write of the
    /// timestamp lets one of them win, and the others find nothing due any more.
    ///
    /// # Errors
    /// [`RepositoryError`]: the repository is as it was, unless the error says otherwise. [`RepositoryError::Expired`] where
    /// people have let a role expire.
    pub fn round<P: Place>(
        &self,
        repository: &Repository<P>,
        online: &dyn Sign,
        now: DateTime<Utc>,
    ) -> Result<Round, RepositoryError> {
        self.round_through(repository, online, now, |accepted| accepted.publish(repository))
    }

    /// The same, published as `publish` does it.
    ///
    /// # Errors
    /// As [`round`](Self::round).
    pub fn round_through<P: Place>(
        &self,
        repository: &Repository<P>,
        online: &dyn Sign,
        now: DateTime<Utc>,
        publish: impl Fn(Accepted) -> Result<Receipt, RepositoryError>,
    ) -> Result<Round, RepositoryError> {
        let mut lost = 0;
        loop {
            let published = read(repository)?;
            let agenda = self.agenda(&published, now)?;
            if agenda.due == Due::Nothing {
                return Ok(if lost == 0 { Round::NotDue(agenda) } else { Round::ByAnother(agenda) });
            }
            match self.sign(agenda.due, published, online, now).and_then(&publish) {
                // Whoever was faster may have published something else than what is due here.
                Err(error) if error.is_race() && lost < LOST_AT_MOST => lost += 1,
                Err(error) => return Err(error),
                Ok(receipt) => return Ok(Round::Signed(self.after(&read(repository)?, now)?, receipt)),
            }
        }
    }

    /// Signs both roles at `now`, due or not, and has `publish` publish them.
    ///
    /// # Errors
    /// As [`round`](Self::round), and [`RepositoryError::Moved`] where another publisher was faster.
    pub fn sign_both<P: Place>(
        &self,
        repository: &Repository<P>,
        online: &dyn Sign,
        now: DateTime<Utc>,
        publish: impl Fn(Accepted) -> Result<Receipt, RepositoryError>,
    ) -> Result<Round, RepositoryError> {
        let published = read(repository)?;
        let asked = Agenda { due: Due::Both, ..Agenda::of(&published, &self.schedule(&published)?, now) };
        if let Some(expired) = asked.heeding_people(&self.passed_over, now)?.held_back {
            return Err(expired.into());
        }
        let receipt = self.sign(Due::Both, published, online, now).and_then(publish)?;
        Ok(Round::Signed(self.after(&read(repository)?, now)?, receipt))
    }

    /// What is due of `published` at `now`.
    ///
    /// # Errors
    /// [`RepositoryError::Expired`] or [`RepositoryError::Days`]
    pub fn agenda(&self, published: &Published, now: DateTime<Utc>) -> Result<Agenda, RepositoryError> {
        Ok(Agenda::of(published, &self.schedule(published)?, now).heeding_people(&self.passed_over, now)?)
    }

    /// The same once something was signed, which no refusal for the next time undoes.
    fn after(&self, published: &Published, now: DateTime<Utc>) -> Result<Agenda, RepositoryError> {
        let agenda = Agenda::of(published, &self.schedule(published)?, now);
        let heeding = agenda.clone().heeding_people(&self.passed_over, now);
        Ok(heeding.unwrap_or_else(|expired| Agenda { held_back: Some(expired), ..agenda }))
    }

    fn sign(
        &self,
        due: Due,
        published: Published,
        online: &dyn Sign,
        now: DateTime<Utc>,
    ) -> Result<Accepted, RepositoryError> {
        let expires = self.expiries(&published, now)?;
        let staged = match due {
            Due::Timestamp => stage_timestamp(published, online, &expires)?,
            Due::Both | Due::Nothing => stage_online(published, online, &expires)?,
        };
        staged.verify(now)
    }

    /// Until when what is signed at `now` holds; what is pinned stays pinned.
    ///
    /// # Errors
    /// [`RepositoryError::Days`]
    pub fn expiries(&self, published: &Published, now: DateTime<Utc>) -> Result<OnlineExpiries, RepositoryError> {
        let schedule = self.schedule(published)?;
        let end = |periods: Periods| {
            let end = now.checked_add_signed(Duration::days(periods.expiry.into()));
            end.filter(|end| *end > now && *end < DateTime::<Utc>::MAX_UTC).ok_or(RepositoryError::Days)
        };
        Ok(OnlineExpiries {
            snapshot: end(schedule.snapshot)?,
            timestamp: end(schedule.timestamp)?,
            pins: if published.timestamp.snapshot.hashes.is_some() { Pins::Full } else { Pins::VersionOnly },
        })
    }

    fn schedule(&self, published: &Published) -> Result<Schedule, RepositoryError> {
        Schedule::of(published.root()).lasting(self.snapshot_days, self.timestamp_days).ok_or(RepositoryError::Days)
    }
}

fn read<P: Place>(repository: &Repository<P>) -> Result<Published, RepositoryError> {
    repository.published()?.ok_or(RepositoryError::NothingPublished)
}

/// Who loses more often than this against others does not lose a race: something keeps publishing.
const LOST_AT_MOST: u32 = 5;
