//! 8: transcripts. 11: plans.

use tuffet_ceremony::{Action, Plan, Transcript};

/// Whatever reads is written again byte for byte, its chain is one of a ceremony, and one byte less is another file.
pub(crate) fn transcript(data: &[u8]) {
    match Transcript::parse(data) {
        Ok(transcript) => {
            assert_eq!(transcript.to_bytes(), data, "one form");
            let entries = transcript.entries();
            assert!(entries.first().is_none_or(|entry| matches!(entry.action, Action::Draft { .. })));
            let ends = entries.iter().filter(|entry| entry.action == Action::Close).count();
            assert_eq!(ends, usize::from(transcript.require_closed().is_ok()), "the end is one, and last");
            if !data.is_empty() {
                assert!(Transcript::parse(&data[..data.len() - 1]).is_err(), "a line that breaks off");
                let again = [data, data].concat();
                assert!(Transcript::parse(&again).is_err(), "every line twice");
            }
        }
        Err(error) => assert!(!error.to_string().chars().any(char::is_control), "a message steers no terminal"),
    }
}

/// A plan that reads says the same when it is written, and contradicts itself nowhere.
pub(crate) fn plan(data: &[u8]) {
    match Plan::parse(data) {
        Ok(plan) => {
            assert_eq!(Plan::parse(plan.to_toml().as_bytes()).as_ref(), Ok(&plan));
            assert!(Plan::is_id(&plan.ceremony));
            assert!(plan.witnesses.len() as u64 >= plan.approvals);
            let keys: Vec<&str> = plan.enrolled().map(|(_, key, _)| key).collect();
            let mut distinct = keys.clone();
            distinct.sort_unstable();
            distinct.dedup();
            assert_eq!(distinct.len(), keys.len(), "one key, one part (K5)");
            assert!(plan.enrolled().all(|(name, ..)| !name.chars().any(char::is_control)));
        }
        Err(error) => assert!(!error.to_string().chars().any(char::is_control), "a message steers no terminal"),
    }
}
