//! R22: the bytes to sign, canonicalised twice.

use super::*;

fn refused(targets: impl FnOnce(&mut Object)) -> String {
    let mut value = state().targets.value();
    targets(&mut value);
    let proposed = Proposed::<Targets>::new(value.into(), &Limits::default()).unwrap();
    payload(&proposed).unwrap_err().to_string()
}

const FIX: &str = "and clients that use the other would refuse the file (R22): use plain ASCII there";

#[test]
fn r22_where_both_agree_the_payload_is_the_canonical_form() {
    let draft = next(&[replace(1, "@dave", 5), set("b/ünïcode\n\"\\", b"x")]);
    let root = draft.root.unwrap();
    assert_eq!(payload(&root).unwrap(), root.payload());
    // The two names `a` and `b/…` do not continue each other, and the text is NFC.
    let targets = draft.targets.unwrap();
    assert_eq!(payload(&targets).unwrap(), tuffet_metadata::json::canonical(targets.value()));
}

#[test]
fn r22_names_the_other_sorts_differently_are_refused() {
    for (one, two, shown) in [
        ("foo", "foo bar", "`foo` and `foo bar`"),
        ("foo", "foo!", "`foo` and `foo!`"),
        ("x\"", "x#", r#"`x\"` and `x#`"#),
    ] {
        let text = refused(|targets| {
            let entry = inside(targets, &["targets"])["a"].clone();
            inside(targets, &["targets"]).extend([one, two].map(|name| (name.to_owned(), entry.clone())));
        });
        let place = "signed.targets: two canonicalisers disagree about the order of";
        assert_eq!(text, format!("{place} {shown}, {FIX}"));
    }
}

#[test]
fn r22_text_that_is_not_nfc_is_refused() {
    let text = refused(|targets| drop(targets.insert("x-note".into(), "e\u{301}".into())));
    let shown = "the text `e\u{301}`";
    let escaped = format!("the text `{}`", "e\u{301}".escape_debug());
    assert_eq!(shown, escaped, "a combining letter after another is shown as it is");
    assert_eq!(text, format!("signed.x-note: two canonicalisers disagree about {shown}, {FIX}"));
    // A name is text too, and stands in its own path.
    let text = refused(|targets| drop(targets.insert("x-e\u{301}".into(), parse("[1]"))));
    assert_eq!(text, format!("signed.x-e\u{301}: two canonicalisers disagree about the text `x-e\u{301}`, {FIX}"));
    let text = refused(|targets| drop(targets.insert("x-list".into(), parse("[1,[\"e\u{301}\"]]"))));
    assert_eq!(text, format!("signed.x-list[1][0]: two canonicalisers disagree about {shown}, {FIX}"));
}

#[test]
fn r22_numbers_and_control_characters_agree() {
    let mut value = state().targets.value();
    let text = r#"[0,-1,9007199254740993,18446744073709551615,-9223372036854775808,true,null,"\u0000\n\u001f\u007f"]"#;
    value.insert("x-all".into(), parse(text));
    let proposed = Proposed::<Targets>::new(value.into(), &Limits::default()).unwrap();
    assert_eq!(payload(&proposed).unwrap(), proposed.payload());
}
