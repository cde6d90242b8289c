//! Ceremonies: people on separate machines give signatures, and a record is left that a stranger can replay.
//!
//! This crate is **not** a terminal (it asks nobody anything and prints nothing), it holds no key (signing goes through
//! [`tuffet_keys::Sign`]), and it does not publish. It reads and writes one ceremony directory:
//!
//! ```text
//!  plan.toml ──► keys/<fingerprint>/   who holds the key, proved by a signature; which device made it, by evidence
//!      │         targets/              the files to be distributed, bound by SHA-256 in the plan
//!      │         previous/             the root and targets that are replaced, bound by the plan
//!      ▼
//!  draft ──► payload/<role>.json       the exact bytes to sign, recomputed by everyone who touches them
//!      ▼
//!  prove ──►                          a trust root among the targets carries real bundles, and no foreign ones
//!      ▼
//!  approve ──► approvals/              witnesses have read the review and looked at a clock; nobody signs before
//!      ▼
//!  sign ──► signatures/<role>/<keyid>.json     one file a person, made on any machine, sent by any means;
//!      ▼                                       in a rehearsal under rehearsal/, and worth nothing
//!  assemble ──► assembled/<role>.json  once old and new thresholds are met
//!      ▼
//!  close ──► statement.json            the witnesses sign what the record says
//!
//!  transcript.jsonl                    every step, each line bound to all lines before it
//! ```
//!
//! The draft is a function of the plan, the enrolment records, the targets and the previous state, so a signing
//! station recomputes it and signs only bytes it has computed itself:
//!
//! ```no_run
//! use tuffet_ceremony::Ceremony;
//! let ceremony = Ceremony::open("ceremony/2026-12-01-initial".as_ref())?;
//! for role in ceremony.payloads()? {
//!     println!("{} {}", role.role, role.digest);
//! }
//! # Ok::<(), tuffet_ceremony::CeremonyError>(())
//! ```
//!
//! Architecture invariant: only [`Ceremony::draft`], [`Ceremony::record_proof`], [`Ceremony::assemble`],
//! [`Ceremony::abort`] and [`Ceremony::record_publication`] append to the transcript, all on the coordinator's station and
//! behind one lock; a signing station writes one new file.

mod approval;
mod assemble;
mod carry;
mod change;
mod check;
mod content;
mod directory;
mod draft;
mod enrolment;
mod error;
mod files;
mod incoming;
mod key_folder;
mod plan;
mod proof;
mod review;
mod seats;
mod sign;
mod statement;
mod status;
mod transcript;
mod trial;
mod verify;
mod void;

pub use approval::Approval;
pub use assemble::Assembled;
pub use carry::{Bundle, BundleLimits, CarryError, Found, Laid, Verdict, Way};
pub use directory::Ceremony;
pub use draft::{Drafted, Previous};
pub use enrolment::{Enrolment, Invite, TokenStatement};
pub use error::CeremonyError;
pub use incoming::{Incoming, Proved, judge};
pub use key_folder::KeyFolder;
pub use plan::{
    Online, Person, Plan, PlanError, PlanExpiries, PlannedAttestation, PlannedChange, PlannedOffline, PlannedOnline,
    PlannedSeats, Waiver,
};
pub use proof::{ProvedOutcome, ProvedSample, ProvedTarget};
pub use review::{ContentKind, ContentReview, KeyReview, Review, RoleReview, grouped};
pub use seats::SOFTWARE;
pub use sign::{Purpose, SignatureFile, Sitting};
pub use statement::Statement;
pub use status::{Need, RoleStatus, Seat};
pub use transcript::{Action, Entry, Transcript, TranscriptError, Voided};
pub use trial::{STEPS, Step, Trial};
pub use tuffet_builder::Payload;
pub use verify::{Ended, Replay};
