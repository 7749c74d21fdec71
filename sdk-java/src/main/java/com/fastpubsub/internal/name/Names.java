package com.fastpubsub.internal.name;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.fault.FaultException;

/**
 * Checks tenants, channels and patterns before anything is sent, with the same reasons as the
 * server's (SDK-16). Pure: it knows the grammar (CH-1 to CH-9) and nothing else.
 */
public final class Names {
    /** What an empty tenant means. */
    public static final String DEFAULT_TENANT = "~";

    private static final String ORDINARY = "a-z A-Z 0-9 _ - ~ @";
    private static final boolean[] IS_ORDINARY = new boolean[128];

    static {
        String all = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-~@";
        for (int i = 0; i < all.length(); i++) {
            IS_ORDINARY[all.charAt(i)] = true;
        }
    }

    private Names() {}

    /** Checks a tenant of at most limit bytes and gives the one that it stands for. */
    public static String tenant(String tenant, int limit) {
        if (tenant.isEmpty()) {
            return DEFAULT_TENANT;
        }
        requireLength(Reason.TENANT_INVALID, "tenant", tenant, limit);
        for (int i = 0; i < tenant.length(); i++) {
            char c = tenant.charAt(i);
            if (!isOrdinary(c) && c != '.') {
                throw invalid(
                        Reason.TENANT_INVALID,
                        "tenant %s has %s at byte %d; use %s and the dot",
                        quote(tenant),
                        show(c),
                        i,
                        ORDINARY);
            }
        }
        return tenant;
    }

    /** Checks a channel of at most limit bytes. */
    public static void channel(String channel, int limit) {
        requireWhole(Reason.CHANNEL_INVALID, "channel", channel, limit);
        int start = 0;
        for (int i = 0; i <= channel.length(); i++) {
            if (i == channel.length() || channel.charAt(i) == '.') {
                if (i == start) {
                    throw emptyToken(Reason.CHANNEL_INVALID, "channel", channel);
                }
                start = i + 1;
            } else if (!isOrdinary(channel.charAt(i))) {
                throw invalid(
                        Reason.CHANNEL_INVALID,
                        "channel %s has %s at byte %d; a channel to publish to has tokens of"
                                + " %s, separated by dots, and no wildcards",
                        quote(channel),
                        show(channel.charAt(i)),
                        i,
                        ORDINARY);
            }
        }
    }

    /** Checks a pattern of at most limit bytes. */
    public static void pattern(String pattern, int limit) {
        requireWhole(Reason.PATTERN_INVALID, "pattern", pattern, limit);
        int start = 0;
        while (start <= pattern.length()) {
            int dot = pattern.indexOf('.', start);
            boolean last = dot < 0;
            int end = last ? pattern.length() : dot;
            patternToken(pattern, pattern.substring(start, end), last);
            start = end + 1;
        }
    }

    private static void patternToken(String pattern, String token, boolean last) {
        if (token.isEmpty()) {
            throw emptyToken(Reason.PATTERN_INVALID, "pattern", pattern);
        }
        for (int i = 0; i < token.length(); i++) {
            char c = token.charAt(i);
            if (isOrdinary(c)) {
                continue;
            }
            if (c != '*' && c != '#' && c != '>') {
                throw badPattern(
                        pattern,
                        c,
                        "in",
                        token,
                        "use " + ORDINARY + ", dots between tokens, and the wildcards * # >");
            }
            if (i != token.length() - 1) {
                throw badPattern(
                        pattern,
                        c,
                        "inside",
                        token,
                        "a wildcard may only be the last character of a token");
            }
            if (c != '*' && !last) {
                throw badPattern(pattern, c, "in", token, "it may only stand in the last token");
            }
        }
    }

    private static FaultException badPattern(
            String pattern, char c, String where, String token, String advice) {
        return invalid(
                Reason.PATTERN_INVALID,
                "pattern %s has %s %s %s; %s",
                quote(pattern),
                show(c),
                where,
                quote(token),
                advice);
    }

    private static void requireWhole(Reason reason, String kind, String text, int limit) {
        if (text.isEmpty()) {
            throw invalid(reason, "the %s is empty; give 1 to %d bytes", kind, limit);
        }
        requireLength(reason, kind, text, limit);
    }

    private static void requireLength(Reason reason, String kind, String text, int limit) {
        int bytes = utf8Length(text);
        if (bytes > limit) {
            throw invalid(
                    reason, "the %s has %d bytes; at most %d are accepted", kind, bytes, limit);
        }
    }

    private static int utf8Length(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return bytes;
    }

    private static FaultException emptyToken(Reason reason, String kind, String text) {
        return invalid(
                reason,
                "%s %s has an empty token; write something before, between and after the dots",
                kind,
                quote(text));
    }

    private static boolean isOrdinary(char c) {
        return c < IS_ORDINARY.length && IS_ORDINARY[c];
    }

    private static FaultException invalid(Reason reason, String format, Object... args) {
        return new FaultException(Fault.of(reason, String.format(format, args)));
    }

    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            appendEscaped(quoted, text.charAt(i));
        }
        return quoted.append('"').toString();
    }

    private static String show(char c) {
        return appendEscaped(new StringBuilder("'"), c).append('\'').toString();
    }

    private static StringBuilder appendEscaped(StringBuilder to, char c) {
        return c < ' ' || c > '~' ? to.append(String.format("\\u%04x", (int) c)) : to.append(c);
    }
}
