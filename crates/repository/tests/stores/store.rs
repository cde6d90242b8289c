//! What is tried at every store.

use crate::conformance::conforms;
use crate::crash::crash_everywhere;
use crate::promote::story;
use crate::race::race;
use crate::site::first;
use crate::witness::{History, Witness};
use crate::world::{publish, resign, seen};
use std::sync::atomic::{AtomicUsize, Ordering};
use tuffet_repository::{MemoryPlace, ObjectPlace, Place, PlaceErrorKind, Repository};

/// A bucket that is there, and the settings of its store.
pub(crate) struct Store {
    /// `s3://bucket`.
    pub(crate) bucket: &'static str,
    pub(crate) variables: Vec<(String, String)>,
    next: AtomicUsize,
}

impl Store {
    pub(crate) fn new(bucket: &'static str, variables: &[(&str, &str)]) -> Self {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { bucket, variables, next: AtomicUsize::new(0) }
    }

    pub(crate) fn at(&self, location: &str) -> ObjectPlace {
        ObjectPlace::open(location, self.variables.clone()).unwrap()
    }

    /// An empty place in it.
    pub(crate) fn fresh(&self) -> ObjectPlace {
        self.at(&format!("{}/case/{}", self.bucket, self.next.fetch_add(1, Ordering::Relaxed)))
    }

    /// Two ways to an empty place, as two machines have them.
    fn two(&self) -> [ObjectPlace; 2] {
        let one = self.fresh();
        let other = self.at(&one.describe());
        [one, other]
    }

    pub(crate) fn keeps_its_promises(&self) {
        let [one, other] = self.two();
        conforms(&one, &other);
        // The bucket itself is a place too, and what lies at its prefixes is not in it.
        let whole = self.at(self.bucket);
        assert_eq!(whole.names().unwrap(), Vec::<String>::new());
        let _ = one.create("9.root.json", b"x").unwrap();
        assert_eq!(whole.read("9.root.json").unwrap(), None);
        let path = one.describe().replacen(self.bucket, "", 1);
        assert_eq!(whole.read(&format!("{}/9.root.json", path.trim_start_matches('/'))).unwrap().unwrap().bytes, b"x");
    }

    pub(crate) fn tells_the_story(&self) {
        let written = story(MemoryPlace::default(), self.fresh()) + story(self.fresh(), self.fresh());
        println!("{}: {written} files in eight publications and eight copies", self.bucket);
    }

    pub(crate) fn survives_crashes(&self) {
        let done = crash_everywhere(|| self.fresh());
        println!("{}: {done:?}", self.bucket);
        assert_eq!((done.writes, done.crashes), (12, 24));
    }

    pub(crate) fn lets_one_win(&self, rounds: usize) {
        let history = History::default();
        let ways = self.two().map(|way| Witness::over(way, history.clone()));
        println!("{}: {:?}", self.bucket, race(&ways, rounds, &history));
    }

    /// A timestamp that another publisher moved.
    pub(crate) fn notices_another_publisher(&self) {
        let [ours, theirs] = self.two().map(Repository::at);
        publish(&ours, first()).unwrap();
        let late = crate::world::anew(&ours, 1).unwrap();
        resign(&theirs, 30).unwrap();
        assert!(late.publish(&ours).is_err_and(|error| error.is_race()));
        assert_eq!(seen(ours.place()), [1, 1, 2, 2]);
    }

    /// A bucket that is not there is never an empty one.
    pub(crate) fn tells_of_a_bucket_that_is_not_there(&self, location: &str, code: &str) {
        let place = self.at(location);
        for error in [place.read("timestamp.json").err().unwrap(), place.create("1.root.json", b"").err().unwrap()] {
            let reason = format!("there is no such bucket or container ({code})");
            assert_eq!((error.reason, error.kind), (reason, PlaceErrorKind::Other));
        }
        let error = Repository::at(place).published().err().unwrap();
        assert_eq!(error.to_string(), format!("{location}: .: there is no such bucket or container ({code})"));
    }
}

/// A port where nobody listens.
pub(crate) fn nobody() -> String {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}
