package com.fastpubsub.internal.fault;

import com.fastpubsub.Reason;
import com.fastpubsub.v1.ErrorProto;
import com.fastpubsub.v1.ErrorReason;
import com.fastpubsub.v1.Failure;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** The reasons of the contract together with the client's own. */
public final class Catalogue {
    private static final String PREFIX = "ERROR_REASON_";
    private static final Map<String, Reason> BY_NAME = new HashMap<>();
    private static final Map<Reason, Retry> RETRIES = new EnumMap<>(Reason.class);

    static {
        for (EnumValueDescriptor value : ErrorReason.getDescriptor().getValues()) {
            if (value.getNumber() != 0) {
                Reason reason = Reason.valueOf(nameOf(value.getName()));
                BY_NAME.put(reason.name(), reason);
                RETRIES.put(
                        reason,
                        fromContract(
                                value.getOptions().getExtension(ErrorProto.traits).getRetry()));
            }
        }
        own(Reason.UNREACHABLE, Retry.YES);
        own(Reason.CONNECTION_LOST, Retry.YES);
        own(Reason.BUFFER_FULL, Retry.LATER);
        own(Reason.TIMED_OUT, Retry.YES);
        own(Reason.CANCELED, Retry.NO);
        own(Reason.CLOSED, Retry.NO);
        own(Reason.TOKEN_SOURCE_FAILED, Retry.YES);
    }

    private Catalogue() {}

    private static void own(Reason reason, Retry retry) {
        BY_NAME.put(reason.name(), reason);
        RETRIES.put(reason, retry);
    }

    private static Retry fromContract(com.fastpubsub.v1.Retry retry) {
        return switch (retry) {
            case RETRY_FRESH_TOKEN -> Retry.FRESH_TOKEN;
            case RETRY_LATER -> Retry.LATER;
            case RETRY_YES -> Retry.YES;
            default -> Retry.NO;
        };
    }

    /** What the catalogue says of a reason. */
    public static Retry retryOf(Reason reason) {
        return RETRIES.getOrDefault(reason, Retry.NO);
    }

    /** The reason with that name, or {@link Reason#UNRECOGNIZED}. */
    public static Reason reasonOf(String name) {
        return BY_NAME.getOrDefault(name, Reason.UNRECOGNIZED);
    }

    /** Whether a reason with that name is known. */
    public static boolean knows(String name) {
        return BY_NAME.containsKey(name);
    }

    /** The fault that a Failure of the session protocol stands for. */
    public static Fault faultOf(Failure failure) {
        return Fault.fromServer(
                nameOf(failure.getReason(), failure.getReasonValue()),
                failure.getMessage(),
                failure.getRetryable());
    }

    /**
     * The name of a reason of the contract. One that only a newer server knows is named by its
     * number: "99".
     */
    public static String nameOf(ErrorReason reason, int number) {
        return reason == ErrorReason.UNRECOGNIZED
                ? Integer.toString(number)
                : nameOf(reason.name());
    }

    private static String nameOf(String contractName) {
        return contractName.substring(PREFIX.length());
    }
}
