//! Twins of a repository made here: 3 of 5 keyholders, one online key, one delegation, three roots.

mod original;
mod revoke;
mod rows;
mod thieves;
mod twins;
