//! A case: one or more states of a repository, met in order by a client that keeps its cache, and what is right.

use crate::forge::Forge;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What a client answered to one state, or must.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Answer {
    /// Why the refresh was refused: our code, or their words.
    pub(crate) refused: Option<String>,
    pub(crate) targets: BTreeMap<String, Fate>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Fate {
    Content(String),
    Refused(String),
}

/// One state as its directory holds it, `case.json` beside `metadata/` and `targets/` of each.
#[derive(Serialize)]
pub(crate) struct State {
    pub(crate) now: String,
    pub(crate) expected: Answer,
    #[serde(skip)]
    files: BTreeMap<String, Vec<u8>>,
}

#[derive(Serialize)]
pub(crate) struct Case {
    /// The id of its rule, then words.
    pub(crate) name: String,
    pub(crate) states: Vec<State>,
}

/// What is right, in short.
pub(crate) enum Expect {
    Accepted,
    Refused(&'static str),
    /// The refresh succeeds, and these targets are refused.
    Without(&'static [(&'static str, &'static str)]),
}

impl Case {
    pub(crate) fn of(name: &str, states: Vec<(Forge, Expect)>) -> Self {
        Self {
            name: name.into(),
            states: states.into_iter().map(|(forge, expect)| State::of(forge, &expect)).collect(),
        }
    }

    /// The last state's target `path` is refused, whatever else.
    pub(crate) fn refuse(&mut self, path: &str, code: &str) {
        let targets = &mut self.states.last_mut().unwrap().expected.targets;
        targets.insert(path.into(), Fate::Refused(code.into()));
    }

    pub(crate) fn write(&self, corpus: &Path) {
        let folder = corpus.join(&self.name);
        for (i, state) in self.states.iter().enumerate() {
            for part in ["metadata", "targets"] {
                fs::create_dir_all(folder.join(i.to_string()).join(part)).unwrap();
            }
            for (name, bytes) in &state.files {
                let place = if name.starts_with("targets/") { name.clone() } else { format!("metadata/{name}") };
                let place = folder.join(i.to_string()).join(place);
                fs::create_dir_all(place.parent().unwrap()).unwrap();
                fs::write(place, bytes).unwrap();
            }
        }
        fs::write(folder.join("case.json"), serde_json::to_vec_pretty(self).unwrap()).unwrap();
    }
}

impl State {
    fn of(forge: Forge, expect: &Expect) -> Self {
        let (refused, without): (_, &[(&str, &str)]) = match expect {
            Expect::Accepted => (None, &[]),
            Expect::Refused(code) => (Some((*code).to_owned()), &[]),
            Expect::Without(targets) => (None, targets),
        };
        let fate = |(path, content): (String, String)| {
            let why = without.iter().find(|(one, _)| *one == path).map(|(_, code)| *code);
            let why = if refused.is_some() { Some("no refresh") } else { why };
            (path, why.map_or(Fate::Content(content), |code| Fate::Refused(code.into())))
        };
        let targets = forge.wanted.into_iter().map(fate).collect();
        Self { now: forge.now, files: forge.files, expected: Answer { refused, targets } }
    }
}

/// Answers in the words of differences.toml: whether, not why.
pub(crate) fn summary(answers: &[Answer]) -> String {
    let one = |answer: &Answer| {
        let mut text = if answer.refused.is_some() { "refused" } else { "accepted" }.to_owned();
        for (path, fate) in &answer.targets {
            if matches!(fate, Fate::Refused(_)) && answer.refused.is_none() {
                text += &format!(", without {}", path.escape_debug());
            }
        }
        text
    };
    answers.iter().map(one).collect::<Vec<_>>().join("; then ")
}
