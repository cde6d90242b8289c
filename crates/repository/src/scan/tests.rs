//! W4: what becomes of every kind of file. C62, F20, F26, and issue after issue of publishing what was not meant.

use super::*;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::time::{Duration, SystemTime};
use tempfile::TempDir;
use tuffet_keys::sha256;

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        put(&dir, path, bytes);
    }
    dir
}

fn put(dir: &TempDir, path: &str, bytes: &[u8]) {
    let path = dir.path().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// Long enough ago for the journal to take it.
fn age(dir: &TempDir, path: &str) {
    let file = File::options().write(true).open(dir.path().join(path)).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(60)).unwrap();
}

fn scan(dir: &TempDir) -> Result<Scanned, ScanError> {
    Scan::of(dir.path()).run(|_| {})
}

fn two() -> NonZeroUsize {
    NonZeroUsize::new(2).unwrap()
}

/// What is refused, `path: problem` a line.
fn refused(result: Result<Scanned, ScanError>) -> String {
    match result {
        Err(ScanError::Files(files)) => {
            let line = |file: &RefusedFile| format!("{}: {}", file.path, file.problem);
            files.first.iter().map(line).collect::<Vec<_>>().join("\n")
        }
        other => panic!("{other:?}"),
    }
}

fn fifo(path: &Path) {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    mknodat(CWD, path, FileType::Fifo, Mode::RUSR, 0).unwrap();
}

#[test]
fn every_file_is_found_with_its_length_and_digest_in_the_order_of_metadata() {
    let large = vec![7; 3 * BUFFER + 1];
    let files: [(&str, &[u8]); 6] =
        [("b", b"2"), ("a/x", b""), ("a.b", b"1"), ("a/é", b"4"), ("a b/.hidden", b"5"), ("large", &large)];
    let dir = folder(&files);
    fs::create_dir(dir.path().join("empty")).unwrap();
    for threads in [NonZeroUsize::MIN, two()] {
        let mut last = Progress::default();
        let scanned = Scan::of(dir.path()).threads(threads).run(|progress| last = progress).unwrap();
        let paths: Vec<&str> = scanned.files.iter().map(|file| &*file.path).collect();
        assert_eq!(paths, ["a b/.hidden", "a.b", "a/x", "a/é", "b", "large"]);
        for file in &scanned.files {
            let (_, bytes) = files.iter().find(|(path, _)| *path == file.path).unwrap();
            assert_eq!((file.length, file.sha256), (bytes.len() as u64, sha256(bytes)), "{}", file.path);
        }
        assert_eq!(last, Progress { files: 6, of: 6, bytes: large.len() as u64 + 4 });
        assert_eq!((scanned.resumed, scanned.twins), (0, vec![]));
    }
}

#[test]
fn c62_all_files_that_cannot_be_targets_are_named_at_once() {
    let dir = folder(&[("good", b""), ("a/con.txt", b""), ("c:d", b""), ("dot.", b""), ("back\\slash", b"")]);
    put(&dir, "line\nend", b"");
    symlink("/etc/passwd", dir.path().join("link")).unwrap();
    symlink("/etc", dir.path().join("folder-link")).unwrap();
    fifo(&dir.path().join("pipe"));
    let _socket = std::os::unix::net::UnixListener::bind(dir.path().join("socket")).unwrap();
    use std::os::unix::ffi::OsStrExt;
    fs::write(dir.path().join(std::ffi::OsStr::from_bytes(b"latin-\xe9")), b"").unwrap();
    let error = scan(&dir).unwrap_err();
    assert_eq!(
        error.to_string(),
        "10 of 11 files cannot be targets\n  \
         `a/con.txt`: expected a file's name, found one that Windows reserves for a device (C62)\n  \
         `back\\\\slash`: expected no backslash, found one (C62)\n  \
         `c:d`: expected no colon, found one (C62)\n  \
         `dot.`: expected a name that ends in another character than a dot or space (C62)\n  \
         `folder-link`: expected a regular file, found a symbolic link (C62)\n  \
         `latin-�`: expected a name in UTF-8, found other bytes (F26)\n  \
         `line\\nend`: expected no control character, found one (C62)\n  \
         `link`: expected a regular file, found a symbolic link (C62)\n  \
         `pipe`: expected a regular file, found a named pipe (C62)\n  \
         `socket`: expected a regular file, found a socket (C62)"
    );
    assert_eq!(error.hint(), Some("move them away or rename them, then run the same command again"));
}

#[test]
fn of_very_many_the_first_twenty_are_named_and_the_rest_counted() {
    let dir = folder(&[]);
    for at in 0..123 {
        symlink("x", dir.path().join(format!("{at:03}"))).unwrap();
    }
    let text = scan(&dir).unwrap_err().to_string();
    assert!(text.starts_with("123 of 123 files cannot be targets\n  `000`: expected a regular file"), "{text}");
    assert!(text.ends_with("`019`: expected a regular file, found a symbolic link (C62)\n  and 103 more"), "{text}");
    assert_eq!(text.lines().count(), 22);
}

