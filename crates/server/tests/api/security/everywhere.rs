//! P3: for random trees, links, visitors and routes, nothing outside the shared subtree is ever told, given or changed.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use reqwest::Method;
use serde_json::json;

use super::doors::{self, Start, Starts, Try};
use super::meetings::{MEETINGS, Meeting, Met, Visitor};
use super::world::{May, Plan, World, any_plan};
use crate::support::sharing::ADMIN;
use crate::support::{Actor, Answer, TestServer};

/// Trees of an ordinary run. `PROPTEST_CASES` says how many a longer one has.
const CASES: u32 = 6;

/// Requests of a visitor who shows a password with each of them: it is hashed each time, and that takes its time by intent.
const GUARDED: usize = 16;

/// Requests by way of a link that any other visitor sends in each of their rounds: every second or third that there is, others at
/// each meeting.
const MANY: usize = 400;

type Outcome = Result<(), TestCaseError>;

#[test]
fn p03_nothing_outside_the_shared_subtree_is_ever_returned_or_changed() {
    #[expect(clippy::disallowed_methods, reason = "a switch for whoever runs this test")]
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(CASES);
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 0, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(async {
        let server = TestServer::start().await;
        server.admin().set_policy(&json!({"passwordsOnBusiness": true, "embedOnBusiness": true})).await;
        server
    });
    let case = std::cell::Cell::new(0);
    runner
        .run(&any_plan(), |plan| {
            case.set(case.get() + 1);
            runtime.block_on(meet(&server, case.get(), &plan))
        })
        .unwrap();
}

/// Plants a tree, puts three links on it and lets somebody come with each.
async fn meet(server: &TestServer, case: usize, plan: &Plan) -> Outcome {
    let alice = server.alice();
    let mut world = World::plant(&alice, case, plan).await;
    let mut all = Vec::new();
    for (n, shared) in plan.shared.iter().enumerate() {
        let mut meeting = MEETINGS[(3 * case + n) % MEETINGS.len()];
        let shared = shared.index(world.items.len());
        let mut body = meeting.body(world.items[shared].is_file);
        body["@driveway.name"] = json!(format!("link {n}"));
        let link = crate::steps::link_at(&alice, &owned(&world.items[shared].id), body).await;
        all.push(Met { link, shared, meeting });
    }
    world.change(&alice, case, plan).await;
    for met in &all {
        let told = Told::to(&world, met, &all);
        let visit = Visit { server, world: &world, met, told, guest: met.meeting.actor(server) };
        visit.opens_exactly_what_it_may().await?;
        visit.looks_everywhere().await?;
        visit.changes_nothing_outside().await?;
    }
    // What may be changed is changed last: the model of the tree doesn't follow it.
    for met in &all {
        let told = Told::to(&world, met, &all);
        let visit = Visit { server, world: &world, met, told, guest: met.meeting.actor(server) };
        visit.changes_what_it_may_and_nothing_else().await?;
    }
    Ok(())
}

fn owned(id: &str) -> String {
    format!("/v1.0/me/drive/items/{id}")
}

/// What a visitor may have of each item: by their link, and by any link that they may be carrying.
pub struct Told {
    /// The other links, of which this one tells nothing.
    pub others: Vec<String>,
    pub by_link: Vec<May>,
    pub at_all: Vec<May>,
}

impl Told {
    fn to(world: &World, met: &Met, all: &[Met]) -> Self {
        let others = all.iter().filter(|other| other.link.id != met.link.id);
        let carries =
            |meeting: &Meeting| meeting.opens && matches!(meeting.visitor, Visitor::Carries | Visitor::CarriesAndKnows);
        // What a link was made for somebody for is among what is shared with them, without any link in the address.
        let is_for_bob = |meeting: &Meeting| carries(meeting) || (meeting.scope == "users" && meeting.shows());
        let is_bob = matches!(met.meeting.visitor, Visitor::Carries | Visitor::CarriesAndKnows | Visitor::Once);
        let may = |links: &[&Met], at: usize| May {
            be_told: links.iter().any(|met| world.reaches(met.shared, at)),
            be_given: links.iter().any(|met| met.meeting.gives_bytes() && world.reaches(met.shared, at)),
        };
        let own: Vec<&Met> = std::iter::once(met).filter(|met| met.meeting.opens).collect();
        let past_it: Vec<&Met> = all
            .iter()
            .filter(|other| {
                is_bob && (is_for_bob(&other.meeting) || own.iter().any(|met| met.link.id == other.link.id))
            })
            .collect();
        let items = 0..world.items.len();
        Self {
            others: others.flat_map(|other| [other.link.id.clone(), other.link.token.clone()]).collect(),
            by_link: items.clone().map(|at| may(&own, at)).collect(),
            at_all: items.map(|at| may(&past_it, at)).collect(),
        }
    }
}

/// Somebody at a link on a tree.
pub struct Visit<'a> {
    pub server: &'a TestServer,
    pub world: &'a World,
    pub met: &'a Met,
    pub told: Told,
    guest: Actor,
}

