//! Makes a TUF repository with one target in a new folder: `cargo run --example repository -- FOLDER`.
use chrono::{DateTime, TimeDelta, Utc};
use ring::{rand::SystemRandom, signature::Ed25519KeyPair, signature::KeyPair as _};
use tuffet_builder::{Change, Expiries, Given, Holder, OnlineKey, Pins, Seats, TargetPin, assemble, draft, payload};
use tuffet_keys::{PublicKey, Scheme, Sign, SignError};
use tuffet_metadata::RoleName;
use tuffet_repository::{OnlineExpiries, Receipt, Repository, Signed, stage};
struct Key(Ed25519KeyPair, PublicKey); // in memory; tuffet-signers has key files, tokens and services
#[rustfmt::skip]
impl Sign for Key {
    fn public_key(&self) -> &PublicKey { &self.1 }
    fn describe(&self) -> String { "a key in memory".into() }
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> { Ok(self.0.sign(message).as_ref().to_vec()) }
}
fn key() -> Key {
    let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).expect("random bytes");
    let pair = Ed25519KeyPair::from_pkcs8(document.as_ref()).expect("a key just made");
    let public = PublicKey::from_raw(Scheme::Ed25519, pair.public_key().as_ref()).expect("32 bytes");
    Key(pair, public)
}
pub(crate) fn make(folder: &std::path::Path, now: DateTime<Utc>) -> Result<Receipt, Box<dyn std::error::Error>> {
    let (person, online) = (key(), key()); // who signs root and targets, and what signs every day
    let seats = Seats { holders: vec![Holder { owner: "@me".into(), public: person.1.clone() }], threshold: 1 };
    let daily = OnlineKey { uri: "memory:".into(), public: online.1.clone() };
    let hello = Change::SetTarget { role: RoleName::Targets, pin: TargetPin::of("docs/hello.txt", b"hello\n") };
    let (week, year) = (now + TimeDelta::days(7), now + TimeDelta::days(365));
    let changes = [Change::Establish { root: seats.clone(), targets: seats, online: daily }, hello];
    let draft = draft(None, &changes, &Expiries::new(year, year))?;
    let (root, targets) = (draft.root.ok_or("no root")?, draft.targets.ok_or("no targets")?);
    let give = |bytes: Vec<u8>| person.sign(&bytes).map(|signature| [Given { by: person.1.fingerprint(), signature }]);
    let root_file = assemble(&root, &[root.authority(&RoleName::Root)], &give(payload(&root)?)?);
    let targets_file = assemble(&targets, &[root.authority(&RoleName::Targets)], &give(payload(&targets)?)?);
    let files = [("docs/hello.txt".to_owned(), b"hello\n".to_vec())].into();
    let signed = Signed { root: Some(root_file), targets: Some(targets_file), files, ..Signed::default() };
    let expires = OnlineExpiries { snapshot: year, timestamp: week, pins: Pins::Full };
    Ok(stage(None, signed, &online, &expires)?.verify(now)?.publish(&Repository::open(folder))?)
}
#[rustfmt::skip]
fn main() { make(std::env::args_os().nth(1).expect("a folder").as_ref(), std::time::SystemTime::now().into()).unwrap(); }
