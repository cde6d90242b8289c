//! Private keys: encrypted key files and hardware tokens, behind the Sign trait.
