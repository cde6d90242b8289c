//! Places that fail, that were changed by hand, that have no name.

use crate::site::{first, text};
use crate::witness::{Crash, History, Witness};
use crate::world::{publish, put, ready, resign, seen, the_second, trees};
use tuffet_repository::{
    Created, Found, MemoryPlace, Place, PlaceError, PlaceErrorKind, Replaced, Repository, RepositoryError, Tag,
    open_place,
};

/// A place that fails in one way at one kind of call.
struct Failing {
    inner: MemoryPlace,
    kind: PlaceErrorKind,
    create: bool,
    /// The timestamp is written, and the answer lost.
    lost: bool,
    /// Afterwards nothing can be read any more.
    dark: bool,
    replaced: std::sync::atomic::AtomicBool,
}

impl Failing {
    fn over(inner: &MemoryPlace, kind: PlaceErrorKind) -> Self {
        Self { inner: inner.clone(), kind, create: false, lost: false, dark: false, replaced: false.into() }
    }

    fn error(&self, file: &str) -> PlaceError {
        let (place, reason) = (self.describe(), "the credentials have expired (ExpiredToken)".to_owned());
        PlaceError { place, file: file.to_owned(), reason, kind: self.kind }
    }
}

impl Place for Failing {
    fn read(&self, file: &str) -> Result<Option<Found>, PlaceError> {
        if self.dark && self.replaced.load(std::sync::atomic::Ordering::SeqCst) {
            return Err(self.error(file));
        }
        self.inner.read(file)
    }
    fn names(&self) -> Result<Vec<String>, PlaceError> {
        self.inner.names()
    }
    fn create(&self, file: &str, bytes: &[u8]) -> Result<Created, PlaceError> {
        if self.create && file.ends_with(".snapshot.json") {
            Err(self.error(file))
        } else {
            self.inner.create(file, bytes)
        }
    }
    fn replace(&self, file: &str, bytes: &[u8], seen: Option<&Tag>) -> Result<Replaced, PlaceError> {
        self.replaced.store(true, std::sync::atomic::Ordering::SeqCst);
        if self.lost {
            self.inner.replace(file, bytes, seen)?;
        }
        if self.create { self.inner.replace(file, bytes, seen) } else { Err(self.error(file)) }
    }
    fn describe(&self) -> String {
        "s3://bucket/tuf".to_owned()
    }
}

fn one() -> MemoryPlace {
    trees()[0].clone().into_iter().collect()
}

#[test]
fn x19_credentials_that_expire_on_the_way_leave_what_the_next_run_takes_up() {
    for (create, file) in [(true, "2.snapshot.json"), (false, "timestamp.json")] {
        let place = one();
        let failing = Failing { create, ..Failing::over(&place, PlaceErrorKind::Denied) };
        let error = publish(&Repository::at(&failing), the_second(&trees()[0])).err().unwrap();
        assert_eq!(
            error.to_string(),
            format!(
                "s3://bucket/tuf: {file}: the credentials have expired (ExpiredToken): nothing was published; what was \
                 written is listed by nothing, and the next run takes it up (X19)"
            )
        );
        assert_eq!(
            error.hint(),
            Some(
                "renew the credentials, or have them allowed to read, list, create and replace there; then run the same \
                 command again: what was written is taken up"
            )
        );
        assert_eq!(seen(&place)[1..], [1, 1, 1]);
        publish(&Repository::at(place.clone()), the_second(&trees()[0])).unwrap();
        assert_eq!(seen(&place), [2, 2, 2, 2]);
    }
}

#[test]
fn x19_a_timestamp_whose_answer_was_lost_is_looked_at() {
    // It was written.
    let place = one();
    let lost = Failing { lost: true, ..Failing::over(&place, PlaceErrorKind::Passing) };
    assert_eq!(resign(&Repository::at(&lost), 0).unwrap().timestamp, 2);
    assert_eq!(seen(&place), [1, 1, 2, 2]);
    // Nobody can tell.
    let dark = Failing { lost: true, dark: true, ..Failing::over(&one(), PlaceErrorKind::Passing) };
    let error = resign(&Repository::at(&dark), 0).err().unwrap();
    assert_eq!(
        error.to_string(),
        "s3://bucket/tuf: timestamp.json: the credentials have expired (ExpiredToken): it is not known whether this was \
         published (X19)"
    );
    assert_eq!(error.hint(), Some("run the same command again: it says what is published, and goes on from there"));
    assert!(!error.is_race());
    // Somebody else's is there.
    let place = one();
    let witness = Witness::over(place.clone(), History::default()).crashing(Crash::Before(1));
    assert!(witness.create("x", b"").is_err() && witness.read("x").is_err(), "a process that is gone");
}

