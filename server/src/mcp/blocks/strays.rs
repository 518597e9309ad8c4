//! What does not stand in line with the text: pictures, which hang below the block they came in, and raw HTML, of which
//! only the words stay.

use super::text;
use super::writer::{Open, Writer};
use pulldown_cmark::{Event, TagEnd};

impl Writer {
    /// Pictures and raw HTML take their content in themselves.
    pub(super) fn collect(&mut self, event: &Event<'_>) -> bool {
        match (self.open.last_mut(), event) {
            (Some(Open::Picture { .. }), Event::End(TagEnd::Image)) => false,
            (Some(Open::Picture { alt, .. }), Event::Text(text) | Event::Code(text)) => {
                alt.push_str(text);
                true
            }
            (Some(Open::Picture { alt, .. }), Event::SoftBreak | Event::HardBreak) => {
                alt.push(' ');
                true
            }
            (Some(Open::Html(_)), Event::End(TagEnd::HtmlBlock)) => false,
            (Some(Open::Html(html)), Event::Html(more) | Event::Text(more) | Event::InlineHtml(more)) => {
                html.push_str(more);
                true
            }
            _ => false,
        }
    }

    /// The words of raw HTML, a paragraph each line.
    pub(super) fn paragraphs(&mut self, html: &str) {
        for line in text::lines(html) {
            self.open_block("<!-- wp:paragraph -->\n<p>", "</p>\n<!-- /wp:paragraph -->");
            self.say(&text::escape(&line));
            self.close_last();
        }
    }

    /// Pictures stand below the block they came in.
    pub(super) fn hang_pictures(&mut self) {
        for (address, alt) in std::mem::take(&mut self.pictures) {
            let alt = text::attribute(&alt);
            self.block(&format!(
                "<!-- wp:image -->\n<figure class=\"wp-block-image\"><img src=\"{address}\" alt=\"{alt}\"/></figure>\n<!-- /wp:image -->"
            ));
        }
    }
}
