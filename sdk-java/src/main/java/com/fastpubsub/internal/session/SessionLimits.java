package com.fastpubsub.internal.session;

import com.fastpubsub.v1.Limits;

/**
 * What the server accepts, in bytes.
 *
 * @param tenant the longest tenant
 * @param channel the longest channel and pattern
 * @param payload the largest payload
 * @param frame the largest frame
 */
public record SessionLimits(int tenant, int channel, int payload, int frame) {
    private static final int TENANT_BYTES = 128;
    private static final int CHANNEL_BYTES = 256;
    private static final int PAYLOAD_BYTES = 65_535;

    /** Hold until a server has said otherwise. */
    public static final SessionLimits DEFAULT =
            new SessionLimits(TENANT_BYTES, CHANNEL_BYTES, PAYLOAD_BYTES, Integer.MAX_VALUE);

    static SessionLimits of(Limits declared) {
        return new SessionLimits(
                limit(declared.getMaxTenantBytes(), TENANT_BYTES),
                limit(declared.getMaxChannelBytes(), CHANNEL_BYTES),
                limit(declared.getMaxPayloadBytes(), PAYLOAD_BYTES),
                limit(declared.getMaxFrameBytes(), Integer.MAX_VALUE));
    }

    /** Takes an unsigned number; 0 is one that was not declared. */
    private static int limit(int declared, int otherwise) {
        if (declared == 0) {
            return otherwise;
        }
        return declared < 0 ? Integer.MAX_VALUE : declared;
    }
}
