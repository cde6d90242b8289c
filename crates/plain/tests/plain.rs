//! The program as people run it.

use std::path::Path;
use std::process::{Command, Output};

struct Run {
    code: i32,
    out: String,
    err: String,
}

fn run(arguments: &[&str]) -> Run {
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_tuffet-plain")).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { code: status.code().unwrap(), out: text(stdout), err: text(stderr) }
}

/// Runs it on a file with this content; `FILE` stands for the file's name.
fn on(content: impl AsRef<[u8]>) -> Run {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, content).unwrap();
    let name = file.path().to_str().unwrap();
    let mut result = run(&[name]);
    result.out = result.out.replace(name, "FILE");
    result.err = result.err.replace(name, "FILE");
    assert_eq!(result.out.is_empty(), result.code != 0, "data or an error, never both");
    result
}

fn refusal(content: impl AsRef<[u8]>) -> String {
    let result = on(content);
    assert_eq!(result.code, 1, "{}", result.out);
    result.err
}

const PEM: &str = "-----BEGIN PUBLIC KEY-----\n\
    MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEzBrnihZYfaKUmsHXTpCZdFEQ4Wzc\n\
    Lz3UBqHsSnaXYiHUS2vBFTYpZxxfZEvVVJpnRYQ2V4QPqI+UFB5S1fMtpg==\n\
    -----END PUBLIC KEY-----\n";

