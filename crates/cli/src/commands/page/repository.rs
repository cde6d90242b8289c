//! What the repository itself says, as it was verified.

use std::collections::{BTreeMap, BTreeSet};
use tuffet_keys::{PublicKey, sha256};
use tuffet_metadata::{
    Authority, Common, Delegations, Key, Role, RoleName, Root, Signer, SuccinctRoles, Tally, Targets, Verified,
};
use tuffet_page::{
    CountFacts, DelegationFacts, Facts, KeyFacts, RoleFacts, RootFacts, SeatsFacts, SignedFacts, SignerFacts, Time,
    TrustEntryFacts, TrustFacts, UnreadFacts,
};
use tuffet_repository::{Place, Published, Repository};
use tuffet_trust_root::{Entry, Tolerant, WrittenTime};

pub(super) fn tell<P: Place>(facts: &mut Facts, repository: &Repository<P>, published: &Published) {
    facts.keys = keys(published);
    let root = published.root();
    facts.roles = vec![
        role(root, root),
        role(root, &published.targets),
        role(root, &published.snapshot),
        role(root, &published.timestamp),
    ];
    facts.roots = published.roots.iter().map(root_facts).collect();
    let mut seen = BTreeSet::new();
    delegations(facts, published, &published.targets, &mut seen);
    match trust_root(repository, published) {
        Ok(trust) => facts.trust_root = trust,
        Err(problem) => facts.unread.push(UnreadFacts { what: TRUSTED_ROOT.to_owned(), problem }),
    }
}

/// How this page names a key: whatever keyids it had.
pub(super) fn id(key: &Key) -> String {
    key.public().map_or_else(|| key.keyid().to_string(), |public| PublicKey::fingerprint(public).to_string())
}

/// Every key, the oldest first, each as the newest file gives it that has it.
fn keys(published: &Published) -> Vec<KeyFacts> {
    let (mut order, mut known): (Vec<String>, BTreeMap<String, KeyFacts>) = (Vec::new(), BTreeMap::new());
    let mut add = |key: &Key| {
        let id = id(key);
        let before = known.get(&id).and_then(|known| known.owner.clone());
        if !known.contains_key(&id) {
            order.push(id.clone());
        }
        let facts = KeyFacts {
            id: id.clone(),
            keyid: key.keyid().to_string(),
            owner: key.owner().map(str::to_owned).or(before),
            scheme: key.scheme_text().to_owned(),
            online: key.online_uri().is_some(),
        };
        known.insert(id, facts);
    };
    for root in &published.roots {
        for name in RoleName::TOP_LEVEL {
            root.authority(&name).keys().for_each(&mut add);
        }
    }
    for delegations in published.listings().filter_map(|role| role.delegations.as_ref()) {
        delegations.keys().values().for_each(&mut add);
    }
    order.iter().filter_map(|id| known.remove(id)).collect()
}

fn role<T: Role>(root: &Root, file: &Verified<T>) -> RoleFacts {
    let name = file.role();
    let own = file.tallies().last();
    let signed = own.map(|tally| tally.valid.iter().map(|signer| signer.fingerprint.to_string()).collect());
    RoleFacts {
        role: name.to_string(),
        file: signed_facts(file, root.consistent_snapshot),
        seats: seats(&root.authority(name)),
        signed: signed.unwrap_or_default(),
    }
}

fn signed_facts<T: Role>(file: &Verified<T>, consistent: bool) -> SignedFacts {
    let Common { version, expires, .. } = file.common();
    let numbered = *file.role() == RoleName::Root || consistent && *file.role() != RoleName::Timestamp;
    SignedFacts {
        name: file.role().request_name(numbered.then_some(*version)),
        version: *version,
        sha256: file.sha256().to_string(),
        length: count(file.bytes().len()),
        expires: Time(expires.time()),
    }
}

fn seats(authority: &Authority<'_>) -> SeatsFacts {
    let mut keys: Vec<String> = Vec::new();
    for id in authority.keys().map(id) {
        // A key under two keyids is one key.
        if !keys.contains(&id) {
            keys.push(id);
        }
    }
    SeatsFacts { role: authority.role().to_string(), threshold: authority.threshold(), keys }
}

