//! The isolation matrix (F29): every route as every caller, with ids of one's own, of others, and of nobody.
//!
//! The walk knows no server: a [`Site`] is asked in-process or over HTTP. A *thing* is an id that exists, with the name of its
//! owner; a caller *reaches* owners. What a caller does not reach must be answered, byte for byte, as what does not exist, and
//! must change nothing; and no answer may name a thing that its reader does not reach. Ids stand in the path (`{name}`, told by kinds in their order), or in query and body as `<Kind>`.

use anyhow::{Result, bail};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A route of the site.
#[derive(Clone, Debug)]
pub struct Route {
    /// Method, in capitals.
    pub method: String,
    /// Path with parameters as `{name}`.
    pub path: String,
    /// What each parameter names.
    pub kinds: Vec<String>,
    /// Whether nobody needs to sign in.
    pub is_public: bool,
}

/// A way to ask a route: what to send beside its path. A route without one is asked without query and body.
#[derive(Clone, Copy, Debug, Default)]
pub struct Probe {
    /// Method and path of the route, such as `POST /a/{key}`.
    pub route: &'static str,
    /// The query after `?`.
    pub query: &'static str,
    /// The body.
    pub body: &'static str,
}

/// Somebody who asks.
#[derive(Clone, Debug)]
pub struct Caller {
    /// What to call them in findings.
    pub name: &'static str,
    /// The owners whose things they reach; empty for strangers.
    pub reaches: &'static [&'static str],
    /// Whether the site knows them.
    pub is_known: bool,
}

/// Something that exists.
#[derive(Clone, Debug)]
pub struct Thing {
    /// What it is, such as `Incident`.
    pub kind: &'static str,
    /// Whose it is.
    pub owner: &'static str,
    /// Its id.
    pub id: String,
}

/// What the site answered.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: String,
}

/// Something that can be asked.
pub trait Site {
    /// Asks as a caller. `target` is path and query.
    fn ask(&self, caller: &Caller, method: &str, target: &str, body: &str) -> impl Future<Output = Result<Reply>>;

    /// A text that changes when anything is written.
    fn pulse(&self) -> impl Future<Output = Result<String>>;
}

/// All there is to walk.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// Routes, straight from the tables.
    pub routes: Vec<Route>,
    /// Ways to ask them.
    pub probes: Vec<Probe>,
    /// Who asks.
    pub callers: Vec<Caller>,
    /// What exists.
    pub things: Vec<Thing>,
}

/// What a walk found.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// Requests made.
    pub requests: usize,
    /// What must not be, one sentence each.
    pub faults: Vec<String>,
}

/// Characters of an id from which on it tells whose it is wherever it stands.
const TELLING: usize = 6;

/// Owner of ids that do not exist.
const NOBODY: &str = "nobody";

/// Owner of what is nobody's in particular and everybody's: a day, a number that counts beside its owner's id.
pub const COMMON: &str = "everybody";

impl Caller {
    fn reaches(&self, thing: &Thing) -> bool {
        self.reaches.contains(&thing.owner) || (thing.owner == COMMON && self.is_known)
    }
}

/// One way of one route.
struct Way<'w> {
    route: &'w Route,
    probe: Probe,
    /// Kinds in path, query and body, in that order.
    kinds: Vec<String>,
}

impl World {
    /// Walks every route as every caller: first with ids that they do not reach, which must change nothing, then with
    /// their own, reads before writes and ends last.
    ///
    /// # Errors
    /// The site cannot be asked, or a kind has no thing to ask for.
    pub async fn walk(&self, site: &impl Site) -> Result<Findings> {
        let mut findings = Findings::default();
        let mut ways: Vec<Way<'_>> = self.routes.iter().flat_map(|route| self.ways(route)).collect();
        ways.sort_by_key(|way| {
            ["GET", "POST", "PUT", "PATCH", "DELETE"].iter().position(|method| *method == way.route.method)
        });
        let before = site.pulse().await?;
        for way in &ways {
            for caller in &self.callers {
                self.ask_for_others(site, way, caller, &mut findings).await?;
            }
        }
        if site.pulse().await? != before {
            findings.faults.push("somebody changed what they do not reach".to_owned());
        }
        let mut best: BTreeMap<String, BTreeSet<u16>> = BTreeMap::new();
        for way in &ways {
            for caller in self.callers.iter().filter(|caller| caller.is_known) {
                let statuses = self.ask_for_own(site, way, caller, &mut findings).await?;
                best.entry(format!("{} {}", way.route.method, way.route.path)).or_default().extend(statuses);
            }
        }
        for (route, statuses) in best {
            // Else the walk would prove nothing: everybody is refused everything.
            if !statuses.iter().any(|status| !matches!(status, 401 | 403 | 404)) {
                findings.faults.push(format!("{route}: nobody may ask for their own: {statuses:?}"));
            }
        }
        Ok(findings)
    }

