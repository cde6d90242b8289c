//! What composing refuses, by rule.

use thiserror::Error;

use crate::error::{Rule, quoted};

/// Why an entry was refused. A position counts certificates from 1, the first of the file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// TR1: a private key lay where a public one belongs.
    #[error("expected public material only, found a private key on line {line}; move it away from shared files")]
    PrivateKey {
        /// The line of its first armour.
        line: usize,
    },
    /// TR1: text outside the PEM blocks.
    #[error("expected nothing but PEM blocks and blank lines, found other text on line {line}")]
    Junk {
        /// The line it starts on.
        line: usize,
    },
    /// TR1: a PEM block of another type.
    #[error("expected a PEM block {expected}, found {} on line {line}", quoted(found))]
    Label {
        /// The types that are read here.
        expected: &'static str,
        /// The block's type.
        found: String,
        /// The line it starts on.
        line: usize,
    },
    /// TR1: too few or too many PEM blocks.
    #[error("expected {expected}, found {found}")]
    Count {
        /// How many belong here.
        expected: &'static str,
        /// How many there are.
        found: usize,
    },
    /// TR1: a PEM block that is damaged or never ends.
    #[error("expected a whole PEM block of base64 from line {line}, found: {reason}")]
    Block {
        /// The line it starts on.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// TR1: a block that holds no public key.
    #[error("expected a public key in DER, found: {reason}")]
    Key {
        /// What is wrong with it.
        reason: String,
    },
    /// TR1: a key that some client cannot use, for which it would reject the whole root.
    #[error("expected a P-256, P-384, P-521, Ed25519 or RSA 2048, 3072 or 4096 key, found {found}")]
    KeyAlgorithm {
        /// The algorithm in words.
        found: String,
    },
    /// TR1: a block that holds no certificate.
    #[error("expected an X.509 certificate in DER at position {position}, found: {reason}")]
    Certificate {
        /// Its position.
        position: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// TR2: more certificates than any chain has.
    #[error("expected at most {limit} certificates, found {found}")]
    ChainLength {
        /// The limit.
        limit: usize,
        /// How many there are.
        found: usize,
    },
    /// TR2: a certificate that was not issued by the next.
    #[error(
        "expected certificate {position} to be issued by the next, {next}, found issuer {issuer}: \
         order is issuing certificate first, trust anchor last"
    )]
    Order {
        /// Its position.
        position: usize,
        /// The subject of the next.
        next: String,
        /// The issuer it names.
        issuer: String,
    },
    /// TR2: the last certificate is not self-signed.
    #[error("expected a self-signed trust anchor last, found {subject} issued by {issuer}")]
    NoAnchor {
        /// Its subject.
        subject: String,
        /// Its issuer.
        issuer: String,
    },
    /// TR2: a self-issued certificate before the last.
    #[error("expected the trust anchor last, found a self-issued certificate at position {position}")]
    AnchorNotLast {
        /// Its position.
        position: usize,
    },
    /// TR2: a signature that its issuer did not make.
    #[error("expected certificate {position} to be signed by {issuer}, found a signature that does not verify")]
    Signature {
        /// Its position.
        position: usize,
        /// Who should have signed it.
        issuer: String,
    },
    /// TR2: a signature algorithm we do not verify.
    #[error(
        "expected certificate {position} signed with ECDSA (P-256, P-384), RSA PKCS#1 v1.5 with SHA-2 or Ed25519, \
         found {found}"
    )]
    SignatureAlgorithm {
        /// Its position.
        position: usize,
        /// The algorithm's OID and the issuer's key.
        found: String,
    },
    /// TR2: two algorithms named for one signature.
    #[error(
        "expected certificate {position} to name one signature algorithm, found {signed} signed and {outer} outside"
    )]
    TwoAlgorithms {
        /// Its position.
        position: usize,
        /// The OID in the signed part.
        signed: String,
        /// The OID beside the signature.
        outer: String,
    },
    /// TR2: an extension that cannot be read or comes twice.
    #[error("expected readable extensions, each once, in certificate {position}, found: {reason}")]
    Extension {
        /// Its position.
        position: usize,
        /// What is wrong.
        reason: String,
    },
    /// TR2: a critical extension nobody here evaluates.
    #[error("expected no unknown critical extension in certificate {position}, found {oid}")]
    CriticalExtension {
        /// Its position.
        position: usize,
        /// The extension's OID.
        oid: String,
    },
    /// TR2: an end-entity certificate where a CA belongs.
    #[error("expected certificate {position} to be a CA (CA:TRUE), found an end-entity certificate")]
    NotCa {
        /// Its position.
        position: usize,
    },
    /// TR2: a CA that may not sign certificates.
    #[error("expected certificate {position} to allow keyCertSign, found it missing")]
    NoCertSign {
        /// Its position.
        position: usize,
    },
    /// TR2: more CAs below a certificate than it allows.
    #[error("expected at most {allowed} CA certificates below certificate {position}, found {found}")]
    PathLength {
        /// Its position.
        position: usize,
        /// Its pathLenConstraint.
        allowed: u8,
        /// How many there are.
        found: usize,
    },
    /// TR2: a certificate for another purpose.
    #[error("expected certificate {position} to have the extended key usage {expected}, found {found}")]
    Purpose {
        /// Its position.
        position: usize,
        /// The usage that belongs here.
        expected: &'static str,
        /// What it has.
        found: String,
    },
    /// TR2: a TSA certificate that nobody issued.
    #[error("expected the TSA's own certificate and its trust anchor, found one certificate")]
    LoneTsa,
    /// TR2: a CA where the TSA's own certificate belongs.
    #[error("expected the TSA's own certificate first, found a CA")]
    NotTsaLeaf,
    /// TR2: a TSA certificate whose key may not sign.
    #[error("expected the TSA's certificate to allow digitalSignature, found it missing")]
    NoDigitalSignature,
    /// TR2: key identifiers that do not meet.
    #[error("expected the authority key identifier of certificate {position} to be {expected}, found {found}")]
    KeyIdentifier {
        /// Its position.
        position: usize,
        /// The issuer's subject key identifier, hex.
        expected: String,
        /// The authority key identifier, hex.
        found: String,
    },
    /// TR2: a trust anchor without a name to show.
    #[error("expected an organisation or a common name in the trust anchor's subject, found neither")]
    NoSubject,
    /// TR2: the issuing certificate is in the trust root already.
    #[error("expected one entry per issuing certificate, found {subject} in the trust root already")]
    DuplicateChain {
        /// The certificate's subject.
        subject: String,
    },
    /// TR3: an existing entry without a start, for which Go, Python and Rust reject the whole root.
    #[error("expected a start of the window, found none")]
    NoStart,
    /// TR3: a time that cannot be written in whole seconds.
    #[error("expected a time in whole seconds and the years 0 to 9999, found {found}")]
    Time {
        /// The time.
        found: String,
    },
    /// TR3: a window that is empty.
    #[error("expected an end after the start {start}, found {end}")]
    EndNotAfterStart {
        /// The start.
        start: String,
        /// The end.
        end: String,
    },
    /// TR3: a window that starts before its certificates do.
    #[error("expected a start not before {not_before}, when all certificates are valid, found {start}")]
    StartsEarly {
        /// The latest notBefore of the chain.
        not_before: String,
        /// The start.
        start: String,
    },
    /// TR3: a window that outlives its certificates.
    #[error("expected {what} not after {not_after}, when the first certificate expires, found {found}")]
    EndsLate {
        /// `a start` or `an end`.
        what: &'static str,
        /// The earliest notAfter of the chain.
        not_after: String,
        /// The start or the end.
        found: String,
    },
    /// TR3: a rotation without a time when both are trusted.
    #[error("expected an overlap, in which both are trusted, found none")]
    NoOverlap,
    /// TR3: no one entry that a rotation can end.
    #[error("expected one open {kind} that goes, found {}{}: name it", found.len(), listed(found))]
    Outgoing {
        /// What it is.
        kind: &'static str,
        /// Those that are open.
        found: Vec<String>,
    },
    /// TR7: use before trust.
    #[error("expected use from {earliest} on, when {what}, found {found}")]
    UseBeforeTrust {
        /// What happens then.
        what: &'static str,
        /// The earliest time.
        earliest: String,
        /// The time of use.
        found: String,
    },
    /// TR4: an end that would come later, or go.
    #[error("expected an end not after {was}, which the entry has, found {found}: what was over stays over")]
    ClosedEarlier {
        /// The end it has.
        was: String,
        /// The end asked for.
        found: String,
    },
    /// TR4: no entry of that name.
    #[error("expected the URL or the id of an entry, found none so called; there are: {}", found.join("; "))]
    NoEntry {
        /// Those there are.
        found: Vec<String>,
    },
    /// TR4: a name that several entries bear.
    #[error("expected the name of one entry, found {}: {}; name one by its id", found.len(), found.join("; "))]
    SeveralEntries {
        /// Those that bear it.
        found: Vec<String>,
    },
    /// TR5: the id is taken.
    #[error("expected a log id of its own, found {id}, the id of {other}")]
    DuplicateLogId {
        /// The id, hex.
        id: String,
        /// The base URL of the log that has it.
        other: String,
    },
    /// TR5: Rekor v2 has no key id for this kind of key.
    #[error("expected an Ed25519 or ECDSA key for a Rekor v2 log, found {found}")]
    NoKeyId {
        /// The algorithm in words.
        found: String,
    },
    /// TR5: a base URL some client cannot take an origin from.
    #[error("expected a base URL such as https://log.example.org/path, found {}", quoted(found))]
    BaseUrl {
        /// The URL.
        found: String,
    },
    /// TR7: two services of one operator and version in use at a time.
    #[error("expected windows of one operator and version that do not overlap, found {found}, and {url} {window}")]
    ServiceOverlap {
        /// The other's address.
        url: String,
        /// Its window.
        window: String,
        /// The window of the new one.
        found: String,
    },
    /// TR7: a service without an operator.
    #[error("expected the name of an operator in visible characters, found none")]
    NoOperator,
    /// TR7: a version of an interface that is none.
    #[error("expected a major version of the interface from 1, found 0")]
    ApiVersion,
    /// TR7: an address some client cannot use.
    #[error("expected an address such as https://log.example.org, found {}", quoted(found))]
    ServiceUrl {
        /// The address.
        found: String,
    },
    /// TR7: no open service of that address.
    #[error("expected the address of a service in use, found none so called; there are: {}", found.join("; "))]
    NoService {
        /// The addresses there are.
        found: Vec<String>,
    },
    /// TR6: an existing entry with a field the media type does not have.
    #[error("expected no operator in a trusted root v0.1, found {}", quoted(found))]
    Operator {
        /// The operator.
        found: String,
    },
    /// TR6: a URI that is empty or not printable ASCII.
    #[error("expected a URI of printable ASCII without blanks, found {}", quoted(found))]
    Uri {
        /// The URI.
        found: String,
    },
}

