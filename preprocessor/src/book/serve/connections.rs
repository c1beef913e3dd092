//! The open connections of a server: a fixed number, of which the oldest gives way to a new one.
//!
//! So whoever opens many and sends nothing keeps nobody else waiting: what a browser sends is read at once, long before its turn comes.

use std::collections::VecDeque;
use std::io;
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Open connections, each with a thread of its own.
#[derive(Debug)]
pub(super) struct Connections {
    most: usize,
    state: Mutex<State>,
    ended: Condvar,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    /// From the oldest on; one that gave way is no longer here.
    open: VecDeque<(u64, TcpStream)>,
    /// How many threads there are.
    threads: usize,
}

impl Connections {
    /// At most this many, and twice as many threads: one whose connection gave way may still be busy.
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            most,
            state: Mutex::default(),
            ended: Condvar::new(),
        })
    }

    /// Serves a connection in a thread of its own, and ends the oldest one if there are too many.
    ///
    /// # Errors
    /// When the system has no more threads or handles.
    pub(super) fn add(
        self: &Arc<Self>,
        stream: TcpStream,
        serve: impl FnOnce(TcpStream) + Send + 'static,
    ) -> io::Result<()> {
        let other = stream.try_clone()?;
        let mut state = self.state();
        if state.open.len() >= self.most
            && let Some((_, oldest)) = state.open.pop_front()
        {
            // Its thread sees the end of what it reads or writes.
            let _ = oldest.shutdown(Shutdown::Both);
        }
        while state.threads >= 2 * self.most {
            let waited = self.ended.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
        let number = state.next;
        state.next += 1;
        state.threads += 1;
        state.open.push_back((number, other));
        drop(state);
        let turn = Turn {
            connections: Arc::clone(self),
            number,
        };
        std::thread::Builder::new().spawn(move || {
            // Ends the turn even if it panics.
            let _turn = turn;
            serve(stream);
        })?;
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A thread's turn; it ends with this value.
struct Turn {
    connections: Arc<Connections>,
    number: u64,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut state = self.connections.state();
        state.threads -= 1;
        state.open.retain(|(number, _)| *number != self.number);
        self.connections.ended.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    #[test]
    fn a_new_connection_is_served_and_the_oldest_gives_way() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let connections = Connections::new(2);
        let mut clients = Vec::new();
        for _ in 0..10 {
            let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let (stream, _) = listener.accept().unwrap();
            connections
                .add(stream, |mut stream| {
                    let mut byte = [0];
                    if stream.read_exact(&mut byte).is_ok() {
                        let _ = stream.write_all(&byte);
                    }
                })
                .unwrap();
            clients.push(client);
        }
        // Each is the newest or the one before it.
        for client in clients.iter_mut().skip(8) {
            client.write_all(b"x").unwrap();
            let mut answer = String::new();
            client.read_to_string(&mut answer).unwrap();
            assert_eq!(answer, "x");
        }
        let mut answer = Vec::new();
        let _ = clients[0].read_to_end(&mut answer);
        assert_eq!(answer, b"");
    }
}
