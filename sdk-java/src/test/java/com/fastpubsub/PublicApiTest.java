package com.fastpubsub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The public surface is what api.txt says. A change of it is made there, too, and reviewed there:
 * the failure shows the lines, and {@code mvn test -Dapi.update=true -Dtest=PublicApiTest} writes
 * them.
 */
class PublicApiTest {
    private static final Path LIST = Path.of("api.txt");
    private static final Path CLASSES = Path.of("target", "classes", "com", "fastpubsub");

    @Test
    void isWhatTheReviewedListSays() throws Exception {
        List<String> surface = surface();
        if (Boolean.getBoolean("api.update")) {
            Files.write(LIST, surface);
        }
        assertThat(surface).isEqualTo(Files.readAllLines(LIST));
    }

    private static List<String> surface() throws IOException, ClassNotFoundException {
        List<Class<?>> types = new ArrayList<>();
        try (Stream<Path> files = Files.list(CLASSES)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".class") && !name.equals("package-info.class")) {
                    types.add(Class.forName("com.fastpubsub." + name.replace(".class", "")));
                }
            }
        }
        return types.stream()
                .filter(PublicApiTest::isVisible)
                .sorted(Comparator.comparing(Class::getName))
                .flatMap(PublicApiTest::lines)
                .toList();
    }

    private static boolean isVisible(Class<?> type) {
        Class<?> outer = type.getEnclosingClass();
        return Modifier.isPublic(type.getModifiers())
                && !type.isAnonymousClass()
                && (outer == null || isVisible(outer));
    }

    private static Stream<String> lines(Class<?> type) {
        Stream<String> members =
                Stream.of(
                                Stream.of(type.getDeclaredFields()).map(f -> (Member) f),
                                Stream.of(type.getDeclaredConstructors()).map(c -> (Member) c),
                                Stream.of(type.getDeclaredMethods()).map(m -> (Member) m))
                        .flatMap(all -> all)
                        .filter(m -> Modifier.isPublic(m.getModifiers()) && !m.isSynthetic())
                        .map(PublicApiTest::line)
                        .sorted()
                        .map(line -> "    " + line);
        return Stream.concat(Stream.of(header(type)), members);
    }

    private static String header(Class<?> type) {
        StringBuilder line = new StringBuilder();
        if (type.isSealed()) {
            line.append("sealed ");
        } else if (Modifier.isFinal(type.getModifiers()) && !type.isRecord() && !type.isEnum()) {
            line.append("final ");
        }
        line.append(
                type.isRecord()
                        ? "record "
                        : type.isEnum() ? "enum " : type.isInterface() ? "interface " : "class ");
        line.append(type.getName().substring("com.fastpubsub.".length()));
        if (type.getSuperclass() != null
                && !List.of(Object.class, Record.class, Enum.class)
                        .contains(type.getSuperclass())) {
            line.append(" extends ").append(type.getSuperclass().getSimpleName());
        }
        String interfaces = names(type.getGenericInterfaces());
        return interfaces.isEmpty() ? line.toString() : line + " : " + interfaces;
    }

    private static String line(Member member) {
        String modifier = Modifier.isStatic(member.getModifiers()) ? "static " : "";
        if (member instanceof Field field) {
            return modifier + show(field.getGenericType()) + " " + field.getName();
        }
        String parameters = names(((Executable) member).getGenericParameterTypes());
        if (member instanceof Constructor<?>) {
            return "new(" + parameters + ")";
        }
        Method method = (Method) member;
        return modifier
                + show(method.getGenericReturnType())
                + " "
                + method.getName()
                + "("
                + parameters
                + ")";
    }

    private static String names(Type[] types) {
        return Stream.of(types).map(PublicApiTest::show).collect(Collectors.joining(", "));
    }

    private static String show(Type type) {
        return type.getTypeName()
                .replaceAll("com\\.fastpubsub\\.|java\\.(lang|util|time|net|nio)\\.", "")
                .replaceAll("util\\.(concurrent|function)\\.|concurrent\\.|function\\.", "");
    }
}
