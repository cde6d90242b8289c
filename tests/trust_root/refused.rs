//! Each rule broken once, at the terminal: its message, and no file left.

use crate::base::{done, folder, names, refused};
use std::fs;
use tempfile::TempDir;

const START: &str = "start=2026-12-01T00:00:00Z";

struct Here(TempDir);

impl Here {
    fn new() -> Self {
        let here = Self(folder());
        done(
            here.0.path(),
            &format!(
                "tuffet trust-root compose --out root.json \
                --log kind=rekor-v2,key=trust/log.pem,url=https://log.example.org,{START} \
                --ca chain=trust/ca-chain.pem,uri=https://ca.example.org,{START}"
            ),
        );
        here
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.0.path().join(name), bytes).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(name)).unwrap()
    }

    /// What `tuffet trust-root WORDS` is refused with; it must leave no file.
    #[track_caller]
    fn refuses(&self, code: i32, words: &str) -> String {
        let before = names(self.0.path());
        let said = refused(self.0.path(), code, &format!("tuffet trust-root {words}"));
        assert_eq!(names(self.0.path()), before, "a file was left: {said}");
        said.strip_prefix("tuffet: error: ").unwrap_or_else(|| panic!("{said}")).to_owned()
    }
}

#[test]
fn tr1_tr2_what_is_no_key_and_no_chain() {
    let here = Here::new();
    let pem = here.read("trust/log.pem");
    here.put("private.pem", pem.replace("PUBLIC KEY", "PRIVATE KEY"));
    assert_eq!(
        here.refuses(
            1,
            &format!("compose --out x --log kind=rekor-v2,key=private.pem,url=https://log.example.org,{START}")
        ),
        "private.pem: expected public material only, found a private key on line 1; move it away from shared files (TR1)\n"
    );
    let chain = here.read("trust/ca-chain.pem");
    let (first, rest) = chain.split_at(chain.find("-----END CERTIFICATE-----\n").unwrap() + 26);
    here.put("turned.pem", format!("{rest}{first}"));
    let said =
        here.refuses(1, &format!("add root.json --out x --ca chain=turned.pem,uri=https://ca.example.org,{START}"));
    assert_eq!(
        said,
        "turned.pem: expected the trust anchor last, found a self-issued certificate at position 1 (TR2)\n"
    );
    let said = here.refuses(1, &format!("add root.json --out x --ca chain=trust/ca-2-chain.pem,uri=https://ca.example.org,{START},end=2060-01-01T00:00:00Z"));
    assert!(said.starts_with("trust/ca-2-chain.pem: expected an end not after 2045-"), "{said}");
    assert!(said.ends_with("when the first certificate expires, found 2060-01-01T00:00:00Z (TR3)\n"), "{said}");
}

