package com.fastpubsub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of README.md can be compiled as they stand there. */
class ReadmeTest {
    private static final Pattern PROGRAM =
            Pattern.compile(
                    "^```java\n(.*?public class (\\w+) .*?)^```$",
                    Pattern.MULTILINE | Pattern.DOTALL);

    /** Where the library is, and what it needs, whether this runs with modules or without. */
    private static String classPath() throws URISyntaxException {
        Path library =
                Path.of(
                        FastPubSub.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI());
        return Stream.of(
                        library.toString(),
                        System.getProperty("java.class.path", ""),
                        System.getProperty("jdk.module.path", ""))
                .filter(path -> !path.isEmpty())
                .reduce((all, path) -> all + File.pathSeparator + path)
                .orElseThrow();
    }

    private static String compile(Path source, Path classes) throws URISyntaxException {
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        int status =
                ToolProvider.findFirst("javac")
                        .orElseThrow()
                        .run(
                                out,
                                out,
                                "--release",
                                "17",
                                "-Xlint:all",
                                "-Werror",
                                "-proc:none",
                                "-cp",
                                classPath(),
                                "-d",
                                classes.toString(),
                                source.toString());
        return status == 0 ? "" : said.toString();
    }

    @Test
    void itsProgramsCompile(@TempDir Path folder) throws IOException, URISyntaxException {
        Matcher program = PROGRAM.matcher(Files.readString(Path.of("README.md")));
        List<String> names = new ArrayList<>();
        while (program.find()) {
            String name = program.group(2);
            names.add(name);
            Path source = Files.writeString(folder.resolve(name + ".java"), program.group(1));
            assertThat(compile(source, folder)).isEmpty();
            assertThat(folder.resolve(name + ".class")).exists();
        }
        assertThat(names).contains("Quickstart");
    }
}
