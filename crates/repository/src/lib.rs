//! The only writer of a TUF repository: layout, staging, order of publication, read-back by two clients.