    fn ways<'w>(&'w self, route: &'w Route) -> Vec<Way<'w>> {
        let name = format!("{} {}", route.method, route.path);
        let mut probes: Vec<Probe> = self.probes.iter().copied().filter(|probe| probe.route == name).collect();
        if probes.is_empty() {
            probes.push(Probe::default());
        }
        let way = |probe: Probe| {
            let named = [probe.query, probe.body].into_iter().flat_map(placeholders);
            Way { route, probe, kinds: route.kinds.iter().cloned().chain(named).collect() }
        };
        probes.into_iter().map(way).collect()
    }

    /// Every choice of one thing of each owner for each kind, and of one that does not exist.
    fn choices(&self, kinds: &[String]) -> Result<Vec<Vec<Thing>>> {
        let mut choices = vec![vec![]];
        for kind in kinds {
            let mut owners: Vec<Thing> = vec![];
            for thing in self.things.iter().filter(|thing| thing.kind == kind) {
                if !owners.iter().any(|known| known.owner == thing.owner) {
                    owners.push(thing.clone());
                }
            }
            if !owners.iter().any(|thing| thing.owner == NOBODY) {
                bail!("no {kind} of {NOBODY} to ask for");
            }
            choices = choices
                .iter()
                .flat_map(|chosen: &Vec<Thing>| {
                    owners.iter().map(|thing| chosen.iter().cloned().chain([thing.clone()]).collect::<Vec<_>>())
                })
                .collect();
        }
        Ok(choices)
    }

    async fn ask_for_others(
        &self,
        site: &impl Site,
        way: &Way<'_>,
        caller: &Caller,
        findings: &mut Findings,
    ) -> Result<()> {
        let mut known: HashMap<Vec<String>, Reply> = HashMap::new();
        for things in self.choices(&way.kinds)? {
            let is_own = things.iter().all(|thing| caller.reaches(thing));
            if is_own && caller.is_known {
                continue;
            }
            let absent = |thing: &Thing| {
                let reached = caller.reaches(thing);
                let nobody = self.things.iter().find(|other| other.kind == thing.kind && other.owner == NOBODY);
                if reached { thing.clone() } else { nobody.unwrap_or(thing).clone() }
            };
            let as_absent: Vec<Thing> = things.iter().map(absent).collect();
            let reply = self.ask(site, way, caller, &things, findings).await?;
            let ids: Vec<String> = as_absent.iter().map(|thing| thing.id.clone()).collect();
            let expected = match known.get(&ids) {
                Some(reply) => reply.clone(),
                None => {
                    let reply = self.ask(site, way, caller, &as_absent, findings).await?;
                    known.insert(ids, reply.clone());
                    reply
                }
            };
            if reply != expected {
                let said = format!("{} {}, absent {} {}", reply.status, reply.body, expected.status, expected.body);
                findings.faults.push(format!("{}: foreign {said}", told(way, caller, &things)));
            }
            let refused = (400..500).contains(&reply.status) || reply.status == 303;
            if caller.is_known && !things.is_empty() && way.probe.query.is_empty() && !refused {
                findings.faults.push(format!("{}: answered {}", told(way, caller, &things), reply.status));
            }
            if !caller.is_known && !way.route.is_public && !matches!(reply.status, 401 | 303) {
                findings.faults.push(format!("{}: a stranger got {}", told(way, caller, &things), reply.status));
            }
        }
        Ok(())
    }

    async fn ask_for_own(
        &self,
        site: &impl Site,
        way: &Way<'_>,
        caller: &Caller,
        findings: &mut Findings,
    ) -> Result<Vec<u16>> {
        let mut statuses = vec![];
        for things in self.choices(&way.kinds)? {
            if things.iter().all(|thing| caller.reaches(thing)) {
                let reply = self.ask(site, way, caller, &things, findings).await?;
                if !way.route.is_public && reply.status == 401 {
                    findings.faults.push(format!("{}: not recognised", told(way, caller, &things)));
                }
                statuses.push(reply.status);
            }
        }
        Ok(statuses)
    }

