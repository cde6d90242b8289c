//! Proposes the next version of TUF metadata: changes, drafts, rules, payloads, assembled bytes.
