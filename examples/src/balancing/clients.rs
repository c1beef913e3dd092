//! Balancing without a balancer: each client picks servers by itself and knows only its
//! own requests.
//!
//! Shown in `src/balancing/clients.md`.

use crate::random::Random;

/// How a client chooses among the servers it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// In turn, from the first one in the list.
    InTurnFromFirst,
    /// In turn, from a random one.
    InTurnFromRandom,
    /// A random one each time.
    Random,
}

// ANCHOR: send
/// How many requests each server gets from the clients, each of which sends the same
/// number.
pub fn send(
    clients: usize,
    requests: usize,
    servers: usize,
    choice: Choice,
    seed: u64,
) -> Vec<u32> {
    let servers = servers.max(1);
    let mut random = Random::new(seed);
    let mut loads = vec![0; servers];
    for _ in 0..clients {
        let start = match choice {
            Choice::InTurnFromFirst => 0,
            _ => random.index(servers),
        };
        for request in 0..requests {
            let server = match choice {
                Choice::Random => random.index(servers),
                _ => (start + request) % servers,
            };
            loads[server] += 1;
        }
    }
    loads
}
// ANCHOR_END: send

// ANCHOR: subset
/// The servers that a client connects to, if each client uses only `size` of them.
///
/// Clients are taken in rounds of `servers / size`. A round shuffles the servers and
/// deals them out, so that each server has the same number of clients in each full
/// round. From Beyer, Jones, Petoff and Murphy (editors), "Site Reliability
/// Engineering", 2016, chapter 20. There the seed of the first round is 0.
pub fn subset(client: usize, servers: usize, size: usize, seed: u64) -> Vec<usize> {
    let hands = (servers / size.max(1)).max(1);
    let (round, hand) = (client / hands, client % hands);
    let deck = shuffled(servers, seed + round as u64);
    deck.into_iter().skip(hand * size).take(size).collect()
}
// ANCHOR_END: subset

/// The servers in a random order.
fn shuffled(servers: usize, seed: u64) -> Vec<usize> {
    let mut deck: Vec<usize> = (0..servers).collect();
    let mut random = Random::new(seed);
    for at in (1..servers).rev() {
        deck.swap(at, random.index(at + 1));
    }
    deck
}

/// How clients come by the servers that they connect to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Each connects to all.
    All,
    /// Subsets are dealt out in rounds, see [`subset`].
    Dealt,
    /// Each draws a subset of its own.
    Drawn,
}

/// How many clients each server has.
pub fn connected(
    way: Way,
    clients: usize,
    servers: usize,
    size: usize,
    seed: u64,
) -> Vec<u32> {
    // A seed for each round or client that no other seed has.
    let first = seed.wrapping_mul(1 << 20);
    let of_client = |client: usize| match way {
        Way::All => (0..servers).collect(),
        Way::Dealt => subset(client, servers, size, first),
        Way::Drawn => {
            let mut deck = shuffled(servers, first + client as u64);
            deck.truncate(size);
            deck
        }
    };
    let mut loads = vec![0; servers];
    for server in (0..clients).flat_map(of_client) {
        loads[server] += 1;
    }
    loads
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_common_start_serves_the_first_servers_only() {
        let loads = send(20, 3, 10, Choice::InTurnFromFirst, 1);
        assert_eq!(loads, [20, 20, 20, 0, 0, 0, 0, 0, 0, 0]);
        // Full turns are even whatever the start.
        assert_eq!(send(7, 20, 10, Choice::InTurnFromRandom, 1), [14; 10]);
    }

    #[test]
    fn no_request_is_lost() {
        for choice in [
            Choice::InTurnFromFirst,
            Choice::InTurnFromRandom,
            Choice::Random,
        ] {
            assert_eq!(send(13, 7, 5, choice, 2).iter().sum::<u32>(), 91);
        }
    }

    #[test]
    fn full_rounds_give_each_server_the_same_number_of_clients() {
        let mut clients = [0; 30];
        for client in 0..60 {
            let servers = subset(client, 30, 5, 7);
            assert_eq!(servers.len(), 5);
            for server in servers {
                clients[server] += 1;
            }
        }
        assert_eq!(clients, [10; 30]);
    }

    #[test]
    fn drawn_subsets_are_as_uneven_as_coins() {
        // 300 clients that each draw 20 of 100: 60 ± 6.9 a server.
        let (mut squares, mut count) = (0.0, 0.0);
        for seed in 0..50 {
            let loads = connected(Way::Drawn, 300, 100, 20, seed);
            assert_eq!(loads.iter().sum::<u32>(), 6_000);
            for load in loads {
                squares += (f64::from(load) - 60.0).powi(2);
                count += 1.0;
            }
        }
        let spread = (squares / count).sqrt();
        assert!((spread - 6.93).abs() < 0.3, "{spread}");
        assert_eq!(connected(Way::Dealt, 300, 100, 20, 9), [60; 100]);
        assert_eq!(connected(Way::All, 7, 3, 1, 9), [7; 3]);
    }
}
