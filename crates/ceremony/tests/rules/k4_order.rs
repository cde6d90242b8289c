//! K4: the same plan and the same signatures give the same bytes, in whatever order they come.

use crate::table::{Laid, NAMES, drafted};

const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

fn run(order: [usize; 3], at_once: bool) -> Laid {
    let laid = drafted();
    let files = order.map(|i| laid.signed_by(NAMES[i]));
    if at_once {
        laid.assemble(&files.concat()).unwrap();
    } else {
        for file in &files {
            laid.assemble(file).unwrap();
        }
    }
    laid.close();
    laid
}

/// The actions in the transcript, sorted: all that its order does not say.
fn actions(laid: &Laid) -> Vec<String> {
    let transcript = laid.open().transcript().unwrap();
    let line = |e: &tuffet_ceremony::Entry| format!("{:?} {:?} {}", e.action, e.files, e.time);
    let mut lines: Vec<String> = transcript.entries().iter().map(line).collect();
    lines.sort();
    lines
}

#[test]
fn k4_every_order_of_three_signatures_gives_the_same_files() {
    let mut expected = None;
    for order in ORDERS {
        for at_once in [true, false] {
            let laid = run(order, at_once);
            let mut tree = laid.tree();
            tree.remove("transcript.jsonl");
            let found = (tree, actions(&laid));
            let expected = expected.get_or_insert_with(|| found.clone());
            assert_eq!(*expected, found, "{order:?} {at_once}");
        }
    }
}

#[test]
fn k4_the_same_order_gives_the_same_transcript() {
    let (one, other) = (run(ORDERS[3], true), run(ORDERS[3], true));
    assert_eq!(one.tree(), other.tree());
}

#[test]
fn k4_an_assembled_file_that_was_edited_is_refused() {
    let laid = crate::table::closed();
    let before = laid.get("assembled/root.json");
    laid.edit("assembled/root.json", "\"signatures\"", " \"signatures\"");
    assert_eq!(
        crate::table::text(tuffet_ceremony::Replay::run(laid.path())),
        format!(
            "assembled/root.json: expected SHA-256 {}, found {} (K3)",
            crate::table::hash(&before),
            crate::table::hash(&laid.get("assembled/root.json"))
        )
    );
}
