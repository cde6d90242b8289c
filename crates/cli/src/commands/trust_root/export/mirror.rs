//! A repository in one resource: refreshed from the pinned root first, packed, and read back from the pack.

use super::{Export, form_refused, parse};
use crate::commands::read;
use crate::{CliError, Context, Outcome};
use serde_json::json;
use tuffet_archive::{tar, tar_gz};
use tuffet_client::{Client, MemoryStore, MemoryTransport, PackSource, Policy, TrustPack};
use tuffet_trust_root::export::MirrorFs;

pub(super) fn run(command: &Export, context: &Context<'_>) -> Result<Outcome, CliError> {
    let missing = || CliError::usage("--as mirrorfs: expected --repository and --root");
    let location = command.repository.as_deref().ok_or_else(missing)?;
    let (root, metadata) = (read(command.root.as_deref().ok_or_else(missing)?)?, command.network.open(location)?);
    let (now, policy, target) = (context.reading_time(), Policy::default(), &command.target);
    // What a client asks for on its way, and no other file of the folder.
    let source = PackSource { metadata: &*metadata, targets: None };
    let pack = TrustPack::make(source, &root, &[target], now, &policy)?;
    let members: Vec<(String, &[u8])> = pack.files().map(|(path, bytes)| (format!("{FOLDER}{path}"), bytes)).collect();
    let packed = tar_gz::write(members.iter().map(|(name, bytes)| (&**name, *bytes))).map_err(|e| archive(&e))?;
    let trusted = read_back(&packed, &root, target, context)?;
    let entries = parse(&format!("target `{}`", target.escape_debug()), &trusted)?.entries().len();
    let mirror = MirrorFs { name: &command.name, root: &root, mirror_fs: &packed, target };
    let yaml = mirror.to_yaml().map_err(|e| form_refused(location, &e))?;
    if yaml.len() > LARGEST {
        crate::outcome::warn(&format!(
            "the resource has {} bytes: a Kubernetes API server takes 1572864 unless it is told otherwise",
            yaml.len()
        ));
    }
    let data = json!({"form": "mirrorfs", "files": members.len(), "entries": entries, "bytes": yaml.len()});
    let told = format!("{} files of the repository, verified from the pinned root", members.len());
    command.written(yaml, &told, data)
}

/// What the cluster will find in it, found by a client of ours.
fn read_back(packed: &[u8], root: &[u8], target: &str, context: &Context<'_>) -> Result<Vec<u8>, CliError> {
    let tar = tar_gz::unpack(packed, UNPACKED).map_err(|e| archive(&e))?;
    let members = tar::read(&tar).map_err(|e| archive(&e.into()))?;
    let files = members.into_iter().filter_map(|(name, bytes)| Some((name.strip_prefix(FOLDER)?.to_owned(), bytes)));
    let transport: MemoryTransport = files.map(|(name, bytes)| (name, bytes.to_vec())).collect();
    let mut client = Client::bootstrap(MemoryStore::default(), transport, Policy::default(), root)?;
    let trusted = client.refresh(context.reading_time())?;
    Ok(client.target_bytes(&trusted, target)?)
}

fn archive(error: &tar_gz::TarGzError) -> CliError {
    CliError::new("export", format!("mirrorFS: {error}"))
}

/// As policy-controller expects the members to be named.
const FOLDER: &str = "repository/";
/// etcd's limit of a request, 1.5 MiB.
const LARGEST: usize = 1_572_864;
const UNPACKED: u64 = 256 << 20;
