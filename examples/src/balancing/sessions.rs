//! Where a session lives, and what is lost when a web server or the session store
//! fails.
//!
//! Shown in `src/balancing/sessions.md`.

use super::rule::hash;
use crate::hash::mix;
use crate::random::Random;
use std::collections::BTreeMap;

/// Where the data of a logged-in user is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// On the web server chosen by a hash of the client's address.
    ServerByAddress,
    /// On the web server whose score for the client's address is the highest:
    /// rendezvous hashing, of Thaler and Ravishankar, 1998.
    ServerByScore,
    /// On the web server that the balancer chose first, remembered under a random
    /// number in a cookie.
    ServerByCookie,
    /// In a store that all web servers use.
    SharedStore,
    /// In the cookie itself.
    Cookie,
}

/// What can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// A web server stops for good.
    Server,
    /// A web server is added.
    NewServer,
    /// The shared store restarts without its memory.
    Store,
}

/// A site: web servers, a balancer's table of cookies and a shared store.
#[derive(Debug, Clone)]
pub struct Site {
    home: Home,
    servers: Vec<BTreeMap<u64, String>>,
    table: BTreeMap<u64, usize>,
    store: BTreeMap<u64, String>,
    random: Random,
}

/// What a client brings to each request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Its address. Users behind one router share one.
    pub address: u64,
    /// A random number, followed by the session with [`Home::Cookie`].
    pub cookie: (u64, Option<String>),
}

impl Site {
    /// A site with this many web servers (at least one) and no sessions.
    pub fn new(home: Home, servers: usize, seed: u64) -> Self {
        Self {
            home,
            servers: vec![BTreeMap::new(); servers.max(1)],
            table: BTreeMap::new(),
            store: BTreeMap::new(),
            random: Random::new(seed),
        }
    }

    // ANCHOR: route
    /// The web server for a client's request.
    fn route(&mut self, client: &Client) -> usize {
        let any = self.random.index(self.servers.len());
        match self.home {
            Home::ServerByAddress => hash(client.address) % self.servers.len(),
            Home::ServerByScore => {
                let score = |server: &usize| mix(client.address ^ mix(*server as u64));
                (0..self.servers.len()).max_by_key(score).unwrap_or(0)
            }
            Home::ServerByCookie => {
                // The number says nothing about the server; only the balancer's table
                // does.
                let server = self.table.entry(client.cookie.0).or_insert(any);
                if *server >= self.servers.len() {
                    *server = any;
                }
                *server
            }
            Home::SharedStore | Home::Cookie => any,
        }
    }
    // ANCHOR_END: route

    /// Logs a client in.
    pub fn log_in(&mut self, client: &mut Client, session: &str) {
        let server = self.route(client);
        let (id, session) = (client.cookie.0, session.to_owned());
        match self.home {
            Home::ServerByAddress | Home::ServerByScore | Home::ServerByCookie => {
                self.servers[server].insert(id, session);
            }
            Home::SharedStore => _ = self.store.insert(id, session),
            Home::Cookie => client.cookie.1 = Some(session),
        }
    }

    /// The session that the web server finds for a client's request, if any.
    pub fn request(&mut self, client: &Client) -> Option<String> {
        let server = self.route(client);
        match self.home {
            Home::ServerByAddress | Home::ServerByScore | Home::ServerByCookie => {
                self.servers[server].get(&client.cookie.0).cloned()
            }
            Home::SharedStore => self.store.get(&client.cookie.0).cloned(),
            Home::Cookie => client.cookie.1.clone(),
        }
    }

    /// Something fails or is added.
    pub fn fail(&mut self, failure: Failure) {
        match failure {
            // The last one stays: without servers nothing could be measured.
            Failure::Server if self.servers.len() > 1 => _ = self.servers.pop(),
            Failure::Server => {}
            Failure::NewServer => self.servers.push(BTreeMap::new()),
            Failure::Store => self.store.clear(),
        }
    }

    /// How many clients each web server is sent.
    pub fn loads(&mut self, clients: &[Client]) -> Vec<u32> {
        let mut loads = vec![0; self.servers.len()];
        for client in clients {
            loads[self.route(client)] += 1;
        }
        loads
    }
}

