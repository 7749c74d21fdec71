use std::io::{self, Write};

use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use crate::generated::pipe::{self, driver_frame::Frame, event, result::Outcome};
use crate::wire;

/// The pipe to the runner. It may be used from every thread; what one thread writes
/// comes out in that order.
pub(crate) struct Output {
    state: Mutex<State>,
    /// Cancelled when the pipe has broken.
    broken: CancellationToken,
}

struct State {
    pipe: Box<dyn Write + Send>,
    /// Of the last event.
    sequence: u64,
    failure: Option<io::Error>,
}

impl Output {
    pub(crate) fn new(pipe: Box<dyn Write + Send>) -> Self {
        Self { state: Mutex::new(State { pipe, sequence: 0, failure: None }), broken: CancellationToken::new() }
    }

    /// Says who the driver is: the first frame.
    pub(crate) fn hello(&self, hello: pipe::Hello) {
        self.write(|_| Frame::Hello(hello));
    }

    /// Says what became of a command.
    pub(crate) fn result(&self, command_id: u64, outcome: Outcome) {
        self.write(|_| Frame::Result(pipe::Result { command_id, outcome: Some(outcome) }));
    }

    /// Says what the SDK did by itself, with the next number.
    pub(crate) fn event(&self, event: event::Event) {
        self.write(|sequence| {
            *sequence += 1;
            Frame::Event(pipe::Event { sequence: *sequence, event: Some(event) })
        });
    }

    /// Waits until the pipe has broken: then nothing more is written.
    pub(crate) async fn broken(&self) {
        self.broken.cancelled().await;
    }

    /// Why the pipe has broken, once.
    pub(crate) fn failure(&self) -> Option<io::Error> {
        self.state.lock().failure.take()
    }

    fn write(&self, make: impl FnOnce(&mut u64) -> Frame) {
        let mut state = self.state.lock();
        if self.broken.is_cancelled() {
            return;
        }
        let frame = pipe::DriverFrame { frame: Some(make(&mut state.sequence)) };
        if let Err(failure) = wire::write(&mut *state.pipe, &frame) {
            state.failure = Some(failure);
            self.broken.cancel();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// What was written, and from which byte on nothing can be.
    #[derive(Clone, Default)]
    struct Disk {
        bytes: Arc<Mutex<Vec<u8>>>,
        room: usize,
    }

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut written = self.bytes.lock();
            if written.len() + bytes.len() > self.room {
                return Err(io::ErrorKind::StorageFull.into());
            }
            written.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn requested(client: u64) -> event::Event {
        event::Event::TokenRequested(pipe::TokenRequested { client })
    }

    #[test]
    fn events_are_numbered_without_a_gap() {
        let disk = Disk { room: 1000, ..Disk::default() };
        let output = Output::new(Box::new(disk.clone()));
        output.event(requested(1));
        output.result(9, Outcome::Fault(String::new()));
        output.event(requested(2));
        let written = disk.bytes.lock().clone();
        let mut input = &*written;
        let mut sequences = Vec::new();
        while let Some(frame) = wire::read::<pipe::DriverFrame>(&mut input).unwrap() {
            if let Some(Frame::Event(event)) = frame.frame {
                sequences.push(event.sequence);
            }
        }
        assert_eq!(sequences, [1, 2]);
    }

    #[tokio::test]
    async fn a_full_disk_is_told_and_ends_writing() {
        let disk = Disk { room: 10, ..Disk::default() };
        let output = Output::new(Box::new(disk.clone()));
        output.event(requested(1));
        output.result(1, Outcome::Fault("a text that is longer".into()));
        output.broken().await;
        let written = disk.bytes.lock().len();
        output.event(requested(2));
        assert_eq!(disk.bytes.lock().len(), written);
        assert_eq!(output.failure().unwrap().kind(), io::ErrorKind::StorageFull);
    }
}
