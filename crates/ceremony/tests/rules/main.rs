//! The rules of ceremony.md, each with the attack it stops. Five people with seeded keys, fixed nonces and times.

#[path = "../../../../tests/support/maker.rs"]
mod maker;
#[path = "../../../../tests/support/namespace.rs"]
mod namespace;
#[path = "../../../../tests/support/tree.rs"]
mod tree;

mod disk;
mod hostile;
mod k10_enrolment;
mod k14_back;
mod k14_form;
mod k14_out;
mod k16_again;
mod k16_void;
mod k1_plan;
mod k1_text;
mod k2_review;
mod k3_replay;
mod k3_transcript;
mod k4_order;
mod k5_approval;
mod k6_status;
mod k8_attestation;
mod people;
mod rehearsal;
mod statement;
mod story;
mod t30_payload;
mod table;
mod tr10_proof;
