use std::io;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What a port says first.
#[derive(Clone, Debug)]
pub(super) enum FirstWord {
    Http1,
    /// A frame of SETTINGS: the server did not wait to be asked.
    Http2,
    Other,
    /// Nothing: the connection ended.
    End,
    /// Nothing: reading failed.
    Failure(Arc<io::Error>),
}

impl FirstWord {
    fn of(begin: &[u8]) -> Self {
        match begin {
            [] => Self::End,
            [b'H', b'T', b'T', b'P', b'/', b'1', ..] => Self::Http1,
            // Three bytes of length, the type, no flags; nothing of TLS or HTTP/1 begins so.
            [0, _, _, 4, 0, ..] => Self::Http2,
            _ => Self::Other,
        }
    }
}

/// Enough to know a first word, in bytes.
const WORD: usize = 16;

/// The first word of one connection, for whoever wants to know why it failed. Clones
/// hear the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Opening(Arc<OnceLock<FirstWord>>);

impl Opening {
    /// The first word; none while the server has said nothing.
    pub(super) fn word(&self) -> Option<&FirstWord> {
        self.0.get()
    }

    fn keep(&self, word: FirstWord) {
        let _ = self.0.set(word);
    }
}

/// A stream that notes the first word of the other side. A failure stays what it is,
/// and is noted, too: the layers above keep no more than its text.
pub(crate) struct Overheard<S> {
    stream: S,
    opening: Opening,
    heard: bool,
    /// Read already, for the next who reads.
    ahead: Vec<u8>,
}

impl<S: AsyncRead + Unpin> Overheard<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, opening: Opening::default(), heard: false, ahead: Vec::new() }
    }

    pub(super) fn opening(&self) -> Opening {
        self.opening.clone()
    }

    fn note(&mut self, word: FirstWord) {
        self.heard = true;
        self.opening.keep(word);
    }

    /// A failure to write says less than what a server has said that closed the
    /// connection. When the write fails it is there already, if there is anything.
    fn hear_out(&mut self, cx: &mut Context<'_>, written: io::Error) -> io::Error {
        let mut begin = [0; WORD];
        let mut buffer = ReadBuf::new(&mut begin);
        let (word, told) = match Pin::new(&mut self.stream).poll_read(cx, &mut buffer) {
            Poll::Ready(Ok(())) => (FirstWord::of(buffer.filled()), written),
            Poll::Ready(Err(failure)) => failed(failure),
            Poll::Pending => failed(written),
        };
        self.ahead = buffer.filled().to_vec();
        self.note(word);
        told
    }

    fn written<T>(&mut self, cx: &mut Context<'_>, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        match outcome {
            Poll::Ready(Err(failure)) if !self.heard => Poll::Ready(Err(self.hear_out(cx, failure))),
            outcome => outcome,
        }
    }
}

/// The word for a failure, and an error that is the same.
fn failed(failure: io::Error) -> (FirstWord, io::Error) {
    let (kind, failure) = (failure.kind(), Arc::new(failure));
    (FirstWord::Failure(failure.clone()), io::Error::new(kind, failure))
}

impl<S: AsyncRead + Unpin> AsyncRead for Overheard<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.heard && this.ahead.is_empty() {
            return Pin::new(&mut this.stream).poll_read(cx, buffer);
        }
        if this.heard {
            let taken = this.ahead.len().min(buffer.remaining());
            buffer.put_slice(&this.ahead[..taken]);
            this.ahead.drain(..taken);
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        match ready!(Pin::new(&mut this.stream).poll_read(cx, buffer)) {
            Ok(()) => {
                if buffer.remaining() > 0 || buffer.filled().len() > before {
                    this.note(FirstWord::of(&buffer.filled()[before..]));
                }
                Poll::Ready(Ok(()))
            }
            Err(failure) => {
                let (word, failure) = failed(failure);
                this.note(word);
                Poll::Ready(Err(failure))
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Overheard<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.written(cx, outcome)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_write_vectored(cx, parts);
        this.written(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_flush(cx);
        this.written(cx, outcome)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    /// What is noted of a server that says this and hangs up.
    async fn noted(said: &[u8]) -> Option<FirstWord> {
        let (mut server, client) = duplex(64);
        let mut client = Overheard::new(client);
        let opening = client.opening();
        assert!(opening.word().is_none());
        server.write_all(said).await.unwrap();
        drop(server);
        let mut all = Vec::new();
        client.read_to_end(&mut all).await.unwrap();
        assert_eq!(all, said, "the stream passes everything on");
        opening.word().cloned()
    }

    #[tokio::test]
    async fn first_words() {
        assert!(matches!(noted(b"HTTP/1.1 400 Bad Request\r\n").await, Some(FirstWord::Http1)));
        assert!(matches!(noted(&[0, 0, 24, 4, 0, 0, 0, 0, 0]).await, Some(FirstWord::Http2)));
        assert!(matches!(noted(&[0x15, 3, 1, 0, 2]).await, Some(FirstWord::Other)));
        assert!(matches!(noted(b"").await, Some(FirstWord::End)));
    }

    /// A stream on which every write fails, and which has something to read.
    struct Broken(&'static [u8]);

    impl AsyncRead for Broken {
        fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            Pin::new(&mut self.0).poll_read(cx, buffer)
        }
    }

    impl AsyncWrite for Broken {
        fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
            Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    // What the server said before it hung up is worth more than that writing failed.
    #[tokio::test]
    async fn a_server_is_heard_out() {
        let said = b"HTTP/1.1 400 Bad Request\r\n";
        let mut client = Overheard::new(Broken(said));
        let opening = client.opening();
        assert_eq!(client.write_all(b"x").await.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        assert!(matches!(opening.word(), Some(FirstWord::Http1)));
        let mut all = Vec::new();
        client.read_to_end(&mut all).await.unwrap();
        assert_eq!(all, said, "and nothing of it is lost");
    }
}