#[test]
fn k2_a_payload_is_printed_with_its_digest() {
    let result = on(format!(r#"{{"_type":"root","keys":{{"ab":{{"public":"{PEM}"}}}},"roles":[],"version":7}}"#));
    assert_eq!(result.code, 0, "{}", result.err);
    assert_eq!(
        result.out,
        r#"file        FILE
bytes       245
kind        payload
canonical   yes, these are the bytes to sign

{
  "_type": "root",
  "keys": {
    "ab": {
      "public":
          "-----BEGIN PUBLIC KEY-----\n"
          "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEzBrnihZYfaKUmsHXTpCZdFEQ4Wzc\n"
          "Lz3UBqHsSnaXYiHUS2vBFTYpZxxfZEvVVJpnRYQ2V4QPqI+UFB5S1fMtpg==\n"
          "-----END PUBLIC KEY-----\n"
    }
  },
  "roles": [],
  "version": 7
}

SHA-256 of the canonical form, 245 bytes, which is what is signed:
    94843f64 e505ba09 8b6a97d4 6cce01a5 4b7b1d03 9d6294ea 1d3414a6 c4c1e526
The same in words:
    Pluto Jupiter cowbell getaway topmost almighty
    shadow applicant obtuse hamburger preshrunk souvenir
    glucose sardonic absurd paperweight dragnet inferno
    Belfast aggregate quadrant gadgetry Pluto undaunted
    Belfast confidence baboon paragon snowslide recover
    topmost caretaker
"#
    );
}

#[test]
fn k2_a_metadata_file_and_its_payload_have_one_digest() {
    let payload = r#"{"_type":"timestamp","expires":"2030-01-01T00:00:00Z","version":1}"#;
    let file = r#"{
 "signatures": [{"keyid": "a", "sig": ""}, {"keyid": "b", "sig": "00"}],
 "signed": {"version": 1, "expires": "2030-01-01T00:00:00Z", "_type": "timestamp"}
}"#;
    let line = |result: &Run| result.out.lines().skip_while(|l| !l.starts_with("SHA-256")).nth(1).unwrap().to_owned();
    let (a, b) = (on(payload), on(file));
    assert_eq!(line(&a), line(&b));
    assert_eq!(line(&a), "    fdd4eab8 f88005f5 8441661c 3317e46f e0ded3b8 0721ff4a 984eac93 a53a6da9");
    assert!(a.out.contains("\ncanonical   yes, these are the bytes to sign\n"));
    assert!(!a.out.contains("as it is"));
    assert!(b.out.contains("\nkind        metadata file; what is signed is its `signed`\n"), "{}", b.out);
    assert!(b.out.contains("\nsignatures  2 (counted, not checked)\n"), "{}", b.out);
    assert!(b.out.contains("\ncanonical   no, so its own SHA-256 differs\n"));
    assert!(b.out.contains("\nSHA-256 of the file as it is:\n    "));
    let newline = on(format!("{payload}\n"));
    assert!(newline.out.contains("\ncanonical   no"), "a final newline is not what is signed");
    assert_eq!(line(&newline), line(&a));
}

#[test]
fn text_cannot_play_tricks_on_the_terminal() {
    let result =
        on("{\"_type\":\"x\",\"a\u{1b}[2J\":\"\u{202e}\u{7f}\u{9b}é\u{1f600}\\\"\",\"b\":\"x\\n\\\"version\\\": 9\"}");
    assert_eq!(result.code, 0, "{}", result.err);
    assert!(result.out.bytes().all(|b| b == b'\n' || (b' '..=b'~').contains(&b)));
    assert!(result.out.contains(r#"  "a\u001b[2J": "\u202e\u007f\u009b\u00e9\ud83d\ude00\"","#), "{}", result.out);
    assert!(result.out.contains("      \"x\\n\"\n      \"\\\"version\\\": 9\"\n"), "{}", result.out);
}

#[test]
fn lines_fit_80_columns() {
    let long = "ab".repeat(300);
    let result = on(format!(r#"{{"_type":"x","a":[["{long}","{}"]],"short":"{}"}}"#, "é".repeat(50), "x".repeat(60)));
    let longest = result.out.lines().map(str::len).max().unwrap();
    assert!(longest <= 80, "{longest}: {}", result.out);
    let pieces = result.out.lines().map(|line| line.trim().trim_matches(['"', ','])).collect::<String>();
    assert!(pieces.contains(&long), "{}", result.out);
}

#[test]
fn what_cannot_be_signed_is_refused() {
    for (content, message) in [
        ("", "not JSON: EOF while parsing a value at line 1 column 0"),
        ("{\"_type\":1}x", "not JSON: trailing characters at line 1 column 12"),
        ("\u{feff}{\"_type\":1}", "not JSON: expected value at line 1 column 1"),
        ("{\"_type\":1.0}", "no canonical form: floating point numbers are not allowed in canonical JSON"),
        ("{\"_type\":-0}", "no canonical form: floating point numbers are not allowed in canonical JSON"),
        (
            "{\"_type\":18446744073709551616}",
            "no canonical form: floating point numbers are not allowed in canonical JSON",
        ),
        ("{\"_type\":1,\"a\":{\"b\":1,\"\\u0062\":2}}", "member \"b\" is given twice in one object"),
        ("{\"_type\":1,\"\u{e9}\":1,\"e\u{301}\":2}", NOT_NFC),
        ("{\"_type\":\"e\u{301}\"}", NOT_NFC),
        ("[]", NEITHER),
        ("{}", NEITHER),
        ("{\"signed\":{\"_type\":1}}", NEITHER),
        ("{\"signed\":{},\"signatures\":[]}", NEITHER),
        (
            "{\"_type\":1,\"signed\":{\"_type\":1},\"signatures\":[]}",
            "both a payload (`_type`) and metadata (`signed`, `signatures`)",
        ),
        (
            "{\"signed\":{\"_type\":\"a\nb\"},\"signatures\":[]}",
            "not JSON: control characters in text, which only a payload may have",
        ),
    ] {
        assert_eq!(refusal(content), format!("tuffet-plain: error: FILE: {message}\n"), "{content:?}");
    }
    assert!(refusal([0xff]).starts_with("tuffet-plain: error: FILE: not JSON: "));
    assert!(refusal("[".repeat(100_000)).contains("recursion limit exceeded"));
}

const NOT_NFC: &str = "the canonical form reads back as something else: text that is not in Unicode form NFC";
const NEITHER: &str =
    "neither a payload (an object with `_type`) nor metadata (an object with `signed` and `signatures`)";

#[test]
fn repeated_names_in_different_objects_are_fine() {
    let result = on(r#"{"_type":"a:\"{","a":[{"a":1},{"a":"a"}],"b":{"a":{"a":"\\"}}}"#);
    assert_eq!(result.code, 0, "{}", result.err);
}

#[test]
fn every_truncation_is_refused_without_a_panic() {
    let text = format!(r#"{{"_type":"root","keys":{{"ab":{{"public":"{PEM}\\"}}}},"version":7}}"#);
    for length in (0..text.len()).step_by(3) {
        assert!(refusal(&text[..length]).starts_with("tuffet-plain: error: FILE: not JSON: "), "{length}");
    }
}

#[test]
fn usage_and_exit_codes() {
    let usage = "usage: tuffet-plain FILE\n";
    for arguments in [&[][..], &["a", "b"], &["--verify"], &[""]] {
        let result = run(arguments);
        let code = if arguments == [""] { 1 } else { 2 };
        assert_eq!((result.code, result.out.as_str()), (code, ""), "{arguments:?}");
        assert!(code == 1 || result.err.starts_with(usage));
    }
    let help = run(&["--help"]);
    assert_eq!((help.code, help.err.as_str()), (0, ""));
    assert!(help.out.starts_with(usage));
    let missing = run(&["/nonexistent/\u{1b}a"]);
    assert_eq!(missing.code, 1);
    assert_eq!(
        missing.err,
        "tuffet-plain: error: /nonexistent/\\u001ba: cannot be read: No such file or directory (os error 2)\n"
    );
    assert!(Path::new(env!("CARGO_BIN_EXE_tuffet-plain")).exists());
}

/// K2: what `tuffet review` shows is what this program computes from the payload's bytes with other code.
#[test]
fn k2_the_digest_is_the_one_under_review_in_hex_and_in_words() {
    let records = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ceremony");
    let mut compared = 0;
    for record in std::fs::read_dir(records).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        let review = tuffet_ceremony::Ceremony::open(&record).unwrap().review().unwrap();
        for role in &review.roles {
            let payload = record.join(format!("payload/{}.json", role.role));
            let printed = run(&[payload.to_str().unwrap()]);
            assert_eq!(printed.code, 0, "{}", printed.err);
            let (_, digest) = printed.out.split_once("which is what is signed:\n").unwrap();
            let (hex, words) = digest.split_once("The same in words:\n").unwrap();
            assert_eq!(hex.trim(), role.grouped());
            assert_eq!(words.split_whitespace().collect::<Vec<_>>().join(" "), role.words());
            compared += 1;
        }
    }
    assert!(compared >= 3, "{compared}");
}
