use super::*;
use image::{GenericImageView, Rgb, RgbImage, Rgba, RgbaImage};

fn upload(data: &[u8], filename: &str) -> UploadImage {
    UploadImage { data: STANDARD.encode(data), filename: filename.to_owned(), alt_text: None }
}

/// A file with a picture of two colours: red on the left, blue on the right.
fn file(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let colour = |x: u32| if x < width / 2 { Rgb([250, 0, 0]) } else { Rgb([0, 0, 250]) };
    let picture = DynamicImage::from(RgbImage::from_fn(width, height, |x, _| colour(x)));
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("written");
    bytes.into_inner()
}

/// EXIF that says how the camera was held and where: Orientation 6, a GPS latitude (TIFF 6.0, EXIF 2.32).
fn exif() -> Vec<u8> {
    let mut tiff = b"MM\0\x2a\0\0\0\x08\0\x02".to_vec();
    tiff.extend(b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"); // Orientation: turn to the right
    tiff.extend(b"\x88\x25\0\x04\0\0\0\x01\0\0\0\x26\0\0\0\0"); // GPS, further down
    tiff.extend(b"\0\x01\0\x01\0\x02\0\0\0\x02N\0\0\0\0\0\0\0");
    tiff
}

/// A JPEG with this EXIF behind its first marker.
fn photo(width: u32, height: u32) -> Vec<u8> {
    let plain = file(width, height, ImageFormat::Jpeg);
    let mut body = b"Exif\0\0".to_vec();
    body.extend(exif());
    let mut bytes = plain[..2].to_vec();
    bytes.extend([0xff, 0xe1]);
    bytes.extend(u16::try_from(body.len() + 2).expect("short").to_be_bytes());
    bytes.extend(body);
    bytes.extend(&plain[2..]);
    bytes
}

fn seen(picture: &Picture) -> DynamicImage {
    image::load_from_memory(&picture.image.bytes).expect("a picture")
}

#[test]
fn believes_the_bytes_and_not_the_name() {
    for (format, name) in [
        (ImageFormat::Png, "evil-name.png"),
        (ImageFormat::Jpeg, "evil-name.jpg"),
        (ImageFormat::WebP, "evil-name.jpg"),
    ] {
        let picture = picture(&upload(&file(40, 20, format), "../../Evil Name.php")).expect("a picture");
        assert_eq!(picture.image.name, name);
        assert_eq!(seen(&picture).dimensions(), (40, 20));
    }
    for no in [b"<svg xmlns=".as_slice(), b"<?php", b"", b"MZ", b"GIF89a....", b"\x89PNG\r\n\x1a\nrest"] {
        assert!(picture(&upload(no, "a.png")).is_err());
    }
}

#[test]
fn takes_out_what_is_not_the_picture_and_turns_it_upright() {
    let bytes = photo(40, 20);
    assert!(bytes.windows(4).any(|four| four == b"Exif"));
    let picture = picture(&upload(&bytes, "a.jpg")).expect("a picture");
    assert!(!picture.image.bytes.windows(4).any(|four| four == b"Exif"));
    let upright = seen(&picture);
    assert_eq!(upright.dimensions(), (20, 40));
    let (top, bottom) = (upright.get_pixel(10, 4), upright.get_pixel(10, 36));
    assert!(top[0] > 200 && bottom[2] > 200, "{top:?} {bottom:?}");
}

#[test]
fn makes_large_ones_smaller_and_keeps_them_clear() {
    let large = picture(&upload(&file(4_000, 1_000, ImageFormat::Jpeg), "a")).expect("a picture");
    assert_eq!(seen(&large).dimensions(), (2_560, 640));
    // What cannot be seen has a colour too; it must not show at the edge.
    let edge =
        RgbaImage::from_fn(3_000, 4, |x, _| if x < 1_500 { Rgba([255, 255, 255, 255]) } else { Rgba([0, 0, 0, 0]) });
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(edge).write_to(&mut bytes, ImageFormat::Png).expect("written");
    let clear = seen(&picture(&upload(bytes.get_ref(), "a")).expect("a picture"));
    let grey = clear.pixels().find(|(_, _, pixel)| pixel[3] > 30 && pixel[0] < 200);
    assert_eq!((clear.width(), grey), (2_560, None));
    assert_eq!(clear.get_pixel(2_500, 1)[3], 0);
}

#[test]
fn asks_for_the_pixels_before_it_unpacks_them() {
    // The head of a picture of 20,000 × 20,000 pixels, and nothing behind it.
    let mut head = file(8, 8, ImageFormat::Png);
    head[16..20].copy_from_slice(&20_000_u32.to_be_bytes());
    head[20..24].copy_from_slice(&20_000_u32.to_be_bytes());
    let sum = crc(&head[12..29]);
    head[29..33].copy_from_slice(&sum.to_be_bytes());
    let begun = std::time::Instant::now();
    let no = picture(&upload(&head, "a.png")).expect_err("too large");
    assert!(no.contains("20000 × 20000"), "{no}");
    assert!(begun.elapsed() < Duration::from_secs(1));
}

/// CRC-32 of a PNG's chunk (ISO 3309).
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 })
    })
}

#[test]
fn refuses_what_is_too_large_or_no_base64() {
    let mut large = b"\x89PNG\r\n\x1a\n".to_vec();
    large.resize(MAX + 1, 0);
    assert!(picture(&upload(&large, "a")).expect_err("too large").contains("8 MB"));
    let broken = UploadImage { data: "%%%".to_owned(), filename: "a".to_owned(), alt_text: None };
    assert!(picture(&broken).expect_err("no base64").contains("base64"));
}

/// Each that waits holds its bytes in memory.
#[tokio::test]
async fn only_a_few_wait_for_their_turn() {
    let _all = ROOM.try_acquire_many(8).expect("nobody waits here");
    let refused = develop(upload(&photo(4, 4), "a.jpg")).await.expect_err("nobody waits in front of the door");
    assert!(refused.say.contains("Too many pictures"), "{}", refused.say);
}
