package com.fastpubsub.internal.transport.websocket;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.Catalogue;
import com.fastpubsub.internal.fault.Fault;

/** What a close of the server means. */
final class Closing {
    /** Stands for the code of a Close frame that has none. */
    static final int NO_CODE = 1005;

    private static final int GOING_AWAY = 1001;
    private static final int MESSAGE_TOO_BIG = 1009;
    private static final int INTERNAL_ERROR = 1011;
    private static final int TRY_AGAIN_LATER = 1013;

    private Closing() {}

    /** A server closes with the text "REASON: what is wrong". */
    static Fault faultOf(int code, String text) {
        int colon = text.indexOf(':');
        if (colon > 0 && Catalogue.knows(text.substring(0, colon))) {
            String what = text.substring(colon + 1).trim();
            return Fault.of(Catalogue.reasonOf(text.substring(0, colon)), what);
        }
        String what = "the server closed the connection with code " + code + " " + text;
        return Fault.of(reasonOf(code), what.trim());
    }

    private static Reason reasonOf(int code) {
        return switch (code) {
            case GOING_AWAY -> Reason.DRAINING;
            case MESSAGE_TOO_BIG -> Reason.PAYLOAD_TOO_LARGE;
            case INTERNAL_ERROR -> Reason.INTERNAL;
            case TRY_AGAIN_LATER -> Reason.OVERLOADED;
            default -> Reason.CONNECTION_LOST;
        };
    }
}
