//! What a recovery starts from: the workspace as it is, its twin, and the people by name.

use super::super::plan::Dates;
use super::super::throw_away::throw_away;
use crate::workspace::Workspace;
use crate::{CliError, Context};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use tuffet_builder::{Change, Expiries, Observed};
use tuffet_ceremony::Plan;
use tuffet_drill::{Cast, Scene, Twin, TwinError};
use tuffet_keys::Fingerprint;
use tuffet_metadata::{Key, Root, Targets};
use tuffet_repository::Published;

/// A workspace whose repository is to be mended.
pub(super) struct Case {
    pub(super) workspace: Workspace,
    pub(super) published: Published,
    /// The time of the recovery.
    pub(super) at: DateTime<Utc>,
}

impl Case {
    /// The workspace's repository, which must verify but for its dates.
    pub(super) fn open(context: &Context<'_>, at: DateTime<Utc>) -> Result<Self, CliError> {
        let workspace = context.workspace(Path::new("."))?;
        let published = super::super::plan::published(&workspace)?;
        Ok(Self { workspace, published, at })
    }

    /// A case with a plan to write, which must not be there yet: found before anything is played.
    pub(super) fn planned(context: &Context<'_>, ceremony: &str, dates: &Dates) -> Result<Self, CliError> {
        let case = Self::open(context, crate::context::time(&dates.date)?)?;
        let plan = case.workspace.ceremony(ceremony).join("plan.toml");
        if plan.exists() {
            let dir = case.workspace.ceremony(ceremony);
            let message = format!("{}: expected no such file, found one: this recovery is planned", plan.display());
            let hint =
                format!("go on with it: `tuffet draft {}`; to plan anew, move its directory away", dir.display());
            return Err(CliError::new("exists", message).hint(hint));
        }
        Ok(case)
    }

    pub(super) fn root(&self) -> &Root {
        self.published.root()
    }

    pub(super) fn targets(&self) -> &Targets {
        &self.published.targets
    }

    /// The twin, and what makes keys for it.
    pub(super) fn twin(&self) -> Result<Twin, CliError> {
        let repository = self.workspace.repository();
        let label = repository.dir().display().to_string();
        let seen = Observed::walk(&label, Some(self.at), None, |name| repository.read(name))?;
        Ok(Twin::of(&seen, &mut *throw_away())?)
    }

    /// The clients there are, as they have lived with what is published.
    pub(super) fn cast(&self, twin: &Twin) -> Cast {
        Cast::of(twin, twin.lived(self.at))
    }

    /// Plays `changes` on a copy of the twin, with the dates of `plan`.
    pub(super) fn after(&self, before: &Twin, changes: &[Change], plan: &Plan) -> Result<Twin, CliError> {
        let mut after = before.clone();
        let mut make = throw_away();
        let own: Result<Vec<Change>, TwinError> =
            changes.iter().map(|change| after.translate(change, &mut *make)).collect();
        own.and_then(|own| after.publish(&own, &dates(plan)))?;
        Ok(after)
    }

    /// The keys somebody goes by: an owner's name or an online key's URI, or a fingerprint or the start of one.
    pub(super) fn keys_named(&self, name: &str) -> Result<BTreeMap<Fingerprint, String>, CliError> {
        let mut found = BTreeMap::new();
        let digits = name.len() >= 8 && name.bytes().all(|b| b.is_ascii_hexdigit());
        for key in self.all_keys() {
            let Some(public) = key.public() else { continue };
            let fingerprint = public.fingerprint();
            if key.whose() == name || (digits && fingerprint.to_string().starts_with(&name.to_ascii_lowercase())) {
                found.insert(fingerprint, key.whose().to_owned());
            }
        }
        if found.is_empty() {
            let there: BTreeSet<&str> = self.all_keys().map(Key::whose).collect();
            let message = format!(
                "expected a key of root v{} or of what targets delegate to, found `{}` (R16)",
                self.root().common.version,
                name.escape_debug()
            );
            let hint = format!("they name {}", there.into_iter().collect::<Vec<_>>().join(", "));
            return Err(CliError { hint: Some(hint), ..CliError::usage(message) });
        }
        Ok(found)
    }

    fn all_keys(&self) -> impl Iterator<Item = &Key> {
        let delegated = self.published.listings().filter_map(|role| role.delegations.as_ref());
        self.root().keys().values().chain(delegated.flat_map(|delegations| delegations.keys().values()))
    }
}

/// Refuses where somebody would not follow a recovery: it would be worse than none.
pub(super) fn require_all_follow(scene: &Scene) -> Result<(), CliError> {
    let Some((client, answer)) = scene.first_refusal() else { return Ok(()) };
    let message = format!("played on a twin, this does not help: a client {client} {answer} (R16)");
    Err(CliError::new("recover", message)
        .hint("nothing was written; `tuffet audit` and `tuffet check` say what else is wrong"))
}

fn dates(plan: &Plan) -> tuffet_drill::Dates {
    let [root, targets, snapshot, timestamp] = plan.expiries();
    let offline = Expiries { root, targets, delegated: plan.delegated_expiries() };
    tuffet_drill::Dates { offline, snapshot, timestamp }
}
