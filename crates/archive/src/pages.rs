//! One file on many pages, each small enough for a QR code: what crosses a gap that only light crosses.
//!
//! ```text
//!  TUFFET1:3F2A9C01:2/7:<base45>         file, page 2 of 7, its bytes and their check
//!          └─ the first 4 bytes of the file's SHA-256
//!
//!  the bytes of all pages, in order:     SHA-256 of the file ‖ the file
//! ```
//!
//! Every character is one of the 45 that a QR code holds in eleven bits a pair. Pages come in any order and twice; a
//! damaged page is noticed by itself, so that one page is shown again and not all of them.

use crate::base45;
use std::collections::BTreeMap;
use tuffet_keys::{Sha256, sha256};

/// Pages do not make a file, or a file no pages.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PagesError {
    /// A text that is no page.
    #[error("expected a page `TUFFET1:…`, found another text")]
    NotAPage,
    /// A page whose check does not hold.
    #[error("page {page} of {pages}: damaged: its bytes are not those it was made of")]
    Damaged {
        /// Its number.
        page: usize,
        /// How many there are.
        pages: usize,
    },
    /// A page of another file.
    #[error("page {page} of {pages}: expected a page of file {expected}, found one of file {found}")]
    Another {
        /// Its number.
        page: usize,
        /// How many that file has.
        pages: usize,
        /// The file of the first page.
        expected: String,
        /// The file of this page.
        found: String,
    },
    /// Pages that were not there.
    #[error("{} missing", named(missing, *pages))]
    Missing {
        /// Their numbers.
        missing: Vec<usize>,
        /// How many there are.
        pages: usize,
    },
    /// All pages are there, and what they give is not the file.
    #[error("expected a file with SHA-256 {expected}, found {found}")]
    Digest {
        /// As the first page says.
        expected: Sha256,
        /// Of what the pages give.
        found: Sha256,
    },
    /// No page at all.
    #[error("expected pages, found none")]
    None,
    /// More pages than anybody would show.
    #[error("expected a file for at most {MOST} pages, found one of {length} bytes")]
    TooLong {
        /// Its length.
        length: usize,
    },
}

