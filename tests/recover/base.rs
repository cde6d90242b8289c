//! A repository to harm: 3 of 5 keyholders, one online key, targets published twice.

use crate::{terminal, tree};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;
use tempfile::TempDir;

/// When the second publication was.
pub(crate) const THEN: &str = "2026-12-02T10:00:00Z";

const ANSWERS: &[(&str, &str)] = &[("passphrase", "correct horse"), ("Type `sign`", "sign"), ("Type `abort`", "abort")];

/// What every script begins with: how a ceremony without witnesses is planned and held here.
const HOLD: &str = "
plain='--approvals 0 --waive K5=test --allow-software-keys'
hold() { local id=$1 key=$2; shift 2
    tuffet draft ceremony/$id >/dev/null
    for who in $@; do tuffet sign ceremony/$id --key file:../$who.pem >/dev/null; done
    tuffet assemble ceremony/$id >/dev/null
    tuffet publish ceremony/$id --online-key file:../$key.pem
}
enrol() { local id=$1; shift
    for who in $@; do
        local owner=@$who; case $who in online*) owner=file:$who.pem;; esac
        tuffet plan invite --ceremony $id --owner $owner --out ../$who-$id.invite >/dev/null
        [ -e ../$who.pem ] || tuffet key generate file:../$who.pem >/dev/null
        tuffet key enroll --key file:../$who.pem --invite ../$who-$id.invite --out ../$who-$id >/dev/null
    done
}
";

static BASE: LazyLock<TempDir> = LazyLock::new(|| {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("keys.json"), "right\n").unwrap();
    fs::write(scratch.path().join("other.json"), "wrong\n").unwrap();
    let first = "
        tuffet init w; cd w
        enrol first alice bob carol dave erin online
        tuffet plan new first $plain --date 2026-12-01T10:00:00Z --threshold 3 --target ../keys.json \
            --keyholder ../alice-first --keyholder ../bob-first --keyholder ../carol-first --keyholder ../dave-first \
            --keyholder ../erin-first --online ../online-first
        hold first online alice bob erin";
    run(scratch.path(), "2026-12-01T10:00:00Z", first, 0);
    let second = "
        cd w
        tuffet plan change second $plain --date 2026-12-02T10:00:00Z --target keys.json=../other.json \
            --target extra.json=../other.json
        hold second online alice carol erin";
    run(scratch.path(), THEN, second, 0);
    scratch
});

/// A copy of that repository, to do harm to.
pub(crate) fn world() -> TempDir {
    let scratch = tempfile::tempdir().unwrap();
    for (name, bytes) in tree::tree(BASE.path()) {
        let path = scratch.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    scratch
}

/// Runs a script at a terminal, at a time; gives the screen.
pub(crate) fn run(folder: &Path, at: &str, script: &str, code: i32) -> String {
    let sitting = terminal::sit(folder, Some(at), &format!("{HOLD}{script}"), ANSWERS);
    assert_eq!(sitting.code, code, "{}", sitting.screen);
    assert!(!sitting.screen.contains("correct horse"), "a passphrase on the screen");
    sitting.screen
}

/// The screen of what is run in the workspace.
pub(crate) fn told(scratch: &TempDir, at: &str, script: &str, code: i32) -> String {
    let screen = run(scratch.path(), at, &format!("cd w\n{script}"), code);
    // Errors, the plan's own lines and digests are as long as they are.
    let free = |line: &&str| line.starts_with("tuffet: ") || line.contains('"') || line.contains("plan hash");
    if !script.starts_with("tuffet recover") {
        return screen;
    }
    let mut lines = screen.lines().filter(|line| !free(line) && !line.contains(&*scratch.path().to_string_lossy()));
    let wide = lines.find(|line| line.chars().count() > 80);
    assert!(wide.is_none(), "wider than a terminal: {wide:?}");
    screen
}

/// Fails with the screen where a line is not there, in this order.
pub(crate) fn sees(screen: &str, lines: &[&str]) {
    let flat = screen.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut rest = flat.as_str();
    for line in lines {
        let at = rest.find(line).unwrap_or_else(|| panic!("expected `{line}`, found:\n{screen}"));
        rest = &rest[at + line.len()..];
    }
}

/// Clients from root 1 and from the newest follow, and so does one that has followed until now.
pub(crate) fn clients_follow(scratch: &TempDir, at: &str, root: u64) {
    let script = format!(
        "cd w
        for pin in 1 {root}; do
            tuffet client init --cache ../fresh-$pin --root repository/$pin.root.json >/dev/null
            tuffet client refresh --cache ../fresh-$pin --url repository
        done
        if [ -d ../old ]; then tuffet client refresh --cache ../old --url repository; fi"
    );
    let screen = run(scratch.path(), at, &script, 0);
    let flat = screen.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.matches(&format!(" root {root} 20")).count() >= 2, "{screen}");
}

/// A client that has seen what is published, in `old`.
pub(crate) const OLD_CLIENT: &str = "
    tuffet client init --cache ../old --root repository/1.root.json
    tuffet client refresh --cache ../old --url repository
    ";

/// A ceremony for a next root, at 2026-12-03, that @erin alone has signed.
pub(crate) const IDLE: &str = "tuffet plan change idle $plain --date 2026-12-03T10:00:00Z --renew root
    tuffet draft ceremony/idle; tuffet sign ceremony/idle --key file:../erin.pem
    tuffet assemble ceremony/idle";
