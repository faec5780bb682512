package dev.troupe.deploy.bench;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A script that measures a peer and prints a line of JSON.
 *
 * @param python the Python to run it with
 * @param file the script
 */
record PythonScript(String python, Path file) {
  private static final int MISSING = 2;

  /** The script of this name in the source tree, or in an archive; empty where it is in neither. */
  static Optional<PythonScript> find(String python, String name) {
    Path home = Path.of(System.getProperty("troupe.home", "."));
    return Stream.of(home.resolve("deploy/src/main/python"), home.resolve("python"))
        .map(folder -> folder.resolve(name))
        .filter(Files::isRegularFile)
        .findFirst()
        .map(file -> new PythonScript(python, file));
  }

  /**
   * Runs it once.
   *
   * @return what its last line says; empty where there is no Python or no PyTorch, which standard
   *     error then says
   * @throws IOException where it fails
   */
  Optional<JsonObject> run(List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(python, file.toString()));
    command.addAll(arguments);
    Process process;
    try {
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    } catch (IOException e) {
      return Optional.empty();
    }
    String text =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    int code = process.waitFor();
    if (code == MISSING) {
      return Optional.empty();
    }
    if (code != 0) {
      throw new IOException(file + " ended with exit code " + code);
    }
    return Optional.of(
        JsonParser.parseString(text.substring(text.lastIndexOf('\n') + 1)).getAsJsonObject());
  }
}
