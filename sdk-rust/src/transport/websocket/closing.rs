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

    fn reason(code: u16, text: &'static str) -> Reason {
        let close = CloseFrame { code: code.into(), reason: text.into() };
        fault_of_close(Some(&close)).reason().clone()
    }

    // SF-18: the text names the reason; otherwise the code counts.
    #[test]
    fn closes() {
        assert_eq!(reason(1008, "SLOW_CONSUMER: too slow"), Reason::SlowConsumer);
        assert_eq!(reason(1008, "TOKEN_EXPIRED: over"), Reason::TokenExpired);
        assert_eq!(reason(1001, ""), Reason::Draining);
        assert_eq!(reason(1009, "frame: too long"), Reason::PayloadTooLarge);
        assert_eq!(reason(1011, ""), Reason::Internal);
        assert_eq!(reason(1013, "busy"), Reason::Overloaded);
        assert_eq!(reason(1000, "bye"), Reason::ConnectionLost);
        assert_eq!(fault_of_close(None).reason(), &Reason::ConnectionLost);
    }
}
