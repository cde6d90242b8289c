//! The team: one to three keyholders, where their keys lie, and how many of them it takes.

use super::Wishes;
use crate::CliError;
use tuffet_signers::KeyUri;

/// Who holds what.
pub(super) struct Team {
    pub(super) holders: Vec<Holder>,
    pub(super) threshold: u64,
    pub(super) online: Holder,
}

/// Somebody with a key.
pub(super) struct Holder {
    /// `@alice`; of the online key the URI that root will name.
    pub(super) owner: String,
    /// `alice`, for files.
    pub(super) stem: String,
    /// Where the key lies, seen from the workspace.
    pub(super) key: String,
    /// Whether it lies in a file.
    pub(super) is_file: bool,
}

impl Team {
    pub(super) fn new(wishes: &Wishes) -> Result<Self, CliError> {
        let holders: Vec<Holder> =
            wishes.keyholders.iter().map(|text| Holder::person(text)).collect::<Result<_, _>>()?;
        let found = holders.len();
        if !(1..=MOST).contains(&found) {
            let message = format!("--keyholder: expected 1 to {MOST} people, found {found}");
            return Err(CliError::usage(message).hint("for more, plan with `tuffet init` and `tuffet plan new`"));
        }
        for (place, holder) in holders.iter().enumerate() {
            if holders.iter().take(place).any(|other| other.stem == holder.stem || other.key == holder.key) {
                let message = format!("--keyholder: expected a name and a key each, found `{}` twice", holder.owner);
                return Err(CliError::usage(message));
            }
        }
        let all = u64::try_from(found).unwrap_or(u64::MAX);
        let threshold = wishes.threshold.unwrap_or(all.min(2));
        if threshold == 0 || threshold > all {
            return Err(CliError::usage(format!("--threshold: expected 1 to {all}, found {threshold}")));
        }
        let (key, is_file) = place(&wishes.online_key)?;
        let online = Holder { owner: wishes.online_key.clone(), stem: "online".to_owned(), key, is_file };
        Ok(Self { holders, threshold, online })
    }

    pub(super) fn names(&self) -> Vec<&str> {
        self.holders.iter().map(|holder| holder.owner.as_str()).collect()
    }

    /// Everybody who gets an invite: the file's stem and the owner.
    pub(super) fn invited(&self) -> impl Iterator<Item = (&str, &str)> {
        self.everybody().map(|holder| (&*holder.stem, &*holder.owner))
    }

    pub(super) fn everybody(&self) -> impl Iterator<Item = &Holder> {
        self.holders.iter().chain([&self.online])
    }

    /// What the number of keyholders and the threshold mean, for people who choose them for the first time.
    pub(super) fn meaning(&self) -> &'static str {
        match (self.threshold, self.holders.len()) {
            (1, 1) => {
                "one keyholder: a copy of this key is all a thief needs, and if it is lost nothing can be renewed: clients \
                 would have to be given another root.json"
            }
            (1, _) => "any one of them signs alone: a lost key is replaced by another, and a stolen one is enough",
            (2, 2) => "nobody signs alone, and one lost key ends it: a third keyholder would make it 2 of 3",
            (2, _) => "one key may be lost or stolen, and the other two go on",
            _ => "all of them sign, and one lost key ends it: 2 of 3 would survive it",
        }
    }
}

impl Holder {
    /// `@alice` or `@alice=piv:9c`.
    fn person(text: &str) -> Result<Self, CliError> {
        let (owner, key) = text.split_once('=').map_or((text, None), |(owner, key)| (owner, Some(key)));
        let stem = owner.strip_prefix('@').unwrap_or_default();
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        // It becomes the name of files, and of the online key there is one already.
        if stem.is_empty() || stem == "online" || !stem.bytes().all(plain) {
            let found = owner.escape_debug();
            let message =
                format!("--keyholder: expected @ and letters, digits, hyphens or underscores, found `{found}`");
            return Err(CliError::usage(message).hint("such as @alice, or @alice=piv:9c for a key on a YubiKey"));
        }
        let file = format!("file:{stem}.pem");
        let (key, is_file) = place(key.unwrap_or(&file))?;
        Ok(Self { owner: owner.to_owned(), stem: stem.to_owned(), key, is_file })
    }
}

/// A key file lies beside the workspace, never in it: the folder is what gets copied and served.
fn place(text: &str) -> Result<(String, bool), CliError> {
    let uri: KeyUri = text.parse()?;
    Ok(match uri {
        KeyUri::File(path) if path.is_relative() => (format!("file:../{}", path.display()), true),
        KeyUri::File(_) => (text.to_owned(), true),
        _ => (text.to_owned(), false),
    })
}

const MOST: usize = 3;