/// Clients with random cookies and addresses; the first `behind_one_address` share one.
pub fn clients(count: u64, behind_one_address: u64, seed: u64) -> Vec<Client> {
    let mut random = Random::new(seed);
    let mut number = || {
        let part = |random: &mut Random| random.below(1 << 31);
        part(&mut random) << 31 | part(&mut random)
    };
    let shared = number();
    let mut client = |client: u64| Client {
        address: if client < behind_one_address {
            shared
        } else {
            number()
        },
        cookie: (number(), None),
    };
    (0..count).map(&mut client).collect()
}

/// How many of so many users find no session after a failure, if all had logged in on
/// this many servers before.
pub fn logged_out(
    home: Home,
    servers: usize,
    users: u64,
    failure: Failure,
    seed: u64,
) -> usize {
    let mut site = Site::new(home, servers, seed.wrapping_mul(2));
    let mut users = clients(users, 0, seed.wrapping_mul(2).wrapping_add(1));
    for user in &mut users {
        site.log_in(user, "logged in");
    }
    site.fail(failure);
    users
        .iter()
        .filter(|user| site.request(user).is_none())
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Home; 5] = [
        Home::ServerByAddress,
        Home::ServerByScore,
        Home::ServerByCookie,
        Home::SharedStore,
        Home::Cookie,
    ];

    fn kept(home: Home, failure: Option<Failure>) -> usize {
        let mut site = Site::new(home, 5, 1);
        let mut clients = clients(2_000, 0, 2);
        for (at, client) in clients.iter_mut().enumerate() {
            site.log_in(client, &format!("user {at}"));
        }
        if let Some(failure) = failure {
            site.fail(failure);
        }
        let mine = |(at, client): &(usize, &Client)| {
            site.request(client) == Some(format!("user {at}"))
        };
        clients.iter().enumerate().filter(mine).count()
    }

    #[test]
    fn without_a_failure_everybody_stays_logged_in() {
        assert!(ALL.iter().all(|home| kept(*home, None) == 2_000));
    }

    #[test]
    fn a_server_takes_its_sessions_along_and_a_hash_modulo_moves_more() {
        let lost = |home| 2_000 - kept(home, Some(Failure::Server));
        // One of 5 servers: a fifth. Modulo 5 to 4 keeps a client only if both
        // remainders agree: 4 of 20.
        assert!(lost(Home::ServerByCookie).abs_diff(400) < 60);
        assert!(lost(Home::ServerByAddress).abs_diff(1_600) < 60);
        // The others' scores don't change when one server goes.
        assert!(lost(Home::ServerByScore).abs_diff(400) < 60);
        assert_eq!((lost(Home::SharedStore), lost(Home::Cookie)), (0, 0));
    }

    #[test]
    fn a_store_takes_all_and_a_new_server_only_moves_hashes() {
        assert_eq!(kept(Home::SharedStore, Some(Failure::Store)), 0);
        assert_eq!(kept(Home::ServerByCookie, Some(Failure::NewServer)), 2_000);
        // The new server has the highest of six scores for a sixth of the clients.
        assert!(
            kept(Home::ServerByScore, Some(Failure::NewServer)).abs_diff(1_667) < 60
        );
        // 5 to 6: both remainders agree for 5 of 30.
        assert!(
            kept(Home::ServerByAddress, Some(Failure::NewServer)).abs_diff(333) < 60
        );
    }

    #[test]
    fn who_is_logged_out_is_who_is_not_kept() {
        let lost = |home, failure| logged_out(home, 5, 2_000, failure, 4);
        assert!(lost(Home::ServerByAddress, Failure::Server).abs_diff(1_600) < 60);
        assert!(lost(Home::ServerByScore, Failure::NewServer).abs_diff(333) < 60);
        assert_eq!(lost(Home::SharedStore, Failure::Store), 2_000);
        assert_eq!(lost(Home::Cookie, Failure::Store), 0);
    }

    #[test]
    fn an_office_shares_one_address_and_others_have_their_own() {
        let clients = clients(1_000, 300, 5);
        let addresses = |clients: &[Client]| {
            let all = clients.iter().map(|client| client.address);
            all.collect::<std::collections::BTreeSet<_>>().len()
        };
        assert_eq!(addresses(&clients[..300]), 1);
        assert_eq!(addresses(&clients), 701);
    }
}
