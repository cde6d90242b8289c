//! TUF metadata as received: strict JSON, canonical bytes, the roles, thresholds, and the byte-exact writer.