impl Visit<'_> {
    pub fn share(&self, rest: &str) -> String {
        format!("/v1.0/shares/{}{rest}", self.met.link.share_id)
    }

    /// The page and the item of the API open for what the link reaches, and for nothing else: neither less nor more.
    async fn opens_exactly_what_it_may(&self) -> Outcome {
        let takes_files = !self.met.meeting.shows();
        let items: Vec<usize> = (0..self.world.items.len()).collect();
        for at in self.sampled(items, GUARDED) {
            let item = &self.world.items[at];
            let page = self.guest.get(&self.met.link.below(&item.id)).await;
            let wanted = self.told.by_link[at].be_told;
            prop_assert!(
                takes_files || (page.status.as_u16() == 200) == wanted,
                "{}: {item:?} {:?}",
                page.status,
                self.met
            );
            let found = self.guest.get(&self.share(&format!("/items/{}", item.id))).await;
            prop_assert_eq!(found.status.as_u16() == 200, wanted, "{} of {:?} {:?}", found.text(), item, self.met);
        }
        Ok(())
    }

    /// Every way of reading, at every item of the tree and at what lies outside.
    async fn looks_everywhere(&self) -> Outcome {
        let starts = self.starts(|_| true, true);
        let mut tries = doors::graph(&starts, &self.links(), |route| route.method == Method::GET);
        tries.extend(self.routed().into_iter().filter(Try::is_get));
        let mut followed = BTreeSet::new();
        for one in self.chosen(tries) {
            let answer = one.send(&self.guest).await;
            self.check(&one, &answer)?;
            if one.by_link {
                let wrong = self.world.wrong_sum(self.met.shared, &answer);
                prop_assert!(wrong.is_none(), "{one:?} counts what it may not: {wrong:?}");
            }
            for url in downloads(&answer).into_iter().filter(|url| followed.insert(url.clone())) {
                self.check(&one, &self.server.anonymous().get(&url).await)?;
            }
        }
        Ok(())
    }

    /// Every way of writing, at what lies outside: it isn't there.
    async fn changes_nothing_outside(&self) -> Outcome {
        let before = self.outside().await;
        let is_outside = |at: usize| !self.told.by_link[at].be_told;
        let starts = self.starts(is_outside, false);
        let mut tries = doors::graph(&starts, &self.links(), |route| route.method != Method::GET);
        tries.extend(self.routed().into_iter().filter(|one| !one.is_get()));
        for one in self.chosen(tries) {
            let answer = one.send(&self.guest).await;
            self.check(&one, &answer)?;
        }
        for one in self.chosen(self.attacks()) {
            let answer = one.send(&self.guest).await;
            self.check(&one, &answer)?;
            prop_assert!(!answer.status.is_success(), "{one:?} by {:?}: {}", self.met, answer.text());
        }
        prop_assert_eq!(before, self.outside().await, "{:?}", self.met);
        Ok(())
    }

    /// Every way of writing, at what the link reaches. What happens there is for other tests to say.
    async fn changes_what_it_may_and_nothing_else(&self) -> Outcome {
        let before = self.outside().await;
        let inside = (0..self.world.items.len()).filter(|at| self.told.by_link[*at].be_told);
        let mut items: Vec<Start> =
            inside.map(|at| Start::link(self.share(&format!("/items/{}", self.world.items[at].id)))).collect();
        items.push(Start::link(self.share("/driveItem")));
        let starts = Starts { items, directory: true, ..Starts::default() };
        let tries = doors::graph(&starts, &self.links(), |route| route.method != Method::GET);
        for one in self.chosen(tries) {
            let answer = one.send(&self.guest).await;
            self.check(&one, &answer)?;
        }
        prop_assert_eq!(before, self.outside().await, "{:?}", self.met);
        Ok(())
    }

    fn check(&self, one: &Try, answer: &Answer) -> Outcome {
        let may = if one.by_link { &self.told.by_link } else { &self.told.at_all };
        // Past the link an address may be said back: that an id was asked for tells nothing.
        let echoed = if one.by_link { "" } else { one.path.as_str() };
        let leak = self.world.leak(may, answer, echoed);
        let said = answer.text();
        let other = self.told.others.iter().find(|other| one.by_link && said.contains(*other));
        prop_assert!(other.is_none() && !said.contains(ADMIN), "{one:?} by {:?} told of {other:?}: {said}", self.met);
        prop_assert!(answer.status.as_u16() < 500, "{one:?}: {}", answer.text());
        prop_assert!(leak.is_none(), "{one:?} by {:?} gave {leak:?}: {}", self.met, answer.text());
        Ok(())
    }

    /// What lies outside, as its owner sees it. A folder's sums and dates may change with what the link reaches in it.
    async fn outside(&self) -> Vec<String> {
        let alice = self.server.alice();
        let mut seen = Vec::new();
        for (item, may) in self.world.items.iter().zip(&self.told.by_link).filter(|(_, may)| !may.be_told) {
            let found = alice.get(&owned(&item.id)).await.json();
            let permissions = alice.get(&format!("{}/permissions?$select=id", owned(&item.id))).await.json();
            let tag = if item.is_file { &found["eTag"] } else { &found["name"] };
            let place = &found["parentReference"]["id"];
            seen.push(format!("{may:?} {} {} {place} {tag} {}", found["id"], found["name"], permissions["value"]));
        }
        seen
    }

    /// As many as the visitor can try who may try `many` of them, of all kinds and others at other items.
    fn sampled<T>(&self, all: Vec<T>, many: usize) -> Vec<T> {
        let is_guarded = matches!(self.met.meeting.visitor, Visitor::Knows | Visitor::CarriesAndKnows);
        let most = if is_guarded { GUARDED.min(many) } else { many };
        let step = all.len().div_ceil(most).max(1);
        all.into_iter().skip(self.met.shared % step).step_by(step).collect()
    }

    fn chosen(&self, tries: Vec<Try>) -> Vec<Try> {
        let (by_link, mut chosen): (Vec<Try>, Vec<Try>) = tries.into_iter().partition(|one| one.by_link);
        chosen.extend(self.sampled(by_link, MANY));
        chosen
    }
}

/// Where an answer says that bytes can be had.
fn downloads(answer: &Answer) -> Vec<String> {
    let text = format!("\"{}\" {}", answer.header("location"), answer.text());
    let urls = text.split('"').filter(|text| text.starts_with("http://driveway.test/download/"));
    urls.map(str::to_owned).collect()
}
