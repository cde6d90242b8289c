//! Somebody has an online key. Whoever signs a timestamp can drive its version up, and clients that saw that one refuse
//! every lower one (T10, T16): only new keys in root make them forget (TUF 5.3.11).

use super::super::plan::{Dates, Making};
use super::super::read;
use super::case::{Case, require_all_follow};
use super::told::Told;
use crate::{CliError, Context, Outcome};
use clap::Args;
use std::collections::BTreeSet;
use std::path::PathBuf;
use tuffet_builder::{Change, OnlineKey as NewKey, OnlineRole};
use tuffet_ceremony::{Online, PlannedChange, PlannedOnline};
use tuffet_drill::{Forger, Twin};
use tuffet_metadata::{Limits, Profile, Role, RoleName, Snapshot, Timestamp, Unverified, Verified};

/// Arguments of `recover online-key`.
#[derive(Debug, Args)]
pub struct OnlineKey {
    /// The id of the ceremony that mends it, such as 2027-05-01-online-key
    pub ceremony: String,
    /// The folder of the online key that comes
    #[arg(long, value_name = "DIR")]
    pub online: PathBuf,
    /// Rotate the key of one role alone, where each has its own and one is stolen
    #[arg(long, value_name = "ROLE", value_parser = ["snapshot", "timestamp"])]
    pub only: Option<String>,
    /// A timestamp.json or snapshot.json that clients were served and you did not sign; may be
    /// given again
    #[arg(long = "seen", value_name = "FILE")]
    pub seen: Vec<PathBuf>,
    /// Dates and witnesses.
    #[command(flatten)]
    pub dates: Dates,
}

/// What the thief is known to have published.
#[derive(Default)]
struct Forged {
    timestamp: Option<u64>,
    snapshot: Option<u64>,
}

pub(super) fn run(command: &OnlineKey, context: &Context<'_>) -> Result<Outcome, CliError> {
    let case = Case::planned(context, &command.ceremony, &command.dates)?;
    let mut told = Told::new("online-key");
    let forged = seen(&case, command, &mut told)?;
    let keys = |role: &RoleName| case.root().authority(role).fingerprints();
    let shared = keys(&RoleName::Timestamp).intersection(&keys(&RoleName::Snapshot)).next().is_some();
    let mut roles = BTreeSet::from([OnlineRole::Snapshot, OnlineRole::Timestamp]);
    if let Some(only) = &command.only {
        roles.retain(|role| RoleName::from(*role).as_str() == only);
        if shared {
            let message = "--only: expected a key for each online role, found one that signs both: rotated in one it is still good in the other (R14)";
            return Err(CliError::usage(message).hint("run it without --only"));
        }
        if forged.snapshot.is_some() && !roles.contains(&OnlineRole::Snapshot) {
            let message = "--only timestamp: a forged snapshot was seen; clients that have it refuse every lower one until root has another snapshot key (R14, T16)";
            return Err(CliError::usage(message).hint("run it without --only"));
        }
        told.say(format!("{only} alone gets another key, as you say the other role's key is not stolen"));
    } else if shared {
        told.say("one key signs snapshot and timestamp: both get the new one");
    }

    let mut making = Making::start(&command.ceremony, Some(case.published.root().sha256()), &command.dates)?;
    let (uri, public, key, enrolment) = making.enrol_with_key(&command.online)?;
    if keys(&RoleName::Timestamp).contains(&public.fingerprint())
        || keys(&RoleName::Snapshot).contains(&public.fingerprint())
    {
        let message = format!(
            "--online: expected another key, found {uri}, which signs snapshot or timestamp already: clients notice no rotation (R14, C18)"
        );
        return Err(CliError::usage(message).hint("make a new key: `tuffet key generate` and `tuffet key enroll`"));
    }
    making.plan.online_keys.push(Online { key, uri: uri.clone(), enrolment });
    let (mut planned, mut changes) = (Vec::new(), Vec::new());
    for role in &roles {
        let name = match role {
            OnlineRole::Snapshot => PlannedOnline::Snapshot,
            OnlineRole::Timestamp => PlannedOnline::Timestamp,
        };
        planned.push(PlannedChange::SetOnlineKeys { role: name, keys: vec![uri.clone()], threshold: 1 });
        let keys = vec![NewKey { uri: uri.clone(), public: public.clone() }];
        changes.push(Change::SetOnlineKeys { role: *role, keys, threshold: 1 });
    }
    planned.append(&mut making.plan.changes);
    making.plan.changes = planned;

    let twin = case.twin()?;
    let damaged = fast_forward(&twin, &roles)?;
    let mut cast = case.cast(&twin);
    told.scenes.push(cast.see("if the thief drives versions up to 2147483648", &damaged, case.at));
    let resigned = case.after(&twin, &[], &making.plan)?;
    let unsafe_name =
        "and then you only sign snapshot and timestamp anew, at whatever is next (refused: they stay stuck)";
    told.scenes.push(cast.would_see(unsafe_name, &resigned.files, case.at));
    if roles.len() == 2 {
        let half = changes.iter().filter(|c| matches!(c, Change::SetOnlineKeys { role: OnlineRole::Timestamp, .. }));
        let half = case.after(&twin, &half.cloned().collect::<Vec<_>>(), &making.plan)?;
        let name = "or rotate the key of timestamp alone (refused: the thief keeps that of snapshot, and clients that forget \
                    each role by its own key stay stuck, R14)";
        told.scenes.push(cast.would_see(name, &half.files, case.at));
    }
    let after = case.after(&twin, &changes, &making.plan)?;
    let scene = cast.see("after this plan is published", &after.files, case.at);
    require_all_follow(&scene)?;
    told.scenes.push(scene);
    told.next(
        "take the old key out of every machine that signs with it, and keep it from signing: its service, its policy",
    );
    told.next("hold the ceremony; publish it with the new key: `tuffet publish DIR --online-key KEY`");
    told.next("files the thief published stay harmless: clients with the new root accept none of them");
    let plan = making.finish(&case.workspace)?;
    Ok(told.outcome(Some(&plan)))
}

