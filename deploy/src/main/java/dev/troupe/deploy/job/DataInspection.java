package dev.troupe.deploy.job;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.troupe.data.indexed.IndexedDataset;
import dev.troupe.data.prepare.Description;
import dev.troupe.data.stream.DocumentLengths;
import dev.troupe.data.tokenizer.Tokenizer;
import dev.troupe.data.tokenizer.Tokenizers;
import dev.troupe.deploy.cli.InspectJob;
import dev.troupe.proto.error.TroupeException;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code troupe data inspect}. */
public record DataInspection() implements InspectJob {
  private static final int SAMPLE_TOKENS = 200;

  @Override
  public void run(Request request, PrintWriter out) {
    if (request.samples() < 0) {
      throw TroupeException.usage("--samples = %d; give 0 or more".formatted(request.samples()));
    }
    Path prefix = prefix(request.prefix());
    try (Arena arena = Arena.ofConfined()) {
      IndexedDataset data = IndexedDataset.open(prefix, prefix.toString(), arena);
      Optional<Description> description = Description.read(prefix);
      @Nullable Tokenizer tokenizer = tokenizer(request, description, prefix);
      DocumentLengths lengths = DocumentLengths.of(data);
      JsonObject facts = facts(data, description, lengths);
      facts.add("samples", samples(data, request.samples(), tokenizer));
      if (request.json()) {
        out.println(
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(facts));
      } else {
        print(prefix, data, description, lengths, facts.getAsJsonArray("samples"), out);
      }
    }
    out.flush();
  }

  private static Path prefix(Path given) {
    String text = given.toString();
    for (String suffix : new String[] {IndexedDataset.BIN, IndexedDataset.IDX}) {
      if (text.endsWith(suffix)) {
        return Path.of(text.substring(0, text.length() - suffix.length()));
      }
    }
    return given;
  }

  /** What decodes; null where nothing says what made the tokens. */
  private static @Nullable Tokenizer tokenizer(
      Request request, Optional<Description> description, Path prefix) {
    String given = request.tokenizer();
    if (given != null) {
      return Tokenizers.open(given);
    }
    if (description.isEmpty() || request.samples() == 0) {
      return null;
    }
    Tokenizer tokenizer = Tokenizers.open(description.get().tokenizer().name());
    description.get().requireMadeBy(tokenizer, prefix);
    return tokenizer;
  }

  private static JsonObject facts(
      IndexedDataset data, Optional<Description> description, DocumentLengths lengths) {
    JsonObject facts = new JsonObject();
    facts.addProperty("documents", data.documents());
    facts.addProperty("tokens", data.tokens());
    facts.addProperty("dtype", data.type().name().toLowerCase(Locale.ROOT));
    facts.add("lengths", new GsonBuilder().create().toJsonTree(lengths));
    description.ifPresent(
        known -> facts.add("description", new GsonBuilder().create().toJsonTree(known)));
    return facts;
  }

  private static JsonArray samples(IndexedDataset data, int count, @Nullable Tokenizer tokenizer) {
    JsonArray samples = new JsonArray();
    int shown = Math.min(count, data.documents());
    for (int i = 0; i < shown; i++) {
      int document = (int) ((long) i * data.documents() / shown);
      long start = data.documentStart(document);
      long length = data.documentStart(document + 1) - start;
      int[] ids = new int[(int) Math.min(SAMPLE_TOKENS, length)];
      data.read(start, ids.length, ids, 0);
      JsonObject sample = new JsonObject();
      sample.addProperty("document", document);
      sample.addProperty("tokens", length);
      sample.addProperty("shown", ids.length);
      sample.addProperty(
          "text", tokenizer == null ? Arrays.toString(ids) : decode(tokenizer, ids, data.name()));
      samples.add(sample);
    }
    return samples;
  }

  private static String decode(Tokenizer tokenizer, int[] ids, String name) {
    for (int id : ids) {
      if (id < 0 || id >= tokenizer.vocabSize()) {
        throw TroupeException.data(
            "%s has the token id %d, but tokenizer %s has %d ids; give --tokenizer the one it was made with"
                .formatted(name, id, tokenizer.name(), tokenizer.vocabSize()));
      }
    }
    return tokenizer.decode(ids);
  }

  private static void print(
      Path prefix,
      IndexedDataset data,
      Optional<Description> description,
      DocumentLengths lengths,
      JsonArray samples,
      PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%s: %,d documents, %,d tokens (%s)%n",
        prefix,
        data.documents(),
        data.tokens(),
        data.type().name().toLowerCase(Locale.ROOT));
    description.ifPresentOrElse(
        known ->
            out.printf(
                Locale.ROOT,
                "  made with tokenizer %s (%,d ids, fingerprint %.12s) from %,d inputs%n",
                known.tokenizer().name(),
                known.tokenizer().vocab(),
                known.tokenizer().fingerprint(),
                known.sources().size()),
        () -> out.println("  there is no .json beside it that says what made the tokens"));
    out.printf(
        Locale.ROOT,
        "  tokens a document: least %,d, 10%% %,d, 50%% %,d, 90%% %,d, 99%% %,d, most %,d, mean"
            + " %,.1f%n",
        lengths.least(),
        lengths.p10(),
        lengths.p50(),
        lengths.p90(),
        lengths.p99(),
        lengths.greatest(),
        lengths.mean());
    samples.forEach(each -> print(each.getAsJsonObject(), out));
  }

  private static void print(JsonObject sample, PrintWriter out) {
    boolean whole = sample.get("shown").getAsLong() == sample.get("tokens").getAsLong();
    out.printf(
        Locale.ROOT,
        "%n--- document %,d, %,d tokens%s%n%s%n",
        sample.get("document").getAsLong(),
        sample.get("tokens").getAsLong(),
        whole ? "" : ", the first " + sample.get("shown").getAsLong(),
        sample.get("text").getAsString());
  }
}
