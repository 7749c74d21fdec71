use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::fault::Fault;
use crate::reason::Reason;

/// Why a connection ended. A server closes with the text "REASON: what is wrong".
pub(super) fn fault_of_close(close: Option<&CloseFrame>) -> Fault {
    let Some(close) = close else {
        return Fault::new(Reason::ConnectionLost, "the server closed the connection");
    };
    if let Some((reason, text)) = close.reason.split_once(':') {
        let reason = Reason::from_text(reason);
        if reason.is_known() {
            return Fault::new(reason, text.trim());
        }
    }
    let code = u16::from(close.code);
    let reason = match close.code {
        CloseCode::Away => Reason::Draining,
        CloseCode::Size => Reason::PayloadTooLarge,
        CloseCode::Error => Reason::Internal,
        CloseCode::Again => Reason::Overloaded,
        _ => Reason::ConnectionLost,
    };
    Fault::new(reason, format!("the server closed the connection with code {code}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{Arrival, Refusal};

    // ER-2, ER-3, SF-18: the vectors that all SDKs share.
    #[test]
    fn closes() {
        Refusal::check_all(|arrival| {
            let Arrival::Close(close) = arrival else {
                return None;
            };
            // These two stand for a frame without a code, and for none at all.
            let frame = CloseFrame { code: close.code.into(), reason: close.text.as_str().into() };
            Some(fault_of_close(Some(&frame).filter(|_| ![1005, 1006].contains(&close.code))))
        });
    }
}
