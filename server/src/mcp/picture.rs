//! Pictures from the model: base64, checked by their first bytes instead of by what they are called.

use super::arguments::{UploadImage, line};
use crate::systems::wordpress::Image;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

/// Largest picture, bytes.
const MAX: usize = 8_000_000;

/// A picture that may be sent on, or the sentence why not.
pub(super) fn picture(arguments: &UploadImage) -> Result<Image, String> {
    let data = arguments.data.trim();
    let data = if data.starts_with("data:") { data.split_once(',').map_or("", |(_, data)| data) } else { data };
    let data: String = data.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let bytes = STANDARD.decode(&data).or_else(|_| STANDARD_NO_PAD.decode(&data));
    let bytes = bytes.map_err(|_| "The data is not base64. Send the picture's bytes in base64.".to_owned())?;
    if bytes.len() > MAX {
        return Err("The picture is larger than 8 MB. Make it smaller.".to_owned());
    }
    let (mime, ending) = kind(&bytes).ok_or("This is no PNG, JPEG, GIF or WebP picture.")?;
    let alt = line(arguments.alt_text.as_deref().unwrap_or_default(), "alternative text", 500)?;
    let name = format!("{}.{ending}", stem(&arguments.filename));
    Ok(Image { name, mime: mime.to_owned(), alt, bytes })
}

/// Type and ending by the first bytes: PNG (RFC 2083), JPEG (ITU T.81), GIF87a/89a, WebP (RIFF container, RFC 9649).
fn kind(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    match bytes {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some(("image/png", "png")),
        [0xff, 0xd8, 0xff, ..] => Some(("image/jpeg", "jpg")),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(("image/gif", "gif")),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(("image/webp", "webp")),
        _ => None,
    }
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
mod tests {
    use super::*;

    fn upload(data: &[u8], filename: &str) -> UploadImage {
        UploadImage { data: STANDARD.encode(data), filename: filename.to_owned(), alt_text: None }
    }

    #[test]
    fn believes_the_bytes_and_not_the_name() {
        let png = b"\x89PNG\r\n\x1a\nrest";
        let image = picture(&upload(png, "../../Evil Name.php")).expect("a picture");
        assert_eq!((image.name.as_str(), image.mime.as_str()), ("evil-name.png", "image/png"));
        for (bytes, name) in [
            (b"\xff\xd8\xff\xe0".as_slice(), "picture.jpg"),
            (b"GIF89a....", "picture.gif"),
            (b"RIFF....WEBPVP8 ", "picture.webp"),
        ] {
            assert_eq!(picture(&upload(bytes, "***")).expect("a picture").name, name);
        }
        for no in [b"<svg xmlns=".as_slice(), b"<?php", b"", b"MZ"] {
            assert!(picture(&upload(no, "a.png")).is_err());
        }
    }

    #[test]
    fn refuses_what_is_too_large_or_no_base64() {
        let mut large = b"\x89PNG\r\n\x1a\n".to_vec();
        large.resize(MAX + 1, 0);
        assert!(picture(&upload(&large, "a")).expect_err("too large").contains("8 MB"));
        let broken = UploadImage { data: "%%%".to_owned(), filename: "a".to_owned(), alt_text: None };
        assert!(picture(&broken).expect_err("no base64").contains("base64"));
    }
}
