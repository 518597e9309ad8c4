//! Pictures from the model: base64, judged by their bytes instead of by what they are called, and written anew, so that
//! nothing is in them but the picture: no place where it was taken, no camera, no words. How many pixels one has is asked
//! before it is unpacked, and only one is unpacked at a time: a small file can hold more than the machine has memory.

use super::answer::Refusal;
use super::arguments::{UploadImage, line};
use super::call::trouble;
use crate::systems::wordpress::Image;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use fast_image_resize::Resizer;
use image::codecs::{jpeg::JpegEncoder, png::PngDecoder, png::PngEncoder, webp::WebPDecoder};
use image::{DynamicImage, ImageDecoder, ImageEncoder, ImageFormat, ImageReader, ImageResult, Limits};
use sha2::{Digest, Sha256};
use std::io::Cursor;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Largest picture, bytes.
const MAX: usize = 8_000_000;
/// Most pixels: 100 MB of memory, and as much again while it is made smaller.
const MAX_PIXELS: u64 = 25_000_000;
/// Longest side of what is sent on: what WordPress itself makes of larger ones (`big_image_size_threshold`).
const SIDE: u32 = 2_560;
/// Quality of a JPEG, of 100.
const QUALITY: u8 = 85;
/// Largest colour profile that is carried over, bytes.
const MAX_PROFILE: usize = 64 * 1024;

/// One picture is unpacked at a time.
static TURN: Semaphore = Semaphore::const_new(1);
/// How many wait for theirs: each holds its bytes in memory, 11 MB of base64 at most.
static ROOM: Semaphore = Semaphore::const_new(8);
/// How long a picture waits for its turn.
const PATIENCE: Duration = Duration::from_secs(20);

/// A picture that may be sent on.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) image: Image,
    /// Hash of the bytes that came, by which it is known again.
    pub(super) sum: String,
}

/// Takes a picture in, or says why not.
pub(super) async fn develop(arguments: UploadImage) -> Result<Picture, Refusal> {
    let full = || Refusal::new("Too many pictures come at once. Send this one again in a minute.", "pictures wait");
    let _place = ROOM.try_acquire().map_err(|_| full())?;
    let Ok(Ok(turn)) = tokio::time::timeout(PATIENCE, TURN.acquire()).await else { return Err(full()) };
    // The turn goes along: who gives up waiting does not end the work.
    let work = move || {
        let picture = picture(&arguments);
        drop(turn);
        picture
    };
    let picture = tokio::task::spawn_blocking(work).await.map_err(|error| trouble(&error.into()))?;
    picture.map_err(Refusal::arguments)
}

fn picture(arguments: &UploadImage) -> Result<Picture, String> {
    let data = arguments.data.trim();
    let data = if data.starts_with("data:") { data.split_once(',').map_or("", |(_, data)| data) } else { data };
    let data: String = data.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let bytes = STANDARD.decode(&data).or_else(|_| STANDARD_NO_PAD.decode(&data));
    let bytes = bytes.map_err(|_| "The data is not base64. Send the picture's bytes in base64.".to_owned())?;
    if bytes.len() > MAX {
        return Err("The picture is larger than 8 MB. Make it smaller.".to_owned());
    }
    let alt = line(arguments.alt_text.as_deref().unwrap_or_default(), "alternative text", 500)?;
    let format = kind(&bytes)?;
    let (mime, ending, new) = anew(&bytes, format)?;
    let name = format!("{}.{ending}", stem(&arguments.filename));
    let sum = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Picture { image: Image { name, mime: mime.to_owned(), alt, bytes: new }, sum })
}

