//! K3: every way to change the text of a transcript, each refused with its full message.

use crate::table::{closed, hash, text};
use tuffet_ceremony::{Action, Ceremony, Replay, Transcript, TranscriptError};

fn lines() -> Vec<Vec<u8>> {
    let laid = closed();
    laid.get("transcript.jsonl").split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect()
}

fn refused(lines: &[Vec<u8>]) -> TranscriptError {
    match Transcript::parse(&lines.concat()) {
        Err(error) => error,
        Ok(transcript) => transcript.require_closed().expect_err("expected a refusal"),
    }
}

#[test]
fn k3_every_dropped_line_is_noticed() {
    let lines = lines();
    for i in 0..lines.len() {
        let mut fewer = lines.clone();
        fewer.remove(i);
        let error = refused(&fewer);
        let number = u64::try_from(i).unwrap() + 1;
        if i + 1 == lines.len() {
            assert_eq!(error, TranscriptError::Unfinished { line: number - 1, found: "publish" });
        } else {
            assert!(matches!(error, TranscriptError::Chain { line, .. } if line == number), "line {number}: {error}");
        }
    }
}

#[test]
fn k3_every_pair_of_lines_moved_and_every_line_doubled_is_noticed() {
    let lines = lines();
    for i in 0..lines.len() {
        for j in i + 1..lines.len() {
            let mut moved = lines.clone();
            moved.swap(i, j);
            let number = u64::try_from(i).unwrap() + 1;
            let error = refused(&moved);
            assert!(matches!(error, TranscriptError::Chain { line, .. } if line == number), "{i} {j}: {error}");
        }
        let mut doubled = lines.clone();
        doubled.insert(i, lines[i].clone());
        let number = u64::try_from(i).unwrap() + 2;
        let error = refused(&doubled);
        assert!(matches!(error, TranscriptError::Chain { line, .. } if line == number), "{i}: {error}");
    }
}

#[test]
fn k3_every_truncation_is_noticed() {
    let whole = lines().concat();
    for length in 0..whole.len() {
        let cut = &whole[..length];
        let number = u64::try_from(cut.iter().filter(|b| **b == b'\n').count()).unwrap();
        match Transcript::parse(cut) {
            Ok(cut_at_line) => match cut_at_line.require_closed().unwrap_err() {
                TranscriptError::Unfinished { line, .. } => assert_eq!(line, number),
                other => panic!("{length}: {other}"),
            },
            Err(error) => assert_eq!(error, TranscriptError::Partial { line: number + 1 }, "{length}"),
        }
    }
}

#[test]
fn k3_every_flipped_bit_is_noticed() {
    let whole = lines()[..3].concat();
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut flipped = whole.clone();
            flipped[at] ^= 1 << bit;
            assert!(Transcript::parse(&flipped).is_err(), "byte {at} bit {bit}");
        }
    }
}

#[test]
fn k3_every_refusal_in_words() {
    let lines = lines();
    let closed = |lines: &[Vec<u8>]| refused(lines).to_string();
    let edit = |i: usize, from: &str, to: &str| {
        let mut edited = lines.clone();
        let line = String::from_utf8(edited[i].clone()).unwrap();
        assert!(line.contains(from), "{line}");
        edited[i] = line.replacen(from, to, 1).into_bytes();
        refused(&edited)
    };
    let TranscriptError::Chain { expected, .. } = edit(1, "@", "&") else { panic!("expected a broken chain") };
    let found = Transcript::parse(&lines[..2].concat()).unwrap().head();
    assert_eq!(
        edit(1, "@", "&").to_string(),
        format!(
            "transcript.jsonl line 2: expected hash {expected}, found {found}: a line was changed, dropped or moved (K3)"
        )
    );
    assert_eq!(
        closed(&lines[..9]),
        "transcript.jsonl: expected `close` as the last line, found `assemble` on line 9: the ceremony is unfinished, \
         or lines were cut off (K3)"
    );
    assert_eq!(
        closed(&[]),
        "transcript.jsonl: expected `close` as the last line, found `nothing` on line 0: the ceremony is unfinished, \
         or lines were cut off (K3)"
    );
    let mut cut = lines.clone();
    cut[10].pop();
    assert_eq!(
        closed(&cut),
        "transcript.jsonl line 11: the line breaks off: a write was interrupted, or the file was cut (K3)"
    );
    assert_eq!(edit(0, "{", "{ ").to_string(), "transcript.jsonl line 1: expected canonical JSON (K3)");
    assert_eq!(
        edit(0, "{", "").to_string(),
        "transcript.jsonl line 1: byte 7: expected the end of the file, found more bytes (F26) (K3)"
    );
    assert_eq!(
        edit(0, "\"line\":1", "\"line\":1,\"more\":2").to_string(),
        "transcript.jsonl line 1: unknown field `more`, expected one of `line`, `time`, `tool`, `action`, `files` at \
         line 1 column 1617 (K3)"
    );
    let blank = [lines[..3].concat(), b"\n".to_vec()];
    assert_eq!(
        closed(&blank),
        "transcript.jsonl line 4: byte 0: expected a JSON value, found the end of the file (F26) (K3)"
    );
}