#[test]
fn tr3_tr6_what_no_reader_reads() {
    let here = Here::new();
    let json = here.read("root.json");
    let file = |edit: &dyn Fn(&str) -> String| {
        let edited = edit(&json);
        assert_ne!(edited, json);
        here.put("edited.json", edited);
        here.refuses(1, &format!("add edited.json --out x --ct key=trust/ctlog.pem,url=https://ct.example.org,{START}"))
    };
    let window = r#""start": "2026-12-01T00:00:00Z""#;
    assert_eq!(
        file(&|text| text.replacen(window, &format!(r#"{window}, "end": "2025-09-04:00:00Z""#), 1)),
        "edited.json: tlogs[0].publicKey.validFor.end: expected a time such as 2026-01-31T00:00:00Z, found \
         \"2025-09-04:00:00Z\" (TR6)\n"
    );
    assert_eq!(
        file(&|text| text.replacen("\"baseUrl\"", "\"base_url\"", 1)),
        "edited.json: tlogs[0].baseUrl: expected a value, found no such field (TR6)\n"
    );
    assert_eq!(
        file(&|text| text.replacen("\"baseUrl\"", "\"weight\": \"1\", \"baseUrl\"", 1)),
        "edited.json: tlogs[0].weight: expected only fields of a trusted root of this media type, found an unknown field \
         (TR6)\n"
    );
    assert_eq!(
        file(&|text| text.replacen("PKIX_ED25519", "PKIX_ECDSA_P256_SHA_256", 1)),
        "edited.json: tlogs[0].publicKey.keyDetails: expected a key that fits PKIX_ECDSA_P256_SHA_256, found Ed25519 (TR6)\n"
    );
}

#[test]
fn tr4_tr5_ids_ends_and_checkpoints() {
    let here = Here::new();
    let twice = here.refuses(
        1,
        &format!("add root.json --out x --log kind=rekor-v2,key=trust/log.pem,url=https://log.example.org,{START}"),
    );
    assert!(twice.starts_with("trust/log.pem: expected a log id of its own, found "), "{twice}");
    assert!(twice.ends_with(", the id of https://log.example.org (TR5)\n"), "{twice}");
    assert_eq!(
        here.refuses(2, "add root.json --out x --ct key=trust/ctlog.pem,url=https://ct.example.org"),
        "--ct: expected --ct start=…[,key=…][,service=…][,url=…][,end=…][,checkpoint=…][,sha256=…], found no `start=`\n\
         tuffet: hint: a path or URL with a comma cannot be given here; times are YYYY-MM-DDTHH:MM:SSZ\n"
    );
    let said = here.refuses(1, "close root.json --out x --entry https://ct.example.org --end 2027-01-01T00:00:00Z");
    assert!(
        said.starts_with("https://ct.example.org: expected the URL or the id of an entry, found none so called"),
        "{said}"
    );
    assert!(
        said.ends_with("tuffet: hint: `tuffet trust-root show root.json` lists the entries with their ids\n"),
        "{said}"
    );
    // The checkpoint of another log: another name first, then another key under the same name.
    here.put(
        "other.note",
        "other.example.org\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n\u{2014} other.example.org AAAAAAAA\n",
    );
    let said = here.refuses(1, &format!("compose --out x --log kind=rekor-v2,key=trust/log.pem,url=https://log.example.org,checkpoint=other.note,{START}"));
    assert!(said.starts_with("other.note: checkpoint: expected "), "{said}");
    assert!(said.contains("(TR5)\ntuffet: hint: get key and checkpoint again from the log's operator"), "{said}");
}

#[test]
fn tr3_tr7_rotations_that_somebody_would_notice() {
    let here = Here::new();
    let rotate = |more: &str| {
        format!(
            "rotate root.json --out x --log kind=rekor-v2,key=trust/log-2.pem,url=https://log-2.example.org,{START} \
             --publish 2026-12-01T00:00:00Z {more}"
        )
    };
    assert_eq!(
        here.refuses(1, &rotate("--overlap 0d")),
        "trust/log-2.pem: expected an overlap, in which both are trusted, found none (TR3)\n\
         tuffet: hint: give --overlap, such as 7d\n"
    );
    assert_eq!(here.refuses(2, &rotate("--overlap 7")), "--overlap: expected a time such as 7d or 36h, found `7`\n");
    assert_eq!(
        here.refuses(2, &rotate(&format!("--ct key=trust/ctlog.pem,url=https://ct.example.org,{START}"))),
        "expected exactly one of --log, --ca, --ct and --tsa, found 2\n\
         tuffet: hint: rotate one thing at a time: each has its own day of use\n"
    );
    let said = here.refuses(1, &rotate("--old https://nowhere.example.org"));
    assert!(said.contains("expected the URL or the id of an entry, found none so called"), "{said}");
}

#[test]
fn custom_data_is_of_files_that_are_given() {
    let here = Here::new();
    here.put("custom.json", r#"{"other.pub": {"sigstore": {}}}"#);
    here.put("list.json", "[]");
    let plan = |custom: &str| {
        let words = "--date 2026-12-01T10:00:00Z --target ../root.json --keyholder . --online . --threshold 1";
        refused(
            here.0.path(),
            1,
            &format!("tuffet init w >/dev/null; cd w; tuffet plan new c {words} --custom ../{custom}"),
        )
    };
    assert_eq!(
        plan("custom.json"),
        "tuffet: error: ../custom.json: expected the paths of files given with --target, found `other.pub`\n\
         tuffet: hint: give the file, or the folder it is in, with --target as well\n"
    );
    fs::remove_dir_all(here.0.path().join("w")).unwrap();
    let said = plan("list.json");
    assert!(
        said.starts_with("tuffet: error: ../list.json: expected a JSON object from path to content, found: "),
        "{said}"
    );
}