fn root_facts(root: &Verified<Root>) -> RootFacts {
    let (previous, own) = match root.tallies() {
        [previous, own] => (Some(previous), Some(own)),
        tallies => (None, tallies.last()),
    };
    let by = |tally: Option<&Tally>, signer: &Signer| {
        tally.is_some_and(|tally| tally.valid.iter().any(|valid| valid.fingerprint == signer.fingerprint))
    };
    let leavers = previous.into_iter().flat_map(|tally| &tally.valid).filter(|signer| !by(own, signer));
    let signers = own.into_iter().flat_map(|tally| &tally.valid).chain(leavers).map(|signer| SignerFacts {
        key: signer.fingerprint.to_string(),
        for_previous: by(previous, signer),
        for_own: by(own, signer),
    });
    let counted =
        |tally: &Tally| CountFacts { have: count(tally.have()), need: tally.threshold, keys: count(tally.keys) };
    RootFacts {
        file: signed_facts(root, true),
        seats: RoleName::TOP_LEVEL.iter().map(|name| seats(&root.authority(name))).collect(),
        previous: previous.map(counted),
        // A verified root was counted against its own keys.
        own: own.map_or(CountFacts { have: 0, need: 0, keys: 0 }, counted),
        signers: signers.collect(),
        ceremony: None,
    }
}

/// In the order of a search, each delegator once.
fn delegations(facts: &mut Facts, published: &Published, by: &Verified<Targets>, seen: &mut BTreeSet<String>) {
    let Some(delegations) = by.delegations.as_ref().filter(|_| seen.insert(by.role().to_string())) else { return };
    if let Some(bins) = delegations.succinct_roles() {
        facts.delegations.push(succinct(by, delegations, bins));
    }
    for listed in delegations.roles().iter() {
        let file = published.delegated.get(&listed.name);
        let consistent = published.root().consistent_snapshot;
        facts.delegations.push(DelegationFacts {
            role: listed.name.clone(),
            by: by.role().to_string(),
            bins: None,
            seats: delegated_seats(delegations, &listed.name),
            paths: listed.paths.iter().take(PATHS).map(|pattern| pattern.as_str().to_owned()).collect(),
            path_count: count(listed.paths.len().max(listed.path_hash_prefixes.len())),
            terminating: listed.terminating,
            file: file.map(|file| signed_facts(file, consistent)),
            targets: file.map(|file| count(file.targets().len())),
        });
        if let Some(file) = file {
            self::delegations(facts, published, file, seen);
        }
    }
}

fn succinct(by: &Verified<Targets>, delegations: &Delegations, bins: &SuccinctRoles) -> DelegationFacts {
    DelegationFacts {
        role: bins.name_prefix().to_owned(),
        by: by.role().to_string(),
        bins: Some(bins.bins()),
        seats: SeatsFacts { role: bins.name_prefix().to_owned(), ..delegated_seats(delegations, &bins.bin(0)) },
        paths: Vec::new(),
        path_count: 0,
        terminating: false,
        file: None,
        targets: None,
    }
}

fn delegated_seats(delegations: &Delegations, role: &str) -> SeatsFacts {
    let nobody = SeatsFacts { role: role.to_owned(), threshold: 0, keys: Vec::new() };
    delegations.authority(role).map_or(nobody, |authority| seats(&authority))
}

fn trust_root<P: Place>(repository: &Repository<P>, published: &Published) -> Result<Option<TrustFacts>, String> {
    if !published.listings().any(|role| role.targets().contains_key(TRUSTED_ROOT)) {
        return Ok(None);
    }
    let found = repository.target(published, TRUSTED_ROOT).map_err(|e| e.to_string())?;
    let bytes = found.ok_or("expected the file that the targets list, found none")?;
    let root = Tolerant::parse(&bytes).map_err(|e| e.to_string())?;
    Ok(Some(TrustFacts {
        path: TRUSTED_ROOT.to_owned(),
        sha256: sha256(&bytes).to_string(),
        entries: root.trusted_root().entries().into_iter().map(entry).collect(),
        set_aside: root.set_aside().iter().map(|aside| aside.path().to_owned()).collect(),
        drawn: Some(root),
    }))
}

fn entry(entry: Entry) -> TrustEntryFacts {
    let time = |time: Option<WrittenTime>| time.map(|time| Time(time.time()));
    let origin = entry.log.map(|log| log.origin);
    TrustEntryFacts {
        kind: entry.kind.words().to_owned(),
        name: entry.subject.or(origin).or(entry.url.clone()).unwrap_or_default(),
        id: entry.id,
        algorithm: entry.algorithm,
        url: entry.url,
        start: time(entry.start),
        end: time(entry.end),
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

const TRUSTED_ROOT: &str = "trusted_root.json";
/// Patterns of one delegation that stand on the page.
const PATHS: usize = 24;
