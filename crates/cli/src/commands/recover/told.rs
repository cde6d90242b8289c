//! What a recovery says: the situation, what clients do, what to do next.

use crate::Outcome;
use crate::text::wrap;
use serde_json::{Value, json};
use tuffet_drill::{Answer, Scene};

/// The report of a recovery.
#[derive(Default)]
pub(super) struct Told {
    pub(super) kind: &'static str,
    pub(super) situation: Vec<String>,
    pub(super) scenes: Vec<Scene>,
    /// A list with its heading, such as what a key signed.
    pub(super) lists: Vec<(String, Vec<String>)>,
    pub(super) next: Vec<String>,
}

impl Told {
    pub(super) fn new(kind: &'static str) -> Self {
        Self { kind, ..Self::default() }
    }

    pub(super) fn say(&mut self, line: impl Into<String>) -> &mut Self {
        self.situation.push(line.into());
        self
    }

    pub(super) fn next(&mut self, line: impl Into<String>) -> &mut Self {
        self.next.push(line.into());
        self
    }

    /// The whole, before the plan that was written, if one was.
    pub(super) fn outcome(self, plan: Option<&Outcome>) -> Outcome {
        let mut text = String::new();
        for line in &self.situation {
            text += &format!("{}\n", wrap("", "  ", line));
        }
        if !self.scenes.is_empty() {
            text += "\nwhat clients do, played on a twin with throw-away keys\n";
        }
        for scene in &self.scenes {
            text += &format!("{}\n", wrap("  ", "  ", &scene.name));
            for line in grouped(&scene.answers) {
                text += &format!("{}\n", wrap("    ", "      ", &line));
            }
        }
        for (heading, lines) in &self.lists {
            text += &format!("\n{heading}\n");
            for line in lines {
                text += &format!("{}\n", wrap("  ", "    ", line));
            }
        }
        if let Some(plan) = plan {
            text += &format!("\n{}", plan.text());
        }
        if !self.next.is_empty() {
            text += "\nnext\n";
            for (number, line) in self.next.iter().enumerate() {
                text += &format!("{}\n", wrap(&format!("{:>3}. ", number + 1), "     ", line));
            }
        }
        let scene = |scene: &Scene| {
            let answers: Vec<Value> = scene.answers.iter().map(|(client, answer)| one(client, answer)).collect();
            json!({"what": scene.name, "clients": answers})
        };
        let lists: Vec<Value> =
            self.lists.iter().map(|(heading, lines)| json!({"heading": heading, "lines": lines})).collect();
        let data = json!({
            "recovery": self.kind, "situation": self.situation, "lists": lists,
            "scenes": self.scenes.iter().map(scene).collect::<Vec<_>>(),
            "plan": plan.map(Outcome::json), "next": self.next,
        });
        Outcome::new(text.trim_end().to_owned(), "tuffet-recover-v1", data)
    }
}

/// Equal answers in one line: what each client has kept is in the data.
fn grouped(answers: &[(String, Answer)]) -> Vec<String> {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for (client, answer) in answers {
        let words = match answer {
            Answer::Follows(versions) => format!("follows: {versions}"),
            Answer::Refuses { words, .. } => format!("refuses: {words}"),
        };
        match groups.iter_mut().find(|(known, _)| *known == words) {
            Some((_, clients)) => clients.push(client),
            None => groups.push((words, vec![client])),
        }
    }
    let who = |clients: &[&str]| match clients.len() {
        all if all == answers.len() => "every client".to_owned(),
        _ => clients.join("; "),
    };
    groups.iter().map(|(words, clients)| format!("{}: {words}", who(clients))).collect()
}

fn one(client: &str, answer: &Answer) -> Value {
    let versions = answer.versions();
    let mut out = json!({
        "client": client, "follows": answer.follows(), "root": versions.root, "timestamp": versions.timestamp,
        "snapshot": versions.snapshot, "targets": versions.targets,
    });
    if let Answer::Refuses { code, words, .. } = answer {
        out["code"] = json!(code);
        out["words"] = json!(words);
    }
    out
}
