//! `[destination.NAME]` of `tuffet.toml`.

use crate::{append, run};

#[test]
fn what_tuffet_toml_says_of_a_destination_is_read_strictly() {
    for (written, problem, hint) in [
        (
            "[destination.Big]\nlocation = \"x\"",
            "destination `Big`: expected a name of small letters, digits and `-`",
            "as in [destination.production]",
        ),
        (
            "[destination.p]\nlocation = \"ftp://a.example/\"",
            "destination `p`: location: ftp://a.example/: expected a folder, file:///PATH, s3://BUCKET/PREFIX, \
             gs://BUCKET/PREFIX, az://CONTAINER/PREFIX or git+https://REMOTE#BRANCH (git+ssh, git+file)",
            "as in location = \"s3://BUCKET/PREFIX\"",
        ),
        (
            "[destination.p]\nlocation = \"git+https://me:secret@a.example/b#pages\"",
            "destination `p`: location: git+https://me@a.example/b#pages: expected no password in a location, found one",
            "as in location = \"s3://BUCKET/PREFIX\"",
        ),
        (
            "[destination.p]\nlocation = \"x\"\npublic = \"tuf.example.org\"",
            "destination `p`: public: expected the URL that clients have, found `tuf.example.org`",
            "as in public = \"https://tuf.example.org/\", without user, `?` and `#`",
        ),
        (
            "[destination.p]\nlocation = \"x\"\nfrom = \"q\"",
            "destination `p`: from: expected another destination, found `q`",
            "it names the destination whose contents are looked at first, as in from = \"preproduction\"",
        ),
        (
            "[destination.p]\nlocation = \"x\"\nfrom = \"p\"",
            "destination `p`: from: expected another destination, found `p`",
            "it names the destination whose contents are looked at first, as in from = \"preproduction\"",
        ),
    ] {
        let scratch = tempfile::tempdir().unwrap();
        run(scratch.path(), "tuffet init w", 0);
        append(scratch.path(), &format!("\n{written}\n"));
        let screen = run(scratch.path(), "tuffet --workspace w publish --to p", 1);
        let flat = screen.split_whitespace().collect::<Vec<_>>().join(" ");
        let at = flat.find("tuffet.toml: ").unwrap() + "tuffet.toml: ".len();
        assert_eq!(flat[at..], format!("{problem} tuffet: hint: {hint}"), "{written}");
        assert!(!screen.contains("secret"));
    }
    let scratch = tempfile::tempdir().unwrap();
    run(scratch.path(), "tuffet init w", 0);
    append(scratch.path(), "\n[destination.p]\nlocation = \"x\"\nbucket = \"y\"\n");
    let screen = run(scratch.path(), "tuffet --workspace w publish --to p", 1);
    assert!(screen.contains("unknown field `bucket`, expected one of `location`, `public`, `from`"), "{screen}");
}
