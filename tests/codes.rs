//! K14: files across a gap that only light crosses: shown as codes, photographed, read back.

#[path = "support/folder.rs"]
mod folder;
#[path = "support/person.rs"]
mod person;
#[path = "codes/refused.rs"]
mod refused;
#[path = "codes/screen.rs"]
mod screen;

use folder::data;
use image::{DynamicImage, GrayImage, imageops};
use person::Person;
use screen::{Photo, photographs, save};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

pub(crate) fn tuffet(folder: &Path, words: &[&str]) -> Said {
    let output = Command::new(env!("CARGO_BIN_EXE_tuffet")).args(words).current_dir(folder).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// As `tuffet`, for what has to succeed.
#[track_caller]
pub(crate) fn done(folder: &Path, words: &[&str]) -> String {
    let said = tuffet(folder, words);
    assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{words:?}\n{}", said.stdout);
    said.stdout
}

/// A root of the golden repository: 3.7 kB, five keys.
pub(crate) fn root() -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../repository/1.root.json")).unwrap()
}

/// A signature file of the golden ceremony.
pub(crate) fn signature() -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ceremony");
    let ceremony = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).find(|p| p.is_dir()).unwrap();
    let file = fs::read_dir(ceremony.join("signatures/root")).unwrap().next().unwrap().unwrap().path();
    fs::read(file).unwrap()
}

pub(crate) fn scratch(file: &[u8]) -> TempDir {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("file"), file).unwrap();
    scratch
}

/// The pictures that `--png` writes.
pub(crate) fn pictures(folder: &Path, into: &str, size: &str) -> Vec<PathBuf> {
    done(folder, &["carry", "show", "file", "--size", size, "--png", into]);
    let mut paths: Vec<PathBuf> = fs::read_dir(folder.join(into)).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    paths
}

pub(crate) fn read(folder: &Path, images: &[PathBuf]) -> Said {
    let images: Vec<&str> = images.iter().map(|path| path.to_str().unwrap()).collect();
    tuffet(folder, &[&["carry", "read", "--out", "back"], images.as_slice()].concat())
}

/// Reads pictures and asserts that they give the file.
#[track_caller]
pub(crate) fn gives_back(folder: &Path, images: &[PathBuf]) {
    let said = read(folder, images);
    assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{}", said.stdout);
    assert_eq!(fs::read(folder.join("back")).unwrap(), fs::read(folder.join("file")).unwrap());
    fs::remove_file(folder.join("back")).unwrap();
}

#[test]
fn k14_a_root_crosses_from_the_very_text_on_the_screen() {
    let scratch = scratch(&root());
    for (size, light, pages, wide) in
        [("medium", false, 10, 77), ("medium", true, 10, 77), ("large", false, 4, 125), ("small", false, 45, 45)]
    {
        let mut words = vec!["carry", "show", "file", "--size", size];
        words.extend(light.then_some("--light"));
        let shown = done(scratch.path(), &words);
        let photographs = photographs(&shown, light);
        assert_eq!(photographs.len(), pages, "{size}");
        assert_eq!(photographs[0].columns, wide);
        let taken: Vec<PathBuf> = photographs.iter().map(|photo| save(scratch.path(), photo)).collect();
        gives_back(scratch.path(), &taken);
    }
}

#[test]
fn k14_what_is_shown_is_compared_by_its_digest() {
    let scratch = scratch(&root());
    let digest = tuffet_keys::sha256(&root());
    let shown = done(scratch.path(), &["carry", "show", "file"]);
    let words = tuffet_keys::words::encode(digest.as_bytes());
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(shown.starts_with("file: 3659 bytes on 10 pages\n"), "{}", &shown[..200]);
    assert!(flat(&shown).contains(&format!("sha256 {digest} words {words} page 1 of 10")), "{}", &shown[..900]);
    let images = pictures(scratch.path(), "png", "medium");
    let [digest, other] = [digest, tuffet_keys::sha256(b"another")].map(|digest| digest.to_string());
    let names: Vec<&str> = images.iter().map(|path| path.to_str().unwrap()).collect();
    let with = |digest: &str| {
        tuffet(scratch.path(), &[&["carry", "read", "--out", "back", "--sha256", digest], names.as_slice()].concat())
    };
    let refused = with(&other);
    let text = format!(
        "tuffet: error: the file on these pages: expected SHA-256 {other}, found {digest}\n\
         tuffet: hint: these are pictures of another file\n"
    );
    assert_eq!((refused.code, refused.stderr), (1, text));
    assert!(!scratch.path().join("back").exists());
    assert!(!with(&digest).stdout.contains("compare"));
    fs::remove_file(scratch.path().join("back")).unwrap();
    let said = read(scratch.path(), &images).stdout;
    assert!(flat(&said).ends_with(&format!("words {words} compare this with the screen that showed it")), "{said}");
}

#[test]
fn k14_a_signature_is_one_page() {
    let scratch = scratch(&signature());
    assert!((500..800).contains(&signature().len()), "{}", signature().len());
    assert_eq!(pictures(scratch.path(), "large", "large").len(), 1);
    assert_eq!(pictures(scratch.path(), "medium", "medium").len(), 2);
    for folder in ["large", "medium"] {
        let mut taken: Vec<_> = fs::read_dir(scratch.path().join(folder)).unwrap().map(|e| e.unwrap().path()).collect();
        taken.sort();
        gives_back(scratch.path(), &taken);
    }
}

