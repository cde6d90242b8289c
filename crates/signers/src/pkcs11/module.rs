//! PKCS#11 modules: where they lie, and loaded once a process.

use super::failure::said;
use crate::TokenProblem;
use crate::uri::ModuleName;
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A module that is ready.
#[derive(Clone)]
pub(super) struct Module {
    pub(super) path: PathBuf,
    pub(super) context: Pkcs11,
}

/// Loads the module at `path`. All keys of a process share it and nothing ends it before the process does: C_Finalize by
/// one would end the sessions of the others. Whoever may name the path may run code here, so it comes from the command
/// line of the keyholder's station and never from metadata or a plan.
pub(super) fn load(path: &Path) -> Result<Module, TokenProblem> {
    static LOADED: Mutex<BTreeMap<PathBuf, Pkcs11>> = Mutex::new(BTreeMap::new());
    let broken = |reason: String| TokenProblem::Module { module: path.display().to_string(), reason };
    // What dlopen says of a folder or a missing file depends on the C library.
    let real = path.canonicalize().map_err(|error| broken(error.to_string()))?;
    if !real.is_file() {
        return Err(broken("expected a shared library, found no file".to_owned()));
    }
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(context) = loaded.get(&real) {
        return Ok(Module { path: path.to_owned(), context: context.clone() });
    }
    whole(&real).map_err(&broken)?;
    let context = Pkcs11::new(&real).map_err(|error| broken(reason(&real, &error)))?;
    match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        // Another path to the same library, or another part of the program, was first.
        Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
        Err(error) => return Err(broken(reason(&real, &error))),
    }
    loaded.insert(real, context.clone());
    Ok(Module { path: path.to_owned(), context })
}

/// Refuses a library that was cut short, as by a copy that broke off: to load it would end the whole program (SIGBUS), in
/// the middle of whatever else it does. Only what the loader maps is looked at; the rest it judges itself.
fn whole(path: &Path) -> Result<(), String> {
    let mut file = File::open(path).map_err(|error| error.to_string())?;
    let length = file.metadata().map_err(|error| error.to_string())?.len();
    let mut head = Vec::new();
    file.by_ref().take(HEAD).read_to_end(&mut head).map_err(|error| error.to_string())?;
    match mapped(&head) {
        Some(end) if end > length => Err(format!("cut short: expected {end} bytes at least, found {length}")),
        _ => Ok(()),
    }
}

/// Where the last segment of an ELF file of 64 bits ends; `None` of anything else.
fn mapped(head: &[u8]) -> Option<u64> {
    let bytes = |at: usize, count: usize| head.get(at..at.checked_add(count)?);
    let long = |at| Some(u64::from_le_bytes(bytes(at, 8)?.try_into().ok()?));
    let short = |at| Some(usize::from(u16::from_le_bytes(bytes(at, 2)?.try_into().ok()?)));
    // Of 64 bits, the least first.
    if bytes(0, 6)? != b"\x7fELF\x02\x01" {
        return None;
    }
    let (table, size, count) = (usize::try_from(long(0x20)?).ok()?, short(0x36)?, short(0x38)?);
    let ends = (0..count).filter_map(|index| {
        let header = table.checked_add(size.checked_mul(index)?)?;
        long(header.checked_add(0x08)?)?.checked_add(long(header.checked_add(0x20)?)?)
    });
    ends.max()
}

fn reason(path: &Path, error: &Error) -> String {
    match error {
        Error::Pkcs11(rv, function) => said(*rv, *function),
        Error::MissingSymbol(name) => format!("it has no {name}"),
        Error::LibraryLoading(error) => {
            let text = error.to_string();
            text.strip_prefix(&format!("{}: ", path.display())).unwrap_or(&text).to_owned()
        }
        other => other.to_string(),
    }
}

/// The modules a URI means, in the order in which they are tried; at least one.
pub(super) fn meant(name: &ModuleName) -> Result<Vec<PathBuf>, TokenProblem> {
    let (found, asked) = match name {
        ModuleName::Path(path) => return Ok(vec![path.clone()]),
        ModuleName::Named(name) => (named_in(&folders(Path::new("/")), &[name]), name.clone()),
        ModuleName::Usual => (usual(), format!("any of {}", USUAL.join(", "))),
    };
    if found.is_empty() {
        let reason = "not found in /usr/lib, /usr/lib64, /usr/local/lib, nor in their folders".to_owned();
        return Err(TokenProblem::Module { module: asked, reason });
    }
    Ok(found)
}

/// The modules of YubiKeys and smart cards that are installed where distributions put them: what is asked when a URI
/// names none. Only drivers of hardware: a software token must not stand in for a device that is not plugged in.
pub(super) fn usual() -> Vec<PathBuf> {
    named_in(&folders(Path::new("/")), &USUAL)
}

/// `libNAME.so`, `NAME.so`, or one of the versions that Debian ships without either, in the first folder that has it, for
/// each name.
pub(crate) fn named_in(folders: &[PathBuf], names: &[&str]) -> Vec<PathBuf> {
    let file = |name: &&str| {
        let files =
            [format!("lib{name}.so"), format!("{name}.so"), format!("lib{name}.so.2"), format!("lib{name}.so.1")];
        let spellings = |folder: &PathBuf| files.clone().map(|file| folder.join(file));
        folders.iter().flat_map(spellings).find(|path| path.is_file())
    };
    names.iter().filter_map(file).collect()
}

/// `lib` folders of a system at `root`, those of its architectures, and their `pkcs11` folders, sorted: the same machine
/// gives the same answer.
pub(crate) fn folders(root: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for lib in ["usr/lib", "usr/lib64", "usr/local/lib"].map(|lib| root.join(lib)) {
        let inside = std::fs::read_dir(&lib).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut inside: Vec<PathBuf> = inside.filter(|path| path.is_dir()).collect();
        inside.sort();
        let all: Vec<PathBuf> = std::iter::once(lib).chain(inside).collect();
        out.extend(all.iter().cloned());
        out.extend(all.iter().map(|folder| folder.join("pkcs11")));
    }
    out
}

/// Yubico's first: it shows a YubiKey under the name its owner knows, where OpenSC sees a PIV card like any other.
const USUAL: [&str; 2] = ["ykcs11", "opensc-pkcs11"];
/// More than the headers of any library.
const HEAD: u64 = 64 * 1024;
