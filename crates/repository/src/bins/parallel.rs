//! Many bins on a few threads, and one key.
//!
//! A signer may be a device that only its own thread can speak to, so the threads hand over what is to be signed and
//! go on with the signature.

use crate::RepositoryError;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use tuffet_keys::{Sign, SignError};
use tuffet_metadata::{Proposed, Targets};

/// What is to be signed, and then with its signature.
pub(super) type Asked = Result<(Proposed<Targets>, Vec<u8>), SignError>;

/// How a thread has something signed.
pub(super) type Ask<'a> = dyn FnMut(Proposed<Targets>) -> Asked + 'a;

enum Message<T> {
    Sign(Proposed<Targets>, SyncSender<Asked>),
    Done(Result<T, RepositoryError>),
}

/// Does `work` for each of `jobs`, in any order; `take` gets what comes of it, on this thread. Ends at the first error.
pub(super) fn each<J: Sync, T: Send>(
    jobs: &[J],
    threads: NonZeroUsize,
    key: &dyn Sign,
    work: impl Fn(&J, &mut Ask<'_>) -> Result<T, RepositoryError> + Sync,
    mut take: impl FnMut(T),
) -> Result<(), RepositoryError> {
    let sign = |proposed: Proposed<Targets>| key.sign(proposed.payload()).map(|signature| (proposed, signature));
    if threads.get() == 1 || jobs.len() < 2 {
        return jobs.iter().try_for_each(|job| work(job, &mut { sign }).map(&mut take));
    }
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let (send, receive) = sync_channel(threads.get().saturating_mul(4));
        for _ in 0..threads.get().min(jobs.len()) {
            let (send, work, next) = (send.clone(), &work, &next);
            scope.spawn(move || {
                let (reply, answer) = sync_channel(1);
                let mut ask = |proposed| {
                    // Where nobody answers, another bin has failed, and its error is the one that is told.
                    let gone = || SignError::Failed { signer: String::new(), reason: String::new(), hint: None };
                    send.send(Message::Sign(proposed, reply.clone())).map_err(|_| gone())?;
                    answer.recv().map_err(|_| gone())?
                };
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let done = work(job, &mut ask);
                    if send.send(Message::Done(done)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(send);
        let serve = |message| {
            match message {
                Message::Sign(proposed, reply) => drop(reply.send(sign(proposed))),
                Message::Done(done) => take(done?),
            }
            Ok(())
        };
        receive.into_iter().try_for_each(serve).inspect_err(|_| next.store(jobs.len(), Ordering::Relaxed))
    })
}
