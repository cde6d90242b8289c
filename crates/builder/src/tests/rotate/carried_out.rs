//! What a plan says is what happens: each is carried out with other keys than those of its rehearsal, by the people it says
//! are enough, and read by a client from every root there is.

use super::*;
use tuffet_verifier::{Memory, Policy, Update};

/// The keys of people: of those who are there, and of those who come.
fn seed(owner: &str, is_new: bool) -> u8 {
    let there = FIVE.iter().find(|(name, _)| *name == owner).map(|(_, seed)| *seed);
    there.filter(|_| !is_new).unwrap_or_else(|| 100 + owner.as_bytes()[1] - b'a' + u8::from(is_new) * 30)
}

/// Everybody's key as the state has it.
fn held(state: &State) -> BTreeMap<String, Fingerprint> {
    let keys =
        state.root.keys().values().filter_map(|key| Some((key.owner()?.to_owned(), key.public()?.fingerprint())));
    keys.collect()
}

fn change(change: &RotationChange, state: &State) -> Change {
    let held = held(state);
    let coming = |owner: &String| holder(owner, seed(owner, held.contains_key(owner)));
    match change {
        RotationChange::ReplaceKeyholder { outgoing, incoming } => {
            Change::ReplaceKeyholder { outgoing: held[outgoing], incoming: coming(incoming) }
        }
        RotationChange::AddKeyholder { role, incoming } => {
            Change::AddKeyholder { role: *role, incoming: coming(incoming) }
        }
        RotationChange::RemoveKeyholder { role, outgoing } => {
            Change::RemoveKeyholder { role: *role, outgoing: held[outgoing] }
        }
        RotationChange::SetThreshold { role, threshold } => Change::SetThreshold { role: *role, threshold: *threshold },
        other => panic!("{other:?}"),
    }
}

/// The file, signed by the owners the plan names, with whatever keys of theirs count; `without` gives none.
fn sign<T: Role>(
    file: &Proposed<T>,
    authorities: &[tuffet_metadata::Authority<'_>],
    quorums: &[Quorum],
    without: Option<&str>,
) -> Vec<u8> {
    let signs = |owner: &str| quorums.iter().flat_map(|quorum| &quorum.seats).any(|s| s.signs && s.owner == owner);
    let mut all = Vec::new();
    for key in authorities.iter().flat_map(tuffet_metadata::Authority::keys) {
        let owner = key.owner().unwrap();
        if !signs(owner) || without == Some(owner) {
            continue;
        }
        let seed = [false, true].map(|is_new| seed(owner, is_new));
        let seed = seed.into_iter().find(|seed| fingerprint(*seed) == key.public().unwrap().fingerprint());
        all.push(given(file, seed.unwrap()));
    }
    assemble(file, authorities, &all)
}

/// Carries `plan` out, and gives the roots.
fn carry_out(start: &RotationStart, plan: &RotationPlan) -> Vec<Vec<u8>> {
    let mut state = start.state.clone();
    let mut roots = vec![state.root.bytes().to_vec()];
    for step in &plan.steps {
        let changes: Vec<Change> = step.changes.iter().map(|planned| change(planned, &state)).collect();
        let expires = step.at + Duration::days(182);
        let draft = draft(Some(&state), &changes, &Expiries::new(expires, expires)).unwrap();
        assert_eq!(draft.roles(), step.roles.iter().map(|(role, ..)| role.clone()).collect::<Vec<_>>());
        let (profile, limits) = (Profile::Strict, Limits::default());
        let root = draft.root.as_ref().unwrap();
        let by = draft.authorities(Some(&state), &RoleName::Root);
        let quorums = step.quorums(&RoleName::Root);
        let bytes = sign(root, &by, quorums, None);
        let next = Unverified::<Root>::new(bytes.clone()).verify_next(&state.root, &profile, &limits).unwrap();
        assert_eq!(Some(next.common.version), step.version(&RoleName::Root));
        for seat in quorums.iter().flat_map(|quorum| &quorum.seats).filter(|seat| seat.signs) {
            let less = Unverified::<Root>::new(sign(root, &by, quorums, Some(&seat.owner)));
            assert!(less.verify_next(&state.root, &profile, &limits).is_err(), "{} is not needed", seat.owner);
        }
        roots.push(bytes);
        if let Some(targets) = &draft.targets {
            let by = next.authority(&RoleName::Targets);
            let bytes = sign(targets, std::slice::from_ref(&by), step.quorums(&RoleName::Targets), None);
            state.targets = Unverified::new(bytes).verify(&by, &profile, &limits).unwrap();
        }
        state.root = next;
        assert!(!state.targets.common.expires.is_past(step.at));
    }
    for pin in 0..roots.len() {
        let when = plan.steps.last().unwrap().at;
        let mut update = Update::start(Unverified::new(roots[pin].clone()), when, Policy::default()).unwrap();
        for root in &roots[pin + 1..] {
            update = update.root(Unverified::new(root.clone())).unwrap();
        }
        assert_eq!(update.newest().common.version, roots.len() as u64);
        update.final_root(Memory::default()).unwrap();
    }
    roots
}

#[test]
fn r2_every_plan_is_carried_out_by_those_it_names_and_not_by_one_less() {
    let everybody = ["@alice=@fay", "@bob=@gus", "@carol=@hal", "@dave=@ida", "@erin=@jim"];
    let devices = ["@alice=@alice", "@bob=@bob", "@carol=@carol", "@dave=@dave", "@erin=@erin"];
    let removing = RotationGoal { remove: vec!["@erin".into(), "@dave".into()], ..RotationGoal::default() };
    let less = RotationGoal { root_threshold: Some(2), targets_threshold: Some(2), ..removing.clone() };
    let all = RotationGoal { add: vec!["@kim".into()], remove: vec!["@alice".into()], ..replacing(&["@bob=@gus"]) };
    let once = RotationTerms { pace: Pace::Once, ..terms() };
    let away = RotationTerms { absent: vec![absent("@bob", None), absent("@carol", None)], ..terms() };
    let cases: [(RotationGoal, RotationTerms, usize); 12] = [
        (replacing(&["@erin=@fay"]), terms(), 1),
        (replacing(&["@erin=@fay", "@dave=@gus"]), terms(), 1),
        (replacing(&everybody), terms(), 3),
        (replacing(&everybody), once.clone(), 1),
        (replacing(&devices), terms(), 3),
        (replacing(&devices), once, 1),
        (replacing(&everybody[1..3]), away, 1),
        (adding(&["@fay", "@gus"], Some(4)), terms(), 1),
        (adding(&[], Some(4)), terms(), 1),
        (removing, terms(), 1),
        (less, terms(), 1),
        (all, terms(), 1),
    ];
    for (number, (goal, terms, ceremonies)) in cases.into_iter().enumerate() {
        let plan = plan(&five(), &goal, &terms).unwrap_or_else(|error| panic!("{number}: {error}"));
        assert_eq!(plan.steps.len(), ceremonies, "{number}: {goal:?}");
        assert_eq!(carry_out(&five(), &plan).len(), ceremonies + 1);
    }
}
