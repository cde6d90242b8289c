//! The page over facts that are made here.

mod escape;
mod words;

use crate::{
    CeremonyFacts, CeremonyState, CountFacts, DelegationFacts, DeviceFacts, Facts, KeyFacts, Proof, RoleFacts,
    RootFacts, SeatsFacts, SignedFacts, SignerFacts, Time, TrustEntryFacts, TrustFacts, UnreadFacts, site,
};
use tuffet_metadata::parse_time;

pub(super) fn time(text: &str) -> Time {
    Time(parse_time(text).unwrap())
}

pub(super) fn page(facts: &Facts) -> String {
    String::from_utf8(site(facts).files["index.html"].clone()).unwrap()
}

pub(super) fn status(facts: &Facts) -> String {
    String::from_utf8(site(facts).files["status.json"].clone()).unwrap()
}

/// Facts of every kind, in which each text is `text` with a number: each its own.
pub(super) fn facts(text: &str) -> Facts {
    let mut count = 0;
    let mut next = || {
        count += 1;
        format!("{text}{count}")
    };
    let (made, later) = (time("2026-12-01T10:00:00Z"), time("2026-12-22T10:00:00Z"));
    let keys: Vec<KeyFacts> = (0..4)
        .map(|n| KeyFacts { id: next(), keyid: next(), owner: (n > 0).then(&mut next), scheme: next(), online: n == 3 })
        .collect();
    let ids: Vec<String> = keys.iter().map(|key| key.id.clone()).collect();
    let seats =
        |role: &str, from: usize| SeatsFacts { role: role.to_owned(), threshold: 2, keys: ids[from..].to_vec() };
    let root = |version: u64, from: usize, next: &mut dyn FnMut() -> String| RootFacts {
        file: file(version, later, next),
        seats: vec![seats("root", from), seats("targets", from)],
        previous: (version > 1).then_some(CountFacts { have: 2, need: 2, keys: 3 }),
        own: CountFacts { have: 2, need: 2, keys: 3 },
        signers: ids
            .iter()
            .take(2)
            .map(|id| SignerFacts { key: id.clone(), for_previous: true, for_own: version > 1 })
            .collect(),
        ceremony: Some(next()),
    };
    let roots: Vec<RootFacts> = (1..=24).map(|version| root(version, (version % 2) as usize, &mut next)).collect();
    let roles = ["root", "targets"].map(|role| RoleFacts {
        role: role.to_owned(),
        file: file(24, later, &mut next),
        seats: seats(role, 0),
        signed: ids[..2].to_vec(),
    });
    let delegation = |bins: Option<u64>, by: &str, next: &mut dyn FnMut() -> String| DelegationFacts {
        role: next(),
        by: by.to_owned(),
        bins,
        seats: seats("targets", 1),
        paths: vec![next(), next()],
        path_count: 9,
        terminating: bins.is_none(),
        file: bins.is_none().then(|| file(3, made, next)),
        targets: bins.is_none().then_some(5),
    };
    let first = delegation(None, "targets", &mut next);
    let below = delegation(Some(16), &first.role, &mut next);
    let device = |proof: Proof, roles: bool, next: &mut dyn FnMut() -> String| DeviceFacts {
        key: ids[1].clone(),
        owner: next(),
        kind: next(),
        proof,
        says: vec![next(), next()],
        ceremony: next(),
        roles: if roles { vec![next()] } else { Vec::new() },
    };
    let devices = [Proof::Attested, Proof::Refused, Proof::None]
        .into_iter()
        .flat_map(|proof| [(proof, true), (proof, false)])
        .map(|(proof, roles)| device(proof, roles, &mut next))
        .collect();
    let ceremony = |state: CeremonyState, next: &mut dyn FnMut() -> String| CeremonyFacts {
        id: next(),
        time: made,
        state,
        reason: Some(next()),
        signs: vec![next()],
        signed_by: vec![next(), next()],
        approved_by: vec![next()],
        stated_by: Some(vec![next()]),
        statement_sha256: Some(next()),
        statement: Some(next()),
        lines: Some(9),
        head: Some(next()),
    };
    let ceremonies = [CeremonyState::Planned, CeremonyState::Open, CeremonyState::Published, CeremonyState::Aborted]
        .into_iter()
        .cycle()
        .take(8)
        .map(|state| ceremony(state, &mut next))
        .collect();
    let entry = |end: Option<Time>, next: &mut dyn FnMut() -> String| TrustEntryFacts {
        kind: next(),
        name: next(),
        id: next(),
        algorithm: next(),
        url: Some(next()),
        start: Some(made),
        end,
    };
    Facts {
        name: Some(next()),
        url: Some(next()),
        trust_root: Some(TrustFacts {
            path: next(),
            sha256: next(),
            entries: vec![entry(None, &mut next), entry(Some(later), &mut next)],
            set_aside: vec![next()],
            drawn: None,
        }),
        unread: vec![UnreadFacts { what: next(), problem: next() }],
        keys,
        roles: roles.into(),
        roots,
        delegations: vec![first, below],
        devices,
        ceremonies,
        ..Facts::new(made)
    }
}

fn file(version: u64, expires: Time, next: &mut dyn FnMut() -> String) -> SignedFacts {
    SignedFacts { name: next(), version, sha256: next(), length: 5, expires }
}
