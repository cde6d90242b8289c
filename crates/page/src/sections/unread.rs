//! What could not be read. A damaged record does not stop the page, and is not hidden by it.

use super::Section;
use crate::Facts;

pub(super) fn section(facts: &Facts) -> Option<Section> {
    if facts.unread.is_empty() {
        return None;
    }
    Some(Section::new("#unread", "What could not be read", "Not read", |html| {
        html.leaf("p", "", "This page is not whole: the following was there and could not be read, or does not hold.");
        html.class("ul", "unread", |html| {
            for unread in &facts.unread {
                html.class("li", "", |html| {
                    html.class("strong", "", |html| {
                        html.name(&unread.what);
                    });
                    html.text(": ").name(&unread.problem);
                });
            }
        });
    }))
}
