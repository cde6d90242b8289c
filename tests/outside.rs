//! From the outside: `watch`, `mirror` and `serve`, over real servers on the loopback.

#[path = "outside/mirror.rs"]
mod mirror;
#[path = "outside/page.rs"]
mod page;
#[path = "support/pages.rs"]
mod pages;
#[path = "support/real.rs"]
mod real;
#[path = "outside/serve.rs"]
mod serve;
#[path = "outside/server.rs"]
mod server;
#[path = "outside/told.rs"]
mod told;
#[path = "support/tree.rs"]
mod tree;
#[path = "outside/watch.rs"]
mod watch;

use std::path::{Path, PathBuf};

/// A time when the golden repository is in force.
const AT: &str = "2026-12-24T00:00:00Z";

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../repository").canonicalize().unwrap()
}

/// The golden repository, copied to where a test may change it.
fn copy(to: &Path) {
    for (name, bytes) in tree::tree(&golden()) {
        let path = to.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

fn text(path: &Path) -> String {
    path.display().to_string()
}