#[test]
fn k14_pictures_are_read_turned_scaled_grainy_and_in_any_order() {
    let scratch = scratch(&root());
    let images = pictures(scratch.path(), "png", "medium");
    let opened: Vec<GrayImage> = images.iter().map(|path| image::open(path).unwrap().into_luma8()).collect();
    let retaken = |name: &str, change: &dyn Fn(usize, &GrayImage) -> Photo| -> Vec<PathBuf> {
        let one = |(at, picture): (usize, &GrayImage)| {
            let mut photo = change(at, picture);
            photo.name = format!("{name}-{at}");
            save(scratch.path(), &photo)
        };
        opened.iter().enumerate().map(one).collect()
    };
    let turns: [fn(&GrayImage) -> GrayImage; 3] = [imageops::rotate90, imageops::rotate180, imageops::rotate270];
    let turned = retaken("turned", &|at, picture| Photo::of(turns[at % 3](picture)));
    gives_back(scratch.path(), &turned);
    for (name, by) in [("half", 0.5), ("odd", 0.77), ("double", 2.0)] {
        let scaled = retaken(name, &|_, picture| {
            let side = (f64::from(picture.width()) * by) as u32;
            Photo::of(imageops::resize(picture, side, side, imageops::FilterType::Triangle))
        });
        gives_back(scratch.path(), &scaled);
    }
    let grainy = retaken("grainy", &|at, picture| Photo::of(screen::photographed(picture, at)).jpeg(40));
    gives_back(scratch.path(), &grainy);
    let mut shuffled = images.clone();
    shuffled.rotate_left(3);
    shuffled.swap(0, 6);
    // One of them twice.
    shuffled.push(images[4].clone());
    gives_back(scratch.path(), &shuffled);
    // Two pages on one picture.
    let side = opened[0].width();
    let mut both = GrayImage::from_pixel(side * 2, side, image::Luma([255]));
    imageops::overlay(&mut both, &opened[0], 0, 0);
    imageops::overlay(&mut both, &opened[1], i64::from(side), 0);
    let both = save(scratch.path(), &Photo { name: "both".into(), ..Photo::of(both) });
    gives_back(scratch.path(), &[&[both][..], &images[2..]].concat());
    // What a camera that turns black into white makes.
    let inverted = retaken("inverted", &|_, picture| {
        let mut picture = DynamicImage::from(picture.clone());
        picture.invert();
        Photo::of(picture.into_luma8())
    });
    gives_back(scratch.path(), &inverted);
}

#[test]
fn k14_the_data_says_what_the_screen_shows() {
    let scratch = scratch(b"forty-two bytes that are carried on pages.");
    let said: serde_json::Value =
        serde_json::from_str(&done(scratch.path(), &["carry", "show", "file", "--size", "small", "--json"])).unwrap();
    assert_eq!((said["schema"].as_str(), said["length"].as_u64()), (Some("tuffet-carry-show-v1"), Some(42)));
    let pages: Vec<&str> = said["pages"].as_array().unwrap().iter().map(|page| page.as_str().unwrap()).collect();
    assert_eq!(tuffet_archive::pages::join(&pages).unwrap(), b"forty-two bytes that are carried on pages.");
    let said: serde_json::Value =
        serde_json::from_str(&done(scratch.path(), &["carry", "show", "file", "--png", "png", "--json"])).unwrap();
    let picture = said["pictures"][0].as_str().unwrap();
    assert_eq!(picture, "png/page-1-of-1.png");
    let read: serde_json::Value =
        serde_json::from_str(&done(scratch.path(), &["carry", "read", picture, "--out", "back", "--json"])).unwrap();
    assert_eq!((read["schema"].as_str(), &read["sha256"]), (Some("tuffet-carry-read-v1"), &said["sha256"]));
}

#[test]
fn k14_at_a_terminal_a_page_waits_until_it_was_read() {
    let scratch = scratch(&signature());
    let mut command = Command::new(env!("CARGO_BIN_EXE_tuffet"));
    command.args(["carry", "show", "file"]).current_dir(scratch.path());
    let mut person = Person::sit(&command);
    assert_eq!(person.asked().as_deref(), Some("Enter for page 2 of 2, anything else to stop: "));
    assert_eq!(photographs(&person.screen(), false).len(), 1);
    person.types(b"\n");
    let left = person.leaves();
    assert_eq!((left.code, left.restored), (0, true), "{}", left.screen);
    let taken: Vec<PathBuf> =
        photographs(&left.screen, false).iter().map(|photo| save(scratch.path(), photo)).collect();
    assert_eq!(taken.len(), 2);
    gives_back(scratch.path(), &taken);
    // Who has seen enough stops.
    let mut person = Person::sit(&command);
    person.asked();
    person.types(b"q\n");
    let left = person.leaves();
    assert_eq!(left.code, 0);
    assert_eq!(photographs(&left.screen, false).len(), 1);
}

/// The root of Sigstore's production repository, where it is at hand.
#[test]
fn k14_sigstores_root_crosses() {
    let Some(data) = data("k14_sigstores_root_crosses") else { return };
    let names = (1..).map(|n| data.join(format!("prod/metadata/{n}.root.json")));
    let newest = names.take_while(|path| path.exists()).last().unwrap();
    let scratch = scratch(&fs::read(newest).unwrap());
    let images = pictures(scratch.path(), "png", "large");
    gives_back(scratch.path(), &images);
}
