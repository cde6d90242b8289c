//! Which entry of a new list is which of the old one.

use std::collections::BTreeMap;

/// Two lists side by side.
pub(crate) struct Pairs<'a, T> {
    /// In both, in the order of the new list.
    pub(crate) kept: Vec<(&'a T, &'a T)>,
    /// In the new list alone.
    pub(crate) added: Vec<&'a T>,
    /// In the old list alone.
    pub(crate) removed: Vec<&'a T>,
    /// Whether those in both stand in another order.
    pub(crate) reordered: bool,
}

impl<'a, T: PartialEq> Pairs<'a, T> {
    /// Pairs entries of one identity. Where several share it, equal ones are paired first, the others in their order:
    /// an entry that only moved does not look changed.
    pub(crate) fn new<K: Ord>(old: &'a [T], new: &'a [T], identity: impl Fn(&'a T) -> K) -> Self {
        let mut left: BTreeMap<K, Vec<(usize, &'a T)>> = BTreeMap::new();
        for (at, entry) in old.iter().enumerate() {
            left.entry(identity(entry)).or_default().push((at, entry));
        }
        let mut take = |entry: &'a T, equal: bool| {
            let same = left.get_mut(&identity(entry))?;
            let found = same.iter().position(|(_, other)| !equal || *other == entry)?;
            Some(same.remove(found))
        };
        let equal: Vec<_> = new.iter().map(|entry| take(entry, true)).collect();
        let (mut kept, mut added, mut places) = (Vec::new(), Vec::new(), Vec::new());
        for (entry, equal) in new.iter().zip(equal) {
            match equal.or_else(|| take(entry, false)) {
                Some((at, other)) => {
                    kept.push((other, entry));
                    places.push(at);
                }
                None => added.push(entry),
            }
        }
        let mut removed: Vec<_> = left.into_values().flatten().collect();
        removed.sort_by_key(|(at, _)| *at);
        let removed = removed.into_iter().map(|(_, entry)| entry).collect();
        Self { kept, added, removed, reordered: !places.is_sorted() }
    }
}