/// The files that were seen, each proved to be signed by the keys in force.
fn seen(case: &Case, command: &OnlineKey, told: &mut Told) -> Result<Forged, CliError> {
    let mut forged = Forged::default();
    for path in &command.seen {
        let bytes = read(path)?;
        let file = path.display();
        let timestamp = verified::<Timestamp>(case, &bytes);
        let (role, version) = match (&timestamp, verified::<Snapshot>(case, &bytes)) {
            (Some(timestamp), _) => (RoleName::Timestamp, timestamp.common.version),
            (None, Some(snapshot)) => (RoleName::Snapshot, snapshot.common.version),
            (None, None) => {
                let message = format!(
                    "{file}: expected a timestamp or snapshot signed by the keys of root v{}, found neither: no client has accepted it",
                    case.root().common.version
                );
                return Err(CliError::new("not-signed", message)
                    .hint("without proof of a theft, a rotation is `tuffet plan change` with `set-online-keys`"));
            }
        };
        let ours = case.published.timestamp.bytes() == bytes || case.published.snapshot.bytes() == bytes;
        if ours {
            return Err(CliError::usage(format!(
                "--seen {file}: expected a file you did not publish, found the published {role} v{version}"
            )));
        }
        told.say(format!("{file}: {role} v{version}, signed by the key in force: it was used"));
        let listed = timestamp
            .map(|timestamp| timestamp.snapshot.version)
            .filter(|listed| *listed > case.published.snapshot.common.version);
        if let Some(listed) = listed {
            told.say(format!(
                "{file}: it names snapshot v{listed}, yours is v{}",
                case.published.snapshot.common.version
            ));
        }
        match role {
            RoleName::Snapshot => forged.snapshot = Some(version),
            _ => (forged.timestamp, forged.snapshot) = (Some(version), forged.snapshot.or(listed)),
        }
    }
    Ok(forged)
}

fn verified<T: Role>(case: &Case, bytes: &[u8]) -> Option<Verified<T>> {
    let by = case.root().authority(&T::TYPE);
    Unverified::<T>::new(bytes.to_vec()).verify(&by, &Profile::deployed(), &Limits::default()).ok()
}

/// What a thief of these roles' keys does to leave clients stuck.
fn fast_forward(twin: &Twin, roles: &BTreeSet<OnlineRole>) -> Result<tuffet_client::MemoryTransport, CliError> {
    let names: Vec<RoleName> = roles.iter().map(|role| (*role).into()).collect();
    let mut thief = Forger::of_roles(twin, &names);
    let snapshot = roles.contains(&OnlineRole::Snapshot).then(|| {
        thief.version(&RoleName::Snapshot, FAR).pin_version(&RoleName::Snapshot, &RoleName::Targets, FAR);
        thief.sign(&RoleName::Snapshot)
    });
    let snapshot = snapshot.transpose()?;
    if roles.contains(&OnlineRole::Timestamp) {
        thief.version(&RoleName::Timestamp, FAR);
        if let Some(snapshot) = snapshot {
            thief.pin(&RoleName::Timestamp, &RoleName::Snapshot, FAR, &snapshot);
        }
        thief.sign(&RoleName::Timestamp)?;
    }
    Ok(thief.files)
}

/// 2^31, where some clients' numbers end.
const FAR: u64 = 1 << 31;
