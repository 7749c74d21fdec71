package com.fastpubsub.internal.transport;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import org.jspecify.annotations.Nullable;

/** Reads JSON of which nothing is known for sure. Never throws. */
public final class Json {
    private Json() {}

    /** The object that a text is, or null. */
    public static @Nullable JsonObject object(String text) {
        try {
            JsonElement element = JsonParser.parseString(text);
            return element instanceof JsonObject object ? object : null;
        } catch (JsonParseException notJson) {
            return null;
        }
    }

    /** A text of an object; empty when there is none. */
    public static String text(JsonObject object, String member) {
        return object.get(member) instanceof JsonPrimitive value && value.isString()
                ? value.getAsString()
                : "";
    }

    /** Whether a member of an object is true. */
    public static boolean isTrue(JsonObject object, String member) {
        return object.get(member) instanceof JsonPrimitive value && value.getAsBoolean();
    }
}
