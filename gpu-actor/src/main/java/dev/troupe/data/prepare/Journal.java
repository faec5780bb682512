package dev.troupe.data.prepare;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import dev.troupe.data.digest.Fingerprint;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.file.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a preparation keeps on disk to go on after a kill.
 *
 * @param settings fingerprint of all that decides the tokens, but the inputs
 * @param before fingerprint of the inputs before the one that is being read
 * @param current fingerprint of the one that is being read; empty where all were
 * @param atInput where that one begins
 * @param latest up to where everything is on disk
 * @param publishing whether all is done but to give the files their names
 */
record Journal(
    String settings,
    String before,
    String current,
    Progress atInput,
    Progress latest,
    boolean publishing) {

  /** The journal of a preparation that has come so far. */
  static Journal of(String settings, List<Input> inputs, Progress atInput, Progress latest) {
    return new Journal(
        settings,
        fingerprint(inputs, latest.input()),
        current(inputs, latest.input()),
        atInput,
        latest,
        false);
  }

  Journal whilePublishing() {
    return new Journal(settings, before, current, atInput, latest, true);
  }

  /**
   * Where to go on, with these inputs: an input that changed while it was read is read again.
   *
   * @throws TroupeException (usage) if what was read is no longer what would be read
   */
  Progress resume(String withSettings, List<Input> inputs, Path folder) {
    if (!settings.equals(withSettings)) {
      throw other(folder, "with another tokenizer or other settings");
    }
    if (latest.input() > inputs.size() || !before.equals(fingerprint(inputs, latest.input()))) {
      throw other(folder, "from other inputs, or they were changed since");
    }
    return current.equals(current(inputs, latest.input())) ? latest : atInput;
  }

  private static TroupeException other(Path folder, String how) {
    return TroupeException.usage(
        ("%s has a preparation that was interrupted, made %s; give what was given then to go on, or"
                + " --restart to begin anew")
            .formatted(folder, how));
  }

  private static String fingerprint(List<Input> inputs, int count) {
    Fingerprint all = new Fingerprint();
    inputs.subList(0, count).forEach(input -> all.add(input.fingerprint()));
    return all.hex();
  }

  private static String current(List<Input> inputs, int number) {
    return number < inputs.size() ? inputs.get(number).fingerprint() : "";
  }

  /** The journal in a file, if there is one. */
  static Optional<Journal> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      @Nullable Journal journal = new Gson().fromJson(Files.readString(file), Journal.class);
      if (journal != null) {
        Objects.requireNonNull(journal.latest());
        Objects.requireNonNull(journal.atInput());
        return Optional.of(journal);
      }
    } catch (JsonParseException | NullPointerException e) {
      // Damaged: as below.
    }
    throw TroupeException.data("%s is damaged; give --restart to begin anew".formatted(file));
  }

  /** Replaces the journal in a file; afterwards it is on disk. */
  void write(Path file) throws IOException {
    WholeFile.write(file, new Gson().toJson(this));
  }
}
