//! Files as they are served, and targets: L34 to L48.

lints! {
    MISSING_HASH_COPY = "L34" "missing-hash-copy", Error "R7":
        "a target lies under each of its hashes",
        since "2022-10: consistent snapshots with sha256 and sha512, and copies for one of them";
        "publish the copy, or list one hash only"
    MISSING_TARGET = "L35" "missing-target", Error "R7":
        "every target that is listed is served";
        "publish the file under its hash, or take the target out"
    TARGET_DIFFERS = "L36" "target-differs", Error "C59":
        "a target file has the length and the hashes its role lists",
        since "2023-01: a checkout on Windows changed line ends, and with them hashes";
        "publish the bytes that were hashed; check line ends and text filters on the way"
    MISSING_ROOT = "L37" "missing-root", Error "R4":
        "every root from 1 on is served for ever";
        "publish it again, byte for byte"
    MISSING_METADATA = "L38" "missing-metadata", Error "F25":
        "every file that timestamp and snapshot ask for is served",
        since "2022-04: files and the snapshot that lists them were uploaded in the wrong order";
        "publish the file; upload timestamp.json last"
    FILE_LAYOUT = "L39" "file-layout", Note "R22":
        "a file is laid out as other tools write it, so that each of them gives the same bytes",
        since "2022-06 and 2024-09: writing published files again changed their bytes";
        "leave a published file as it is; write the next one with sorted members, indented by one, no last newline"
    NEAR_LIMIT = "L40" "near-limit", Warning "TR8":
        "no file comes near the sizes clients accept";
        "split the role by delegation before clients refuse it"
    ROOTS_BEHIND = "L41" "roots-behind", Warning "TR8":
        "the newest root is at most 32 roots after the oldest that clients pin";
        "ship newer pins: clients with a limit of 32 need more than one run"
    NO_LENGTH = "L42" "no-length", Warning "C59":
        "every target has a length",
        since "2022-07: a tool left the length of an empty file out, and another failed on it";
        "write the length"
    EMPTY_TARGET = "L43" "empty-target", Warning "C59":
        "no target is empty",
        since "2022-07: an empty target broke a client; revocation 1, snapshot 38 and timestamp 38 were published again \
               with other content";
        "give it content: a line of text is enough"
    NESTED_TARGET = "L44" "nested-target", Warning "TR8":
        "a target's path has no folder: old clients store targets flat",
        since "2022-10: root 5 of Sigstore was signed ten of ten and given up, because targets in folders broke a \
               client's cache";
        "put it at the top, unless every client that reads it stores folders"
    UNSAFE_TARGET_NAME = "L45" "unsafe-target-name", Error "C62":
        "a target's path is a file's name on every system and in every URL";
        "use letters, digits, `.`, `_` and `-`"
    COLLIDING_NAMES = "L46" "colliding-names", Warning "C62":
        "no two targets are one file on systems that ignore case";
        "rename one of them"
    CANONICALISERS_DISAGREE = "L47" "canonicalisers-disagree", Error "R22":
        "every client makes the same bytes to verify of a file";
        "use plain ASCII, and no name that continues another with a space"
    CRLF = "L48" "crlf", Warning "C59":
        "a target that is text has line ends of one character",
        since "2023-01: `autocrlf` changed files after they were hashed; the remedy then hid differences from reviewers";
        "hash the file with LF line ends, and switch text filters off"
}
