//! Very many clients before a CDN, simulated: every request finds an edge with or without an answer that may still be used.
//!
//! What is modelled: starts and refreshes at random through the day with more by day than by night, edges of uneven size,
//! each with its own cache, one new timestamp and snapshot a period. What is not: connections and TLS, edges that drop what
//! they may still keep, and shields between edges and origin; so the origin's share is what an edge without a shield asks.

/// Bytes of an exchange.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) up: u64,
    pub(crate) down: u64,
}

/// What each kind of exchange comes to, as measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sizes {
    pub(crate) timestamp: Size,
    /// A timestamp that was asked for conditionally, and is what it was.
    pub(crate) unchanged: Size,
    /// The root after the newest.
    pub(crate) absent: Size,
    pub(crate) snapshot: Size,
    pub(crate) targets: Size,
    /// The trust root.
    pub(crate) target: Size,
}

/// Who asks, how often, and what caches may do.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct World {
    pub(crate) clients: u32,
    pub(crate) seconds: u32,
    /// Starts of each client that does not run on, a day.
    pub(crate) starts: f64,
    /// Share of them with a cache.
    pub(crate) cached: f64,
    /// Share of the clients that run on.
    pub(crate) services: f64,
    /// Seconds between refreshes of those.
    pub(crate) interval: u32,
    pub(crate) pops: u16,
    /// Seconds from one timestamp to the next.
    pub(crate) period: u32,
    /// Seconds for which an edge keeps the timestamp.
    pub(crate) max_age: u32,
    /// Seconds for which an edge keeps that there is no newer root.
    pub(crate) absence: u32,
    pub(crate) seed: u64,
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) refreshes: u64,
    /// Of clients.
    pub(crate) requests: u64,
    /// Answered by an edge.
    pub(crate) hits: u64,
    /// Asked of the origin.
    pub(crate) origin: u64,
    pub(crate) not_modified: u64,
    pub(crate) bytes_up: u64,
    pub(crate) bytes_down: u64,
    /// Requests in the busiest minute, a second.
    pub(crate) peak: f64,
    /// Seconds from the publication of a timestamp to its use in a refresh: median, 99 of 100, the most.
    pub(crate) age: [u32; 3],
    /// Seconds for which a newer one was out by then, the most.
    pub(crate) lag: u32,
}

/// An edge: when the answer it has may no longer be used, and which timestamp it is.
#[derive(Clone, Default)]
struct Edge {
    timestamp_until: u32,
    timestamp: u32,
    absent_until: u32,
    /// Snapshots it has, up to this version; the other immutable files after the first request.
    snapshot: u32,
    warm: bool,
}

/// A refresh to come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Refresh {
    at: u32,
    client: u32,
}

impl World {
    /// Every refresh in order, each through its client's edge.
    pub(crate) fn run(&self, sizes: &Sizes) -> Outcome {
        let mut random = Random(self.seed);
        let edges_of = self.edges(&mut random);
        // Edges that all began at the same moment would renew their answers when a timestamp is published, and never lag.
        let warm =
            |random: &mut Random| Edge { timestamp: 1, timestamp_until: random.below(self.max_age), ..Edge::default() };
        let mut edges: Vec<Edge> = (0..self.pops.max(1)).map(|_| warm(&mut random)).collect();
        // The version each client with a memory has; 0 for none.
        let mut known = vec![0_u32; self.clients as usize];
        let mut out = Outcome::default();
        // By the second: of very many refreshes none has to be kept.
        let mut ages = vec![0_u64; (self.period + self.max_age + 1) as usize];
        let mut minutes = vec![0_u64; (self.seconds / 60 + 1) as usize];
        // When each client that runs on refreshes next.
        let mut next: Vec<u32> = (0..self.clients)
            .take_while(|client| self.runs_on(*client))
            .map(|_| random.below(self.interval.max(2)))
            .collect();
        let mut start = 0;
        while start < self.seconds {
            let end = self.seconds.min(start + DAY);
            for Refresh { at, client } in self.refreshes((start, end), &mut next, &mut random) {
                let before = out.requests;
                let age = self.one(
                    at,
                    client,
                    sizes,
                    (&mut edges[usize::from(edges_of[client as usize])], &mut known),
                    &mut out,
                );
                let oldest = ages.len() - 1;
                ages[(age as usize).min(oldest)] += 1;
                minutes[(at / 60) as usize] += out.requests - before;
            }
            start = end;
        }
        out.age = [0.5, 0.99, 1.0].map(|share| quantile(&ages, share));
        out.peak = minutes.iter().max().copied().unwrap_or(0) as f64 / 60.0;
        out
    }

