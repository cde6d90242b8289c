//! A ceremony that is held in memory and thrown away (K17): from enrolment to metadata a stranger verifies, with the
//! functions every ceremony uses and no disk.

use crate::key_folder::KeyFolder;
use crate::{Invite, TokenStatement};
use chrono::{DateTime, Utc};
use tuffet_builder::{
    Change, Draft, Expiries, Given, Holder, OnlineKey, Seats, Severity, TargetPin, assemble, check, compare, draft,
};
use tuffet_keys::{Sha256, Sign, sha256, words};
use tuffet_metadata::{Limits, Profile, Proposed, RoleName, Root, Targets, Unverified, Verified, parse_time};

/// A trial between its steps.
pub struct Trial<'a> {
    people: Vec<(&'a str, &'a dyn Sign)>,
    online: &'a dyn Sign,
    holders: Vec<Holder>,
    drafted: Option<Draft>,
    digests: Vec<Sha256>,
    given: [Vec<Given>; 2],
    assembled: [Vec<u8>; 2],
}

/// A step, which says what it found or what is wrong.
pub type Step = fn(&mut Trial<'_>) -> Result<String, String>;

/// The steps, in their order.
pub const STEPS: [(&str, Step); 6] = [
    ("enrol", |trial| trial.enrol()),
    ("draft", |trial| trial.draft()),
    ("review", |trial| trial.review()),
    ("sign", |trial| trial.sign()),
    ("assemble", |trial| trial.assemble()),
    ("verify", |trial| trial.verify()),
];

impl<'a> Trial<'a> {
    /// A trial with these people, of whom all but one are needed, and an online key.
    #[must_use]
    pub fn new(people: &[(&'a str, &'a dyn Sign)], online: &'a dyn Sign) -> Self {
        Self {
            people: people.to_vec(),
            online,
            holders: Vec::new(),
            drafted: None,
            digests: Vec::new(),
            given: Default::default(),
            assembled: Default::default(),
        }
    }

    /// Each person proves their key, and nobody's proof does for another invite.
    fn enrol(&mut self) -> Result<String, String> {
        for (owner, key) in &self.people {
            let invite = Invite::new("selftest", None, owner, *sha256(owner.as_bytes()).as_bytes());
            let token = TokenStatement { kind: "throw-away key".into(), ..TokenStatement::default() };
            let record = invite.answer(*key, token, None).map_err(said)?;
            let folder = KeyFolder::new(&record, None).map_err(said)?;
            if folder.public != *key.public_key() {
                return Err(format!("{owner}: expected the key that answered, found another"));
            }
            let mut other = record;
            other.invite.nonce = sha256(b"another invite").to_string();
            if KeyFolder::new(&other, None).is_ok() {
                return Err(format!("{owner}: a proof for another invite was accepted"));
            }
            self.holders.push(Holder { owner: (*owner).to_owned(), public: folder.public });
        }
        Ok(format!("{} keys proved", self.holders.len()))
    }

    fn draft(&mut self) -> Result<String, String> {
        let threshold = self.threshold();
        let seats = Seats { holders: self.holders.clone(), threshold };
        let online = OnlineKey { uri: "throw-away".into(), public: self.online.public_key().clone() };
        let establish = Change::Establish { root: seats.clone(), targets: seats, online };
        let target =
            TargetPin { path: PATH.into(), length: LENGTH, sha256: sha256(TARGET), sha512: None, custom: None };
        let expiries = Expiries::new(time(EXPIRES)?, time(EXPIRES)?);
        let target = Change::SetTarget { role: RoleName::Targets, pin: target };
        let drafted = draft(None, &[establish, target], &expiries).map_err(said)?;
        let wrong = check(None, &drafted, time(AT)?).into_iter().find(|finding| finding.severity == Severity::Error);
        if let Some(finding) = wrong {
            return Err(format!("{}: {}", finding.rule, finding.message));
        }
        self.drafted = Some(drafted);
        Ok(format!("root and targets, {threshold} of {}", self.holders.len()))
    }

    /// What is shown says what changes, and its digest reads back from words.
    fn review(&mut self) -> Result<String, String> {
        let (root, targets) = self.proposed()?;
        let payloads = [tuffet_builder::payload(root).map_err(said)?, tuffet_builder::payload(targets).map_err(said)?];
        let digests = payloads.map(|payload| sha256(&payload));
        for digest in &digests {
            if words::decode(&words::encode(digest.as_bytes())).map_err(said)? != digest.as_bytes() {
                return Err("a digest in words reads back as another".into());
            }
        }
        let at = time(AT)?;
        let shown = self.drafted.as_ref().map(|drafted| compare(None, drafted, at).len()).unwrap_or_default();
        if shown == 0 {
            return Err("expected differences to show, found none".into());
        }
        self.digests = digests.to_vec();
        Ok(format!("{shown} differences, 2 digests"))
    }

    fn sign(&mut self) -> Result<String, String> {
        let (root, targets) = self.proposed()?;
        let payloads = [root.payload().to_vec(), targets.payload().to_vec()];
        let mut given = <[Vec<Given>; 2]>::default();
        for ((payload, digest), given) in payloads.iter().zip(&self.digests).zip(&mut given) {
            if sha256(payload) != *digest {
                return Err("expected to sign what was shown, found another payload".into());
            }
            for (_, key) in &self.people {
                let signature = key.sign(payload).map_err(said)?;
                key.public_key().verify(payload, &signature).map_err(said)?;
                given.push(Given { by: key.public_key().fingerprint(), signature });
            }
        }
        self.given = given;
        Ok(format!("{} signatures", self.given.iter().map(Vec::len).sum::<usize>()))
    }

    fn assemble(&mut self) -> Result<String, String> {
        let drafted = self.drafted.as_ref().ok_or(OUT_OF_ORDER)?;
        let (Some(root), Some(targets)) = (&drafted.root, &drafted.targets) else { return Err(OUT_OF_ORDER.into()) };
        let [for_root, for_targets] = &self.given;
        if for_root.is_empty() {
            return Err(OUT_OF_ORDER.into());
        }
        let reversed: Vec<Given> = for_root.iter().rev().cloned().collect();
        let of_root = |given: &[Given]| assemble(root, &[root.authority(&RoleName::Root)], given);
        let assembled = [of_root(for_root), assemble(targets, &[root.authority(&RoleName::Targets)], for_targets)];
        if assembled.first() != Some(&of_root(&reversed)) {
            return Err("the order of signatures changes the file".into());
        }
        // One signature less than the threshold.
        let too_few = usize::try_from(self.threshold()).unwrap_or_default().saturating_sub(1);
        if pinned(of_root(for_root.get(..too_few).unwrap_or_default())).is_ok() {
            return Err(format!("a root with {too_few} signatures was accepted"));
        }
        self.assembled = assembled;
        Ok("2 files, below the threshold refused".into())
    }

    /// As a stranger would, and nothing that was changed on the way.
    fn verify(&mut self) -> Result<String, String> {
        let [root, targets] = &self.assembled;
        let (profile, limits) = (Profile::deployed(), Limits::default());
        let trusted = pinned(root.clone()).map_err(said)?;
        let authority = trusted.authority(&RoleName::Targets);
        let read = |bytes: Vec<u8>| Unverified::<Targets>::new(bytes).verify(&authority, &profile, &limits);
        read(targets.clone()).map_err(said)?;
        let signed = targets.windows(SIGNED.len()).position(|window| window == SIGNED).unwrap_or_default();
        let mut refused = 0usize;
        // Letters and digits: white space between members is no part of what is signed.
        let places = (signed..targets.len()).filter(|at| targets.get(*at).is_some_and(u8::is_ascii_alphanumeric));
        for place in places {
            let mut changed = targets.clone();
            changed.iter_mut().skip(place).take(1).for_each(|byte| *byte ^= 1);
            if read(changed).is_ok() {
                return Err(format!("targets: byte {place} was changed unnoticed"));
            }
            refused = refused.saturating_add(1);
        }
        Ok(format!("both verify, {refused} changed files refused"))
    }

    fn threshold(&self) -> u64 {
        u64::try_from(self.people.len()).unwrap_or_default().saturating_sub(1)
    }

    fn proposed(&self) -> Result<(&Proposed<Root>, &Proposed<Targets>), String> {
        let drafted = self.drafted.as_ref().ok_or(OUT_OF_ORDER)?;
        drafted.root.as_ref().zip(drafted.targets.as_ref()).ok_or_else(|| OUT_OF_ORDER.to_owned())
    }
}

fn pinned(bytes: Vec<u8>) -> Result<Verified<Root>, tuffet_metadata::MetadataError> {
    Unverified::<Root>::new(bytes).verify_pinned(&Profile::deployed(), &Limits::default())
}

fn time(text: &str) -> Result<DateTime<Utc>, String> {
    parse_time(text).ok_or_else(|| format!("expected a time, found `{text}`"))
}

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}

const AT: &str = "2026-12-01T00:00:00Z";
const EXPIRES: &str = "2027-06-01T00:00:00Z";
const PATH: &str = "logs/keys.json";
const TARGET: &[u8] = b"{}";
const LENGTH: u64 = 2;
const SIGNED: &[u8] = b"\"signed\":";
const OUT_OF_ORDER: &str = "expected the steps in their order, found one before its turn";
