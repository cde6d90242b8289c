//! Pages that are missing, mixed, damaged, or none.

use crate::screen::{Photo, save};
use crate::{pictures, read, root, scratch, tuffet};
use image::{GrayImage, Luma, imageops};
use std::fs;
use std::path::{Path, PathBuf};

/// A picture of a code with any text.
fn coded(folder: &Path, name: &str, text: &str) -> PathBuf {
    let code = qrcode::QrCode::new(text).unwrap();
    let (width, colors) = (code.width(), code.to_colors());
    let side = (width as u32 + 8) * 6;
    let picture = GrayImage::from_fn(side, side, |x, y| {
        let at = |pixel: u32| (pixel / 6).checked_sub(4).map(|at| at as usize).filter(|at| *at < width);
        let dark = matches!((at(x), at(y)), (Some(x), Some(y)) if colors[y * width + x] == qrcode::Color::Dark);
        Luma([if dark { 0 } else { 255 }])
    });
    save(folder, &Photo { name: name.into(), ..Photo::of(picture) })
}

#[track_caller]
fn refused(folder: &Path, images: &[PathBuf], message: &str) {
    let said = read(folder, images);
    let first = said.stderr.lines().next().unwrap_or_default();
    assert_eq!((said.code, said.stdout.as_str(), first), (1, "", format!("tuffet: error: {message}").as_str()));
    assert!(said.stderr.lines().nth(1).is_some_and(|line| line.starts_with("tuffet: hint: ")), "{}", said.stderr);
    assert!(!folder.join("back").exists(), "a file is left");
}

#[test]
fn k14_missing_pages_are_named() {
    let scratch = scratch(&root());
    let images = pictures(scratch.path(), "png", "medium");
    let without = |pages: &[usize]| -> Vec<PathBuf> {
        images.iter().enumerate().filter(|(at, _)| !pages.contains(&(at + 1))).map(|(_, path)| path.clone()).collect()
    };
    refused(scratch.path(), &without(&[2]), "page 2 of 10 is missing");
    refused(scratch.path(), &without(&[2, 5]), "pages 2 and 5 of 10 are missing");
    refused(scratch.path(), &without(&[1, 2, 10]), "pages 1, 2 and 10 of 10 are missing");
}

#[test]
fn k14_a_page_of_another_file_is_named_and_refused() {
    let scratch = scratch(&root());
    let images = pictures(scratch.path(), "png", "medium");
    fs::write(scratch.path().join("file"), b"another file").unwrap();
    let other = pictures(scratch.path(), "other", "medium");
    let id = |bytes: &[u8]| tuffet_keys::sha256(bytes).to_string()[..8].to_uppercase();
    let mixed = [&images[..4], &other[..]].concat();
    let name = other[0].display();
    let text = format!(
        "{name}: page 1 of 1: expected a page of file {}, found one of file {}",
        id(&root()),
        id(b"another file")
    );
    refused(scratch.path(), &mixed, &text);
}

#[test]
fn k14_a_damaged_page_is_refused() {
    let scratch = scratch(&root());
    let shown = tuffet(scratch.path(), &["carry", "show", "file", "--json"]);
    let shown: serde_json::Value = serde_json::from_str(&shown.stdout).unwrap();
    let page = shown["pages"][2].as_str().unwrap();
    // The code is whole, the text is not what was shown.
    let last = if page.ends_with('0') { "1" } else { "0" };
    let edited = coded(scratch.path(), "edited", &format!("{}{last}", &page[..page.len() - 1]));
    let text = format!("{}: page 3 of 10: damaged: its bytes are not those it was made of", edited.display());
    refused(scratch.path(), &[edited], &text);
    let other = coded(scratch.path(), "poster", "https://example.org/");
    let text = format!("{}: expected a page `TUFFET1:…`, found another text", other.display());
    refused(scratch.path(), &[other], &text);
    // A quarter of the squares under a thumb.
    let mut picture = image::open(coded(scratch.path(), "whole", page)).unwrap().into_luma8();
    let side = picture.width();
    imageops::overlay(
        &mut picture,
        &GrayImage::from_pixel(side / 2, side / 2, Luma([255])),
        i64::from(side / 4),
        i64::from(side / 4),
    );
    let covered = save(scratch.path(), &Photo { name: "covered".into(), ..Photo::of(picture) });
    let text = format!("{}: the code in the picture is damaged", covered.display());
    refused(scratch.path(), &[covered], &text);
}

#[test]
fn k14_what_is_no_picture_of_a_code_is_refused() {
    let scratch = scratch(b"x");
    let blank = save(scratch.path(), &Photo { name: "blank".into(), ..Photo::of(GrayImage::new(200, 200)) });
    let path = |name: &str, bytes: &[u8]| {
        fs::write(scratch.path().join(name), bytes).unwrap();
        scratch.path().join(name)
    };
    let whole = fs::read(&blank).unwrap();
    for (image, message) in [
        (blank.clone(), "expected a code in the picture, found none"),
        (path("text", b"no picture"), "expected a picture, PNG or JPEG, found another file"),
        (path("empty.png", b""), "expected a picture, PNG or JPEG, found another file"),
    ] {
        let said = read(scratch.path(), std::slice::from_ref(&image));
        let first = said.stderr.lines().next().unwrap_or_default();
        assert_eq!((said.code, first), (1, format!("tuffet: error: {}: {message}", image.display()).as_str()));
    }
    // Cut and flipped pictures are refused or read, and nothing else.
    for at in (0..whole.len()).step_by(5) {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x10;
        for bytes in [&whole[..at], &flipped] {
            let said = read(scratch.path(), &[path("hurt.png", bytes)]);
            assert_eq!(said.code, 1, "{}", said.stderr);
            assert!(!said.stderr.contains("panicked"), "byte {at}: {}", said.stderr);
        }
    }
    // A picture that claims to be larger than memory.
    let mut bomb = whole.clone();
    bomb[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
    assert_eq!(read(scratch.path(), &[path("bomb.png", &bomb)]).code, 1);
}

#[test]
fn k14_what_takes_too_many_pages_is_refused() {
    let scratch = scratch(&vec![7; 2 << 20]);
    let said = tuffet(scratch.path(), &["carry", "show", "file"]);
    assert_eq!(
        (said.code, said.stderr.as_str()),
        (
            1,
            "tuffet: error: expected a file for at most 999 pages, found one of 2097152 bytes\n\
             tuffet: hint: carry it as a file, or show it with --size large\n"
        )
    );
}
