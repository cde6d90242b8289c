//! The folder that holds `tuffet.toml`, `ceremony/` and `repository/`.

use crate::CliError;
use crate::destination::{self, Destinations};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tuffet_repository::Repository;

/// A workspace. Its name is printed by every command that uses one: there is no hidden state.
#[derive(Debug, Clone)]
pub struct Workspace {
    pub(crate) root: PathBuf,
    /// Where its repository is published to, beside the workspace.
    pub(crate) destinations: Destinations,
    pub(crate) page: PageSettings,
}

/// What the public page says and no file of the repository does.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PageSettings {
    /// What the repository is called.
    pub(crate) name: Option<String>,
    /// Where clients fetch it.
    pub(crate) url: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    schema: String,
    #[serde(default)]
    destination: BTreeMap<String, destination::Written>,
    #[serde(default)]
    page: PageSettings,
}

impl Workspace {
    /// The workspace at `given`, or the nearest parent of `start`.
    ///
    /// # Errors
    /// [`CliError`]: there is no `tuffet.toml`, or it is not ours.
    pub fn find(given: Option<&Path>, start: &Path) -> Result<Self, CliError> {
        let absolute = std::path::absolute(given.unwrap_or(start)).map_err(|e| CliError::io(start, &e))?;
        let mut candidates: Vec<&Path> = absolute.ancestors().collect();
        if given.is_some() {
            candidates.truncate(1);
        }
        let root = candidates.into_iter().find(|folder| folder.join(FILE).is_file()).ok_or_else(|| {
            CliError::new("workspace", format!("{}: expected {FILE} here or above, found none", absolute.display()))
                .hint("run `tuffet init FOLDER`, or name the workspace with --workspace")
        })?;
        let file = root.join(FILE);
        let text = std::fs::read_to_string(&file).map_err(|e| CliError::io(&file, &e))?;
        let settings: Settings = toml::from_str(&text)
            .map_err(|e| CliError::new("workspace", format!("{}: {}", file.display(), e.message())))?;
        if settings.schema != SCHEMA {
            let found = settings.schema.escape_debug();
            return Err(CliError::new(
                "workspace",
                format!("{}: expected schema {SCHEMA}, found `{found}`", file.display()),
            ));
        }
        let destinations = destination::read(settings.destination, &file)?;
        Ok(Self { root: root.to_owned(), destinations, page: settings.page })
    }

    /// The file that makes a folder a workspace, and what stands in it.
    pub(crate) const FILE: &str = FILE;

    pub(crate) fn settings() -> String {
        format!("schema = \"{SCHEMA}\"\n")
    }

    /// Makes a workspace in `root`.
    ///
    /// # Errors
    /// [`CliError`]: there is one, or it cannot be written.
    pub fn create(root: &Path) -> Result<Self, CliError> {
        let file = root.join(FILE);
        if file.exists() {
            let message = format!("{}: expected no workspace yet, found its {FILE}", root.display());
            let hint = format!("use it with --workspace {}, or name another folder", root.display());
            return Err(CliError::new("exists", message).hint(hint));
        }
        for folder in ["ceremony", "repository"] {
            let folder = root.join(folder);
            crate::commands::make_folder(&folder)?;
        }
        crate::commands::write_new(&file, Self::settings().as_bytes())?;
        Ok(Self { root: root.to_owned(), destinations: Destinations::new(), page: PageSettings::default() })
    }

    /// The repository of the workspace.
    #[must_use]
    pub fn repository(&self) -> Repository {
        Repository::open(&self.root.join("repository"))
    }

    /// The directory of a ceremony.
    #[must_use]
    pub fn ceremony(&self, id: &str) -> PathBuf {
        self.ceremonies().join(id)
    }

    /// The folders of ceremonies, sorted; none where there is no place for them yet.
    ///
    /// # Errors
    /// [`CliError`]: the place cannot be read.
    pub fn held(&self) -> Result<Vec<PathBuf>, CliError> {
        let place = self.ceremonies();
        if !place.is_dir() {
            return Ok(Vec::new());
        }
        let failed = |e: std::io::Error| CliError::io(&place, &e);
        let entries = std::fs::read_dir(&place).map_err(failed)?;
        let paths = entries.map(|entry| entry.map(|entry| entry.path()).map_err(failed));
        let mut folders = paths.collect::<Result<Vec<PathBuf>, CliError>>()?;
        folders.retain(|path| path.is_dir());
        folders.sort();
        Ok(folders)
    }

    /// Where the ceremonies lie.
    #[must_use]
    pub fn ceremonies(&self) -> PathBuf {
        self.root.join("ceremony")
    }
}

const FILE: &str = "tuffet.toml";
const SCHEMA: &str = "tuffet-workspace-v1";
