use std::io::{self, Write};
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::mpsc;

use crate::driver::Driver;
use crate::generated::pipe::{self, RunnerFrame, driver_frame::Frame, result::Outcome, runner_frame::Command};
use crate::output::Output;
use crate::sdk_runtime::SdkRuntime;
use crate::wire;

#[derive(Clone, Default)]
struct Pipe(Arc<Mutex<Vec<u8>>>);

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a driver answers to commands, by their numbers from 1, until it has ended.
async fn outcomes(commands: impl IntoIterator<Item = Option<Command>>) -> Vec<(u64, Outcome)> {
    let pipe = Pipe::default();
    let output = Arc::new(Output::new(Box::new(pipe.clone())));
    let own = tokio::runtime::Handle::current();
    let driver = Arc::new(Driver::new(output, SdkRuntime::new().unwrap(), own));
    let (sender, receiver) = mpsc::unbounded_channel();
    for (command_id, command) in (1..).zip(commands) {
        sender.send(Ok(RunnerFrame { command_id, command })).unwrap();
    }
    drop(sender);
    driver.serve(receiver).await.unwrap();
    let written = pipe.0.lock().clone();
    let mut input = &*written;
    let mut outcomes = Vec::new();
    while let Some(frame) = wire::read::<pipe::DriverFrame>(&mut input).unwrap() {
        if let Some(Frame::Result(result)) = frame.frame {
            outcomes.push((result.command_id, result.outcome.unwrap()));
        }
    }
    outcomes.sort_by_key(|(id, _)| *id);
    outcomes
}

fn open(client: u64, url: String) -> Command {
    Command::Open(pipe::OpenCommand { client, url, token: "AT_1_2".into(), ..Default::default() })
}

fn close(client: u64) -> Command {
    Command::Close(pipe::CloseCommand { client })
}

#[tokio::test]
async fn nonsense_is_a_fault() {
    let subscription = 3;
    let commands = [
        Some(close(7)),
        Some(Command::Unsubscribe(pipe::UnsubscribeCommand { subscription })),
        Some(Command::Consume(pipe::ConsumeCommand { subscription, paused: true })),
        None,
    ];
    let got = outcomes(commands).await;
    assert!(matches!(&got[0], (1, Outcome::Fault(problem)) if problem.contains("client 7")));
    assert!(matches!(&got[1], (2, Outcome::Fault(problem)) if problem.contains("subscription 3")));
    assert!(matches!(&got[2], (3, Outcome::Fault(_))));
    assert!(matches!(&got[3], (4, Outcome::Unsupported(_))));
}

// Commands on a client that hangs get their results when the input ends, and when the
// client is closed.
#[tokio::test]
async fn every_command_is_answered() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}", silent.local_addr().unwrap());
    let publish = Command::Publish(pipe::PublishCommand { client: 2, ..Default::default() });
    let all = Command::CloseAll(pipe::CloseAllCommand {});
    let commands = [open(1, url.clone()), open(2, url), publish, close(1), all].map(Some);
    let got = outcomes(commands).await;
    assert_eq!(got.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    for opened in &got[..2] {
        assert!(matches!(&opened.1, Outcome::Canceled(_)), "{opened:?}");
    }
    assert!(matches!(&got[2].1, Outcome::Fault(_)), "there never was a connection");
    assert!(matches!(&got[3].1, Outcome::Success(_)));
    let Outcome::Success(pipe::Success { value: Some(pipe::success::Value::CloseAll(left)) }) = &got[4].1 else {
        panic!("{:?}", got[4]);
    };
    assert_eq!(left.leaked, 0, "{}", left.detail);
}

#[tokio::test]
async fn an_input_that_breaks_ends_the_driver() {
    let (sender, receiver) = mpsc::unbounded_channel();
    let own = tokio::runtime::Handle::current();
    let output = Arc::new(Output::new(Box::new(Pipe::default())));
    let driver = Arc::new(Driver::new(output, SdkRuntime::new().unwrap(), own));
    sender.send(Err(io::ErrorKind::UnexpectedEof.into())).unwrap();
    assert_eq!(driver.serve(receiver).await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
}
