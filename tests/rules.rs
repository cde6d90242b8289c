//! Every rule has a test that bears its id, every code is documented: fails naming each gap. The table of rules and
//! tests in crates/cli/docs/rules.md is compared, and written anew with `TUFFET_BLESS=1`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Every Rust file of the project: (crate or folder, text).
fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, place: &str, out: &mut Vec<(String, String)>) {
        let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                walk(&path, place, out);
            } else if path.extension().is_some_and(|e| e == "rs") {
                out.push((place.to_owned(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let mut out = Vec::new();
    walk(&root().join("tests"), "tests", &mut out);
    let mut crates: Vec<PathBuf> = fs::read_dir(root().join("crates")).unwrap().map(|e| e.unwrap().path()).collect();
    crates.retain(|path| path.is_dir());
    crates.sort();
    for folder in crates {
        walk(&folder, folder.file_name().unwrap().to_str().unwrap(), &mut out);
    }
    out
}

/// The names of the functions marked `#[test]` in a file, other attributes between or not, and of the rows of a macro
/// that makes one test a row.
fn tests_in(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut marked, mut rows) = (false, false);
    for line in text.lines().map(str::trim) {
        if line == "rows! {" || line == "}" {
            rows = line == "rows! {";
        } else if let Some((name, _)) = line.split_once(": \"").filter(|_| rows) {
            found.push(name);
        } else if line == "#[test]" {
            marked = true;
        } else if let Some(rest) = line.strip_prefix("fn ").filter(|_| marked) {
            found.extend(rest.split(['(', '<']).next());
            marked = false;
        } else if !line.starts_with("#[") && !line.starts_with("//") {
            marked = false;
        }
    }
    found
}

/// (family, number) of an id, such as ('C', 12); `None` for a word that is none.
fn parsed(id: &str) -> Option<(String, u32)> {
    // Some rows of threats.md come in two: T12a, T12b.
    let id = id.strip_suffix(['a', 'b']).filter(|rest| rest.ends_with(|c: char| c.is_ascii_digit())).unwrap_or(id);
    let family = id.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = id.get(family.len()..)?.parse().ok()?;
    let plain = !family.is_empty() && family.chars().all(|c| c.is_ascii_alphabetic());
    plain.then(|| (family.to_ascii_uppercase(), number))
}

/// Tests by id: the words of a test's name, between underscores, that are ids.
fn tests_by_id() -> BTreeMap<(String, u32), BTreeSet<String>> {
    let mut out: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for (place, text) in sources() {
        for name in tests_in(&text) {
            for id in name.split('_').filter_map(parsed) {
                out.entry(id).or_default().insert(format!("{place}: {name}"));
            }
        }
    }
    out
}

/// (family, number) to section and statement.
fn rules() -> BTreeMap<(String, u32), (String, String)> {
    let table: toml::Table = read("tests/data/rules.toml").parse().unwrap();
    let text = |value: &toml::Value, i: usize| value[i].as_str().unwrap().to_owned();
    table.iter().map(|(id, value)| (parsed(id).unwrap(), (text(value, 0), text(value, 1)))).collect()
}

#[test]
#[expect(clippy::print_stdout, reason = "the other families are shown, and asked nothing")]
fn every_rule_is_listed_and_has_a_test_by_its_name() {
    let (rules, tests) = (rules(), tests_by_id());
    let expected: BTreeSet<(String, u32)> =
        [("AT", 14), ("C", 64), ("F", 27), ("D", 11), ("K", 19), ("R", 22), ("TR", 10), ("L", lints())]
            .iter()
            .flat_map(|(f, n)| (1..=*n).map(|i| ((*f).to_owned(), i)))
            .collect();
    assert_eq!(rules.keys().cloned().collect::<BTreeSet<_>>(), expected, "tests/data/rules.toml lists them all");
    let gaps: Vec<String> =
        expected.iter().filter(|id| !tests.contains_key(*id)).map(|(f, n)| format!("{f}{n}")).collect();
    assert!(gaps.is_empty(), "rules without a test named by them: {}", gaps.join(", "));
    let met = (1..=37).map(|n| ("T", n)).chain((1..=20).map(|n| ("X", n)));
    let gaps: Vec<String> =
        met.filter(|(f, n)| !tests.contains_key(&((*f).to_owned(), *n))).map(|(f, n)| format!("{f}{n}")).collect();
    assert!(gaps.is_empty(), "threats and faults without a test named by them: {}", gaps.join(", "));
    for family in ["T", "X"] {
        let numbers: Vec<String> = tests.keys().filter(|(f, _)| f == family).map(|(_, n)| n.to_string()).collect();
        println!("{family}: {}", numbers.join(" "));
    }
}

/// The number of the last lint.
fn lints() -> u32 {
    tuffet_builder::Lint::all().len().try_into().unwrap()
}

#[test]
fn lints_are_those_of_the_table() {
    let rules = rules();
    for lint in tuffet_builder::Lint::all() {
        let (rule, holds) = &rules[&parsed(lint.id).unwrap()];
        assert_eq!((rule.as_str(), holds.as_str()), (lint.rule, lint.holds), "{}", lint.id);
    }
}

#[test]
fn the_table_of_rules_is_the_one_in_the_docs() {
    let tests = tests_by_id();
    let mut page = PAGE.to_owned();
    let mut last = String::new();
    for ((family, number), (section, statement)) in rules() {
        if family != last {
            let title = match family.as_str() {
                "AT" => "What devices prove of keys",
                "C" => "The client workflow",
                "K" => "Ceremonies",
                "L" => "Lints",
                "R" => "The publisher's side",
                "TR" => "Trust roots",
                "D" => "Decisions where text and practice differ",
                _ => "The form of metadata",
            };
            write!(page, "\n## {title}\n\n| rule | section | statement | tests |\n|---|---|---|---|\n").unwrap();
            last.clone_from(&family);
        }
        let named = tests.get(&(family.clone(), number)).cloned().unwrap_or_default();
        let named: Vec<String> = named.iter().map(|name| format!("`{name}`")).collect();
        let statement = statement.replace('|', "\\|");
        writeln!(page, "| {family}{number} | {section} | {statement} | {} |", named.join("<br>")).unwrap();
    }
    let path = "crates/cli/docs/rules.md";
    if std::env::var_os("TUFFET_BLESS").is_some() {
        fs::write(root().join(path), &page).unwrap();
    }
    let written = fs::read_to_string(root().join(path)).unwrap_or_default();
    let differs = page.lines().zip(written.lines()).find(|(want, found)| want != found);
    assert!(page == written, "{path} is not what the tests say; TUFFET_BLESS=1 writes it. First: {differs:?}");
}

/// The literals returned by each `fn code(&self)` and `fn name(&self)`, by crate and type.
fn codes() -> Vec<(String, Vec<String>)> {
    let mut out = Vec::new();
    for (place, text) in sources().into_iter().filter(|(place, _)| ["client", "verifier"].contains(&place.as_str())) {
        for body in text.split("fn code(&self) -> &'static str {").skip(1) {
            let body = body.split("\n    }\n").next().unwrap();
            let quoted = body.split('"').skip(1).step_by(2).map(str::to_owned);
            out.push((place.clone(), quoted.collect()));
        }
    }
    out
}

#[test]
fn codes_are_unique_and_documented() {
    let documented = read("crates/cli/docs/formats.md");
    let mut seen = BTreeSet::new();
    let all = codes();
    assert!(all.len() >= 6, "errors, events and refusals of verifier and client: {all:?}");
    for (place, codes) in all {
        for code in codes {
            assert!(documented.contains(&format!("| `{code}` |")), "{place}: `{code}` is not in formats.md");
            assert!(seen.insert(code.clone()) || SHARED.contains(&code.as_str()), "{place}: `{code}` means two things");
        }
    }
}

/// One cause seen in two places: too many bytes, before and after they are counted; a floor lost, said or refused by
/// policy; a file, or an entry, that is not there, for a client and for an audit; a version below a floor, in a file or in
/// a trust-pack.
const SHARED: [&str; 5] = ["endless-data", "floor-lost", "not-found", "not-in-snapshot", "rollback"];

const PAGE: &str = "# Rules and their tests

Generated from tests/data/rules.toml and the names of the tests; tests/rules.rs fails where they differ. A section is one
of the TUF specification 1.0.34; `ours` goes beyond it; K is a rule of ceremonies. Of a lint it is the rule behind it.
";
