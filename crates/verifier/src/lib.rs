//! The TUF client workflow as a state machine over bytes and a time.
