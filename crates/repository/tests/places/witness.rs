//! A place that writes down what is written, looks at it after every write, and can break off at one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tuffet_repository::{Created, Found, Place, PlaceError, PlaceErrorKind, Publication, Replaced, Shown, Tag};

/// Where a run breaks off. From there on nothing is answered, as a process that is gone asks nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Crash {
    /// Before this write, counted from 1.
    Before(usize),
    /// When this write was done, and before its answer came.
    After(usize),
}

/// Every content every file ever had, shared by all who write to one place.
pub(crate) type History = Arc<Mutex<BTreeMap<String, Vec<Vec<u8>>>>>;

type Look<'a> = Box<dyn Fn() + Send + Sync + 'a>;

pub(crate) struct Witness<'a, P> {
    pub(crate) inner: P,
    history: History,
    crash: Option<Crash>,
    writes: Mutex<usize>,
    gone: Mutex<bool>,
    look: Look<'a>,
    whole: bool,
}

impl<'a, P: Place> Witness<'a, P> {
    pub(crate) fn over(inner: P, history: History) -> Self {
        let (writes, gone) = (Mutex::new(0), Mutex::new(false));
        Self { inner, history, crash: None, writes, gone, look: Box::new(|| ()), whole: false }
    }

    pub(crate) fn crashing(self, crash: Crash) -> Self {
        Self { crash: Some(crash), ..self }
    }

    pub(crate) fn looking(self, look: impl Fn() + Send + Sync + 'a) -> Self {
        Self { look: Box::new(look), ..self }
    }

    /// Publications go as the place itself has them go, not write by write.
    pub(crate) fn whole(self) -> Self {
        Self { whole: true, ..self }
    }

    pub(crate) fn writes(&self) -> usize {
        *self.writes.lock().unwrap()
    }

    fn alive(&self, file: &str) -> Result<(), PlaceError> {
        if *self.gone.lock().unwrap() { Err(self.dead(file)) } else { Ok(()) }
    }

    fn dead(&self, file: &str) -> PlaceError {
        *self.gone.lock().unwrap() = true;
        let (place, reason) = (self.describe(), "the process is gone".to_owned());
        PlaceError { place, file: file.to_owned(), reason, kind: PlaceErrorKind::Passing }
    }

    fn write<T>(&self, file: &str, write: impl FnOnce() -> Result<T, PlaceError>) -> Result<T, PlaceError> {
        self.alive(file)?;
        let number = {
            let mut writes = self.writes.lock().unwrap();
            *writes += 1;
            *writes
        };
        if self.crash == Some(Crash::Before(number)) {
            return Err(self.dead(file));
        }
        let done = write()?;
        (self.look)();
        if self.crash == Some(Crash::After(number)) { Err(self.dead(file)) } else { Ok(done) }
    }

    fn note(&self, file: &str, bytes: &[u8]) {
        self.history.lock().unwrap().entry(file.to_owned()).or_default().push(bytes.to_vec());
    }
}

impl<P: Place> Place for Witness<'_, P> {
    fn read(&self, file: &str) -> Result<Option<Found>, PlaceError> {
        self.alive(file)?;
        self.inner.read(file)
    }

    fn names(&self) -> Result<Vec<String>, PlaceError> {
        self.alive(".")?;
        self.inner.names()
    }

    fn create(&self, file: &str, bytes: &[u8]) -> Result<Created, PlaceError> {
        self.write(file, || {
            let created = self.inner.create(file, bytes)?;
            if created == Created::New {
                self.note(file, bytes);
            }
            Ok(created)
        })
    }

    fn replace(&self, file: &str, bytes: &[u8], seen: Option<&Tag>) -> Result<Replaced, PlaceError> {
        self.write(file, || {
            let replaced = self.inner.replace(file, bytes, seen)?;
            if replaced == Replaced::Done {
                self.note(file, bytes);
            }
            Ok(replaced)
        })
    }

    fn begin(&self, timestamp: &[u8]) -> Result<Option<Box<dyn Publication + '_>>, PlaceError> {
        if !self.whole {
            return Ok(Some(Box::new(Stepwise { place: self, timestamp: timestamp.to_vec() })));
        }
        let Some(inner) = self.inner.begin(timestamp)? else { return Ok(None) };
        Ok(Some(Box::new(Whole { inner, place: self, files: vec![("timestamp.json".into(), timestamp.to_vec())] })))
    }

    fn describe(&self) -> String {
        "witness".to_owned()
    }
}

/// Write by write.
struct Stepwise<'a, 'b, P> {
    place: &'a Witness<'b, P>,
    timestamp: Vec<u8>,
}

impl<P: Place> Publication for Stepwise<'_, '_, P> {
    fn create(&mut self, file: &str, bytes: &[u8]) -> Result<Created, PlaceError> {
        self.place.create(file, bytes)
    }

    fn show(&mut self) -> Result<Shown, PlaceError> {
        Ok(Shown::Now)
    }

    fn finish(&mut self, seen: Option<&Tag>) -> Result<Replaced, PlaceError> {
        self.place.replace("timestamp.json", &self.timestamp, seen)
    }

    fn undo(&mut self) -> bool {
        false
    }
}

/// As the place does it.
struct Whole<'a, 'b, P> {
    inner: Box<dyn Publication + 'a>,
    place: &'a Witness<'b, P>,
    files: Vec<(String, Vec<u8>)>,
}

impl<P: Place> Publication for Whole<'_, '_, P> {
    fn create(&mut self, file: &str, bytes: &[u8]) -> Result<Created, PlaceError> {
        let created = self.inner.create(file, bytes)?;
        if created == Created::New {
            self.files.push((file.to_owned(), bytes.to_vec()));
        }
        Ok(created)
    }

    fn show(&mut self) -> Result<Shown, PlaceError> {
        self.inner.show()
    }

    fn finish(&mut self, seen: Option<&Tag>) -> Result<Replaced, PlaceError> {
        let replaced = self.inner.finish(seen)?;
        if replaced == Replaced::Done {
            *self.place.writes.lock().unwrap() += self.files.len();
            self.files.iter().for_each(|(file, bytes)| self.place.note(file, bytes));
        }
        Ok(replaced)
    }

    fn settle(&mut self) -> Result<(), PlaceError> {
        self.inner.settle()
    }

    fn undo(&mut self) -> bool {
        self.inner.undo()
    }
}

/// No file but the timestamp ever had two contents, and no version of the timestamp was used twice.
pub(crate) fn nothing_was_written_over(history: &History) {
    for (file, contents) in &*history.lock().unwrap() {
        if file != "timestamp.json" {
            assert_eq!(contents.len(), 1, "{file} was written {} times", contents.len());
            continue;
        }
        let version = |bytes: &Vec<u8>| {
            let parsed: serde_json::Value = serde_json::from_slice(bytes).unwrap();
            parsed["signed"]["version"].as_u64().unwrap()
        };
        let versions: Vec<u64> = contents.iter().map(version).collect();
        assert!(versions.is_sorted_by(|a, b| a < b), "{versions:?}");
    }
}
