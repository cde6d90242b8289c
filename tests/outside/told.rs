//! What others hear of a watch: metrics, a calendar, a webhook.

use crate::server::Server;
use crate::watch::look;
use crate::{AT, golden, text};
use std::collections::BTreeMap;
use std::fs;

/// A sample of the text format: its labels, its value.
type Sample = (BTreeMap<String, String>, f64);

/// Reads the text format strictly: HELP and TYPE before samples, names of letters, labels quoted and escaped.
fn parsed(page: &str) -> BTreeMap<String, Vec<Sample>> {
    assert!(page.ends_with('\n'));
    let mut families: BTreeMap<String, Vec<Sample>> = BTreeMap::new();
    let mut helped = String::new();
    for line in page.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').unwrap();
            assert!(!help.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{line}");
            helped = name.to_owned();
            continue;
        }
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            assert_eq!(rest, format!("{helped} gauge"));
            assert!(families.insert(helped.clone(), Vec::new()).is_none(), "{line}: twice");
            continue;
        }
        let (head, value) = line.rsplit_once(' ').unwrap();
        let (name, labels) = match head.split_once('{') {
            Some((name, rest)) => (name, labels(rest.strip_suffix('}').unwrap())),
            None => (head, BTreeMap::new()),
        };
        assert_eq!(name, helped, "{line}");
        families.get_mut(name).unwrap().push((labels, value.parse().unwrap()));
    }
    families
}

fn labels(text: &str) -> BTreeMap<String, String> {
    let (mut out, mut chars) = (BTreeMap::new(), text.chars().peekable());
    while chars.peek().is_some() {
        let name: String = chars.by_ref().take_while(|c| *c != '=').collect();
        assert_eq!(chars.next(), Some('"'));
        let mut value = String::new();
        loop {
            match chars.next().unwrap() {
                '"' => break,
                '\\' => value.push(match chars.next().unwrap() {
                    'n' => '\n',
                    c @ ('\\' | '"') => c,
                    c => panic!("\\{c} in {text}"),
                }),
                c => value.push(c),
            }
        }
        assert!(out.insert(name, value).is_none());
        assert!(matches!(chars.next(), None | Some(',')));
    }
    out
}

#[test]
fn metrics_are_what_prometheus_reads() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("watch.prom");
    let server = Server::over(&golden());
    server.ways().absent = 403;
    let url = server.url();
    let more = ["--prometheus", &text(&file)];
    look(dir.path(), AT, &[&url, "http://127.0.0.1:1/"], &more).done();
    let metrics = parsed(&fs::read_to_string(&file).unwrap());
    let one = |name: &str, label: &str, value: &str| {
        let found: Vec<f64> = metrics[name].iter().filter(|(l, _)| l[label] == value).map(|(_, v)| *v).collect();
        assert_eq!(found.len(), 1, "{name}: {:?}", metrics[name]);
        found[0]
    };
    assert_eq!(one("tuffet_watch_up", "url", &url), 1.0);
    assert_eq!(one("tuffet_watch_up", "url", "http://127.0.0.1:1/"), 0.0);
    assert_eq!(one("tuffet_watch_accepted", "url", &url), 1.0);
    assert_eq!(one("tuffet_watch_role_version", "role", "root"), 2.0);
    assert_eq!(one("tuffet_watch_alarms", "severity", "warning"), 2.0);
    assert_eq!(one("tuffet_watch_alarm", "id", "W12"), 1.0);
    let expires = tuffet_metadata::parse_time("2027-03-08T10:00:00Z").unwrap().timestamp() as f64;
    assert_eq!(metrics["tuffet_watch_role_expiry_timestamp_seconds"].len(), 4);
    assert!(metrics["tuffet_watch_role_expiry_timestamp_seconds"].iter().any(|(_, v)| *v == expires), "{metrics:#?}");
    // Again over the file, and to the terminal; not together with JSON.
    look(dir.path(), AT, &[&url], &more).done();
    let said = look(dir.path(), AT, &[&url], &["--prometheus", "-"]).done();
    assert_eq!(parsed(&said.stdout)["tuffet_watch_up"].len(), 1);
    let said = look(dir.path(), AT, &[&url], &["--prometheus", "-", "--json"]);
    let text = "tuffet: error: expected --prometheus - or --json, found both\n";
    assert_eq!((said.code, said.stderr.as_str()), (2, text));
}

