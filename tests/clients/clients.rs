//! Four clients, each from a pinned root and the address of a repository to an exit code.

mod commands;
mod rust;

use crate::case::Case;
use crate::installed::Installed;
use crate::server::Server;
use crate::world::World;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A client with a home of its own.
pub(crate) struct Client {
    language: Language,
    home: TempDir,
    program: PathBuf,
    repositories: Vec<Repository>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    Python,
    JavaScript,
    Go,
    Rust,
}

struct Repository {
    name: &'static str,
    url: String,
    pin: PathBuf,
}

impl Client {
    pub(crate) fn all(installed: &Installed, world: &World, server: &Server) -> Vec<Self> {
        let programs = [
            (Language::Python, installed.python.clone()),
            (Language::JavaScript, installed.javascript.join("node_modules/.bin/sigstore")),
            (Language::Go, installed.gh.clone()),
            (Language::Rust, PathBuf::new()),
        ];
        let client = |(language, program)| Self {
            language,
            home: tempfile::tempdir().unwrap(),
            program,
            repositories: ["production", "staging", "private"]
                .map(|name| Repository { name, url: server.url(name), pin: world.repository(name).join("1.root.json") })
                .into(),
        };
        programs.into_iter().map(client).collect()
    }

    /// Its column in the matrix.
    pub(crate) fn name(&self) -> &'static str {
        match self.language {
            Language::Python => "python",
            Language::JavaScript => "javascript",
            Language::Go => "go",
            Language::Rust => "rust",
        }
    }

    /// The exit code, and on the way to it what was said, so that a matrix that differs can be understood.
    pub(crate) fn verify(&self, case: &Case) -> (i32, String) {
        let (asked, pinned) = (self.repository(case.repository), self.repository(case.pin));
        // A cache is of one pin.
        let home = self.home.path().join(if asked.name == pinned.name { asked.name } else { "wrong-pin" });
        std::fs::create_dir_all(&home).unwrap();
        let from = From { home: &home, url: &asked.url, pin: &pinned.pin };
        match self.language {
            Language::Python => commands::python(&self.program, &from, case),
            Language::JavaScript => commands::javascript(&self.program, &from, case),
            Language::Go => commands::go(&self.program, &from, case),
            Language::Rust => rust::verify(&from, case),
        }
    }

    fn repository(&self, name: &str) -> &Repository {
        self.repositories.iter().find(|repository| repository.name == name).unwrap()
    }
}

/// Where a client starts from.
struct From<'a> {
    home: &'a Path,
    url: &'a str,
    pin: &'a Path,
}
