//! Whatever a name is, it stays one.

use super::{facts, page};
use crate::{Html, escaped};
use proptest::prelude::*;

/// The markup of a page: its tags with the names of their attributes, and nothing of what they hold. Written for what `Html`
/// writes: every value stands in double quotes.
fn markup(page: &str) -> Vec<String> {
    let (mut out, mut rest) = (Vec::new(), page);
    while let Some(start) = rest.find('<') {
        let tag = &rest[start..];
        let (mut quoted, mut name) = (false, String::new());
        let mut end = tag.len();
        for (at, c) in tag.char_indices() {
            match c {
                '"' => quoted = !quoted,
                '>' if !quoted => {
                    end = at + 1;
                    break;
                }
                c if !quoted => name.push(c),
                _ => {}
            }
        }
        // A digest has as many groups as it is long.
        if name == "</span" && out.last().is_some_and(|last| last == "<span") {
            out.pop();
        } else {
            out.push(name);
        }
        rest = &tag[end..];
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn text_of_any_fact_never_becomes_markup(text in any::<String>(), marked in "[<>\"'&a=/ !-]{0,12}") {
        let benign = markup(&page(&facts("a")));
        for hostile in [text, marked] {
            prop_assert_eq!(&markup(&page(&facts(&hostile))), &benign);
        }
    }
}

#[test]
fn known_tricks_stay_text() {
    let benign = markup(&page(&facts("a")));
    assert!(benign.len() > 500, "there is markup to compare: {}", benign.len());
    for hostile in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "</title></style></svg><style>*{display:none}</style>",
        "<!--",
        "]]>",
        "javascript:alert(1)//",
        "&lt;script&gt;",
        "\u{202e}txet dettolp",
        "a\u{0}b\u{7}\n\r\t",
    ] {
        let hostile = page(&facts(hostile));
        assert_eq!(markup(&hostile), benign, "{hostile}");
        assert!(!hostile.contains('\u{202e}') && !hostile.contains('\u{0}'));
        assert!(!hostile.contains("href=\"javascript"), "no text is an address that runs something");
    }
}

#[test]
fn what_people_wrote_stays_text() {
    assert_eq!(escaped("<b>&\"\u{202e}"), "&lt;b&gt;&amp;&quot;\\u{202e}");
    let mut html = Html::default();
    html.with("a", &[("title", "\" x=\"")], |html| {
        html.text("<");
    });
    assert_eq!(html.into_text(), "<a title=\"&quot; x=&quot;\">&lt;</a>");
}
