package com.fastpubsub.vectors;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The conformance vectors of the repository. */
public final class Vectors {
    private static final Path FOLDER = Path.of("..", "conformance", "vectors");

    private Vectors() {}

    /** The cases of a file. A member that is not known would be tested too little, and fails. */
    public static Stream<JsonObject> cases(String file, String... members) {
        Set<String> known = new HashSet<>(List.of(members));
        known.addAll(Set.of("name", "rules"));
        List<JsonObject> cases =
                StreamSupport.stream(read(file).getAsJsonArray("cases").spliterator(), false)
                        .map(JsonElement::getAsJsonObject)
                        .toList();
        if (cases.isEmpty()) {
            throw new AssertionError(file + " has no cases");
        }
        for (JsonObject one : cases) {
            if (!known.containsAll(one.keySet())) {
                throw new AssertionError(file + " has a case with unknown members: " + one);
            }
        }
        return cases.stream();
    }

    private static JsonObject read(String file) {
        try {
            return JsonParser.parseString(Files.readString(FOLDER.resolve(file))).getAsJsonObject();
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }

    /** Bytes: parts in hexadecimal, each as often as it says. */
    public static byte[] bytes(JsonElement parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (JsonElement part : parts.getAsJsonArray()) {
            String hex = part.getAsJsonObject().get("hex").getAsString().replace(" ", "");
            JsonElement times = part.getAsJsonObject().get("times");
            for (int i = times == null ? 1 : times.getAsInt(); i > 0; i--) {
                all.writeBytes(HexFormat.of().parseHex(hex));
            }
        }
        return all.toByteArray();
    }
}
