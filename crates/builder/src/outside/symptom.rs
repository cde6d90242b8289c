//! What can be seen to be wrong, as a table: the id a person looks up, and what to do.

/// One kind of thing that can be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symptom {
    /// `W1`, `W2` and so on; never given to another.
    pub id: &'static str,
    /// The name, in kebab-case.
    pub name: &'static str,
    /// The rule behind it.
    pub rule: &'static str,
    /// What should be so.
    pub holds: &'static str,
    /// What to do.
    pub fix: &'static str,
}

impl Symptom {
    /// Every symptom, by number.
    #[must_use]
    pub fn all() -> &'static [&'static Self] {
        ALL
    }
}

macro_rules! symptoms {
    ($($name:ident = $id:literal $kebab:literal, $rule:literal: $holds:literal; $fix:literal)*) => {
        $(pub(super) static $name: Symptom =
            Symptom { id: $id, name: $kebab, rule: $rule, holds: $holds, fix: $fix };)*
        static ALL: &[&Symptom] = &[$(&$name),*];
    };
}

symptoms! {
    UNREACHABLE = "W1" "unreachable", "R18":
        "every URL answers";
        "see whether the server, its name and its certificate are as they should be"
    CLIENTS_REFUSE = "W2" "clients-refuse", "R21":
        "a client that starts at the pinned root accepts what a URL serves";
        "`tuffet check URL --root FILE` says which rule is broken; of a mirror, copy it again"
    EXPIRES = "W3" "expires", "R18":
        "a role is signed anew well before it expires";
        "online roles: see why the machine does not sign; the others: hold the ceremony"
    STALE = "W4" "stale", "R10":
        "every URL serves the newest version";
        "copy the mirror again; of a CDN, drop what it holds of timestamp.json and the next root"
    DIVERGING = "W5" "diverging", "R5":
        "a version has the same bytes at every URL";
        "find out who made the other file before anything else: an attack, or a publication that went wrong"
    BYTES_CHANGED = "W6" "bytes-changed", "R5":
        "a version keeps its bytes";
        "put the first file back; what has to change gets the next version"
    ROLLBACK = "W7" "rollback", "C38":
        "no version goes down, and what the snapshot lists stays";
        "an old backup, a lagging server or an attack: publish what was there, as a higher version"
    TWO_ROOTS = "W8" "two-roots", "R5":
        "there is one valid root of a version";
        "both were signed by enough people: ask them which; clients at the other cannot follow any more"
    MISSING_METADATA = "W9" "missing-metadata", "R4":
        "every metadata file that is asked for is there, and every root from 1 on";
        "upload it again, byte for byte"
    MISSING_TARGET = "W10" "missing-target", "R7":
        "a target lies under each of its hashes";
        "upload the file again under that name"
    WRONG_TARGET = "W11" "wrong-target", "C59":
        "a target file has the length and the hashes that are listed";
        "upload the file that was hashed; see whether something on the way changes files"
    ANSWER_FOR_ABSENT = "W12" "answer-for-absent", "C9":
        "a server says 404 where there is no file: it is how clients learn that there is no newer root";
        "let the store list its files (403 becomes 404), and take custom error pages away"
    TIMESTAMP_CACHED = "W13" "timestamp-cached", "R19":
        "caches hold timestamp.json for minutes";
        "publish it with `Cache-Control: max-age=60`, and drop it from the CDN"
    ABSENCE_CACHED = "W14" "absence-cached", "R19":
        "caches hold the answer that there is no newer root for minutes";
        "give answers with status 404 a short lifetime in the CDN"
}
