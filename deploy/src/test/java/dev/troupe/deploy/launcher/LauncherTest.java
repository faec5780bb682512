package dev.troupe.deploy.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs the scripts with fake JDKs and a fake build in a folder of their own. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
  private static final String WARNING = "WARNING: Using incubator modules: jdk.incubator.vector";

  @TempDir Path folder;
  private Path root = Path.of("");

  private record Result(int exit, String out, String err) {}

  @BeforeEach
  void copyScripts() throws IOException {
    root = folder.toRealPath().resolve("a tree");
    for (String name :
        List.of(
            "troupe",
            "deploy/src/main/launcher/find-jdk.sh",
            "deploy/src/main/launcher/build.sh",
            "deploy/src/main/launcher/run-java.sh",
            "pom.xml")) {
      Path copy = root.resolve(name);
      Files.createDirectories(copy.getParent() == null ? root : copy.getParent());
      Files.copy(PROJECT.resolve(name), copy);
    }
    script(root.resolve("mvnw"), "echo built >>builds; mkdir -p deploy/target/lib");
    jdk("jdk", "25.0.1");
  }

  /** A fake JDK whose java prints its last two arguments and does what they ask for. */
  private Path jdk(String name, String version) throws IOException {
    Path home = folder.toRealPath().resolve(name);
    script(
        home.resolve("bin/java"),
        "echo '" + WARNING + "' >&2",
        "echo \"$@\"",
        "case \"${@: -1}\" in",
        "  warn) echo 'WARNING: another' >&2; echo '" + WARNING + "' >&2 ;;",
        "  fail) exit 3 ;;",
        "  term) kill -TERM $$ ;;",
        "esac");
    script(home.resolve("bin/javac"), "true");
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return home;
  }

  private static void script(Path file, String... lines) throws IOException {
    Files.createDirectories(file.resolveSibling("."));
    Files.writeString(file, "#!/usr/bin/env bash\n" + String.join("\n", lines) + "\n");
    assertTrue(file.toFile().setExecutable(true));
  }

  private Result bash(Map<String, String> environment, String command)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "out", "");
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile());
    builder.environment().keySet().removeAll(List.of("JAVA_HOME", "TROUPE_JAVA", "SDKMAN_DIR"));
    builder.environment().put("HOME", folder.toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    // Until its end: what filters the messages may live a moment longer than the program.
    String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), Files.readString(out).strip(), errors.strip());
  }

  private Result troupe(String... arguments) throws IOException, InterruptedException {
    return bash(
        Map.of("TROUPE_JAVA", folder.resolve("jdk").toString()),
        "'" + root.resolve("troupe") + "' " + String.join(" ", arguments));
  }

  private int builds() throws IOException {
    return Files.readAllLines(root.resolve("builds")).size();
  }

  @Test
  void theJvmGetsTheFlagsOfTheBuildAndTheArguments() throws Exception {
    Result result = troupe("train", "a=b", "'two words'");
    assertEquals(0, result.exit());
    assertTrue(result.out().startsWith("--add-modules=jdk.incubator.vector "), result.out());
    assertTrue(result.out().endsWith("dev.troupe.deploy.Main train a=b two words"), result.out());
    assertTrue(result.out().contains("-cp " + root + "/deploy/target/*:"), result.out());
  }

  @Test
  void exitCodesAndSignalsPass() throws Exception {
    assertEquals(3, troupe("fail").exit());
    assertEquals(128 + 15, troupe("term").exit());
  }

  @Test
  void onlyTheIncubatorWarningOfTheStartIsHidden() throws Exception {
    troupe("x");
    assertEquals("WARNING: another\n" + WARNING, troupe("warn").err());
  }

  @Test
  void itIsBuiltOnceUntilASourceChanges() throws Exception {
    assertTrue(troupe("x").err().startsWith("troupe: building"));
    assertEquals("", troupe("x").err());
    assertEquals(1, builds());
    Path source = root.resolve("proto/src/main/java/A.java");
    Files.createDirectories(source.resolveSibling("."));
    Files.writeString(source, "");
    Files.setLastModifiedTime(source, FileTime.fromMillis(System.currentTimeMillis() + 60_000));
    troupe("x");
    assertEquals(2, builds());
  }

  @Test
  void aFailedBuildIsTriedAgain() throws Exception {
    script(root.resolve("mvnw"), "echo the reason; exit 1");
    Result result = troupe("x");
    assertEquals(70, result.exit());
    assertTrue(result.err().contains("the reason"), result.err());
    assertEquals("", result.out());
    assertEquals(70, troupe("x").exit());
  }

  @Test
  void aLockOfADeadBuildIsTaken() throws Exception {
    Files.createDirectories(root.resolve("deploy/target"));
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    Files.writeString(root.resolve("deploy/target/build-lock"), dead.pid() + "\n");
    assertEquals(0, troupe("x").exit());
    assertEquals(1, builds());
  }

  @Test
  void itRunsThroughSymbolicLinksFromAnywhere() throws Exception {
    Files.createDirectory(folder.resolve("bin"));
    Files.createSymbolicLink(folder.resolve("bin/t"), Path.of("../link"));
    Files.createSymbolicLink(folder.resolve("link"), root.resolve("troupe"));
    Result result =
        bash(Map.of("TROUPE_JAVA", folder.resolve("jdk").toString()), "cd bin && ./t hello");
    assertTrue(result.out().endsWith("Main hello"), result.err());
  }

  @Test
  void aJavaThatWasNamedButIsNotRightIsRefused() throws Exception {
    Path old = jdk("old", "17.0.2");
    Result result = bash(Map.of("TROUPE_JAVA", old.toString()), find(""));
    assertEquals(2, result.exit());
    assertTrue(result.err().contains("TROUPE_JAVA=" + old + " is not a JDK 25"), result.err());
  }

  @Test
  void theCommandOfAJdkStandsForItsFolder() throws Exception {
    Files.createSymbolicLink(folder.resolve("java"), folder.resolve("jdk/bin/java"));
    assertEquals(
        folder.toRealPath().resolve("jdk").toString(),
        bash(Map.of("TROUPE_JAVA", folder.resolve("java").toString()), find("")).out());
  }

  @Test
  void javaHomeThenPathThenFoldersAreSearched() throws Exception {
    Path home = jdk("home", "25");
    Path path = jdk("path", "25.0.2");
    Path old = jdk("old", "17.0.2");
    Path other = jdk("other", "25-ea");
    String withPath = "PATH=" + path + "/bin:$PATH;";
    String oldPath = "PATH=" + old + "/bin:$PATH;";
    assertEquals(
        home.toString(), bash(Map.of("JAVA_HOME", home.toString()), withPath + find("")).out());
    assertEquals(
        path.toString(), bash(Map.of("JAVA_HOME", old.toString()), withPath + find("")).out());
    assertEquals(other.toString(), bash(Map.of(), oldPath + find(old + "\\n" + other)).out());
  }

  @Test
  void mavensToolchainsAreAmongTheFolders() throws Exception {
    Files.createDirectories(folder.resolve(".m2"));
    Files.writeString(folder.resolve(".m2/toolchains.xml"), "<jdkHome> /some/jdk 25 </jdkHome>\n");
    Result result = bash(Map.of(), source() + "usual_jdk_homes");
    assertTrue(result.out().lines().anyMatch("/some/jdk 25"::equals), result.out());
  }

  @Test
  void whereThereIsNoJdkTheRemedyIsNamed() throws Exception {
    Path old = jdk("old", "17.0.2");
    Result result = bash(Map.of(), "PATH=" + old + "/bin:$PATH;" + find(old.toString()));
    assertEquals(2, result.exit());
    assertTrue(result.err().contains("no JDK 25 found"), result.err());
    assertTrue(result.err().contains("TROUPE_JAVA"), result.err());
  }

  private String source() {
    return "set -u; . '" + root.resolve("deploy/src/main/launcher/find-jdk.sh") + "';";
  }

  /** Finds a JDK with these folders, separated by {@code \n}, in place of the usual ones. */
  private String find(String folders) {
    return source()
        + "usual_jdk_homes() { printf '"
        + folders
        + "\\n'; }; find_jdk || exit; echo \"$JDK\"";
  }
}
