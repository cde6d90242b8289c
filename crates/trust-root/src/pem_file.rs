//! PEM files, strictly (TR1).
//!
//! The usual readers skip whatever stands around a block. Skipping is what lets a private key, a second key or a
//! forgotten chain ride along unseen in a file that "worked", so here every line is accounted for.

use crate::refusal::Refusal;
use tuffet_certificates::Certificate;
use tuffet_certificates::Spki;

/// A file with exactly one public key, as SubjectPublicKeyInfo or (RSA only) as PKCS#1.
pub(crate) fn public_key(file: &[u8]) -> Result<Spki, Refusal> {
    let blocks = blocks(file)?;
    for block in &blocks {
        block.expect_label(&["PUBLIC KEY", "RSA PUBLIC KEY"], "PUBLIC KEY or RSA PUBLIC KEY")?;
    }
    let [block] = blocks.as_slice() else {
        return Err(Refusal::Count { expected: "one public key", found: blocks.len() });
    };
    let key = match block.label.as_str() {
        "RSA PUBLIC KEY" => Spki::from_pkcs1(&block.der),
        _ => Spki::from_der(&block.der),
    };
    key.map_err(|reason| Refusal::Key { reason })
}

/// A file with certificates only, and at most `limit` of them.
pub(crate) fn certificates(file: &[u8], limit: usize) -> Result<Vec<Certificate>, Refusal> {
    let blocks = blocks(file)?;
    for block in &blocks {
        block.expect_label(&["CERTIFICATE"], "CERTIFICATE")?;
    }
    match blocks.len() {
        0 => Err(Refusal::Count { expected: "at least one certificate", found: 0 }),
        found if found > limit => Err(Refusal::ChainLength { limit, found }),
        _ => (1..)
            .zip(&blocks)
            .map(|(position, block)| {
                Certificate::from_der(&block.der).map_err(|reason| Refusal::Certificate { position, reason })
            })
            .collect(),
    }
}

struct Block {
    label: String,
    line: usize,
    der: Vec<u8>,
}

impl Block {
    fn expect_label(&self, labels: &[&str], expected: &'static str) -> Result<(), Refusal> {
        if labels.contains(&self.label.as_str()) {
            return Ok(());
        }
        Err(Refusal::Label { expected, found: self.label.clone(), line: self.line })
    }
}

fn blocks(file: &[u8]) -> Result<Vec<Block>, Refusal> {
    let lines = || (1..).zip(file.split(|b| *b == b'\n').map(<[u8]>::trim_ascii));
    // Before all else, so that no other complaint sends the file on to a colleague to have a look at.
    if let Some((line, _)) = lines().find(|(_, text)| contains(text, b"PRIVATE KEY")) {
        return Err(Refusal::PrivateKey { line });
    }
    let mut blocks = Vec::new();
    let mut open: Option<(usize, Vec<u8>)> = None;
    for (line, text) in lines() {
        match &mut open {
            None if text.is_empty() => {}
            None if text.starts_with(b"-----BEGIN ") => open = Some((line, with_newline(text))),
            None => return Err(Refusal::Junk { line }),
            Some((start, armour)) => {
                // `Proc-Type:` headers and the blank line behind them belong to encrypted keys.
                if text.is_empty() || text.contains(&b':') {
                    return Err(Refusal::Block {
                        line: *start,
                        reason: format!("a header or blank line on line {line}"),
                    });
                }
                armour.extend(with_newline(text));
                if text.starts_with(b"-----END ") {
                    blocks.push(decode(*start, armour)?);
                    open = None;
                }
            }
        }
    }
    match open {
        Some((line, _)) => Err(Refusal::Block { line, reason: "no END line".to_owned() }),
        None => Ok(blocks),
    }
}

fn decode(line: usize, armour: &[u8]) -> Result<Block, Refusal> {
    let damaged = |reason: String| Refusal::Block { line, reason };
    // What the decoder would skip: a second BEGIN, text behind a dash line, blanks and vertical tabs between letters.
    let lines = armour.split(|b| *b == b'\n');
    let (dashes, data): (Vec<_>, Vec<_>) = lines.partition(|text| text.contains(&b'-'));
    if dashes.len() != 2 || dashes.iter().any(|text| !text.ends_with(b"-----")) {
        return Err(damaged("more than a BEGIN line and an END line".to_owned()));
    }
    if !data.iter().all(|text| text.iter().all(u8::is_ascii_graphic)) {
        return Err(damaged("a blank or control character within a line".to_owned()));
    }
    let block = pem::parse(armour).map_err(|e| damaged(e.to_string()))?;
    Ok(Block { label: block.tag().to_owned(), line, der: block.into_contents() })
}

fn with_newline(text: &[u8]) -> Vec<u8> {
    [text, b"\n"].concat()
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
