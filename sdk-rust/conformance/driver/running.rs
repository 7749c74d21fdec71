use std::collections::HashMap;

use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

/// The commands that have been given and are not answered yet.
#[derive(Default)]
pub(crate) struct Running(Mutex<HashMap<u64, Call>>);

/// One command.
struct Call {
    /// Cancelled when it is to be given up.
    given_up: CancellationToken,
    /// The client that it calls, if it calls one.
    client: Option<u64>,
}

impl Running {
    /// Notes a command that begins; what it gives is cancelled when the command is to
    /// be given up.
    pub(crate) fn begin(&self, id: u64, client: Option<u64>) -> CancellationToken {
        let given_up = CancellationToken::new();
        self.0.lock().insert(id, Call { given_up: given_up.clone(), client });
        given_up
    }

    /// Forgets a command that is answered.
    pub(crate) fn end(&self, id: u64) {
        self.0.lock().remove(&id);
    }

    /// Gives a command up, unless it has ended.
    pub(crate) fn give_up(&self, id: u64) {
        if let Some(call) = self.0.lock().get(&id) {
            call.given_up.cancel();
        }
    }

    /// Gives up all commands that call a client.
    pub(crate) fn give_up_all_of(&self, client: u64) {
        self.0.lock().values().filter(|call| call.client == Some(client)).for_each(|call| call.given_up.cancel());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_given_up_by_its_number_or_with_its_client() {
        let running = Running::default();
        let [one, two, three, four] =
            [(1, None), (2, Some(7)), (3, Some(8)), (4, Some(7))].map(|(id, client)| running.begin(id, client));
        running.end(4);
        running.give_up(1);
        running.give_up(99);
        assert!(one.is_cancelled() && !two.is_cancelled());
        running.give_up_all_of(7);
        assert!(two.is_cancelled() && !three.is_cancelled());
        assert!(!four.is_cancelled(), "it had ended");
    }
}
