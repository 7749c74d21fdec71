package com.fastpubsub.internal.transport.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A google.rpc.ErrorInfo. It is read field by field, because the jar with the generated type has no
 * module name.
 *
 * @param reason the catalogue's reason, as text
 * @param domain of which catalogue
 * @param metadata further texts
 */
public record ErrorInfo(String reason, String domain, Map<String, String> metadata) {
    private static final String TYPE = "/google.rpc.ErrorInfo";

    private static final int FIRST = 1;
    private static final int SECOND = 2;
    private static final int THIRD = 3;

    /** Reads an encoded ErrorInfo. */
    public static ErrorInfo parse(ByteString encoded) throws InvalidProtocolBufferException {
        UnknownFieldSet fields = UnknownFieldSet.parseFrom(encoded);
        Map<String, String> metadata = new HashMap<>();
        for (ByteString entry : all(fields, THIRD)) {
            UnknownFieldSet pair = UnknownFieldSet.parseFrom(entry);
            metadata.put(text(pair, FIRST), text(pair, SECOND));
        }
        return new ErrorInfo(text(fields, FIRST), text(fields, SECOND), metadata);
    }

    /**
     * What a google.rpc.Status says.
     *
     * @param message for people
     * @param info its first ErrorInfo
     */
    record Details(String message, @Nullable ErrorInfo info) {}

    /** Reads an encoded google.rpc.Status. */
    static Details detailsOf(byte[] status) throws InvalidProtocolBufferException {
        UnknownFieldSet fields = UnknownFieldSet.parseFrom(status);
        for (ByteString detail : all(fields, THIRD)) {
            UnknownFieldSet any = UnknownFieldSet.parseFrom(detail);
            if (text(any, FIRST).endsWith(TYPE)) {
                ByteString value = last(any, SECOND);
                return new Details(text(fields, SECOND), parse(value));
            }
        }
        return new Details(text(fields, SECOND), null);
    }

    private static List<ByteString> all(UnknownFieldSet fields, int number) {
        return fields.getField(number).getLengthDelimitedList();
    }

    private static ByteString last(UnknownFieldSet fields, int number) {
        List<ByteString> values = all(fields, number);
        return values.isEmpty() ? ByteString.EMPTY : values.get(values.size() - 1);
    }

    private static String text(UnknownFieldSet fields, int number) {
        return last(fields, number).toStringUtf8();
    }
}
