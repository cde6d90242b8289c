//! Chromium, and what it saw.

use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The packages and the program, at the versions that scripts/test installs.
pub(crate) struct Browser {
    packages: PathBuf,
    chromium: PathBuf,
}

/// What tests/page/look.mjs prints.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Seen {
    pub(crate) views: Vec<View>,
    pub(crate) without_script: String,
    pub(crate) focusable: Vec<String>,
    pub(crate) tabs: Vec<Tab>,
    pub(crate) opens: bool,
    pub(crate) skipped: String,
    pub(crate) structure: Structure,
    pub(crate) print: String,
}

/// The page at one width in one scheme.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct View {
    pub(crate) width: u32,
    pub(crate) scheme: String,
    pub(crate) requests: Vec<String>,
    pub(crate) errors: Vec<String>,
    pub(crate) overflow: i64,
    pub(crate) wide: Vec<String>,
    pub(crate) paper: String,
    pub(crate) words: String,
    pub(crate) violations: Vec<String>,
}

/// Where the tabulator came to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tab {
    pub(crate) name: String,
    pub(crate) visible: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Structure {
    pub(crate) headings: Vec<(String, String)>,
    pub(crate) landmarks: Vec<String>,
    pub(crate) pictures: Vec<Picture>,
    pub(crate) links: Vec<String>,
    pub(crate) scripts: u32,
    pub(crate) pins: Vec<String>,
    pub(crate) roots: Vec<String>,
    pub(crate) injected: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Picture {
    pub(crate) role: Option<String>,
    pub(crate) name: String,
}

impl Browser {
    /// `None`, and a line that says so, where one is missing.
    #[allow(clippy::print_stdout, reason = "a test says what it skips")]
    pub(crate) fn find() -> Option<Self> {
        let packages = std::env::var_os("TUFFET_PAGE_TOOLS").map(PathBuf::from).filter(|folder| has_packages(folder));
        let chromium = std::env::var_os("TUFFET_CHROMIUM").map(PathBuf::from).or_else(on_path);
        if let (Some(packages), Some(chromium)) = (packages, chromium) {
            return Some(Self { packages, chromium });
        }
        let needs = PACKAGES.map(|(name, version)| format!("{name} {version}")).join(", ");
        assert!(std::env::var_os("CI").is_none(), "needs {needs} and chromium: run scripts/test");
        println!("skipped: needs {needs} and chromium");
        None
    }

    /// Looks at `url`; the pictures of it lie in target/page-shots, by `name`.
    pub(crate) fn look(&self, url: &str, name: &str) -> Seen {
        let shots = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("page-shots");
        std::fs::create_dir_all(&shots).unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/page/look.mjs");
        let output = Command::new("node")
            .arg(script)
            .args([&self.packages, &self.chromium])
            .arg(url)
            .arg(shots.join(name))
            .output()
            .unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{err}");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {err}"))
    }
}

fn has_packages(folder: &Path) -> bool {
    PACKAGES.iter().all(|(name, version)| {
        let manifest = std::fs::read(folder.join("node_modules").join(name).join("package.json")).unwrap_or_default();
        let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap_or_default();
        manifest["version"] == *version
    })
}

fn on_path() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join("chromium")).find(|program| program.is_file())
}

const PACKAGES: [(&str, &str); 2] = [("playwright-core", "1.64.1"), ("axe-core", "4.14.1")];
