//! The ways that somebody at a link tries (P3): addresses by way of the link and past it, and what reaches from inside to
//! outside.

use reqwest::Method;
use serde_json::json;

use super::doors::{self, Start, Starts, Try};
use super::everywhere::Visit;
use crate::support::sharing::{ADMIN, ALICE};

impl Visit<'_> {
    /// The router's patterns with the items of the tree behind the link, and with links and an item everywhere else.
    pub fn routed(&self) -> Vec<Try> {
        let items: Vec<String> = self.world.items.iter().map(|item| item.id.clone()).collect();
        let others = self.links().into_iter().chain([items[0].clone()]).collect::<Vec<_>>();
        doors::routed(&self.met.link, &items, &others)
    }

    /// This link and another.
    pub fn links(&self) -> [String; 2] {
        [self.met.link.id.clone(), self.told.others[0].clone()]
    }

    /// The addresses of items, by way of the link and past it. Paths make what isn't there when something is put to them, so
    /// that they are for reading.
    pub fn starts(&self, is_wanted: impl Fn(usize) -> bool, for_reading: bool) -> Starts {
        let drive = &self.server.person(ALICE).drive;
        let key = driveway_core::share_id::encode_url(&self.met.link.url);
        let mut items = Vec::new();
        if for_reading || !self.told.by_link[self.met.shared].be_told {
            items.extend(["/driveItem", "/root", "/items/root"].map(|rest| Start::link(self.share(rest))));
        }
        for id in [drive.root.to_string(), self.server.sample(ADMIN, "Welcome.txt")] {
            items.push(Start::link(self.share(&format!("/items/{id}"))));
        }
        for at in (0..self.world.items.len()).filter(|at| is_wanted(*at)) {
            let id = &self.world.items[at].id;
            items.push(Start::link(self.share(&format!("/items/{id}"))));
            items.push(Start::link(format!("/v1.0/shares/{key}/items/{id}")));
            let top = self.world.path(None, at);
            items.push(Start::link(self.share(&format!("/driveItem:/../{top}:"))));
            items.push(Start::link(self.share(&format!("/items/{}:/%2E%2E%2F{top}:", self.world.items[0].id))));
            if for_reading {
                items.extend(self.paths(at, &top));
            }
            if for_reading || !self.told.at_all[at].be_told {
                items.extend(self.past_the_link(drive.id.as_str(), at, for_reading.then_some(&*top)));
            }
        }
        let shares = [&key, &self.met.link.share_id].map(|key| Start::link(format!("/v1.0/shares/{key}"))).to_vec();
        let drives =
            vec![Start::plain(format!("/v1.0/drives/{}", drive.id)), Start::plain("/v1.0/me/drive".to_owned())];
        let settings = vec![Start::plain("/v1.0/admin/sharepoint/settings".to_owned())];
        Starts {
            items,
            drives,
            settings,
            owners: vec![Start::plain(format!("/v1.0/users/{ALICE}/drives"))],
            shares,
            directory: true,
        }
    }

    /// Ways to an item by names below the shared one.
    fn paths(&self, at: usize, top: &str) -> Vec<Start> {
        let below = self.world.path(Some(self.met.shared), at);
        let mut paths = vec![
            format!("/root:/{below}:"),
            format!("/driveItem:/.%2F{}:", below.replace('/', "%2F")),
            format!("/driveItem:/{top}:"),
            format!("/driveItem/children/{}", below.replace('/', "/children/")),
        ];
        if let Some(parent) = self.world.items[at].parent {
            let (name, parent) = (self.world.path(Some(parent), at), &self.world.items[parent].id);
            paths.push(format!("/items/{parent}:/{name}:"));
        }
        paths.iter().map(|path| Start::link(self.share(path))).collect()
    }

    /// Ways to an item that don't name the link. One is enough for those who haven't signed in.
    fn past_the_link(&self, drive: &str, at: usize, top: Option<&str>) -> Vec<Start> {
        let id = &self.world.items[at].id;
        let mut starts = vec![Start::plain(format!("/v1.0/drives/{drive}/items/{id}"))];
        if self.met.meeting.is_signed_in() {
            let key = driveway_core::share_id::encode_url(&format!("http://driveway.test/d/{drive}/{id}"));
            starts.extend(top.map(|top| Start::plain(format!("/v1.0/drives/{drive}/root:/{top}:"))));
            starts.push(Start::plain(format!("/v1.0/shares/{key}/driveItem")));
        }
        starts
    }

    /// What reaches from inside to outside: names that something out of reach has, and places to move to.
    pub fn attacks(&self) -> Vec<Try> {
        let mut tries = Vec::new();
        let mut send = |method: Method, path: String, body: serde_json::Value| {
            let path = self.share(&format!("/items/{path}"));
            tries.push(Try { method, path, body: Some(("application/json", body.to_string())), by_link: true });
        };
        let inside = |at: &usize| self.told.by_link[*at].be_told;
        let items = 0..self.world.items.len();
        for outside in items.clone().filter(|at| !inside(at)) {
            let item = &self.world.items[outside];
            for within in items.clone().filter(inside) {
                let to = json!({"parentReference": {"id": item.id}});
                send(Method::PATCH, self.world.items[within].id.clone(), to);
                let path = format!("/drive/root:/{}", self.world.path(None, outside));
                send(Method::PATCH, self.world.items[within].id.clone(), json!({"parentReference": {"path": path}}));
            }
            let Some(folder) = item.parent.filter(|folder| inside(folder) && !item.is_deleted) else { continue };
            let folder = &self.world.items[folder].id;
            let mut taken = json!({"name": item.name, "@microsoft.graph.conflictBehavior": "replace"});
            send(Method::PUT, format!("{folder}:/{}:/content", self.world.path(item.parent, outside)), json!({}));
            for within in items.clone().filter(inside) {
                taken["parentReference"] = json!({"id": folder});
                send(Method::PATCH, self.world.items[within].id.clone(), taken.clone());
            }
            let folder_like = json!({"name": item.name, "folder": {}, "@microsoft.graph.conflictBehavior": "replace"});
            send(Method::POST, format!("{folder}/children"), folder_like);
        }
        tries
    }
}