    /// One refresh; the age of the timestamp it got.
    fn one(
        &self,
        at: u32,
        client: u32,
        sizes: &Sizes,
        (edge, known): (&mut Edge, &mut [u32]),
        out: &mut Outcome,
    ) -> u32 {
        let newest = at / self.period + 1;
        let mut ask = |size: Size, hit: bool| {
            out.requests += 1;
            *if hit { &mut out.hits } else { &mut out.origin } += 1;
            out.bytes_up += size.up;
            out.bytes_down += size.down;
        };
        ask(sizes.absent, at < edge.absent_until);
        if at >= edge.absent_until {
            edge.absent_until = at + self.absence;
        }
        let fresh = at < edge.timestamp_until;
        if !fresh {
            (edge.timestamp, edge.timestamp_until) = (newest, at + self.max_age);
        }
        let got = edge.timestamp;
        let mind = &mut known[client as usize];
        let has = if self.keeps(client) { *mind } else { 0 };
        let unchanged = self.runs_on(client) && has == got;
        ask(if unchanged { sizes.unchanged } else { sizes.timestamp }, fresh);
        if has != got {
            ask(sizes.snapshot, edge.snapshot >= got);
            edge.snapshot = edge.snapshot.max(got);
        }
        if has == 0 {
            ask(sizes.targets, edge.warm);
            ask(sizes.target, edge.warm);
            edge.warm = true;
        }
        out.refreshes += 1;
        out.not_modified += u64::from(unchanged);
        // A client does not go back to an older timestamp than it has, whatever its edge says.
        *mind = got.max(has);
        if got < newest {
            out.lag = out.lag.max(at - got * self.period);
        }
        at - (got - 1) * self.period
    }

    /// The first clients run on, those after them keep a cache, the others do not.
    fn runs_on(&self, client: u32) -> bool {
        f64::from(client) < f64::from(self.clients) * self.services
    }

    fn keeps(&self, client: u32) -> bool {
        let services = f64::from(self.clients) * self.services;
        f64::from(client) < services + (f64::from(self.clients) - services) * self.cached
    }

    /// Which edge each client goes through: the second has half of the clients of the first, the third a third.
    fn edges(&self, random: &mut Random) -> Vec<u16> {
        let weights: Vec<f64> = (1..=self.pops.max(1)).map(|place| 1.0 / f64::from(place)).collect();
        let all: f64 = weights.iter().sum();
        let mut reach = 0.0;
        let ends: Vec<f64> = weights
            .iter()
            .map(|weight| {
                reach += weight / all;
                reach
            })
            .collect();
        let one = |random: &mut Random| {
            let at = random.share();
            u16::try_from(ends.partition_point(|end| *end < at)).unwrap_or(0).min(self.pops.max(1) - 1)
        };
        (0..self.clients).map(|_| one(random)).collect()
    }

    /// Every refresh from `start` to `end`, in order.
    fn refreshes(&self, (start, end): (u32, u32), next: &mut [u32], random: &mut Random) -> Vec<Refresh> {
        let mut out = Vec::new();
        let expected = self.starts * f64::from(end - start) / f64::from(DAY);
        for client in 0..self.clients {
            if let Some(at) = next.get_mut(client as usize) {
                // From half of the interval to all of it, as a watch waits.
                while *at < end {
                    out.push(Refresh { at: *at, client });
                    *at += self.interval / 2 + random.below((self.interval / 2).max(1)) + 1;
                }
            } else {
                let starts = expected as u32 + u32::from(random.share() < expected.fract());
                for _ in 0..starts {
                    out.push(Refresh { at: start + time_of_start(end - start, random), client });
                }
            }
        }
        out.sort_unstable();
        out
    }
}

/// By day three times as often as by night.
fn time_of_start(seconds: u32, random: &mut Random) -> u32 {
    loop {
        let at = random.below(seconds);
        let hour = f64::from(at % 86_400) / 86_400.0;
        let often = 0.5 - 0.25 * (hour * std::f64::consts::TAU).cos();
        if random.share() * 0.75 < often {
            return at;
        }
    }
}

/// The least age that so large a share of all refreshes had, or a lesser one.
fn quantile(ages: &[u64], share: f64) -> u32 {
    let all: u64 = ages.iter().sum();
    let wanted = (all as f64 * share).ceil().max(1.0) as u64;
    let mut seen = 0;
    for (age, count) in ages.iter().enumerate() {
        seen += count;
        if seen >= wanted {
            return u32::try_from(age).unwrap_or(u32::MAX);
        }
    }
    0
}

const DAY: u32 = 86_400;

/// SplitMix64: the same figures on every machine, and no crate for it.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to `end`, without it.
    fn below(&mut self, end: u32) -> u32 {
        u32::try_from(self.next() % u64::from(end.max(1))).unwrap_or(0)
    }

    /// From 0 to 1, without it.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}
