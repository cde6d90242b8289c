//! Ceremonies: plan, enrolment, signatures on separate machines, and a transcript a stranger can replay.