impl Refusal {
    /// The rule that was broken.
    pub fn rule(&self) -> Rule {
        match self {
            Self::PrivateKey { .. }
            | Self::Junk { .. }
            | Self::Label { .. }
            | Self::Count { .. }
            | Self::Block { .. }
            | Self::Key { .. }
            | Self::KeyAlgorithm { .. }
            | Self::Certificate { .. } => Rule::Tr1,
            Self::NoStart
            | Self::Time { .. }
            | Self::EndNotAfterStart { .. }
            | Self::StartsEarly { .. }
            | Self::EndsLate { .. }
            | Self::NoOverlap
            | Self::Outgoing { .. } => Rule::Tr3,
            Self::ClosedEarlier { .. } | Self::NoEntry { .. } | Self::SeveralEntries { .. } => Rule::Tr4,
            Self::DuplicateLogId { .. } | Self::NoKeyId { .. } | Self::BaseUrl { .. } => Rule::Tr5,
            Self::ServiceOverlap { .. }
            | Self::NoOperator
            | Self::ApiVersion
            | Self::UseBeforeTrust { .. }
            | Self::ServiceUrl { .. }
            | Self::NoService { .. } => Rule::Tr7,
            Self::Operator { .. } | Self::Uri { .. } => Rule::Tr6,
            _ => Rule::Tr2,
        }
    }
}

/// ` (a; b)`, or nothing.
fn listed(found: &[String]) -> String {
    if found.is_empty() { String::new() } else { format!(" ({})", found.join("; ")) }
}