    async fn ask(
        &self,
        site: &impl Site,
        way: &Way<'_>,
        caller: &Caller,
        things: &[Thing],
        findings: &mut Findings,
    ) -> Result<Reply> {
        let (in_path, beside) = things.split_at(way.route.kinds.len());
        let (in_query, in_body) = beside.split_at(placeholders(way.probe.query).len());
        let path = fill(&way.route.path, '{', '}', in_path);
        let query = fill(way.probe.query, '<', '>', in_query);
        let target = if query.is_empty() { path } else { format!("{path}?{query}") };
        let reply = site.ask(caller, &way.route.method, &target, &fill(way.probe.body, '<', '>', in_body)).await?;
        findings.requests += 1;
        let is_foreign = |thing: &&Thing| thing.id.len() >= TELLING && thing.owner != COMMON && !caller.reaches(thing);
        let asked = |thing: &&Thing| things.iter().any(|named| named.id == thing.id);
        for leaked in self.things.iter().filter(|thing| is_foreign(thing) && !asked(thing)) {
            if reply.body.contains(&leaked.id) {
                let Thing { kind, owner, id } = leaked;
                findings.faults.push(format!("{}: names {kind} {id} of {owner}", told(way, caller, things)));
            }
        }
        if reply.status >= 500 {
            findings.faults.push(format!("{}: {} {}", told(way, caller, things), reply.status, reply.body));
        }
        Ok(reply)
    }
}

fn told(way: &Way<'_>, caller: &Caller, things: &[Thing]) -> String {
    let owners: Vec<&str> = things.iter().map(|thing| thing.owner).collect();
    format!("{} {} as {} with ids of {owners:?}", way.route.method, way.route.path, caller.name)
}

/// The kinds named by `<Kind>`, in their order.
fn placeholders(text: &str) -> Vec<String> {
    text.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(kind, _)| kind.to_owned()).collect()
}

/// Puts ids in the place of whatever stands between the brackets, in order.
fn fill(text: &str, open: char, close: char, things: &[Thing]) -> String {
    let mut things = things.iter();
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(open) {
        // JSON has braces too, but none in a text that is filled by braces.
        let Some(((_, tail), thing)) = after.split_once(close).zip(things.next()) else { break };
        filled.push_str(before);
        filled.push_str(&thing.id);
        rest = tail;
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    /// Two tenants with one thing each; `leak` says what the site does wrong.
    struct Toy {
        leak: &'static str,
        written: Cell<u32>,
    }

    impl Site for Toy {
        async fn ask(&self, caller: &Caller, method: &str, target: &str, _: &str) -> Result<Reply> {
            let reply = |status, body: &str| Ok(Reply { status, body: body.to_owned() });
            if !caller.is_known {
                return reply(if self.leak == "stranger" { 200 } else { 401 }, "");
            }
            let own = target.ends_with("a1");
            if method == "POST" && (own || self.leak == "write") {
                self.written.set(self.written.get() + 1);
            }
            match (own, self.leak) {
                (false, "forbidden") if target.ends_with("b1") => reply(403, ""),
                (false, "echo") => reply(404, target),
                (true, "names") => reply(200, "see also thing-of-b"),
                (false, _) => reply(404, ""),
                (true, "bug") => reply(500, ""),
                (true, _) => reply(200, ""),
            }
        }

        async fn pulse(&self) -> Result<String> {
            Ok(self.written.get().to_string())
        }
    }

    async fn check(leak: &'static str, expected: &str) {
        let route = |method: &str| Route {
            method: method.into(),
            path: "/x/{id}".into(),
            kinds: vec!["Thing".into()],
            is_public: false,
        };
        let thing = |owner, id: &str| Thing { kind: "Thing", owner, id: id.into() };
        let world = World {
            routes: vec![route("POST"), route("GET")],
            probes: vec![],
            callers: vec![
                Caller { name: "ann", reaches: &["a"], is_known: true },
                Caller { name: "anonymous", reaches: &[], is_known: false },
            ],
            things: vec![
                thing("a", "a1"),
                thing("b", "b1"),
                thing("nobody", "x1"),
                Thing { kind: "Other", owner: "b", id: "thing-of-b".into() },
            ],
        };
        let findings = world.walk(&Toy { leak, written: Cell::new(0) }).await.unwrap();
        assert!(findings.requests > 10);
        let found = findings.faults.join("\n");
        assert!(if expected.is_empty() { found.is_empty() } else { found.contains(expected) }, "{leak}: {found}");
    }

    #[tokio::test]
    async fn each_leak_is_found_and_none_is_made_up() {
        check("", "").await;
        check("forbidden", "foreign 403").await;
        check("echo", "foreign 404").await;
        check("write", "somebody changed").await;
        check("bug", "500").await;
        check("names", "names Other thing-of-b of b").await;
        check("stranger", "a stranger got 200").await;
    }
}
