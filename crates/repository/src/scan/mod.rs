//! A folder of files on its way to be targets: found, judged by name, hashed.
//!
//! Each file is read once, by as many threads as asked for, in buffers of a fixed size; what grows with the folder is
//! the list of names and digests. Nothing is decided here about metadata: what comes out are paths, lengths, digests.

mod content;
mod hash;
mod journal;
mod place;
mod problem;
mod twins;
mod walk;

pub use content::copy_content;
pub use problem::{FileProblem, RefusedFile, RefusedFiles, ScanError};
pub use twins::Twins;

use hash::hash;
use journal::Known;
use place::{Identity, Place};
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use tuffet_keys::Sha256;
use walk::walk;

/// How a folder is scanned.
#[derive(Debug, Clone, Copy)]
pub struct Scan<'a> {
    folder: &'a Path,
    threads: NonZeroUsize,
    journal: Option<&'a Path>,
}

/// What was done so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Files done, those among them whose digest an earlier run left in the journal.
    pub files: u64,
    /// Files in all.
    pub of: u64,
    /// Bytes read in this run.
    pub bytes: u64,
}

/// A file as a target may list it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScannedFile {
    /// Its path below the folder, names separated by slashes.
    pub path: String,
    /// Bytes.
    pub length: u64,
    /// SHA-256 of the content.
    pub sha256: Sha256,
}

/// What a scan found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scanned {
    /// Every file, sorted by path as metadata sorts them.
    pub files: Vec<ScannedFile>,
    /// Paths that some system takes for one: a client there can have one of each group only.
    pub twins: Vec<Twins>,
    /// Files whose digest was taken from the journal.
    pub resumed: u64,
}

impl<'a> Scan<'a> {
    /// Of `folder`, with one thread and no journal.
    #[must_use]
    pub fn of(folder: &'a Path) -> Self {
        Self { folder, threads: NonZeroUsize::MIN, journal: None }
    }

    /// Hashes with this many threads.
    #[must_use]
    pub fn threads(self, threads: NonZeroUsize) -> Self {
        Self { threads, ..self }
    }

    /// Notes every digest in `file`, and believes those of an earlier run whose file has the same length, times, device
    /// and inode: a run that was interrupted does not read again what did not change. It must lie outside the folder.
    #[must_use]
    pub fn journal(self, file: &'a Path) -> Self {
        Self { journal: Some(file), ..self }
    }

    /// Scans. `progress` is called on this thread, some times a second.
    ///
    /// # Errors
    /// [`ScanError`]; with [`ScanError::Files`] every file was looked at, and all that cannot be targets are named.
    pub fn run(self, mut progress: impl FnMut(Progress)) -> Result<Scanned, ScanError> {
        let place = Place::open(self.folder)?;
        let (known, mut journal) = match self.journal {
            Some(file) => journal::open(file, self.folder).map(|(known, journal)| (known, Some(journal)))?,
            None => Default::default(),
        };
        let (paths, mut refused) = walk(self.folder);
        let of = paths.len() as u64 + refused.len() as u64;
        let mut state = Progress { files: refused.len() as u64, of, bytes: 0 };
        let (mut found, mut resumed) = (vec![None; paths.len()], 0);
        progress(state);
        let work = Work { place: &place, paths: &paths, known: &known, next: AtomicUsize::new(0) };
        let mut take = |message| {
            match message {
                Message::Read(bytes) => state.bytes += bytes,
                Message::Done(batch) => {
                    state.files += batch.len() as u64;
                    if let Some(journal) = &mut journal {
                        journal.append(&paths, &batch)?;
                    }
                    for (at, outcome) in batch {
                        match outcome {
                            Ok(done) => {
                                resumed += u64::from(done.resumed);
                                found[at] = Some((done.identity.length, done.sha256));
                            }
                            Err(problem) => refused.push(RefusedFile { path: paths[at].clone(), problem }),
                        }
                    }
                }
            }
            progress(state);
            Ok(())
        };
        work.share(self.threads, &mut take)?;
        if !refused.is_empty() {
            return Err(ScanError::Files(RefusedFiles::new(refused, of)));
        }
        let twins = twins::find(&paths);
        let file =
            |(path, found): (String, Option<_>)| found.map(|(length, sha256)| ScannedFile { path, length, sha256 });
        Ok(Scanned { files: paths.into_iter().zip(found).filter_map(file).collect(), twins, resumed })
    }
}

/// A file that was hashed, or whose digest is known.
struct Done {
    identity: Identity,
    sha256: Sha256,
    resumed: bool,
}

/// Numbers of files, with what came of them.
type Batch = Vec<(usize, Result<Done, FileProblem>)>;

/// What the threads that hash tell the one that counts.
enum Message {
    /// Of a file that is not done.
    Read(u64),
    Done(Batch),
}

/// The files to hash. Each thread takes the next one nobody took.
struct Work<'a> {
    place: &'a Place,
    paths: &'a [String],
    known: &'a Known,
    next: AtomicUsize,
}

impl Work<'_> {
    /// Hashes every file; `take` gets what comes of it, on this thread.
    fn share(
        &self,
        threads: NonZeroUsize,
        take: &mut dyn FnMut(Message) -> Result<(), ScanError>,
    ) -> Result<(), ScanError> {
        std::thread::scope(|scope| {
            let (send, receive) = sync_channel(threads.get().saturating_mul(2));
            for _ in 0..threads.get() {
                let send = send.clone();
                scope.spawn(move || self.run(&send));
            }
            drop(send);
            receive.into_iter().try_for_each(|message| {
                // Nobody begins another file once one of ours could not be written.
                take(message).inspect_err(|_| self.next.store(self.paths.len(), Ordering::Relaxed))
            })
        })
    }

    fn run(&self, send: &SyncSender<Message>) {
        let mut buffer = vec![0; BUFFER];
        let (mut batch, mut bytes) = (Batch::new(), 0);
        loop {
            let at = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(path) = self.paths.get(at) else { break };
            let mut long = 0;
            let outcome = self.one(path, &mut buffer, &mut |read| {
                bytes += read;
                long += read;
                if long >= BYTES {
                    // The other side is gone when it has an error to tell.
                    let _ = send.send(Message::Read(std::mem::take(&mut bytes)));
                    long = 0;
                }
            });
            batch.push((at, outcome));
            if batch.len() >= FILES || bytes >= BYTES {
                let _ = send.send(Message::Read(std::mem::take(&mut bytes)));
                if send.send(Message::Done(std::mem::take(&mut batch))).is_err() {
                    return;
                }
            }
        }
        let _ = send.send(Message::Read(bytes));
        let _ = send.send(Message::Done(batch));
    }

    fn one(&self, path: &str, buffer: &mut [u8], read: &mut dyn FnMut(u64)) -> Result<Done, FileProblem> {
        if let Some((identity, sha256)) = self.known.get(path)
            && self.place.identity(path)? == *identity
        {
            return Ok(Done { identity: *identity, sha256: *sha256, resumed: true });
        }
        let (identity, sha256) = hash(self.place, path, buffer, read)?;
        Ok(Done { identity, sha256, resumed: false })
    }
}

/// Bytes a thread reads at a time: half of what a core has to itself.
const BUFFER: usize = 256 * 1024;

/// Files and bytes after which a thread says what it did.
const FILES: usize = 64;
const BYTES: u64 = 16 * 1024 * 1024;

#[cfg(test)]
mod tests;
