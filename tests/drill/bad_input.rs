//! What is no repository, or none that clients use; questions about nobody.

use crate::real::tuffet;
use crate::{OWN, own, root};
use std::fs;

#[test]
fn a_repository_that_does_not_verify_is_refused_with_the_clients_words() {
    let scratch = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(root().join("repository")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, scratch.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    let file = scratch.path().join("timestamp.json");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("\"version\": ", "\"version\": 9", 1)).unwrap();
    let folder = scratch.path().to_str().unwrap();
    let said = tuffet(&["drill", folder, "--at", OWN]);
    let start = format!("tuffet: error: {folder}: expected a repository that clients accept, found: ");
    assert_eq!((said.code, said.stdout.as_str()), (1, ""));
    assert!(said.stderr.starts_with(&start) && said.stderr.contains("0 of 1 required signatures"), "{}", said.stderr);
    assert!(said.stderr.contains("tuffet: hint: `tuffet check` says all that is wrong with it"), "{}", said.stderr);
}

#[test]
fn an_expired_repository_is_refused_and_another_time_asked_of() {
    let said = own(&["--at", "2030-01-01T00:00:00Z", "--json"]);
    let report = said.json();
    assert_eq!((said.code, &report["code"]), (1, &"refused".into()));
    assert!(report["error"].as_str().unwrap().contains("expired at"), "{report}");
}

#[test]
fn what_is_not_there_is_said() {
    let scratch = tempfile::tempdir().unwrap();
    let empty = scratch.path().to_str().unwrap();
    let said = tuffet(&["drill", empty, "--at", OWN]);
    assert_eq!(said.code, 1);
    assert!(
        said.stderr.contains("expected a repository that clients accept, found: no root to start from"),
        "{said:?}"
    );
    let said = tuffet(&["--workspace", empty, "drill", "--at", OWN]);
    assert!(said.stderr.contains("expected tuffet.toml here or above, found none"), "{said:?}");
}

#[test]
fn k18_nobody_of_that_name_and_no_date() {
    let said = own(&["--lost", "@mallory"]);
    assert_eq!((said.code, said.stdout.as_str()), (2, ""));
    let text = "tuffet: error: expected a keyholder, or six digits of a key or more, found `@mallory`\n\
                tuffet: hint: the keys are those of ";
    assert!(said.stderr.starts_with(text), "{}", said.stderr);
    own(&["--absent", "@alice"]).refused(2, "tuffet: error: expected --absent WHO=DATE, found `@alice`\n");
    let said = own(&["--absent", "@alice=tomorrow"]);
    assert_eq!(said.stderr, "tuffet: error: expected a time YYYY-MM-DDTHH:MM:SSZ, found `tomorrow`\n");
}

#[test]
fn a_calendar_is_never_written_over_another_file() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("dates.ics");
    fs::write(&path, "mine").unwrap();
    let name = path.to_str().unwrap();
    let said = own(&["--only", "time", "--ical", name]);
    let text = format!(
        "tuffet: error: {name}: expected no such file, found one: it is never overwritten\n\
         tuffet: hint: move it away, or name another file\n"
    );
    said.refused(1, &text);
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    // Nor is one left behind by a drill that failed.
    let other = scratch.path().join("other.ics");
    let said = own(&["--ical", other.to_str().unwrap(), "--lost", "@mallory"]);
    assert_eq!((said.code, other.exists()), (2, false));
}
