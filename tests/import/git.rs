//! From a git remote: one commit, byte for byte.
