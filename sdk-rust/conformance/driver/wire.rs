//! Frames on a pipe: a length (4 bytes, big-endian), and so many bytes of one message.

use std::io::{self, Read, Write};

use prost::Message;
use tokio::sync::mpsc;

/// A longer frame than any runner sends: something else is being read.
const LONGEST_FRAME: usize = 64 << 20;

/// Writes one frame, at once.
pub(crate) fn write(out: &mut (impl Write + ?Sized), message: &impl Message) -> io::Result<()> {
    let mut frame = vec![0; 4];
    message.encode(&mut frame).map_err(io::Error::other)?;
    let length = u32::try_from(frame.len() - 4).map_err(io::Error::other)?;
    frame[..4].copy_from_slice(&length.to_be_bytes());
    out.write_all(&frame)?;
    out.flush()
}

/// Reads one frame; none at the end of the input.
pub(crate) fn read<M: Message + Default>(input: &mut impl Read) -> io::Result<Option<M>> {
    let mut length = [0; 4];
    if input.read(&mut length[..1])? == 0 {
        return Ok(None);
    }
    input.read_exact(&mut length[1..])?;
    let length = u32::from_be_bytes(length) as usize;
    if length > LONGEST_FRAME {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("a frame of {length} bytes on standard input")));
    }
    let mut frame = vec![0; length];
    input.read_exact(&mut frame)?;
    M::decode(&*frame).map(Some).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// Reads frames on a thread of its own until the end of the input, which closes the
/// channel, or until an error, which is the last thing in it.
pub(crate) fn read_all<M: Message + Default + 'static>(
    mut input: impl Read + Send + 'static,
) -> mpsc::UnboundedReceiver<io::Result<M>> {
    let (frames, receiver) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        while let Some(frame) = read(&mut input).transpose() {
            let failed = frame.is_err();
            if frames.send(frame).is_err() || failed {
                return;
            }
        }
    });
    receiver
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::pipe::CloseCommand;

    fn written(clients: &[u64]) -> Vec<u8> {
        let mut pipe = Vec::new();
        for client in clients {
            write(&mut pipe, &CloseCommand { client: *client }).unwrap();
        }
        pipe
    }

    #[tokio::test]
    async fn frames_come_as_they_were_written() {
        assert_eq!(written(&[7]), [0, 0, 0, 2, 8, 7]);
        let mut frames = read_all::<CloseCommand>(io::Cursor::new(written(&[0, 7, 300])));
        for client in [0, 7, 300] {
            assert_eq!(frames.recv().await.unwrap().unwrap(), CloseCommand { client });
        }
        assert!(frames.recv().await.is_none());
    }

    #[test]
    fn what_is_no_frame_is_an_error() {
        for broken in [&b"\0"[..], b"\0\0\0", b"\0\0\0\x02\x08", b"\xff\xff\xff\xff", b"\0\0\0\x01\x08"] {
            assert!(read::<CloseCommand>(&mut &*broken).is_err(), "{broken:?}");
        }
    }

    #[tokio::test]
    async fn nothing_comes_after_an_error() {
        let mut pipe = written(&[1]);
        pipe.extend_from_slice(b"\xff\xff\xff\xff");
        pipe.extend(written(&[2]));
        let mut frames = read_all::<CloseCommand>(io::Cursor::new(pipe));
        assert!(frames.recv().await.unwrap().is_ok());
        assert!(frames.recv().await.unwrap().is_err());
        assert!(frames.recv().await.is_none());
    }
}