#[test]
fn r18_the_calendar_has_the_next_ceremonies_and_who_is_needed() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("ceremonies.ics");
    for _ in 0..2 {
        look(dir.path(), AT, &[&text(&golden())], &["--calendar", &text(&file)]).done();
    }
    let calendar = fs::read_to_string(&file).unwrap().replace("\r\n ", "");
    let summaries: Vec<&str> = calendar.lines().filter_map(|line| line.strip_prefix("SUMMARY:")).collect();
    assert!(summaries.iter().any(|line| line.starts_with("root 2 ")), "{summaries:?}");
    assert!(summaries.iter().all(|line| !line.starts_with("timestamp") && !line.starts_with("snapshot")));
    let needs = calendar.lines().filter(|line| line.starts_with("DESCRIPTION:") && line.contains("\\; needs 3 of @"));
    assert_eq!(needs.count(), summaries.len(), "{calendar}");
    assert!(calendar.starts_with("BEGIN:VCALENDAR\r\n") && calendar.ends_with("END:VCALENDAR\r\n"));
}

#[test]
fn the_webhook_hears_what_is_new_once_and_again_only_where_nobody_heard() {
    let dir = tempfile::tempdir().unwrap();
    let (server, hook) = (Server::over(&golden()), Server::over(&golden()));
    let (url, secret) = (server.url(), format!("{}s3cret?token=s3cret", hook.url()));
    let file = dir.path().join("hook");
    fs::write(&file, format!("{secret}\n")).unwrap();
    let more = ["--webhook-file", &text(&file)];
    let run = || look(dir.path(), AT, &[&url], &more);
    assert_eq!(run().done().code, 0);
    assert!(hook.ways().posts.is_empty(), "nothing is wrong");
    server.ways().absent = 403;
    hook.ways().posted = 500;
    let said = run();
    let warning = "tuffet: warning: webhook: expected HTTP status 200, found 500: told again at the next look\n";
    assert_eq!((said.code, said.stderr.as_str()), (0, warning));
    hook.ways().posted = 204;
    for _ in 0..3 {
        run().done();
    }
    server.ways().absent = 404;
    for _ in 0..2 {
        run().done();
    }
    let posts = hook.ways().posts.clone();
    let told: Vec<(&str, usize, usize)> = posts
        .iter()
        .map(|post| {
            assert_eq!(post["schema"], "tuffet-outside-webhook-v1");
            let count = |name: &str| post[name].as_array().unwrap().len();
            (post["state"].as_str().unwrap(), count("new"), count("settled"))
        })
        .collect();
    assert_eq!(told, [("warning", 1, 0), ("warning", 1, 0), ("fine", 0, 1)]);
    assert_eq!(posts[0]["new"][0]["id"], "W12");
    assert_eq!(posts[2]["settled"][0], format!("W12 {url} next root"));
    // A server that is gone: told, and the URL nowhere.
    server.ways().absent = 403;
    drop(hook);
    let said = run();
    assert!(
        said.stderr.starts_with("tuffet: warning: webhook: ") && !said.stderr.contains("s3cret"),
        "{}",
        said.stderr
    );
    assert!(!said.stdout.contains("s3cret"));
    fs::write(&file, "ftp://s3cret/").unwrap();
    let said = run();
    assert_eq!((said.code, said.stderr.contains("s3cret")), (2, false), "{}", said.stderr);
}
