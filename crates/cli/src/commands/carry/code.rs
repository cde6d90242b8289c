//! A page as a QR code: squares that are dark or light, and the text that shows them on a screen.

use crate::CliError;
use qrcode::bits::Bits;
use qrcode::{EcLevel, QrCode, Version};

/// How large a code may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Size {
    /// 24 lines: 84 bytes a page
    Small,
    /// 80 columns and 39 lines: 394 bytes a page
    Medium,
    /// 125 columns and 63 lines: 1,217 bytes a page
    Large,
}

impl Size {
    /// With the four light squares around it, version 5 is 45 squares wide, 13 is 77, 25 is 125. Two squares stand in
    /// one character, one above the other.
    fn version(self) -> i16 {
        match self {
            Self::Small => 5,
            Self::Medium => 13,
            Self::Large => 25,
        }
    }

    /// Characters in a code of this size.
    pub(super) fn characters(self) -> Result<usize, CliError> {
        characters(Version::Normal(self.version()))
    }
}

/// A code.
pub(super) struct Code {
    dark: Vec<bool>,
    width: usize,
}

impl Code {
    pub(super) fn new(text: &str) -> Result<Self, CliError> {
        // The smallest that holds it in alphanumeric mode alone: qrcode's own choice mixes modes, and not always well.
        let fitting = (1..=40).map(Version::Normal).find(|size| characters(*size).is_ok_and(|most| text.len() <= most));
        let mut bits = Bits::new(fitting.unwrap_or(Version::Normal(40)));
        bits.push_alphanumeric_data(text.as_bytes()).map_err(unshown)?;
        bits.push_terminator(LEVEL).map_err(unshown)?;
        let code = QrCode::with_bits(bits, LEVEL).map_err(unshown)?;
        let width = code.width();
        Ok(Self { dark: code.into_colors().into_iter().map(|square| square == qrcode::Color::Dark).collect(), width })
    }

    /// Squares in a row, with the light ones around.
    pub(super) fn side(&self) -> usize {
        self.width + 2 * QUIET
    }

    pub(super) fn is_dark(&self, x: usize, y: usize) -> bool {
        let inside = |at: usize| at.checked_sub(QUIET).filter(|at| *at < self.width);
        matches!((inside(x), inside(y)), (Some(x), Some(y)) if self.dark[y * self.width + x])
    }

    /// Two squares a character. A terminal that writes light on dark makes light squares with ink; `inked_dark` is for one
    /// that writes dark on light.
    pub(super) fn blocks(&self, inked_dark: bool) -> String {
        let ink = |x: usize, y: usize| y < self.side() && self.is_dark(x, y) == inked_dark;
        let mut out = String::new();
        for y in (0..self.side()).step_by(2) {
            for x in 0..self.side() {
                out.push(match (ink(x, y), ink(x, y + 1)) {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => ' ',
                });
            }
            out.push('\n');
        }
        out
    }
}

/// What a code holds in alphanumeric mode, two characters in eleven bits, after its mode and its length.
fn characters(version: Version) -> Result<usize, CliError> {
    let length = match version {
        Version::Normal(..10) => 9,
        Version::Normal(..27) => 11,
        _ => 13,
    };
    let bits = Bits::new(version).max_len(LEVEL).map_err(unshown)?.saturating_sub(4 + length);
    Ok(bits / 11 * 2 + usize::from(bits % 11 >= 6))
}

fn unshown(error: qrcode::types::QrError) -> CliError {
    CliError::new("carry", format!("the page makes no code: {error}"))
}

/// The lowest level of error correction: a screen is a clean medium, and a page that does not read is shown again.
const LEVEL: EcLevel = EcLevel::L;
const QUIET: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;
    use tuffet_archive::pages;

    #[test]
    fn a_page_fits_the_screen_it_is_for() {
        for (size, characters, columns, lines, bytes) in
            [(Size::Small, 154, 45, 23, 84), (Size::Medium, 619, 77, 39, 394), (Size::Large, 1853, 125, 63, 1217)]
        {
            assert_eq!(size.characters().unwrap(), characters);
            let pages = pages::split(&vec![0xa5; bytes * 3], characters).unwrap();
            assert!(pages.iter().all(|page| page.len() <= characters));
            let full = Code::new(&pages[0]).unwrap();
            assert_eq!((full.side(), full.blocks(false).lines().count()), (columns, lines));
            assert!(full.blocks(false).lines().all(|line| line.chars().count() == columns));
            // Three pages hold three times as much, less the digest, and not a byte more.
            let count = |length: usize| pages::split(&vec![0xa5; length], characters).unwrap().len();
            assert_eq!((count(bytes * 3 - 32), count(bytes * 3 - 31)), (3, 4), "{size:?}");
        }
    }
}
