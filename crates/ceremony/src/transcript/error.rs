//! Why a transcript is refused.

/// Why a transcript is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TranscriptError {
    /// A line does not read.
    #[error("transcript.jsonl line {line}: {problem} (K3)")]
    Line {
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        problem: String,
    },
    /// A line does not follow from those before it.
    #[error(
        "transcript.jsonl line {line}: expected hash {expected}, found {found}: a line was changed, dropped or moved (K3)"
    )]
    Chain {
        /// The line, from 1.
        line: u64,
        /// The hash the lines up to here give.
        expected: String,
        /// The hash written.
        found: String,
    },
    /// The last line has no end.
    #[error("transcript.jsonl line {line}: the line breaks off: a write was interrupted, or the file was cut (K3)")]
    Partial {
        /// The line, from 1.
        line: u64,
    },
    /// There is no `close` line.
    #[error(
        "transcript.jsonl: expected `close` as the last line, found `{found}` on line {line}: the ceremony is unfinished, or lines were cut off (K3)"
    )]
    Unfinished {
        /// The number of lines.
        line: u64,
        /// What the last line says.
        found: &'static str,
    },
    /// A step that cannot come there.
    #[error("transcript.jsonl line {line}: expected a step that may follow {after}, found `{found}` (K3)")]
    Sequence {
        /// The line.
        line: u64,
        /// What the line before says.
        after: &'static str,
        /// What this line says.
        found: &'static str,
    },
    /// A line after `close`.
    #[error("transcript.jsonl line {line}: expected nothing after `close` (K3)")]
    AfterClose {
        /// The line.
        line: u64,
    },
}
