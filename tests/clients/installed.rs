//! The clients, at the versions that scripts/test installs and matrix.toml speaks of.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Where they are.
pub(crate) struct Installed {
    /// A python with `sigstore`.
    pub(crate) python: PathBuf,
    /// The folder that holds `node_modules`.
    pub(crate) javascript: PathBuf,
    /// The program `gh`.
    pub(crate) gh: PathBuf,
}

impl Installed {
    /// All of them, or `None` where one is missing.
    pub(crate) fn find() -> Option<Self> {
        let python = named("TUFFET_SIGSTORE_PYTHON").filter(|python| has_python(python));
        let javascript = named("TUFFET_SIGSTORE_JS").filter(|folder| has_packages(folder));
        let gh = named("TUFFET_GH").filter(|gh| is_gh(gh));
        let missing: Vec<String> = [
            (python.is_none(), format!("sigstore {SIGSTORE} (Python)")),
            (javascript.is_none(), PACKAGES.map(|(name, version)| format!("{name} {version}")).join(", ")),
            (gh.is_none(), format!("gh {GH}")),
        ]
        .into_iter()
        .filter_map(|(missing, name)| missing.then_some(name))
        .collect();
        match (python, javascript, gh) {
            (Some(python), Some(javascript), Some(gh)) => Some(Self { python, javascript, gh }),
            _ => skipped(&missing.join("; ")),
        }
    }
}

#[allow(clippy::print_stdout, reason = "a test says what it skips")]
fn skipped(needs: &str) -> Option<Installed> {
    assert!(std::env::var_os("CI").is_none(), "needs {needs}: run scripts/test");
    println!("skipped: needs {needs}");
    None
}

fn named(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
}

fn has_python(python: &Path) -> bool {
    let check = format!("import importlib.metadata as m; assert m.version('sigstore') == '{SIGSTORE}'");
    Command::new(python).args(["-c", &check]).output().is_ok_and(|output| output.status.success())
}

fn has_packages(folder: &Path) -> bool {
    PACKAGES.iter().all(|(name, version)| {
        let manifest = std::fs::read(folder.join("node_modules").join(name).join("package.json")).unwrap_or_default();
        let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap_or_default();
        manifest["version"] == *version
    })
}

fn is_gh(gh: &Path) -> bool {
    let said = Command::new(gh).arg("--version").output();
    said.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(&format!("gh version {GH} ")))
}

const SIGSTORE: &str = "4.5.1";
const GH: &str = "2.102.0";
const PACKAGES: [(&str, &str); 5] = [
    ("sigstore", "5.0.1"),
    ("@sigstore/cli", "0.10.3"),
    ("tuf-js", "6.0.2"),
    ("@sigstore/mock", "0.13.0"),
    ("@sigstore/sign", "5.1.0"),
];