#[test]
fn x5_a_full_place_is_told_with_what_helps() {
    let full = Failing { create: true, ..Failing::over(&one(), PlaceErrorKind::Full) };
    let error = resign(&Repository::at(&full), 0).err().unwrap();
    assert!(matches!(error, RepositoryError::Unfinished(_)));
    assert_eq!(error.hint(), Some("make room, then run the same command again"));
}

#[test]
fn r4_r5_a_bucket_that_was_changed_by_hand_is_not_published_over() {
    let [first_tree, two] = trees();
    let place: MemoryPlace = two.clone().into_iter().collect();
    put(&place, "1.targets.json", b"by hand");
    assert!(resign(&Repository::at(place.clone()), 0).is_ok(), "an old version that no client asks for");
    put(&place, "2.targets.json", b"{}");
    assert_eq!(
        text(Repository::at(place).published()),
        "2.targets.json: targets: signed: expected an object, found nothing (TUF 4.2.1)"
    );
    let lacks: MemoryPlace = two.into_iter().filter(|(file, _)| file != "1.root.json").collect();
    let error = Repository::at(lacks).published().err().unwrap();
    assert_eq!(error.hint(), Some("restore the file from a mirror or from version control; never edit it"));
    assert_eq!(error.to_string(), "1.root.json: expected the file, found none: every released version stays (R4)");
    let place: MemoryPlace = first_tree.into_iter().collect();
    let repository = Repository::at(place.clone());
    let late = ready(&repository, the_second(&place.files())).unwrap();
    put(&place, "2.root.json", b"by hand");
    let error = late.publish(&repository).err().unwrap();
    assert!(matches!(error, RepositoryError::Immutable { .. }), "{error}");
    assert_eq!(place.files()["2.root.json"], b"by hand");
}

#[test]
fn x20_a_timestamp_signed_in_the_future_of_ours_is_none_of_our_business() {
    // Versions count, not clocks: another publisher's machine is two days ahead.
    let place = one();
    resign(&Repository::at(place.clone()), 48).unwrap();
    assert_eq!(resign(&Repository::at(place.clone()), 0).unwrap().timestamp, 3);
    assert_eq!(seen(&place)[3], 3);
    assert!(first().root.is_some());
}

#[test]
fn locations_that_are_none_are_told() {
    let none = || std::iter::empty::<(String, String)>();
    let forms = "expected a folder, file:///PATH, s3://BUCKET/PREFIX, gs://BUCKET/PREFIX, az://CONTAINER/PREFIX or \
                 git+https://REMOTE#BRANCH (git+ssh, git+file)";
    let git = "expected git+https://REMOTE#BRANCH, git+ssh://REMOTE#BRANCH or git+file:///PATH#BRANCH";
    for (location, expected) in [
        ("", format!(": {forms}")),
        ("ftp://a.example/b", format!("ftp://a.example/b: {forms}")),
        ("https://a.example/", format!("https://a.example/: {forms}")),
        ("file://host/a", "file://host/a: expected file:///PATH without escapes".into()),
        ("file:///a%20b", "file:///a%20b: expected file:///PATH without escapes".into()),
        ("git+https://a.example/b.git", format!("git+https://a.example/b.git: {git}")),
        (
            "git+file:///a#-b",
            "git+file:///a#-b: expected a branch of letters, digits, `-`, `.`, `_` and `/` after `#`".into(),
        ),
        (
            "git+https://me:secret@a.example/b#pages",
            "git+https://me@a.example/b#pages: expected no password in a location, found one".into(),
        ),
    ] {
        assert_eq!(open_place(location, none()).err().unwrap().to_string(), expected);
    }
    for (location, named) in
        [("some/folder", "some/folder"), ("file:///srv/tuf", "/srv/tuf"), ("git+file:///a#b", "git+file:///a#b")]
    {
        assert_eq!(open_place(location, none()).unwrap().describe(), named);
    }
}
