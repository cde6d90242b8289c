use super::*;
use proptest::prelude::*;

const FILE: &[u8] = b"forty-two bytes that are carried on pages.";

fn pages() -> Vec<String> {
    let pages = split(FILE, 48).unwrap();
    assert_eq!(pages.len(), 6);
    pages
}

#[test]
fn a_page_says_what_it_is_in_the_characters_of_a_code() {
    let pages = pages();
    assert_eq!(identity(&sha256(FILE)).len(), 8);
    for (at, page) in pages.iter().enumerate() {
        assert!(page.starts_with(&format!("TUFFET1:{}:{}/6:", identity(&sha256(FILE)), at + 1)), "{page}");
        assert!(page.len() <= 48 && page.chars().all(|c| "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".contains(c)));
    }
}

#[test]
fn pages_come_in_any_order_and_twice() {
    let mut pages = pages();
    pages.rotate_left(2);
    pages.swap(0, 3);
    pages.push(pages[1].clone());
    assert_eq!(join(&pages).unwrap(), FILE);
    assert_eq!(join(&split(b"", 40).unwrap()).unwrap(), b"");
}

#[test]
fn missing_pages_are_named() {
    let whole = pages();
    let without = |numbers: &[usize]| {
        let left: Vec<_> = (1..=6).filter(|n| !numbers.contains(n)).map(|n| whole[n - 1].clone()).collect();
        join(&left).unwrap_err().to_string()
    };
    assert_eq!(without(&[2]), "page 2 of 6 is missing");
    assert_eq!(without(&[2, 5]), "pages 2 and 5 of 6 are missing");
    assert_eq!(without(&[1, 2, 6]), "pages 1, 2 and 6 of 6 are missing");
    assert_eq!(join(&[""; 0]).unwrap_err().to_string(), "expected pages, found none");
}

#[test]
fn a_page_of_another_file_is_named_and_refused() {
    let mut mixed = pages();
    let other = split(b"another file, of another content and length", 48).unwrap();
    mixed[3] = other[3].clone();
    let (expected, found) = (identity(&sha256(FILE)), other[0][8..16].to_owned());
    let text = format!("page 4 of 6: expected a page of file {expected}, found one of file {found}");
    assert_eq!(join(&mixed).unwrap_err().to_string(), text);
    // The same file on pages of another size.
    let large = split(FILE, 80).unwrap();
    assert_eq!(
        join(&[&pages()[0], &large[0]]).unwrap_err().to_string(),
        format!("page 1 of {}: expected a page of file {expected}, found one of file {expected}", large.len())
    );
}

#[test]
fn a_page_with_any_character_changed_or_cut_is_refused() {
    let whole = pages();
    let page = &whole[2];
    for at in 0..page.len() {
        for other in ['0', 'A', ':', 'é'] {
            let changed: String = page.chars().enumerate().map(|(i, c)| if i == at { other } else { c }).collect();
            if changed == *page {
                continue;
            }
            let error = join(&[&whole[0], &changed]).unwrap_err();
            assert!(!matches!(error, PagesError::Missing { .. }), "character {at} as {other}: {error}");
        }
        assert!(!matches!(join(&[&page[..at]]).unwrap_err(), PagesError::Missing { .. }), "cut at {at}");
    }
    let damaged = format!("{}00", &page[..page.len() - 2]);
    assert_eq!(
        join(&[damaged]).unwrap_err().to_string(),
        "page 3 of 6: damaged: its bytes are not those it was made of"
    );
    for text in ["", "https://example.org", "TUFFET1:", "TUFFET1:A:0/1:", "TUFFET1:A:2/1:", "TUFFET1:A:1/1000:"] {
        assert_eq!(join(&[text]).unwrap_err().to_string(), "expected a page `TUFFET1:…`, found another text");
    }
}

/// Whoever makes pages can make each of them right, and still not another file under the same name.
#[test]
fn pages_that_are_whole_and_give_another_file_are_refused() {
    let digest = sha256(FILE);
    let forged = |file: String, head: &[u8]| {
        Page { file, page: 1, pages: 1, bytes: [head, b"another file".as_slice()].concat() }.text()
    };
    assert_eq!(
        join(&[forged(identity(&digest), digest.as_bytes())]).unwrap_err(),
        PagesError::Digest { expected: digest, found: sha256(b"another file") }
    );
    let own = sha256(b"another file");
    let damaged = PagesError::Damaged { page: 1, pages: 1 };
    assert_eq!(join(&[forged(identity(&digest), own.as_bytes())]).unwrap_err(), damaged);
    assert_eq!(join(&[Page { file: "A".into(), page: 1, pages: 1, bytes: vec![7; 31] }.text()]).unwrap_err(), damaged);
}

#[test]
fn what_would_take_too_many_pages_is_refused() {
    assert_eq!(
        split(&vec![0; 1 << 20], 619).unwrap_err().to_string(),
        "expected a file for at most 999 pages, found one of 1048576 bytes"
    );
    assert_eq!(split(b"x", 24).unwrap_err(), PagesError::TooLong { length: 1 });
}

proptest! {
    #[test]
    fn every_file_reads_back(file in proptest::collection::vec(any::<u8>(), 0..3000), characters in 40usize..700) {
        if let Ok(pages) = split(&file, characters) {
            prop_assert!(pages.iter().all(|page| page.len() <= characters));
            prop_assert_eq!(join(&pages).unwrap(), file);
        }
    }
}
