//! A camera before a screen: from the characters a terminal shows to the pixels of a picture.

use image::codecs::jpeg::JpegEncoder;
use image::{GrayImage, Luma, imageops};
use std::fs;
use std::path::{Path, PathBuf};

/// A picture, and how it is kept.
pub(crate) struct Photo {
    pub(crate) name: String,
    pub(crate) columns: usize,
    pub(crate) picture: GrayImage,
    pub(crate) quality: Option<u8>,
}

impl Photo {
    pub(crate) fn of(picture: GrayImage) -> Self {
        Self { name: String::new(), columns: 0, picture, quality: None }
    }

    pub(crate) fn jpeg(self, quality: u8) -> Self {
        Self { quality: Some(quality), ..self }
    }
}

/// A picture of each page on a screen. A character is 6 by 12 pixels; a terminal that is not `light` has ink that shines.
pub(crate) fn photographs(screen: &str, light: bool) -> Vec<Photo> {
    let of_code = |line: &&str| !line.is_empty() && line.chars().all(|c| " ▀▄█".contains(c));
    let mut pages: Vec<Vec<&str>> = vec![Vec::new()];
    for line in screen.lines() {
        match (of_code(&line), pages.last_mut()) {
            (true, Some(page)) => page.push(line),
            (false, Some(page)) if !page.is_empty() => pages.push(Vec::new()),
            _ => {}
        }
    }
    pages.retain(|page| !page.is_empty());
    pages.iter().enumerate().map(|(at, page)| photograph(at, page, light)).collect()
}

fn photograph(at: usize, page: &[&str], light: bool) -> Photo {
    let rows: Vec<Vec<char>> = page.iter().map(|line| line.chars().collect()).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap();
    let (ink, paper) = if light { (20, 235) } else { (235, 20) };
    // What is around the code on the screen is paper.
    let margin = 30;
    let picture = GrayImage::from_fn(columns as u32 * 6 + 2 * margin, rows.len() as u32 * 12 + 2 * margin, |x, y| {
        let place = (x.checked_sub(margin).map(|x| x / 6), y.checked_sub(margin));
        let (Some(column), Some(y)) = place else { return Luma([paper]) };
        let character = rows.get(y as usize / 12).and_then(|row| row.get(column as usize)).copied().unwrap_or(' ');
        let upper = y % 12 < 6;
        let inked = matches!((character, upper), ('█', _) | ('▀', true) | ('▄', false));
        Luma([if inked { ink } else { paper }])
    });
    Photo { name: format!("photo-{columns}-{light}-{at}"), columns, picture, quality: None }
}

/// What a camera makes of a picture: smaller, unevenly lit, with noise that is the same in every run.
pub(crate) fn photographed(picture: &GrayImage, seed: usize) -> GrayImage {
    let side = picture.width() * 3 / 4;
    let mut taken = imageops::resize(picture, side, side, imageops::FilterType::Triangle);
    let mut state = 0x9e37_79b9_7f4a_7c15u64 ^ (seed as u64 + 1);
    for (x, y, pixel) in taken.enumerate_pixels_mut() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let noise = (state % 61) as i32 - 30;
        let light = 30 - (x + y) as i32 * 60 / (2 * side as i32);
        let value = 30 + i32::from(pixel.0[0]) * 190 / 255 + light + noise;
        pixel.0[0] = value.clamp(0, 255) as u8;
    }
    taken
}

/// Writes the picture as a PNG, or as a JPEG.
pub(crate) fn save(folder: &Path, photo: &Photo) -> PathBuf {
    let path = folder.join(format!("{}.{}", photo.name, if photo.quality.is_some() { "jpg" } else { "png" }));
    match photo.quality {
        None => photo.picture.save(&path).unwrap(),
        Some(quality) => {
            let mut bytes = Vec::new();
            JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(&photo.picture).unwrap();
            fs::write(&path, bytes).unwrap();
        }
    }
    path
}
