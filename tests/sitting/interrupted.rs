//! Ctrl-C at every point of `tuffet sign`: whatever is left is whole, `status` counts it, and the next run finishes.

use super::ceremony::{Held, RIGHT, Until};
use crate::person::{Left, Person};
use crate::tree::tree;
use crate::typed::Random;
use std::collections::BTreeMap;
use std::fs;

type Tree = BTreeMap<String, Vec<u8>>;

impl Held {
    fn record(&self) -> Tree {
        tree(&self.station.folder().join("w/ceremony/c"))
    }

    /// The roles of which there is a signature.
    fn signed(&self) -> Vec<&'static str> {
        let record = self.record();
        let there = |role: &&str| record.keys().any(|path| path.starts_with(&format!("signatures/{role}/")));
        ["root", "targets"].into_iter().filter(there).collect()
    }

    /// Takes what was signed away.
    fn again(&self) {
        let _ = fs::remove_dir_all(self.station.folder().join("w/ceremony/c/signatures"));
    }

    /// SoftHSM keeps its tokens in files, writes them at a login, and loses one when it is killed meanwhile. What a device
    /// does not do must not hide what tuffet does: the tokens are put back.
    fn put_back(&self, tokens: &Tree) {
        let folder = self.station.hsm.dir().join("tokens");
        if tree(&folder) != *tokens {
            fs::remove_dir_all(&folder).unwrap();
            for (name, bytes) in tokens {
                let path = folder.join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, bytes).unwrap();
            }
        }
    }

    /// What the next person to look finds, and that the next run ends it.
    fn explained(&self, key: &str, before: &Tree, left: &Left) {
        let case = &left.screen;
        assert!(!case.contains("panicked"), "{case}");
        assert!(left.restored, "{case}");
        let signed = self.signed();
        let others =
            |tree: Tree| tree.into_iter().filter(|(path, _)| !path.starts_with("signatures/")).collect::<Tree>();
        assert!(others(self.record()) == others(before.clone()), "{case}");
        let status = self.station.tuffet(&["status", "w/ceremony/c", "--json"]);
        let said = String::from_utf8(status.stdout).unwrap();
        assert_eq!(status.status.code(), Some(0), "{said}\n{case}");
        let report: serde_json::Value = serde_json::from_str(&said).unwrap();
        for role in report["roles"].as_array().unwrap() {
            let seats = role["seats"].as_array().unwrap().iter().filter(|seat| seat["signed"] == true).count();
            assert_eq!(seats, usize::from(signed.contains(&role["role"].as_str().unwrap())), "{said}\n{case}");
        }
        let next = self.station.answer(None, &format!("tuffet sign w/ceremony/c --key '{key}'"), RIGHT);
        if signed.len() == 2 {
            assert_eq!(next.code, 1, "{}\n{case}", next.screen);
            assert!(next.screen.contains(" has signed already with key "), "{}", next.screen);
        } else {
            assert_eq!(next.code, 0, "{}\n{case}", next.screen);
            // Whoever signed one role is asked for the other alone.
            let rest = if signed.is_empty() { "root, targets" } else { "targets" };
            assert!(next.screen.contains(&format!("sign: {rest}\n")), "{}", next.screen);
        }
        assert_eq!(self.signed(), ["root", "targets"]);
        self.again();
    }
}

/// Answers `questions` of them right, looks at `bytes` more of the screen, and presses Ctrl-C.
fn presses(held: &Held, key: &str, questions: usize, bytes: usize) -> Left {
    let mut person = Person::sit(&held.station.command(&["sign", "w/ceremony/c", "--key", key]));
    for _ in 0..questions {
        let Some(asked) = person.asked() else { break };
        let (_, answer) = RIGHT.iter().find(|(part, _)| asked.contains(part)).unwrap_or_else(|| panic!("{asked}"));
        person.types(format!("{answer}\n").as_bytes());
    }
    if bytes > 0 {
        person.looks(bytes);
    }
    person.types(b"\x03");
    person.leaves()
}

#[test]
fn k16_ctrl_c_at_every_point_of_signing_leaves_what_the_next_run_explains() {
    let Some(held) = Held::new(Until::Approved) else { return };
    let (before, tokens) = (held.record(), tree(&held.station.hsm.dir().join("tokens")));
    let mut random = Random::new(16);
    let mut codes = BTreeMap::new();
    for (key, asked) in [("file:erin.pem", 2), (&*held.alice, 2), (&*held.pat, 1)] {
        for questions in 0..=asked {
            for round in 0..8 {
                // At once, at the next question's first letters, and further on.
                let bytes = if round < 2 { round } else { random.below(1_500) as usize };
                let left = presses(&held, key, questions, bytes);
                held.put_back(&tokens);
                *codes.entry(left.code).or_insert(0) += 1;
                // Killed, stopped at a question, or done before it was pressed.
                assert!([130, 3, 0].contains(&left.code), "{}\n{}", left.code, left.screen);
                assert!(left.code != 0 || held.signed().len() == 2, "{}", left.screen);
                held.explained(key, &before, &left);
            }
        }
    }
    assert!(codes[&130] >= 10 && codes[&3] >= 1, "{codes:?}");
}

#[test]
fn k16_ctrl_c_between_two_roles_leaves_one_signature_and_the_next_run_asks_for_the_other() {
    let Some(held) = Held::new(Until::Approved) else { return };
    let before = held.record();
    let stop = held.station.folder().join("pat.sh.stop");
    for (point, signed) in [("1 before", 0), ("1 after", 0), ("2 before", 1), ("2 after", 1)] {
        let _ = fs::remove_file(held.station.folder().join("pat.sh.count"));
        fs::write(&stop, point).unwrap();
        let mut person = Person::sit(&held.station.command(&["sign", "w/ceremony/c", "--key", &held.pat]));
        assert!(person.asked().is_some());
        person.types(b"sign\n");
        let left = person.leaves();
        assert_eq!((left.code, held.signed().len()), (130, signed), "{point}\n{}", left.screen);
        fs::remove_file(&stop).unwrap();
        held.explained(&held.pat, &before, &left);
    }
}

#[test]
fn k16_what_a_killed_run_was_writing_is_in_nobodys_way() {
    let Some(held) = Held::new(Until::Approved) else { return };
    let folder = held.station.folder().join("w/ceremony/c/signatures/root");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(".tuffet-Ab3dEf"), b"{\"schema\":\"tuffet-sig").unwrap();
    let status = held.done("tuffet status w/ceremony/c");
    assert!(status.contains("  signed:  nobody\n"), "{status}");
    held.done(&format!("tuffet sign w/ceremony/c --key '{}'\ntuffet sign w/ceremony/c --key file:erin.pem", held.pat));
    let assembled = held.done("tuffet assemble w/ceremony/c");
    assert!(assembled.contains("recorded: root by @erin\n"), "{assembled}");
}