#[test]
fn what_happens_between_the_listing_and_the_reading_is_told_by_name() {
    let names = ["gone", "linked", "piped", "folder", "in/file", "stays"];
    let elsewhere = folder(&[("file", b"secret")]);
    for threads in [NonZeroUsize::MIN, two()] {
        let dir = folder(&names.map(|name| (name, b"content".as_slice())));
        let mut first = true;
        let result = Scan::of(dir.path()).threads(threads).run(|_| {
            if std::mem::take(&mut first) {
                let at = |name: &str| dir.path().join(name);
                names[..4].iter().for_each(|name| fs::remove_file(at(name)).unwrap());
                symlink("stays", at("linked")).unwrap();
                // Nobody ever writes into it: to open it and wait would be for ever.
                fifo(&at("piped"));
                fs::create_dir(at("folder")).unwrap();
                fs::remove_dir_all(at("in")).unwrap();
                symlink(elsewhere.path(), at("in")).unwrap();
            }
        });
        assert_eq!(
            refused(result),
            "folder: expected a regular file, found a directory (C62)\n\
             gone: expected the file that was listed, found none: it vanished during the scan\n\
             in/file: expected a regular file, found a symbolic link (C62)\n\
             linked: expected a regular file, found a symbolic link (C62)\n\
             piped: expected a regular file, found a named pipe (C62)"
        );
    }
}

#[test]
fn a_file_that_changes_while_it_is_hashed_is_refused() {
    let content = vec![1; BUFFER * 2];
    let refuse = |change: &dyn Fn(&Path)| {
        let dir = folder(&[("a", &content)]);
        age(&dir, "a");
        let place = Place::open(dir.path()).unwrap();
        let mut once = true;
        let result = hash(&place, "a", &mut vec![0; BUFFER], &mut |_| {
            if std::mem::take(&mut once) {
                change(&dir.path().join("a"));
            }
        });
        result.err().map(|problem| problem.to_string())
    };
    let text = |what: &str| {
        let rest = "found another: the file changed during the scan";
        Some(format!("expected the same {what} before and after hashing, {rest}"))
    };
    assert_eq!(refuse(&|_| {}), None);
    assert_eq!(refuse(&|path| fs::write(path, b"shorter").unwrap()), text("length"));
    let append = |path: &Path| {
        use std::io::Write;
        File::options().append(true).open(path).unwrap().write_all(b"x").unwrap();
    };
    assert_eq!(refuse(&append), text("length"));
    assert_eq!(refuse(&|path| fs::write(path, &content).unwrap()), text("modification time"));
    let replace = |path: &Path| {
        let other = path.with_extension("new");
        fs::write(&other, &content).unwrap();
        fs::rename(other, path).unwrap();
    };
    assert_eq!(refuse(&replace), text("inode"));
    let vanish = "expected the file that was listed, found none: it vanished during the scan";
    assert_eq!(refuse(&|path| fs::remove_file(path).unwrap()), Some(vanish.into()));
}

#[test]
fn f20_names_that_some_systems_take_for_one_are_found_and_not_refused() {
    let dir = folder(&[
        ("Readme", b"1"),
        ("readme", b"2"),
        ("caf\u{e9}", b"3"),
        ("cafe\u{301}", b"4"),
        ("stra\u{df}e", b"5"),
        ("STRASSE", b"6"),
        ("dir", b"7"),
        ("DIR/x", b"8"),
        ("A/y", b"9"),
        ("a/z", b"10"),
    ]);
    let scanned = scan(&dir).unwrap();
    assert_eq!(scanned.files.len(), 10);
    let groups: Vec<String> = scanned.twins.iter().map(|twins| twins.paths.join(" ")).collect();
    assert_eq!(groups, ["DIR/x dir", "Readme readme", "STRASSE stra\u{df}e", "cafe\u{301} caf\u{e9}"]);
}