/// The kind by the first bytes.
fn kind(bytes: &[u8]) -> Result<ImageFormat, String> {
    let moves = match image::guess_format(bytes) {
        Ok(ImageFormat::Png) => PngDecoder::new(Cursor::new(bytes)).and_then(|png| png.is_apng()),
        Ok(ImageFormat::WebP) => WebPDecoder::new(Cursor::new(bytes)).map(|webp| webp.has_animation()),
        Ok(ImageFormat::Jpeg) => Ok(false),
        _ => return Err("This is no JPEG, PNG or WebP picture.".to_owned()),
    };
    match moves {
        Ok(false) => image::guess_format(bytes).map_err(|_| broken()),
        Ok(true) => Err("This picture moves. Send one that does not, as JPEG, PNG or WebP.".to_owned()),
        Err(_) => Err(broken()),
    }
}

fn broken() -> String {
    "The picture cannot be read. Send it again, or another one.".to_owned()
}

/// The same picture in a file of our own: JPEG for what came as JPEG or WebP, PNG for what came as PNG or is transparent.
fn anew(bytes: &[u8], format: ImageFormat) -> Result<(&'static str, &'static str, Vec<u8>), String> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_PIXELS * 8);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|_| broken())?;
    let (width, height) = decoder.dimensions();
    // Some kinds have 16 bits a colour, so the pixels are not all that counts.
    if u64::from(width) * u64::from(height) > MAX_PIXELS || decoder.total_bytes() > MAX_PIXELS * 4 {
        return Err(format!(
            "The picture has {width} × {height} pixels; at most 25 megapixels are taken. Make it smaller."
        ));
    }
    let turned = decoder.orientation().map_err(|_| broken())?;
    // Its colour space stands in bytes 16 to 19 (ICC.1, 7.2.6); we write RGB.
    let fits = |profile: &Vec<u8>| profile.len() <= MAX_PROFILE && profile.get(16..20) == Some(b"RGB ");
    let profile = decoder.icc_profile().ok().flatten().filter(fits);
    let whole = DynamicImage::from_decoder(decoder).map_err(|_| broken())?;
    let clear = whole.color().has_alpha();
    let whole = if clear { DynamicImage::from(whole.into_rgba8()) } else { DynamicImage::from(whole.into_rgb8()) };
    let mut small = smaller(whole)?;
    small.apply_orientation(turned);
    let mut new = Vec::new();
    let jpeg = !clear && format != ImageFormat::Png;
    let written = if jpeg {
        write(&small, JpegEncoder::new_with_quality(&mut new, QUALITY), profile)
    } else {
        write(&small, PngEncoder::new(&mut new), profile)
    };
    written.map_err(|_| broken())?;
    Ok(if jpeg { ("image/jpeg", "jpg", new) } else { ("image/png", "png", new) })
}

/// Without a profile the colours are those of most screens.
fn write(picture: &DynamicImage, mut encoder: impl ImageEncoder, profile: Option<Vec<u8>>) -> ImageResult<()> {
    if let Some(profile) = profile {
        let _ = encoder.set_icc_profile(profile);
    }
    picture.write_with_encoder(encoder)
}

/// No side longer than [`SIDE`]; small ones stay as they are.
fn smaller(whole: DynamicImage) -> Result<DynamicImage, String> {
    let (width, height) = (whole.width(), whole.height());
    let longest = width.max(height);
    if longest <= SIDE {
        return Ok(whole);
    }
    let fit = |side: u32| u32::try_from(u64::from(side) * u64::from(SIDE) / u64::from(longest)).unwrap_or(SIDE).max(1);
    let mut small = DynamicImage::new(fit(width), fit(height), whole.color());
    Resizer::new().resize(&whole, &mut small, None).map_err(|_| broken())?;
    Ok(small)
}

/// A file name of small letters, digits and hyphens, without ending.
fn stem(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let mut stem = String::new();
    for c in name.chars().take(80) {
        match c.to_ascii_lowercase() {
            c if c.is_ascii_alphanumeric() => stem.push(c),
            _ if !stem.is_empty() && !stem.ends_with('-') => stem.push('-'),
            _ => {}
        }
    }
    let stem = stem.trim_matches('-');
    if stem.is_empty() { "picture".to_owned() } else { stem.to_owned() }
}

#[cfg(test)]
mod tests;
