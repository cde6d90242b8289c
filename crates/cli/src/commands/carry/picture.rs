//! Codes in pictures, written and read.

use super::code::Code;
use crate::CliError;
use image::{DynamicImage, GrayImage, ImageFormat, ImageReader, Limits, Luma, imageops};
use std::io::Cursor;

/// A code as a PNG: eight pixels a square.
pub(super) fn draw(code: &Code) -> Result<Vec<u8>, CliError> {
    let side = u32::try_from(code.side()).unwrap_or(0) * SQUARE;
    let at = |pixel: u32| usize::try_from(pixel / SQUARE).unwrap_or(0);
    let picture = GrayImage::from_fn(side, side, |x, y| Luma([if code.is_dark(at(x), at(y)) { 0 } else { 255 }]));
    let mut out = Vec::new();
    picture
        .write_to(&mut Cursor::new(&mut out), ImageFormat::Png)
        .map_err(|e| CliError::new("pages", format!("the picture cannot be written: {e}")))?;
    Ok(out)
}

/// The texts of the codes in a picture.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<String>, CliError> {
    let refuse = |problem: String| CliError::new("pages", problem);
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|e| refuse(e.to_string()))?;
    if !matches!(reader.format(), Some(ImageFormat::Png | ImageFormat::Jpeg)) {
        return Err(refuse("expected a picture, PNG or JPEG, found another file".into()));
    }
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(LARGEST), Some(LARGEST));
    limits.max_alloc = Some(512 << 20);
    reader.limits(limits);
    let picture = reader.decode().map_err(|e| refuse(format!("the picture does not read: {e}")))?;
    let mut texts: Vec<String> = Vec::new();
    let mut seen = 0;
    for variant in variants(&picture.into_luma8()) {
        let (codes, found) = codes(variant);
        seen = seen.max(codes);
        texts.extend(found.into_iter().filter(|text| !texts.contains(text)).collect::<Vec<_>>());
        if seen > 0 && texts.len() >= seen {
            return Ok(texts);
        }
    }
    match (texts.is_empty(), seen) {
        (false, _) => Ok(texts),
        (true, 0) => Err(refuse("expected a code in the picture, found none".into()).hint(AGAIN)),
        (true, _) => Err(refuse("the code in the picture is damaged".into()).hint(AGAIN)),
    }
}

/// The picture, and what may make a code in it easier to read: turned (the reader goes by rows), of another size, less
/// grainy, inverted.
fn variants(picture: &GrayImage) -> impl Iterator<Item = GrayImage> {
    let (width, height) = picture.dimensions();
    let scaled = move |percent: u32| {
        let side = |side: u32| (u64::from(side) * u64::from(percent) / 100).clamp(1, u64::from(LARGEST));
        let [width, height] = [width, height].map(|of| u32::try_from(side(of)).unwrap_or(1));
        imageops::resize(picture, width, height, imageops::FilterType::Triangle)
    };
    let larger = if width.max(height) < 1_500 { 200 } else { 35 };
    let steps: [Box<dyn Fn() -> GrayImage + '_>; 8] = [
        Box::new(|| picture.clone()),
        Box::new(|| imageops::rotate90(picture)),
        Box::new(|| imageops::rotate180(picture)),
        Box::new(move || scaled(larger)),
        Box::new(move || scaled(70)),
        Box::new(move || imageops::rotate90(&scaled(130))),
        Box::new(|| DynamicImage::from(picture.clone()).blur(1.5).into_luma8()),
        Box::new(|| {
            let mut inverted = picture.clone();
            imageops::invert(&mut inverted);
            inverted
        }),
    ];
    steps.into_iter().map(|step| step())
}

/// How many codes there are, and the texts of those that read.
fn codes(picture: GrayImage) -> (usize, Vec<String>) {
    let (width, height) = picture.dimensions();
    let (Ok(width), Ok(height)) = (usize::try_from(width), usize::try_from(height)) else { return (0, Vec::new()) };
    let pixels = picture.into_raw();
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| pixels[y * width + x]);
    let grids = prepared.detect_grids();
    let texts = grids.iter().filter_map(|grid| grid.decode().ok().map(|(_, text)| text)).collect();
    (grids.len(), texts)
}

const SQUARE: u32 = 8;
const LARGEST: u32 = 16_384;
const AGAIN: &str = "take the picture again: the whole code, from straight before it, without a reflection";