/// Whoever can write the file can also hash: what stands in a line must make sense, too.
#[test]
fn k3_a_chain_made_anew_must_still_tell_a_ceremony() {
    let laid = closed();
    let entries = laid.open().transcript().unwrap().entries().to_vec();
    let time = |text: &str| tuffet_metadata::parse_time(text).unwrap();
    let remade = |order: &[usize]| {
        let mut made = Transcript::empty();
        for &i in order {
            made.push(time(&entries[i].time), entries[i].action.clone(), entries[i].files.clone());
        }
        laid.put("transcript.jsonl", &text_of(&made));
        text(Replay::run(laid.path()))
    };
    let step = |line: u64, after: &str, found: &str| {
        format!("transcript.jsonl line {line}: expected a step that may follow {after}, found `{found}` (K3)")
    };
    assert_eq!(remade(&[1, 0, 2]), step(1, "nothing", "signature"));
    assert_eq!(remade(&[0, 7]), step(2, "draft", "assemble"));
    assert_eq!(remade(&[0, 1, 0]), step(3, "signature", "draft"));
    assert_eq!(remade(&[0, 1, 10]), step(3, "signature", "close"));
    assert_eq!(remade(&[0, 1, 9, 9]), step(4, "publish", "publish"));
    assert_eq!(remade(&[0, 1, 9, 10, 10]), "transcript.jsonl line 5: expected nothing after `close` (K3)");
}

/// A transcript's text, from its public face: the lines are canonical JSON of entry and hash.
fn text_of(transcript: &Transcript) -> Vec<u8> {
    let mut out = Vec::new();
    let mut head = tuffet_keys::sha256(b"tuffet-transcript-v1").as_bytes().to_vec();
    for entry in transcript.entries() {
        let value = serde_json::to_vec(entry).unwrap();
        let entry = tuffet_metadata::json::canonical(&tuffet_metadata::json::parse(&value, 32).unwrap());
        let bytes = [head, entry.clone()].concat();
        head = tuffet_keys::sha256(&bytes).as_bytes().to_vec();
        let text = String::from_utf8(entry).unwrap();
        out.extend_from_slice(format!("{{\"entry\":{text},\"hash\":\"{}\"}}\n", hash(&bytes)).as_bytes());
    }
    out
}

#[test]
fn k3_the_chain_is_the_documented_one() {
    let laid = closed();
    let transcript = laid.open().transcript().unwrap();
    assert_eq!(text_of(&transcript), laid.get("transcript.jsonl"));
    let last = String::from_utf8(laid.get("transcript.jsonl")).unwrap();
    assert!(last.ends_with(&format!("\"hash\":\"{}\"}}\n", transcript.head())));
}

#[test]
fn k3_control_characters_stay_on_their_line() {
    let mut made = Transcript::empty();
    let owner = "@a\nb\u{1}".to_owned();
    let draft =
        Action::Draft { plan_hash: "x\ny".into(), payloads: [].into(), waived: vec!["a\tb".into()], voids: Vec::new() };
    made.push(crate::table::now(), draft, [].into());
    let signature = Action::Signature { role: "root".into(), keyid: "k".into(), owner };
    made.push(crate::table::now(), signature, [].into());
    let bytes = made.to_bytes();
    assert_eq!(bytes.iter().filter(|b| **b == b'\n').count(), 2);
    assert_eq!(Transcript::parse(&bytes).unwrap(), made);
}

#[test]
fn k3_a_line_that_breaks_off_is_flagged_and_no_record_of_it_is_whole() {
    let laid = closed();
    let bytes = laid.get("transcript.jsonl");
    laid.put("transcript.jsonl", &bytes[..bytes.len() - 1]);
    let transcript = Ceremony::open(laid.path()).unwrap().transcript().unwrap();
    assert_eq!((transcript.entries().len(), transcript.broken()), (10, Some(11)));
    let refused = "transcript.jsonl line 11: the line breaks off: a write was interrupted, or the file was cut (K3)";
    assert_eq!(text(Replay::run(laid.path())), refused);
    assert_eq!(Transcript::parse(&laid.get("transcript.jsonl")).unwrap_err().to_string(), refused);
    // The next step writes the line anew.
    laid.close();
    assert_eq!(laid.get("transcript.jsonl"), bytes);
}
