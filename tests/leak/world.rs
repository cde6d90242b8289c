//! Two ceremonies, each rehearsed by everybody and then held by everybody, and the repository they leave.

use crate::terminal;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use tempfile::TempDir;

/// The time of both ceremonies.
pub(crate) const AT: &str = "2026-12-01T10:00:00Z";
/// Of every key file.
pub(crate) const PASSPHRASE: &str = "correct horse";
/// What everyone answers.
pub(crate) const RIGHT: &[(&str, &str)] = &[
    ("passphrase", PASSPHRASE),
    ("Type `sign`", "sign"),
    ("Type `rehearse`", "rehearse"),
    ("Type `right`", "right"),
    ("Type `approve`", "approve"),
];

/// `w`: an initial ceremony `c` of @alice, @bob and @carol, two of three, and `d`, in which @dave takes @bob's place.
/// Made once a run; whoever changes something takes a copy.
pub(crate) static WORLD: LazyLock<TempDir> = LazyLock::new(|| {
    let scratch = tempfile::tempdir().unwrap();
    std::fs::write(scratch.path().join("readme.txt"), "a target\n").unwrap();
    run(
        scratch.path(),
        r#"
        enrol() { # CEREMONY WHO OWNER SCHEME
            tuffet plan invite --ceremony $1 --owner $3 --out ../$1-$2.invite
            [ -e ../$2.pem ] || tuffet key generate file:../$2.pem --scheme $4
            tuffet key enroll --key file:../$2.pem --invite ../$1-$2.invite --out ../$1-$2
        }
        hold() { # CEREMONY WHO...
            ceremony=$1; shift
            tuffet draft ceremony/$ceremony
            for who in "$@"; do tuffet sign ceremony/$ceremony --key file:../$who.pem --rehearsal; done
            cp -r . ../rehearsed-$ceremony
            tuffet assemble ceremony/$ceremony
            for who in wendy walt; do tuffet approve ceremony/$ceremony --key file:../$who.pem; done
            for who in "$@"; do tuffet sign ceremony/$ceremony --key file:../$who.pem; done
            tuffet assemble ceremony/$ceremony
            tuffet publish ceremony/$ceremony --online-key file:../online.pem
        }
        tuffet init w
        cd w
        for who in alice bob carol wendy walt; do enrol c $who @$who ed25519; done
        enrol c online file:online.pem p256
        tuffet plan new c --date 2026-12-01T10:00:00Z --threshold 2 --allow-software-keys \
            --keyholder ../c-alice --keyholder ../c-bob --keyholder ../c-carol --online ../c-online \
            --witness ../c-wendy --witness ../c-walt --target ../readme.txt
        hold c alice bob carol
        for who in wendy walt dave; do enrol d $who @$who ed25519; done
        tuffet plan replace d --date 2026-12-01T10:00:00Z --allow-software-keys \
            --outgoing @bob --incoming ../d-dave --witness ../d-wendy --witness ../d-walt --target other.txt=../readme.txt
        hold d alice carol dave
        tuffet ceremony verify ceremony/d --repository repository"#,
    );
    scratch
});

pub(crate) fn run(folder: &Path, script: &str) {
    let sitting = terminal::sit(folder, Some(AT), script, RIGHT);
    assert_eq!(sitting.code, 0, "{script}\n{}", sitting.screen);
}

/// Where what was published lies.
pub(crate) fn repository() -> PathBuf {
    WORLD.path().join("w/repository")
}

/// A copy of the workspace as it was when everybody had rehearsed ceremony `id`, and nothing of it was recorded.
pub(crate) fn rehearsed(id: &str) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    let from = WORLD.path().join(format!("rehearsed-{id}"));
    for (name, bytes) in crate::tree::tree(&from) {
        let to = copy.path().join("w").join(name);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::write(to, bytes).unwrap();
    }
    for entry in std::fs::read_dir(WORLD.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "pem") {
            std::fs::copy(&path, copy.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    copy
}
