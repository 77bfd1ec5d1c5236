//! The prose of a procedure as HTML. Markdown of the desk's own people, but HTML in it is shown as text all the same.

use maud::{Markup, PreEscaped};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html::push_html};

/// Renders Markdown; links lead to the web or into the desk, nowhere else.
pub(super) fn markup(text: &str) -> Markup {
    let mut out = String::new();
    push_html(&mut out, Parser::new_ext(text, Options::ENABLE_TABLES).map(shown));
    PreEscaped(out)
}

/// HTML becomes text, a picture its description, and an address elsewhere none.
fn shown(event: Event<'_>) -> Event<'_> {
    let safe = |to: &str| to.starts_with("https://") || to.starts_with('/') || to.starts_with('#');
    match event {
        Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) if !safe(&dest_url) => {
            Event::Start(Tag::Link { link_type, dest_url: "#".into(), title, id })
        }
        Event::Start(Tag::Image { link_type, title, id, .. }) => {
            Event::Start(Tag::Link { link_type, dest_url: "#".into(), title, id })
        }
        Event::End(TagEnd::Image) => Event::End(TagEnd::Link),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_shown_as_text_and_links_stay_safe() {
        let out = |text: &str| markup(text).into_string();
        assert_eq!(out("a **b**"), "<p>a <strong>b</strong></p>\n");
        assert!(!out("<script>x</script>").contains("<script"));
        assert!(!out("a <b onclick=x>c</b>").contains("<b onclick"));
        assert!(out("[a](javascript:x)").contains("href=\"#\""));
        assert!(out("[a](https://example.jp/)").contains("href=\"https://example.jp/\""));
        assert!(!out("![a](https://example.jp/x.png)").contains("<img"));
    }
}