#[test]
fn an_interrupted_scan_goes_on_where_it_was() {
    let dir = folder(&[("a", b"1"), ("b", b"2"), ("c", b"3")]);
    let (other, journal) = (tempfile::tempdir().unwrap(), "journal");
    let journal = other.path().join(journal);
    ["a", "b", "c"].iter().for_each(|name| age(&dir, name));
    let run = || {
        let mut read = 0;
        let scanned = Scan::of(dir.path()).journal(&journal).run(|progress| read = progress.bytes).unwrap();
        (scanned.resumed, read, scanned.files)
    };
    let (resumed, read, first) = run();
    assert_eq!((resumed, read), (0, 3));
    // A crash in the middle of a line.
    let mut text = fs::read_to_string(&journal).unwrap();
    assert_eq!(text.lines().count(), 4);
    text.truncate(text.len() - 3);
    fs::write(&journal, &text).unwrap();
    let (resumed, read, files) = run();
    assert_eq!((resumed, read, files), (2, 1, first.clone()));
    assert_eq!(run().0, 3);
    // Other content of the same length, its time put back: the inode's own time tells.
    let before = fs::metadata(dir.path().join("b")).unwrap().modified().unwrap();
    put(&dir, "b", b"9");
    File::options().write(true).open(dir.path().join("b")).unwrap().set_modified(before).unwrap();
    let (resumed, read, files) = run();
    assert_eq!((resumed, read), (2, 1));
    assert_eq!(files[1].sha256, sha256(b"9"));
}

#[test]
fn a_file_that_changed_just_now_is_not_believed_next_time() {
    let (dir, other) = (folder(&[("new", b"1"), ("old", b"2")]), tempfile::tempdir().unwrap());
    age(&dir, "old");
    let journal = other.path().join("journal");
    let run = || Scan::of(dir.path()).journal(&journal).run(|_| {}).unwrap().resumed;
    assert_eq!((run(), run()), (0, 1));
}

#[test]
fn the_journal_is_never_another_file_nor_a_target() {
    let (dir, other) = (folder(&[("a", b"1")]), tempfile::tempdir().unwrap());
    let text = other.path().join("notes.txt");
    fs::write(&text, "mine").unwrap();
    let error = Scan::of(dir.path()).journal(&text).run(|_| {}).unwrap_err();
    let expected = "expected a journal that begins with `tuffet-scan-v1`, found another file";
    assert_eq!(error.to_string(), format!("{}: {expected}", text.display()));
    assert_eq!(fs::read(&text).unwrap(), b"mine");
    let inside = dir.path().join("journal");
    let error = Scan::of(dir.path()).journal(&inside).run(|_| {}).unwrap_err();
    let (inside, folder) = (inside.display(), dir.path().display());
    let expected = format!("expected a journal outside {folder}, found it inside: it would become a target");
    assert_eq!(error.to_string(), format!("{inside}: {expected}"));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn a_folder_that_is_none_is_told() {
    let dir = folder(&[("a", b"")]);
    for (name, cause) in [("none", "No such file or directory (os error 2)"), ("a", "not a directory")] {
        let path = dir.path().join(name);
        let error = Scan::of(&path).run(|_| {}).unwrap_err();
        assert_eq!(error.to_string(), format!("{}: {cause}", path.display()));
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "what was skipped is said")]
fn a_file_that_may_not_be_read_is_told() {
    let dir = folder(&[("secret", b"1"), ("open", b"2")]);
    let secret = dir.path().join("secret");
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(&secret, fs::Permissions::from_mode(0)).unwrap();
    if File::open(&secret).is_ok() {
        println!("skipped: needs a user other than root");
        return;
    }
    assert_eq!(refused(scan(&dir)), "secret: Permission denied (os error 13)");
}

#[test]
fn r7_content_goes_to_its_hashed_name_and_only_if_it_is_what_was_scanned() {
    let (dir, to) = (folder(&[("a/x", b"1"), ("b", b"2"), ("c", b"3"), ("d", b"4")]), tempfile::tempdir().unwrap());
    let repository = crate::Repository::open(to.path());
    let copy = |files: &[ScannedFile]| {
        copy_content(dir.path(), files, &repository, crate::Durability::Synced).unwrap().map_err(|e| e.to_string())
    };
    let scanned = scan(&dir).unwrap().files;
    put(&dir, "b", b"9");
    put(&dir, "c", b"33");
    fs::remove_file(dir.path().join("d")).unwrap();
    let changed = "expected the same content before and after hashing, found another: the file changed during the scan";
    assert_eq!(
        copy(&scanned),
        Err(format!(
            "3 of 4 files cannot be targets\n  `b`: {changed}\n  `c`: {changed}\n  \
             `d`: expected the file that was listed, found none: it vanished during the scan"
        ))
    );
    let name =
        |path: &str, bytes: &[u8]| to.path().join("targets").join(path.replace("HASH", &sha256(bytes).to_string()));
    assert_eq!(fs::read(name("a/HASH.x", b"1")).unwrap(), b"1");
    assert_eq!(fs::read_dir(to.path().join("targets")).unwrap().count(), 1, "nothing half");
    fs::remove_file(dir.path().join("c")).unwrap();
    let scanned = scan(&dir).unwrap().files;
    assert_eq!((copy(&scanned), copy(&scanned)), (Ok(1), Ok(0)));
    assert_eq!(fs::read(name("HASH.b", b"9")).unwrap(), b"9");
}