/// `page 2 of 7 is`, `pages 2 and 5 of 7 are`.
fn named(missing: &[usize], pages: usize) -> String {
    let mut numbers: Vec<String> = missing.iter().map(usize::to_string).collect();
    match (numbers.pop(), numbers.is_empty()) {
        (Some(last), false) => format!("pages {} and {last} of {pages} are", numbers.join(", ")),
        (last, _) => format!("page {} of {pages} is", last.unwrap_or_default()),
    }
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Page {
    file: String,
    page: usize,
    pages: usize,
    bytes: Vec<u8>,
}

/// The pages of a file, each of at most `characters` characters.
///
/// # Errors
/// [`PagesError::TooLong`]
pub fn split(file: &[u8], characters: usize) -> Result<Vec<String>, PagesError> {
    let digest = sha256(file);
    let stream = [digest.as_bytes().as_slice(), file].concat();
    let too_long = || PagesError::TooLong { length: file.len() };
    // The numbers stand on every page: more digits leave less room.
    let room = |digits: usize| {
        let front = PREFIX.len().saturating_add(ID).saturating_add(digits.saturating_mul(2)).saturating_add(3);
        base45::capacity(characters.saturating_sub(front)).saturating_sub(CHECK)
    };
    let fitting = (1..=3).find_map(|digits| {
        let (room, most) = (room(digits), 10usize.saturating_pow(u32::try_from(digits).unwrap_or_default()));
        let pages = stream.len().checked_add(room.checked_sub(1)?)?.checked_div(room)?;
        (room > 0 && pages < most).then_some((room, pages))
    });
    let (room, pages) = fitting.ok_or_else(too_long)?;
    let id = identity(&digest);
    let page = |(at, bytes): (usize, &[u8])| {
        let page = Page { file: id.clone(), page: at.saturating_add(1), pages, bytes: bytes.to_vec() };
        page.text()
    };
    Ok(stream.chunks(room).enumerate().map(page).collect())
}

/// The file that these pages give, whatever their order.
///
/// # Errors
/// [`PagesError`]
pub fn join(texts: &[impl AsRef<str>]) -> Result<Vec<u8>, PagesError> {
    let mut gathered = Gathered::default();
    for text in texts {
        gathered.add(text.as_ref())?;
    }
    gathered.file()
}

/// Pages as they come.
#[derive(Debug, Clone, Default)]
pub struct Gathered {
    first: Option<Page>,
    bytes: BTreeMap<usize, Vec<u8>>,
}

impl Gathered {
    /// Adds a page; one that is there already changes nothing. Which one it was, and of how many.
    ///
    /// # Errors
    /// [`PagesError::NotAPage`], [`PagesError::Damaged`], [`PagesError::Another`]
    pub fn add(&mut self, text: &str) -> Result<(usize, usize), PagesError> {
        let page = Page::read(text)?;
        let number = (page.page, page.pages);
        let first = self.first.get_or_insert_with(|| page.clone());
        if (&first.file, first.pages) != (&page.file, page.pages) {
            let (expected, found) = (first.file.clone(), page.file);
            return Err(PagesError::Another { page: page.page, pages: page.pages, expected, found });
        }
        let damaged = PagesError::Damaged { page: page.page, pages: page.pages };
        match self.bytes.insert(page.page, page.bytes.clone()) {
            // Two pages with one number: one of them is not what was shown.
            Some(other) if other != page.bytes => Err(damaged),
            _ => Ok(number),
        }
    }

    /// The file.
    ///
    /// # Errors
    /// [`PagesError::None`], [`PagesError::Missing`], [`PagesError::Digest`]
    pub fn file(&self) -> Result<Vec<u8>, PagesError> {
        let Some(first) = &self.first else { return Err(PagesError::None) };
        let pages = first.pages;
        let missing: Vec<usize> = (1..=pages).filter(|page| !self.bytes.contains_key(page)).collect();
        if !missing.is_empty() {
            return Err(PagesError::Missing { missing, pages });
        }
        let stream: Vec<u8> = self.bytes.values().flatten().copied().collect();
        let damaged = PagesError::Damaged { page: 1, pages };
        let (digest, file) = stream.split_first_chunk::<32>().ok_or_else(|| damaged.clone())?;
        let (expected, found) = (Sha256::from_bytes(*digest), sha256(file));
        if expected != found {
            return Err(PagesError::Digest { expected, found });
        }
        if identity(&found) == first.file { Ok(file.to_vec()) } else { Err(damaged) }
    }
}

impl Page {
    fn text(&self) -> String {
        let bytes = [self.bytes.as_slice(), &self.check()].concat();
        format!("{}{}", self.front(), base45::encode(&bytes))
    }

    fn front(&self) -> String {
        format!("{PREFIX}{}:{}/{}:", self.file, self.page, self.pages)
    }

    /// Over its number too: a page must not be read as another.
    fn check(&self) -> [u8; CHECK] {
        let digest = sha256(&[self.front().as_bytes(), &self.bytes].concat());
        digest.as_bytes().first_chunk().copied().unwrap_or_default()
    }

    /// Reads the one form that [`text`](Self::text) writes.
    fn read(text: &str) -> Result<Self, PagesError> {
        let parts = || {
            let (file, rest) = text.strip_prefix(PREFIX)?.split_once(':')?;
            let (numbers, data) = rest.split_once(':')?;
            let (page, pages) = numbers.split_once('/')?;
            Some((file.to_owned(), page.parse().ok()?, pages.parse().ok()?, data))
        };
        let (file, page, pages, data): (String, usize, usize, &str) = parts().ok_or(PagesError::NotAPage)?;
        if page == 0 || page > pages || pages > MOST {
            return Err(PagesError::NotAPage);
        }
        let damaged = || PagesError::Damaged { page, pages };
        let mut bytes = base45::decode(data).ok_or_else(damaged)?;
        bytes.truncate(bytes.len().saturating_sub(CHECK));
        let this = Self { file, page, pages, bytes };
        if this.text() == text { Ok(this) } else { Err(damaged()) }
    }
}

/// What names a file on its pages.
fn identity(digest: &Sha256) -> String {
    digest.to_string().chars().take(ID).collect::<String>().to_ascii_uppercase()
}

/// The most pages a file may have.
pub const MOST: usize = 999;
const PREFIX: &str = "TUFFET1:";
const ID: usize = 8;
const CHECK: usize = 4;

#[cfg(test)]
mod tests;
