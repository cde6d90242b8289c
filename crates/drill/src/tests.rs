//! Twins of a repository made here: 3 of 5 keyholders, one online key, one delegation, three roots.

pub(crate) mod original;
mod revoke;
mod rows;
mod thieves;
mod twins;
